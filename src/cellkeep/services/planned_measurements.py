"""Planned measurements."""

from typing import Any

from cellkeep.domain.errors import BadRequestError, NotFoundError
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import (
    RESERVATION,
    RESERVING,
    PlannedDraft,
    PlannedMeasurement,
    PlannedMeasurementStatus,
    PlannedPatch,
    PlannedQuery,
    require_complete,
    require_given,
)
from cellkeep.services.reservations import require_bookable, require_channel
from cellkeep.storage.planned_measurements import planned
from cellkeep.storage.store import UnitOfWork

_PLACE = frozenset({"status", *RESERVATION})
_STATE = ("status", "cell_specification_id", "cell_instance_id", "estimated_duration_seconds", *RESERVATION)


def list_of(work: UnitOfWork, project_id: str, asked: PlannedQuery) -> Page[PlannedMeasurement]:
    work.projects.row(project_id)
    return work.planned_measurements.list(project_id, asked)


def get(work: UnitOfWork, project_id: str, planned_id: str) -> PlannedMeasurement:
    return planned(work.planned_measurements.of(project_id, planned_id))


def create(work: UnitOfWork, caller: Caller, project_id: str, draft: PlannedDraft) -> PlannedMeasurement:
    """Ask for a measurement, or schedule it at once.

    Raises:
        BadRequestError: it lacks what its status needs, or names what the project does not have.
        ConflictError: the name is taken, or its channel is at that time.
    """
    work.projects.row(project_id)
    work.planned_measurements.refuse_name(project_id, draft.name)
    caller.require_write(project_id)
    state = {key: getattr(draft, key) for key in (*_STATE, "protocol_id")}
    require_given(state, "protocol_id", "cell_specification_id", why="A planned measurement")
    require_complete(state)
    _require_cell(work, project_id, state)
    _require_place(work, project_id, state, None)
    return work.planned_measurements.create(
        project_id,
        draft,
        caller,
        requested_by_email=caller.email,
        scheduled_by_email=caller.email if draft.status in RESERVING else None,
    )


def update(
    work: UnitOfWork, caller: Caller, project_id: str, planned_id: str, patch: PlannedPatch
) -> PlannedMeasurement:
    """Change a plan; once it is scheduled or in progress, it keeps its channel for its time."""
    row = work.planned_measurements.of(project_id, planned_id)
    caller.require_write(project_id)
    changes = patch.changes_to(row)
    channel_id = changes.get("channel_id", row.channel_id)
    if channel_id is not None:
        work.channels.find(channel_id, lock=True)  # channels before plans, everywhere
    row = work.planned_measurements.of(project_id, planned_id, lock=True)
    before = {key: getattr(row, key) for key in _STATE}
    after = {**before, **{key: value for key, value in changes.items() if key in before}}
    changed = {key for key in _STATE if after[key] != before[key]}
    if changed:
        require_complete(after)
    if changed & {"cell_specification_id", "cell_instance_id"}:
        _require_cell(work, project_id, after)
    if changed & _PLACE:
        _require_place(work, project_id, after, planned_id)
        changes["scheduled_by_email"] = _scheduler(caller, row.scheduled_by_email, after["status"])
    return work.planned_measurements.update(row, changes, patch.custom())


def delete(work: UnitOfWork, caller: Caller, project_id: str, planned_id: str) -> None:
    work.planned_measurements.of(project_id, planned_id)
    caller.require_write(project_id)
    work.planned_measurements.delete(planned_id)


def _require_cell(work: UnitOfWork, project_id: str, state: dict[str, Any]) -> None:
    spec_id, instance_id = state["cell_specification_id"], state["cell_instance_id"]
    try:
        found = work.specs.row(spec_id).project_id == project_id
    except NotFoundError:
        found = False
    if not found:
        raise BadRequestError(f"cell_specification_id '{spec_id}' is not a specification of this project.")
    if instance_id is None:
        return
    try:
        found = work.instances.row(instance_id).cell_specification_id == spec_id
    except NotFoundError:
        found = False
    if not found:
        raise BadRequestError(f"cell_instance_id '{instance_id}' is not a cell of the specification '{spec_id}'.")


def _require_place(work: UnitOfWork, project_id: str, state: dict[str, Any], planned_id: str | None) -> None:
    if state["channel_id"] is None:
        return
    channel = require_channel(work, project_id, state["channel_id"])
    if state["status"] in RESERVING:
        start, end = state["planned_start_time"], state["planned_end_time"]
        require_bookable(work, channel, start, end, status=state["status"], except_id=planned_id)


def _scheduler(caller: Caller, before: str | None, status: PlannedMeasurementStatus) -> str | None:
    """Who put a plan where it is: nobody while it is only requested."""
    if status in RESERVING:
        return caller.email
    return None if status == PlannedMeasurementStatus.requested else before
