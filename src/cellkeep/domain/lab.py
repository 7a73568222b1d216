"""What a laboratory looks like at this moment: which channels are busy, gone quiet, free or out."""

from collections.abc import Iterator
from enum import StrEnum

from cellkeep.domain.records import Instant, Model


class ChannelState(StrEnum):
    free = "free"
    """Nothing runs on it."""
    occupied = "occupied"
    """A test runs on it, and sends data."""
    stale = "stale"
    """A test runs on it that has sent nothing for long: it may have ended without anybody noticing."""
    out_of_commission = "out_of_commission"
    """It can not be used."""


class LabMeasurementSummary(Model):
    """The test that runs on a channel."""

    id: str
    name: str
    start_time: Instant | None = None
    estimated_end_time: Instant | None = None
    updated_at: Instant
    cell_instance_id: str
    cell_instance_name: str | None = None
    cell_specification_name: str | None = None
    protocol_name: str | None = None
    watched: bool = False
    """Whether you watch it."""


class LabChannel(Model):
    id: str
    name: str
    state: ChannelState
    measurement: LabMeasurementSummary | None = None
    """What runs on it, where it is occupied or stale."""
    notes: str | None = None
    out_of_commission: bool = False
    max_amps: float | None = None
    min_volts: float | None = None
    max_volts: float | None = None


class _Counted(Model):
    occupied: int = 0
    stale: int = 0
    free: int = 0
    out_of_commission: int = 0


class LabCycler(_Counted):
    id: str
    name: str
    manufacturer: str | None = None
    model: str | None = None
    channel_count: int
    channels: list[LabChannel] = []


class LabSite(_Counted):
    id: str
    name: str
    channel_count: int = 0
    cyclers: list[LabCycler] = []


class LabStatus(_Counted):
    """The sites of a project's cyclers, with their channels."""

    sites: list[LabSite] = []


class Watched(Model):
    measurement_ids: list[str]


class Utilization(Model):
    """How much of a laboratory is in use."""

    percent: int
    """Share of the occupied and stale channels among all, as a whole number."""
    occupied: int
    stale: int
    free: int
    out_of_commission: int
    total: int


class FlatChannel(Model):
    """A channel with the names of where it is."""

    channel: LabChannel
    cycler_id: str
    cycler_name: str
    site_id: str
    site_name: str


def utilization(status: LabStatus) -> Utilization:
    """The counts of a laboratory, and the share that is in use."""
    busy = status.occupied + status.stale
    total = busy + status.free + status.out_of_commission
    return Utilization(
        percent=round(100 * busy / total) if total else 0,
        occupied=status.occupied,
        stale=status.stale,
        free=status.free,
        out_of_commission=status.out_of_commission,
        total=total,
    )


def flattened(status: LabStatus) -> Iterator[FlatChannel]:
    """Every channel of a laboratory, in its order."""
    for site in status.sites:
        for cycler in site.cyclers:
            for channel in cycler.channels:
                yield FlatChannel(
                    channel=channel,
                    cycler_id=cycler.id,
                    cycler_name=cycler.name,
                    site_id=site.id,
                    site_name=site.name,
                )
