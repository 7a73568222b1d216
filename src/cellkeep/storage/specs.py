"""Cell specifications with their components and the materials they share."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from cellkeep.domain.paging import Page, parse_filter
from cellkeep.domain.people import Caller
from cellkeep.domain.quantities import canonical_of
from cellkeep.domain.records import new_id
from cellkeep.domain.specs import (
    SLOTS,
    CellSpecification,
    Component,
    ComponentDraft,
    SpecDraft,
    SpecPatch,
    SpecQuery,
)
from cellkeep.storage.materials import Materials, material
from cellkeep.storage.repository import Repository, matches_filter, stamp, stamped
from cellkeep.storage.tables import ComponentRow, InstanceRow, MaterialRow, SpecRow

_PLAIN = ("form_factor", "manufacturer", "ratings", "properties", "source", "notes")
_OBJECTS = frozenset({"ratings", "properties", "source"})


class Specs(Repository[SpecRow]):
    table = SpecRow
    noun = "cell specification"
    parent = "project_id"

    def get(self, spec_id: str) -> CellSpecification:
        row = self.row(spec_id)
        instances = select(InstanceRow.id).where(InstanceRow.cell_specification_id == spec_id)
        return _spec(row, nested=True, instance_ids=list(self._session.scalars(instances.order_by(InstanceRow.name))))

    def list(self, asked: SpecQuery) -> Page[CellSpecification]:
        query = self._visible()
        if asked.project_id is not None:
            query = query.where(SpecRow.project_id == asked.project_id)
        if asked.form_factor is not None:
            query = query.where(matches_filter(SpecRow.form_factor, parse_filter(asked.form_factor)))
        if asked.exclude_cell_spec_id is not None:
            query = query.where(SpecRow.id != asked.exclude_cell_spec_id)
        rows, total = self._page(_using_materials(query, asked), asked)
        return Page(items=[_spec(row, nested=asked.full) for row in rows], count=len(rows), total=total)

    def names(self, spec_ids: Iterable[str]) -> dict[str, str]:
        """Name by id of the specifications that the viewer sees."""
        query = self._visible().with_only_columns(SpecRow.id, SpecRow.name).where(SpecRow.id.in_(set(spec_ids)))
        return {found.id: found.name for found in self._session.execute(query)}

    def create(self, project_id: str, draft: SpecDraft, caller: Caller) -> CellSpecification:
        materials = self._materials(draft, project_id, caller)
        row = SpecRow(name=draft.name, project_id=project_id, **stamp(caller, draft.custom()))
        with self._named(row, draft.name):
            self._fill(row, draft, draft.changes(), materials)
        return self.get(row.id)

    def update(self, spec_id: str, patch: SpecPatch, changes: dict[str, Any], caller: Caller) -> CellSpecification:
        row = self.row(spec_id, lock=True)
        materials = self._materials(patch, row.project_id, caller)
        with self._named(row, changes.get("name", row.name)):
            self._change(row, {"name": changes["name"]} if "name" in changes else {}, patch.custom())
            self._fill(row, patch, changes, materials)
        return self.get(spec_id)

    def _fill(self, row: SpecRow, draft: SpecPatch, changes: dict[str, Any], materials: dict[str, MaterialRow]) -> None:
        for key in _PLAIN:
            if key in changes:
                value = changes[key]
                setattr(row, key, {} if value is None and key in _OBJECTS else value)
        for slot in SLOTS:
            if slot in changes:
                self._fill_slot(row, slot, getattr(draft, slot), materials.get(slot))
        parts = {part.component_type: part.properties for part in row.components}
        row.canonical = canonical_of({"ratings": row.ratings or {}, "properties": row.properties or {}, **parts})

    def _fill_slot(self, row: SpecRow, slot: str, draft: ComponentDraft | None, material: MaterialRow | None) -> None:
        present = next((part for part in row.components if part.component_type == slot), None)
        if draft is None:
            row.components = [part for part in row.components if part is not present]
            return
        if present is None:
            present = ComponentRow(id=new_id(), component_type=slot, properties={})
            row.components.append(present)
        if "properties" in draft.model_fields_set:
            present.properties = draft.properties or {}
        if draft.model_fields_set & {"material", "material_id"}:
            present.material = material

    def _materials(self, draft: SpecPatch, project_id: str, caller: Caller) -> dict[str, MaterialRow]:
        """The materials that a draft names or points to, by slot.

        Raises:
            BadRequestError: an id is not that of a material of the project.
        """
        # Before the specification is touched: a material that somebody else makes at this moment rolls the
        # savepoint back, and whatever else was written in it.
        parts = [(slot, part) for slot in SLOTS if (part := getattr(draft, slot))]
        materials = Materials(self._session, self._viewer)
        found: dict[str, MaterialRow] = {
            slot: materials.of_project(project_id, part.material_id)
            for slot, part in parts
            if part.material_id and "material" not in part.model_fields_set
        }
        # In one order for all, or two specifications that share two materials could wait for each other.
        named = sorted(((slot, part.material) for slot, part in parts if part.material), key=lambda item: item[1].name)
        return found | {slot: materials.named(wanted, project_id, caller) for slot, wanted in named}


def _using_materials(query: Select[SpecRow], asked: SpecQuery) -> Select[SpecRow]:
    anywhere = [*asked.material_ids, *([asked.material_id] if asked.material_id else [])]
    slots = [(slot, wanted) for slot in SLOTS if (wanted := getattr(asked, f"{slot}_material_id"))]
    if anywhere:
        query = query.where(SpecRow.components.any(ComponentRow.material_id.in_(anywhere)))
    if slots:
        in_slot = (ComponentRow.component_type == slots[0][0]) & (ComponentRow.material_id == slots[0][1])
        for slot, wanted in slots[1:]:
            in_slot |= (ComponentRow.component_type == slot) & (ComponentRow.material_id == wanted)
        query = query.where(SpecRow.components.any(in_slot))
    return query


def _spec(row: SpecRow, *, nested: bool, instance_ids: list[str] | None = None) -> CellSpecification:
    parts: dict[str, Any] = {f"{part.component_type}_id": part.id for part in row.components}
    if nested:
        parts |= {part.component_type: _component(part) for part in row.components}
    plain = {key: getattr(row, key) for key in (*_PLAIN, "project_id", "canonical")}
    return CellSpecification.model_validate({**stamped(row), **plain, **parts, "instance_ids": instance_ids})


def _component(row: ComponentRow) -> Component:
    return Component.model_validate(
        {
            "id": row.id,
            "component_type": row.component_type,
            "material_id": row.material_id,
            "properties": row.properties,
            "material": material(row.material) if row.material else None,
        }
    )
