"""What is known of one channel beside what runs on it: its outages, what is to come, the service of its cycler."""

from collections.abc import Sequence
from dataclasses import dataclass

from cellkeep.domain.channels import Channel
from cellkeep.domain.cyclers import Cycler
from cellkeep.domain.incidents import ChannelIncident, IncidentQuery
from cellkeep.domain.planned_measurements import PlannedMeasurement
from cellkeep.domain.records import now
from cellkeep.domain.service_events import CyclerServiceEvent, ServiceEventQuery
from cellkeep.storage.planned_measurements import planned
from cellkeep.storage.store import UnitOfWork

_SHOWN = 5


@dataclass(frozen=True)
class ChannelDetails:
    """A channel and its cycler.

    Attributes:
        channel: with its notes and ratings.
        cycler: with its notes and when its calibration is due.
        incidents: its outages, newest first; a present one stands first.
        service_events: of its cycler, newest first.
        plans: what keeps it from now on, next first.
    """

    channel: Channel
    cycler: Cycler
    incidents: Sequence[ChannelIncident]
    service_events: Sequence[CyclerServiceEvent]
    plans: Sequence[PlannedMeasurement]

    @property
    def is_calibration_overdue(self) -> bool:
        due = self.cycler.calibration_due_at
        return due is not None and due < now()


def of(work: UnitOfWork, channel_id: str) -> ChannelDetails:
    """The latest of each kind.

    Raises:
        NotFoundError: there is no such channel.
    """
    channel = work.channels.get(channel_id)
    plans = [planned(row) for row in work.occupations.plans([channel_id])]
    return ChannelDetails(
        channel=channel,
        cycler=work.cyclers.get(channel.cycler_id),
        incidents=work.incidents.list(channel_id, IncidentQuery(limit=_SHOWN)).items,
        service_events=work.service_events.list(channel.cycler_id, ServiceEventQuery(limit=_SHOWN)).items,
        plans=[plan for plan in plans if plan.planned_end_time and plan.planned_end_time > now()][:_SHOWN],
    )
