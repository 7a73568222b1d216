"""What a measurement must fulfil to be on a channel. Everything that puts one there asks here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.measurements import MeasurementDraft, MeasurementType
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import ChannelRow, MeasurementRow

_DECIDING = frozenset({"channel_id", "start_time", "end_time"})


class ChannelTakenError(ConflictError):
    """The channel is out of commission, or another test runs on it. It is no conflict of names."""


@dataclass(frozen=True)
class Run:
    """A measurement that is to be on a channel.

    Attributes:
        project_id: project of its cell.
        measurement_type: what it stores.
        channel_id: where it is to be.
        start_time: when it started.
        end_time: when it ended; a run without an end takes its channel for ever.
        measurement_id: its id, where it is known, so that it is not in its own way.
    """

    project_id: str
    measurement_type: str
    channel_id: str
    start_time: datetime | None
    end_time: datetime | None
    measurement_id: str | None = None

    @classmethod
    def drafted(
        cls, project_id: str, measurement_type: str, draft: MeasurementDraft, measurement_id: str | None = None
    ) -> Self | None:
        """The run that a new measurement is, where it is on a channel."""
        if draft.channel_id is None:
            return None
        return cls(project_id, measurement_type, draft.channel_id, draft.start_time, draft.end_time, measurement_id)


def require_fit(work: UnitOfWork, run: Run | None, *, lock: bool = True) -> None:
    """Raise where a new run can not be on its channel; locked, nobody else takes the channel in this transaction.

    Raises:
        BadRequestError: the channel is none of the project, the run is no time series, or has no start.
        ChannelTakenError: the channel is out of commission, or another run is on it at that time.
    """
    if run is None:
        return
    channel = _channel(work, run, lock=lock)
    if channel.out_of_commission:
        raise ChannelTakenError(
            f"The channel '{channel.name}' is out of commission. Return it to service, or use another one."
        )
    _require_alone(work, run, channel)


def lock_channel(work: UnitOfWork, row: MeasurementRow, changes: Mapping[str, Any]) -> None:
    """Lock the channel that a change of a measurement is about.

    Channels are locked before measurements everywhere, or two changes could wait for each other for ever.
    """
    channel_id = changes.get("channel_id", row.channel_id)
    if channel_id is not None and _DECIDING & changes.keys():
        work.channels.find(channel_id, lock=True)


def require_change_fits(work: UnitOfWork, row: MeasurementRow, changes: Mapping[str, Any]) -> None:
    """Raise where a measurement could not be on its channel once it is changed.

    What leaves channel, start and end as they are is not asked about, so notes on an old run can always be changed.
    The end of a run may be told though its channel is out of commission meanwhile; to be put there it must be in use.
    """
    before = {key: getattr(row, key) for key in _DECIDING}
    after = {**before, **{key: value for key, value in changes.items() if key in _DECIDING}}
    if after["channel_id"] is None or after == before:
        return
    run = Run(row.project_id, row.measurement_type, measurement_id=row.id, **after)
    reopened = run.end_time is None and row.end_time is not None
    if run.channel_id != row.channel_id or reopened:
        require_fit(work, run)
    else:
        _require_alone(work, run, _channel(work, run, lock=True))


def _channel(work: UnitOfWork, run: Run, *, lock: bool) -> ChannelRow:
    if run.measurement_type != MeasurementType.time_series:
        raise BadRequestError(
            f"channel_id: only a time series runs on a channel; this measurement is of type {run.measurement_type}."
        )
    if run.start_time is None:
        raise BadRequestError("channel_id: a measurement on a channel needs a start_time.")
    channel = work.channels.find(run.channel_id, lock=lock)
    if channel is None or channel.project_id != run.project_id:
        raise BadRequestError(f"channel_id '{run.channel_id}' is not a channel of the project of this measurement.")
    return channel


def _require_alone(work: UnitOfWork, run: Run, channel: ChannelRow) -> None:
    assert run.start_time is not None  # noqa: S101  a channel was found for it
    other = work.occupations.run_between(channel.id, run.start_time, run.end_time, run.measurement_id)
    if other is not None:
        until = "still runs" if other.end_time is None else f"ends {other.end_time.isoformat()}"
        raise ChannelTakenError(
            f"The channel '{channel.name}' is taken at that time: the measurement '{other.name}' starts "
            f"{other.start_time.isoformat()} and {until}.",
            detail={"measurement_id": other.id},
        )
