"""Counts and the newest of what a viewer sees."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.overview import Counts
from cellkeep.storage.browsing_conditions import has_errors
from cellkeep.storage.measurements import measurement
from cellkeep.storage.scope import Viewer, is_visible, visible
from cellkeep.storage.tables import BatchRow, InProjectRow, InstanceRow, MeasurementRow, SpecRow

_WAITING = ("pending", "running")


class Glance:
    """What there is in one project, or in all that the viewer sees."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def counts(self, project_id: str | None) -> Counts:
        failed, processing = MeasurementRow.processing_status == "failed", _is_waiting()
        return Counts(
            specs=self._count(SpecRow, project_id),
            batches=self._count(BatchRow, project_id),
            cells=self._count(InstanceRow, project_id),
            measurements=self._count(MeasurementRow, project_id),
            processing=self._count(MeasurementRow, project_id, processing),
            failed=self._count(MeasurementRow, project_id, failed),
            with_errors=self._count(MeasurementRow, project_id, has_errors()),
        )

    def recent(self, project_id: str | None, most: int) -> Sequence[CellMeasurement]:
        """The newest measurements."""
        return self._newest(project_id, most, true())

    def processing(self, project_id: str | None, most: int) -> Sequence[CellMeasurement]:
        """The newest of those whose tables are being made."""
        return self._newest(project_id, most, _is_waiting())

    def failed(self, project_id: str | None, most: int) -> Sequence[CellMeasurement]:
        return self._newest(project_id, most, MeasurementRow.processing_status == "failed")

    def _newest(self, project_id: str | None, most: int, condition: ColumnElement[bool]) -> Sequence[CellMeasurement]:
        query = visible(MeasurementRow, self._viewer).where(_inside(MeasurementRow, project_id), condition)
        ordered = query.order_by(MeasurementRow.created_at.desc(), MeasurementRow.id).limit(most)
        return [measurement(row) for row in self._session.scalars(ordered)]

    def _count(self, table: type[InProjectRow], project_id: str | None, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table)
        return (
            self._session.scalar(query.where(is_visible(table, self._viewer), _inside(table, project_id), *conditions))
            or 0
        )


def _is_waiting() -> ColumnElement[bool]:
    return MeasurementRow.processing_status.in_(_WAITING)


def _inside(table: type[InProjectRow], project_id: str | None) -> ColumnElement[bool]:
    return true() if project_id is None else table.project_id == project_id
