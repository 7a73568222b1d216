"""Cell batches."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cellkeep.domain.batches import BatchDraft, BatchPatch, CellBatch
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.quantities import canonical_of
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import BatchRow, InstanceRow, SpecRow


class Batches(Repository[BatchRow]):
    table = BatchRow
    noun = "cell batch"
    parent = "cell_specification_id"

    def get(self, batch_id: str) -> CellBatch:
        return self._batches([self.row(batch_id)])[0]

    def list(self, spec_id: str, asked: ListQuery) -> Page[CellBatch]:
        rows, total = self._page(self._visible().where(BatchRow.cell_specification_id == spec_id), asked)
        return Page(items=[*self._batches(rows)], count=len(rows), total=total)

    def named(self, spec_id: str, name: str) -> CellBatch | None:
        """The lot of that name, compared without case."""
        query = self._visible().where(
            BatchRow.cell_specification_id == spec_id, BatchRow.folded_name == name.casefold()
        )
        row = self._session.scalars(query).one_or_none()
        return self._batches([row])[0] if row else None

    def create(self, spec: SpecRow, draft: BatchDraft, caller: Caller) -> CellBatch:
        row = BatchRow(
            name=draft.name,
            folded_name=draft.name.casefold(),
            cell_specification_id=spec.id,
            project_id=spec.project_id,
            notes=draft.notes,
            date_manufactured=draft.date_manufactured,
            properties=draft.properties or {},
            canonical=canonical_of(draft.properties or {}),
            **stamp(caller, draft.custom()),
        )
        self._add(row)
        return self._batches([row])[0]

    def update(self, batch_id: str, patch: BatchPatch, changes: dict[str, Any]) -> CellBatch:
        row = self.row(batch_id, lock=True)
        if "properties" in changes:
            changes = {**changes, "properties": changes["properties"] or {}}
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, patch.custom())
            row.folded_name = row.name.casefold()
            row.canonical = canonical_of(row.properties)
        return self.get(batch_id)

    def _same_name(self, parent_id: str, name: str) -> ColumnElement[bool]:
        return (BatchRow.cell_specification_id == parent_id) & (BatchRow.folded_name == name.casefold())

    def _batches(self, rows: Sequence[BatchRow]) -> Sequence[CellBatch]:
        members = select(InstanceRow.batch_id, func.count()).where(InstanceRow.batch_id.in_([row.id for row in rows]))
        counts = {key: count for key, count in self._session.execute(members.group_by(InstanceRow.batch_id)) if key}
        return [_batch(row, counts.get(row.id, 0)) for row in rows]


def _batch(row: BatchRow, instance_count: int) -> CellBatch:
    keys = ("cell_specification_id", "project_id", "notes", "date_manufactured", "properties", "canonical")
    plain = {key: getattr(row, key) for key in keys}
    return CellBatch.model_validate({**stamped(row), **plain, "instance_count": instance_count})
