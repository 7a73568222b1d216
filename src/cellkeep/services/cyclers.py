"""Cyclers, and their service."""

from cellkeep.domain.cyclers import Cycler, CyclerDraft, CyclerPatch, CyclerQuery
from cellkeep.domain.errors import ConflictError
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.service_events import (
    INCIDENT_CATEGORIES,
    CyclerServiceEvent,
    ServiceCompletion,
    ServiceEventQuery,
    ServiceStart,
)
from cellkeep.storage.service_events import event
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import CyclerRow


def list_of(work: UnitOfWork, site_id: str, asked: CyclerQuery) -> Page[Cycler]:
    work.sites.row(site_id)
    return work.cyclers.list(site_id, asked)


def create(work: UnitOfWork, caller: Caller, site_id: str, draft: CyclerDraft) -> Cycler:
    site = work.sites.row(site_id)
    work.projects.row(draft.project_id)
    work.cyclers.refuse_name(site_id, draft.name)
    caller.require_write(draft.project_id)
    return work.cyclers.create(site, draft, caller)


def update(work: UnitOfWork, caller: Caller, cycler_id: str, patch: CyclerPatch) -> Cycler:
    row = work.cyclers.row(cycler_id)
    caller.require_write(row.project_id)
    changes = patch.changes_to(row)
    return work.cyclers.update(cycler_id, patch, changes)


def delete(work: UnitOfWork, caller: Caller, cycler_id: str) -> None:
    """Remove a cycler with its channels; measurements that ran on them stay."""
    _locked(work, caller, cycler_id)
    work.channels.vacate(cycler_id=cycler_id)
    work.cyclers.delete(cycler_id)


def service_events(work: UnitOfWork, cycler_id: str, asked: ServiceEventQuery) -> Page[CyclerServiceEvent]:
    work.cyclers.row(cycler_id)
    return work.service_events.list(cycler_id, asked)


def start_service(work: UnitOfWork, caller: Caller, cycler_id: str, asked: ServiceStart) -> CyclerServiceEvent:
    """Take a cycler out of service. Channels that are out already stay so for their own reason.

    Raises:
        BadRequestError: it is to end before it begins.
        ConflictError: it is out for service already, or tests run on it.
    """
    cycler = _locked(work, caller, cycler_id)
    asked.require_span()
    if (present := work.service_events.open_one(cycler_id)) is not None:
        raise ConflictError(
            f"The cycler '{cycler.name}' is in service already ({present.event_type} since "
            f"{present.created_at.isoformat()}). Complete that first.",
            detail={"service_event_id": present.id},
        )
    channels = {channel.id: channel for channel in work.channels.of_cycler(cycler_id)}
    if running := work.occupations.running(channels):
        named = ", ".join(f"'{run.name}' on channel '{channels[run.channel_id].name}'" for run in running[:5])
        raise ConflictError(
            f"{len(running)} test(s) run on the cycler '{cycler.name}': {named}. Set their end_time first.",
            detail={"measurement_ids": [run.id for run in running]},
        )
    row = work.service_events.add(
        cycler,
        caller.user_id,
        event_type=asked.event_type,
        scheduled_for=asked.scheduled_for,
        scheduled_until=asked.scheduled_until,
        notes=asked.notes,
    )
    work.incidents.begin(
        (channel for channel in channels.values() if not channel.out_of_commission),
        caller.user_id,
        service_event_id=row.id,
        category=INCIDENT_CATEGORIES[asked.event_type],
        notes=asked.notes,
        service_scheduled_at=asked.scheduled_for,
        service_scheduled_until=asked.scheduled_until,
    )
    return event(row)


def complete_service(work: UnitOfWork, caller: Caller, cycler_id: str, asked: ServiceCompletion) -> CyclerServiceEvent:
    """End the service that is under way and return the channels it took out; or record work that was done without.

    A calibration moves the clock of the cycler's calibrations on, and never back.
    """
    cycler = _locked(work, caller, cycler_id)
    done = asked.done_at()
    row = work.service_events.open_one(cycler_id)
    if row is None:
        row = work.service_events.add(cycler, caller.user_id, event_type=asked.event_type, notes=asked.notes)
    else:
        channels = work.channels.of_cycler(cycler_id)
        present = work.incidents.open_ones([channel.id for channel in channels])
        own = [incident for incident in present if incident.service_event_id == row.id]
        work.incidents.end(own, caller.user_id, asked.notes)
        row.notes = row.notes if asked.notes is None else asked.notes
    row.performed_at, row.performed_by = done, caller.user_id
    if row.event_type == "calibration":
        last = max(done, cycler.last_calibrated_at or done)
        interval = asked.calibration_interval_days or cycler.calibration_interval_days
        calibrated = CyclerPatch(last_calibrated_at=last, calibration_interval_days=interval)
        work.cyclers.update(cycler_id, calibrated, calibrated.changes())
    return event(row)


def _locked(work: UnitOfWork, caller: Caller, cycler_id: str) -> CyclerRow:
    caller.require_write(work.cyclers.row(cycler_id).project_id)
    return work.cyclers.row(cycler_id, lock=True)
