"""Planned measurements."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.planned_measurements import (
    PlannedMeasurement,
    PlannedMeasurementStatus,
    PlannedPatch,
    PlannedQuery,
)
from cellkeep.domain.records import now
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import PlannedMeasurementRow

_DRAFTED = (
    "status",
    "protocol_id",
    "cell_specification_id",
    "cell_instance_id",
    "channel_id",
    "planned_start_time",
    "planned_end_time",
    "estimated_duration_seconds",
    "notes",
)
_PLAIN = (*_DRAFTED, "project_id", "requested_by_email", "scheduled_by_email")


class PlannedMeasurements(Repository[PlannedMeasurementRow]):
    table = PlannedMeasurementRow
    noun = "planned measurement"
    parent = "project_id"

    def of(self, project_id: str, planned_id: str, *, lock: bool = False) -> PlannedMeasurementRow:
        """The row; NotFoundError where the project has none of that id."""
        row = self.row(planned_id, lock=lock)
        if row.project_id != project_id:
            raise self._not_found(planned_id)
        return row

    def of_project(
        self, project_id: str, planned_ids: Iterable[str], *, lock: bool = False
    ) -> dict[str, PlannedMeasurementRow]:
        """The rows by id; NotFoundError where the project does not have one of them."""
        query = self._visible().where(PlannedMeasurementRow.project_id == project_id)
        return {row.id: row for row in self._complete(query, planned_ids, lock=lock)}

    def list(self, project_id: str, asked: PlannedQuery) -> Page[PlannedMeasurement]:
        query = self._visible().where(PlannedMeasurementRow.project_id == project_id)
        if asked.status is not None:
            query = query.where(PlannedMeasurementRow.status == asked.status.value)
        if asked.channel_id is not None:
            query = query.where(PlannedMeasurementRow.channel_id == asked.channel_id)
        rows, total = self._page(query, asked)
        return Page(items=[planned(row) for row in rows], count=len(rows), total=total)

    def create(self, project_id: str, draft: PlannedPatch, caller: Caller, **facts: Any) -> PlannedMeasurement:
        row = PlannedMeasurementRow(
            name=draft.name,
            project_id=project_id,
            **{**{key: getattr(draft, key) for key in _DRAFTED}, **facts},
            **stamp(caller, draft.custom()),
        )
        self._add(row)
        return planned(row)

    def update(
        self, row: PlannedMeasurementRow, changes: dict[str, Any], custom: dict[str, Any] | None = None
    ) -> PlannedMeasurement:
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, custom or {})
        return planned(row)

    def assign(self, row: PlannedMeasurementRow, place: tuple[str, datetime, datetime], caller: Caller) -> None:
        """Give a plan, which must be locked, its channel and time."""
        row.channel_id, row.planned_start_time, row.planned_end_time = place
        row.status, row.scheduled_by_email = PlannedMeasurementStatus.scheduled, caller.email
        row.updated_at = now()


def planned(row: PlannedMeasurementRow) -> PlannedMeasurement:
    """The record of a row."""
    return PlannedMeasurement.model_validate({**stamped(row), **{key: getattr(row, key) for key in _PLAIN}})
