"""What the laboratory looks like at this moment."""

from cellkeep.client.resource import Resource, read
from cellkeep.client.transport import segment
from cellkeep.domain.lab import (
    ChannelState,
    FlatChannel,
    LabMeasurementSummary,
    LabStatus,
    Utilization,
    Watched,
    flattened,
    utilization,
)


class Lab(Resource):
    """`client.lab`. Each view takes a `status` that was fetched before, so that several speak of one moment."""

    def status(self, project_id: str) -> LabStatus:
        """The sites, cyclers and channels of a project, with what runs on them.

        A channel is `occupied` while its test sends data, `stale` once the test has sent nothing for a day, `free` or
        `out_of_commission`.
        """
        return read(LabStatus, self._transport.get(f"/projects/{segment(project_id)}/lab/status"))

    def utilization(self, project_id: str, *, status: LabStatus | None = None) -> Utilization:
        """How many channels are in which state, and which share of all is in use."""
        return utilization(status or self.status(project_id))

    def free_channels(
        self,
        project_id: str,
        *,
        min_amps: float | None = None,
        min_volts: float | None = None,
        max_volts: float | None = None,
        status: LabStatus | None = None,
    ) -> list[FlatChannel]:
        """Free channels; with a need, those that are rated for it.

        Args:
            project_id: the project.
            min_amps: current that the channel must reach.
            min_volts: lowest voltage that it must reach.
            max_volts: highest voltage that it must reach.
            status: a status that is at hand.
        """
        return [
            found
            for found in self._in_state(project_id, ChannelState.free, status)
            if _ordered(min_amps, found.channel.max_amps, needed=min_amps)
            and _ordered(found.channel.min_volts, min_volts, needed=min_volts)
            and _ordered(max_volts, found.channel.max_volts, needed=max_volts)
        ]

    def stale_channels(self, project_id: str, *, status: LabStatus | None = None) -> list[FlatChannel]:
        """Channels whose test has gone quiet: somebody should look."""
        return self._in_state(project_id, ChannelState.stale, status)

    def watched_channels(self, project_id: str, *, status: LabStatus | None = None) -> list[FlatChannel]:
        """Channels whose test you watch."""
        return [
            found
            for found in flattened(status or self.status(project_id))
            if found.channel.measurement is not None and found.channel.measurement.watched
        ]

    def on_channel(
        self, project_id: str, channel_id: str, *, status: LabStatus | None = None
    ) -> LabMeasurementSummary | None:
        """The test that runs on a channel; None where there is none, or no such channel."""
        for found in flattened(status or self.status(project_id)):
            if found.channel.id == channel_id:
                return found.channel.measurement
        return None

    def list_watched(self, project_id: str) -> list[str]:
        """Ids of the measurements that you watch, also of those that have ended."""
        answer = self._transport.get(f"/projects/{segment(project_id)}/lab/watched")
        return read(Watched, answer).measurement_ids

    def _in_state(self, project_id: str, state: ChannelState, status: LabStatus | None) -> list[FlatChannel]:
        return [found for found in flattened(status or self.status(project_id)) if found.channel.state == state]


def _ordered(low: float | None, high: float | None, *, needed: float | None) -> bool:
    """Whether a rating meets a need; one that is not known meets none."""
    return needed is None or (low is not None and high is not None and low <= high)
