"""What takes channels: runs, reservations and outages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from cellkeep.domain.measurements import MeasurementType
from cellkeep.domain.planned_measurements import RESERVING
from cellkeep.storage.scope import Viewer, is_visible
from cellkeep.storage.tables import MeasurementRow, PlannedMeasurementRow


class Run(NamedTuple):
    """A measurement on a channel."""

    id: str
    name: str
    channel_id: str
    start_time: datetime
    end_time: datetime | None
    """None while it runs."""
    estimated_end_time: datetime | None


class Occupations:
    """Of channels that the caller has been found to see."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def running(self, channel_ids: Iterable[str]) -> Sequence[Run]:
        """Measurements on these channels that have not ended."""
        return self._runs(channel_ids, MeasurementRow.end_time.is_(None))

    def runs_after(self, channel_ids: Iterable[str], moment: datetime) -> Sequence[Run]:
        """Measurements on these channels that have not ended by then."""
        return self._runs(channel_ids, MeasurementRow.end_time.is_(None) | (MeasurementRow.end_time > moment))

    def run_between(self, channel_id: str, start: datetime, end: datetime | None, except_id: str | None) -> Run | None:
        """A measurement on the channel that has a moment in common with that time; no end is for ever."""
        meets = or_(MeasurementRow.end_time.is_(None), MeasurementRow.end_time > start)
        begins = true() if end is None else MeasurementRow.start_time < end
        other = true() if except_id is None else MeasurementRow.id != except_id
        found = self._runs([channel_id], meets & begins & other)
        return found[0] if found else None

    def plans(self, channel_ids: Iterable[str], except_id: str | None = None) -> Sequence[PlannedMeasurementRow]:
        """Planned measurements that keep these channels for themselves."""
        query = select(PlannedMeasurementRow).where(
            is_visible(PlannedMeasurementRow, self._viewer),
            PlannedMeasurementRow.channel_id.in_(list(channel_ids)),
            PlannedMeasurementRow.status.in_([status.value for status in RESERVING]),
        )
        if except_id is not None:
            query = query.where(PlannedMeasurementRow.id != except_id)
        return self._session.scalars(query.order_by(PlannedMeasurementRow.planned_start_time)).all()

    def _runs(self, channel_ids: Iterable[str], condition: ColumnElement[bool]) -> Sequence[Run]:
        query = select(*(getattr(MeasurementRow, key) for key in Run._fields)).where(
            is_visible(MeasurementRow, self._viewer),
            MeasurementRow.channel_id.in_(list(channel_ids)),
            MeasurementRow.measurement_type == MeasurementType.time_series.value,
            MeasurementRow.start_time.is_not(None),
            condition,
        )
        ordered = query.order_by(MeasurementRow.start_time, MeasurementRow.id)
        return [Run(*found) for found in self._session.execute(ordered)]
