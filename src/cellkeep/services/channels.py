"""Channels, and their outages."""

from typing import Any

from cellkeep.domain.channels import Channel, ChannelDraft, ChannelPatch, ChannelQuery, require_window
from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.incidents import PLANNED_CATEGORIES, ChannelIncident, IncidentQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.records import Instant, now
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import ChannelRow


def list_of(work: UnitOfWork, cycler_id: str, asked: ListQuery) -> Page[Channel]:
    work.cyclers.row(cycler_id)
    return work.channels.list(cycler_id, asked)


def list_all(work: UnitOfWork, asked: ChannelQuery) -> Page[Channel]:
    return work.channels.list_all(asked)


def create(work: UnitOfWork, caller: Caller, cycler_id: str, draft: ChannelDraft) -> Channel:
    """Make a channel, in service."""
    cycler = work.cyclers.row(cycler_id)
    work.channels.refuse_name(cycler_id, draft.name)
    caller.require_write(cycler.project_id)
    if "out_of_commission" in draft.model_fields_set:
        raise BadRequestError(
            "out_of_commission: a new channel is in service. Leave the key out, and update the channel to take it out, "
            "so that the outage is recorded."
        )
    require_window(draft.min_volts, draft.max_volts)
    return work.channels.create(cycler, draft, caller)


def update(work: UnitOfWork, caller: Caller, channel_id: str, patch: ChannelPatch) -> Channel:
    """Change a channel; `out_of_commission` takes it out or returns it, and sent as it is changes nothing.

    Raises:
        BadRequestError: a visit is needed and has no date, or ends before it starts; or voltages are the wrong way.
        ConflictError: the name is taken, or a test runs on the channel.
    """
    caller.require_write(work.channels.row(channel_id).project_id)
    row = work.channels.row(channel_id, lock=True)
    sent = patch.changes_to(row)
    changes = {key: value for key, value in sent.items() if key not in patch.of_incident}
    require_window(changes.get("min_volts", row.min_volts), changes.get("max_volts", row.max_volts))
    out = sent.get("out_of_commission", row.out_of_commission)
    if out and not row.out_of_commission:
        _take_out(work, caller, row, patch)
    elif not out and row.out_of_commission:
        work.incidents.end(work.incidents.open_ones([row.id]), caller.user_id, patch.resolution_notes)
        row.out_of_commission = False
    elif out:
        _reschedule(work, row, sent)
    return work.channels.update(row, patch, changes)


def delete(work: UnitOfWork, caller: Caller, channel_id: str) -> None:
    """Remove a channel; measurements that ran on it stay."""
    caller.require_write(work.channels.row(channel_id).project_id)
    work.channels.vacate(channel_id=channel_id)
    work.channels.delete(channel_id)


def incidents(work: UnitOfWork, channel_id: str, asked: IncidentQuery) -> Page[ChannelIncident]:
    work.channels.row(channel_id)
    return work.incidents.list(channel_id, asked)


def _take_out(work: UnitOfWork, caller: Caller, row: ChannelRow, patch: ChannelPatch) -> None:
    category = patch.incident_category or "other"
    _require_visit(category, patch.service_scheduled_at)
    _require_span(patch.service_scheduled_at or now(), patch.service_scheduled_until)
    if running := work.occupations.running([row.id]):
        raise ConflictError(
            f"The test '{running[0].name}' runs on the channel '{row.name}'. Set its end_time first.",
            detail={"measurement_id": running[0].id},
        )
    work.incidents.begin(
        [row],
        caller.user_id,
        category=category,
        notes=patch.incident_notes,
        service_scheduled_at=patch.service_scheduled_at,
        service_scheduled_until=patch.service_scheduled_until,
    )


def _reschedule(work: UnitOfWork, row: ChannelRow, sent: dict[str, Any]) -> None:
    """Book a visit for the present outage, or its end."""
    visit = {key: sent[key] for key in ("service_scheduled_at", "service_scheduled_until") if key in sent}
    if not visit:
        return
    for incident in work.incidents.open_ones([row.id]):
        at = visit.get("service_scheduled_at", incident.service_scheduled_at)
        until = visit.get("service_scheduled_until", incident.service_scheduled_until)
        _require_visit(incident.category, at)
        _require_span(at or incident.started_at, until)
        incident.service_scheduled_at, incident.service_scheduled_until = at, until


def _require_visit(category: str, scheduled_at: Instant | None) -> None:
    if category in PLANNED_CATEGORIES and scheduled_at is None:
        raise BadRequestError(f"service_scheduled_at: an outage for {category} needs the date of the visit.")


def _require_span(start: Instant, until: Instant | None) -> None:
    if until is not None and until <= start:
        raise BadRequestError(
            f"service_scheduled_until {until.isoformat()} must lie after the start of the visit, {start.isoformat()}."
        )
