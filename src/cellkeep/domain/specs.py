"""Cell specifications: the blueprint of a cell, with its components and their materials."""

from typing import Any, ClassVar, Literal

from cellkeep.domain.materials import Material, MaterialDraft
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Draft, JsonObject, Model, Name, Record

Slot = Literal["anode", "cathode", "electrolyte", "separator", "case"]
SLOTS: tuple[Slot, ...] = ("anode", "cathode", "electrolyte", "separator", "case")
"""The five components a specification names."""


class Component(Model):
    """One component of a specification; its properties are quantities or text."""

    id: str
    component_type: Slot
    material_id: str | None = None
    properties: dict[str, Any] = {}
    material: Material | None = None


class ComponentDraft(Model):
    properties: JsonObject | None = None
    material: MaterialDraft | None = None
    """A material by its name, made if it is new."""
    material_id: str | None = None
    """A material that is there already; looked at where `material` is not sent."""


class CellSpecification(Record):
    project_id: str
    form_factor: str | None = None
    """For example `21700`, `R2032`, `pouch`."""
    manufacturer: str | None = None
    ratings: dict[str, Any] = {}
    """Electrical ratings as quantities: `capacity`, `voltage_min`, `voltage_max`, `nominal_voltage` and others."""
    properties: dict[str, Any] = {}
    source: dict[str, Any] = {}
    """Where the facts come from: `doi`, `citation`, `license` and so on."""
    notes: str | None = None
    canonical: dict[str, dict[str, Any] | None] = {}
    """Every quantity in its canonical unit by dotted path; null where the unit is not understood."""
    anode_id: str | None = None
    cathode_id: str | None = None
    electrolyte_id: str | None = None
    separator_id: str | None = None
    case_id: str | None = None
    anode: Component | None = None
    cathode: Component | None = None
    electrolyte: Component | None = None
    separator: Component | None = None
    case: Component | None = None
    instance_ids: list[str] | None = None
    """Told where one record is read; null in lists."""


class SpecPatch(Draft):
    name: Name | None = None
    form_factor: str | None = None
    manufacturer: str | None = None
    ratings: JsonObject | None = None
    properties: JsonObject | None = None
    source: JsonObject | None = None
    notes: str | None = None
    anode: ComponentDraft | None = None
    cathode: ComponentDraft | None = None
    electrolyte: ComponentDraft | None = None
    separator: ComponentDraft | None = None
    case: ComponentDraft | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)
    server_made: ClassVar[frozenset[str]] = (
        Draft.server_made | {f"{slot}_id" for slot in SLOTS} | {"instance_ids", "project_id"}
    )


class SpecDraft(SpecPatch):
    name: Name
    project_id: str | None = None
    """The project to make it in; may be left out where the caller has just one."""


class SpecQuery(ListQuery):
    full: bool = False
    """With the components nested; without, their ids alone."""
    project_id: str | None = None
    form_factor: str | None = None
    material_id: str | None = None
    material_ids: list[str] = []
    """Specifications that use any of these materials in any slot."""
    anode_material_id: str | None = None
    cathode_material_id: str | None = None
    electrolyte_material_id: str | None = None
    separator_material_id: str | None = None
    case_material_id: str | None = None
    exclude_cell_spec_id: str | None = None
