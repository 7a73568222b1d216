"""Studies, and the measurements that belong to them."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.measurements import CellMeasurement, MeasurementQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.studies import Study, StudyDraft, StudyMeasurement, StudyPatch
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import studies

router = APIRouter(prefix="/projects/{project_id}/studies", tags=["studies"])


@router.get("")
def list_studies(work: Reading, project_id: str, asked: Annotated[ListQuery, Query()]) -> Page[Study]:
    return studies.list_of(work, project_id, asked)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_study(work: Writing, who: Who, project_id: str, draft: StudyDraft) -> Study:
    return studies.create(work, who, project_id, draft)


@router.get("/{study_id}")
def get_study(work: Reading, project_id: str, study_id: str) -> Study:
    return work.studies.get(project_id, study_id)


@router.patch("/{study_id}")
def update_study(work: Writing, who: Who, project_id: str, study_id: str, patch: StudyPatch) -> Study:
    return studies.update(work, who, project_id, study_id, patch)


@router.delete("/{study_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_study(work: Writing, who: Who, project_id: str, study_id: str) -> None:
    studies.delete(work, who, project_id, study_id)


@router.get("/{study_id}/measurements")
def list_measurements_of_study(
    work: Reading, project_id: str, study_id: str, asked: Annotated[MeasurementQuery, Query()]
) -> Page[CellMeasurement]:
    return studies.measurements_of(work, project_id, study_id, asked)


@router.post("/{study_id}/measurements/{measurement_id}")
def assign_measurement(
    work: Writing, who: Who, project_id: str, study_id: str, measurement_id: str
) -> StudyMeasurement:
    return studies.assign(work, who, project_id, study_id, measurement_id)


@router.delete("/{study_id}/measurements/{measurement_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_measurement(work: Writing, who: Who, project_id: str, study_id: str, measurement_id: str) -> None:
    studies.remove(work, who, project_id, study_id, measurement_id)
