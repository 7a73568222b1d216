"""The view of a laboratory, and watches."""

from fastapi import APIRouter, status

from cellkeep.domain.lab import LabStatus, Watched
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import lab

router = APIRouter(tags=["lab"])


@router.get("/projects/{project_id}/lab/status")
def get_lab_status(work: Reading, who: Who, project_id: str) -> LabStatus:
    return lab.status(work, who, project_id)


@router.get("/projects/{project_id}/lab/watched")
def list_watched(work: Reading, who: Who, project_id: str) -> Watched:
    return Watched(measurement_ids=lab.watched(work, who, project_id))


@router.post("/cell_measurements/{measurement_id}/watch")
def watch_measurement(work: Writing, who: Who, measurement_id: str) -> dict[str, bool]:
    lab.watch(work, who, measurement_id)
    return {"watched": True}


@router.delete("/cell_measurements/{measurement_id}/watch", status_code=status.HTTP_204_NO_CONTENT)
def unwatch_measurement(work: Writing, who: Who, measurement_id: str) -> None:
    lab.unwatch(work, who, measurement_id)
