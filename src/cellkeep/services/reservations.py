"""When channels are taken by runs, by planned measurements and by outages."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.occupation import By, Taken
from cellkeep.domain.planned_measurements import PlannedMeasurementStatus
from cellkeep.domain.records import now
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import ChannelRow, IncidentRow


def require_bookable(
    work: UnitOfWork,
    channel: ChannelRow,
    start: datetime,
    end: datetime,
    *,
    status: str,
    except_id: str | None = None,
) -> None:
    """Raise ConflictError where a planned measurement can not have the channel, which must be locked, for that time.

    One that is in progress is itself what runs there, so only other plans are in its way.
    """
    own = {By.plan} if status == PlannedMeasurementStatus.in_progress else set(By)
    for each in taken(work, [channel.id], except_id=except_id)[channel.id]:
        if each.by in own and each.overlaps(start, end):
            raise ConflictError(f"The channel '{channel.name}' is taken by {each}.")


def taken(work: UnitOfWork, channel_ids: Iterable[str], *, except_id: str | None = None) -> dict[str, list[Taken]]:
    """By channel id, everything that takes it now or later.

    A running test ends at its estimated end, or with the plan in progress on its channel; where neither lies ahead,
    and for an outage without a booked end that lies ahead, nobody knows.
    """
    moment = now()
    ids = list(channel_ids)
    found: dict[str, list[Taken]] = defaultdict(list)
    expected: dict[str, datetime] = {}
    for plan in work.occupations.plans(ids, except_id):
        if plan.channel_id is None or plan.planned_start_time is None:
            continue
        end = plan.planned_end_time
        found[plan.channel_id].append(
            Taken(By.plan, f"the planned measurement '{plan.name}'", plan.planned_start_time, end)
        )
        if plan.status == PlannedMeasurementStatus.in_progress and end is not None:
            expected[plan.channel_id] = end
    for run in work.occupations.runs_after(ids, moment):
        end = run.end_time or _ahead(run.estimated_end_time or expected.get(run.channel_id), moment)
        found[run.channel_id].append(Taken(By.run, f"the measurement '{run.name}'", run.start_time, end))
    for incident in work.incidents.open_ones(ids):
        found[incident.channel_id].append(
            Taken(By.outage, f"an outage ({incident.category})", incident.started_at, _back(incident, moment))
        )
    return found


def require_channel(work: UnitOfWork, project_id: str, channel_id: str) -> ChannelRow:
    """The channel, locked; BadRequestError where the project has none of that id."""
    channel = work.channels.find(channel_id, lock=True)
    if channel is None or channel.project_id != project_id:
        raise BadRequestError(f"channel_id '{channel_id}' is not a channel of this project.")
    return channel


def _back(incident: IncidentRow, moment: datetime) -> datetime | None:
    return None if incident.category == "decommissioned" else _ahead(incident.service_scheduled_until, moment)


def _ahead(end: datetime | None, moment: datetime) -> datetime | None:
    return end if end is not None and end > moment else None
