"""Cell instances."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from cellkeep.domain.instances import CellInstance, InstanceDraft, InstancePatch, InstanceQuery
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.quantities import canonical_of
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import InstanceRow, MeasurementRow, SpecRow


class Instances(Repository[InstanceRow]):
    table = InstanceRow
    noun = "cell instance"
    parent = "cell_specification_id"

    def get(self, instance_id: str) -> CellInstance:
        row = self.row(instance_id)
        measurements = select(MeasurementRow.id).where(MeasurementRow.cell_instance_id == instance_id)
        found = self._session.scalars(measurements.order_by(MeasurementRow.created_at, MeasurementRow.id))
        return _instance(row, measurement_ids=list(found))

    def list(self, spec_id: str, asked: InstanceQuery) -> Page[CellInstance]:
        query = self._visible().where(InstanceRow.cell_specification_id == spec_id)
        if asked.batch_id is not None:
            query = query.where(InstanceRow.batch_id == asked.batch_id)
        rows, total = self._page(query, asked)
        return Page(items=[_instance(row) for row in rows], count=len(rows), total=total)

    def names(self, instance_ids: Iterable[str]) -> dict[str, str]:
        """Name by id of the cells that the viewer sees."""
        query = self._visible().where(InstanceRow.id.in_(set(instance_ids)))
        return {row.id: row.name for row in self._session.scalars(query)}

    def among(self, instance_ids: Sequence[str]) -> Sequence[CellInstance]:
        """The cells of these ids that the viewer sees, in the order of the ids."""
        found = {row.id: row for row in self._session.scalars(self._visible().where(InstanceRow.id.in_(instance_ids)))}
        return [_instance(found[id_]) for id_ in instance_ids if id_ in found]

    def create(self, spec: SpecRow, draft: InstanceDraft, batch_id: str | None, caller: Caller) -> CellInstance:
        row = InstanceRow(
            name=draft.name,
            cell_specification_id=spec.id,
            project_id=spec.project_id,
            batch_id=batch_id,
            date_manufactured=draft.date_manufactured,
            measured_properties=draft.measured_properties or {},
            canonical=canonical_of(draft.measured_properties or {}),
            notes=draft.notes,
            **stamp(caller, draft.custom()),
        )
        self._add(row)
        return self.get(row.id)

    def update(self, instance_id: str, patch: InstancePatch, changes: dict[str, Any]) -> CellInstance:
        row = self.row(instance_id, lock=True)
        if "measured_properties" in changes:
            changes = {**changes, "measured_properties": changes["measured_properties"] or {}}
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, patch.custom())
            row.canonical = canonical_of(row.measured_properties)
        self._session.refresh(row)
        return self.get(instance_id)


def _instance(row: InstanceRow, measurement_ids: list[str] | None = None) -> CellInstance:
    keys = (
        "cell_specification_id",
        "project_id",
        "batch_id",
        "date_manufactured",
        "measured_properties",
        "canonical",
        "notes",
    )
    plain = {key: getattr(row, key) for key in keys}
    batch_name = row.batch.name if row.batch else None
    return CellInstance.model_validate(
        {**stamped(row), **plain, "batch_name": batch_name, "measurement_ids": measurement_ids}
    )
