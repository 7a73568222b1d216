"""Studies, and the measurements that belong to them."""

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.measurements import CellMeasurement, MeasurementQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.studies import Study, StudyDraft, StudyMeasurement, StudyPatch
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import StudyRow


def list_of(work: UnitOfWork, project_id: str, asked: ListQuery) -> Page[Study]:
    work.projects.row(project_id)
    return work.studies.list(project_id, asked)


def create(work: UnitOfWork, caller: Caller, project_id: str, draft: StudyDraft) -> Study:
    work.projects.row(project_id)
    caller.require_write(project_id)
    return work.studies.create(project_id, draft, caller)


def update(work: UnitOfWork, caller: Caller, project_id: str, study_id: str, patch: StudyPatch) -> Study:
    row = _writable(work, caller, project_id, study_id, lock=True)
    changes = patch.changes_to(row)
    return work.studies.update(row, changes, patch.custom())


def delete(work: UnitOfWork, caller: Caller, project_id: str, study_id: str) -> None:
    """Remove a study; its measurements stay."""
    _writable(work, caller, project_id, study_id)
    work.studies.delete(study_id)


def measurements_of(work: UnitOfWork, project_id: str, study_id: str, asked: MeasurementQuery) -> Page[CellMeasurement]:
    work.studies.of(project_id, study_id)
    return work.measurements.list_by_study(study_id, asked)


def assign(work: UnitOfWork, caller: Caller, project_id: str, study_id: str, measurement_id: str) -> StudyMeasurement:
    """Make a measurement one of the study; doing it again changes nothing.

    Raises:
        BadRequestError: the measurement is of another project.
    """
    _writable(work, caller, project_id, study_id)
    measurement = work.measurements.row(measurement_id)
    if measurement.project_id != project_id:
        raise BadRequestError(
            f"The measurement '{measurement.name}' belongs to another project. A study holds those of its own."
        )
    work.studies.assign(study_id, measurement_id)
    return StudyMeasurement(study_id=study_id, measurement_id=measurement_id)


def remove(work: UnitOfWork, caller: Caller, project_id: str, study_id: str, measurement_id: str) -> None:
    """Take a measurement out of the study; one that is not in it is passed over."""
    _writable(work, caller, project_id, study_id)
    work.studies.remove(study_id, measurement_id)


def _writable(work: UnitOfWork, caller: Caller, project_id: str, study_id: str, *, lock: bool = False) -> StudyRow:
    row = work.studies.of(project_id, study_id, lock=lock)
    caller.require_write(project_id)
    return row
