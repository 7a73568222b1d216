"""Cell specifications."""

from collections.abc import Iterable
from typing import Any, Unpack

from cellkeep.client.resource import Filters, Resource, as_list, create_or_get, list_params, read, read_page
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.paging import Page
from cellkeep.domain.specs import SLOTS, CellSpecification


class CellSpecs(Resource):
    """`client.cell_spec`."""

    def __init__(self, transport: Transport, project_id: str | None) -> None:
        super().__init__(transport)
        self._project_id = project_id

    def create(self, data: dict[str, Any]) -> CellSpecification:
        """Create a specification.

        Args:
            data: `name`, and as wanted `form_factor`, `manufacturer`, `ratings`, `properties`, `source`, `notes`, the
                components `anode`, `cathode`, `electrolyte`, `separator`, `case` (each `properties` and `material`)
                and `project_id`, which the client's own project fills in. Numbers are quantities,
                `{"value": 5, "unit": "A.h"}`.

        Raises:
            ConflictError: the project has a specification of that name.
        """
        if data.get("project_id") is None and self._project_id:
            data = {**data, "project_id": self._project_id}
        return read(CellSpecification, self._transport.post("/cell_specifications", data))

    def create_or_get(self, data: dict[str, Any]) -> CellSpecification:
        """Create a specification, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(data), self.get)

    def get(self, cell_spec_id: str) -> CellSpecification:
        """The specification with its components."""
        return read(CellSpecification, self._transport.get(f"/cell_specifications/{segment(cell_spec_id)}"))

    def list(
        self,
        include_components: bool = False,
        limit: int | None = None,
        offset: int | None = None,
        *,
        project_id: str | None = None,
        form_factor: str | None = None,
        material_id: str | Iterable[str] | None = None,
        anode_material_id: str | None = None,
        cathode_material_id: str | None = None,
        electrolyte_material_id: str | None = None,
        separator_material_id: str | None = None,
        case_material_id: str | None = None,
        exclude_cell_spec_id: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[CellSpecification]:
        """Specifications, newest first.

        Args:
            include_components: nest the components; otherwise only their ids are told.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            project_id: of this project only.
            form_factor: exactly this form factor.
            material_id: using this material, or any of these, in any slot. No material at all matches nothing.
            anode_material_id: using this material as anode; several slots together mean any of them.
            cathode_material_id: the same for the cathode.
            electrolyte_material_id: the same for the electrolyte.
            separator_material_id: the same for the separator.
            case_material_id: the same for the case.
            exclude_cell_spec_id: all but this one.
            **filters: see `Filters`.
        """
        materials = as_list(material_id)
        if materials == []:
            return Page(items=[], count=0, total=0)
        params = {
            "full": "true" if include_components else None,
            "project_id": project_id,
            "form_factor": None if form_factor is None else f"eq.{form_factor}",
            "material_ids": materials,
            "anode_material_id": anode_material_id,
            "cathode_material_id": cathode_material_id,
            "electrolyte_material_id": electrolyte_material_id,
            "separator_material_id": separator_material_id,
            "case_material_id": case_material_id,
            "exclude_cell_spec_id": exclude_cell_spec_id,
            **list_params(limit, offset, filters),
        }
        return read_page(CellSpecification, self._transport.get("/cell_specifications", params))

    def related_specs(
        self,
        cell_spec_id: str,
        *,
        slots: Iterable[str] | None = None,
        exclude_self: bool = True,
        limit: int = 100,
        offset: int = 0,
        include_components: bool = False,
    ) -> Page[CellSpecification]:
        """Specifications of the same project that share a material with this one.

        Args:
            cell_spec_id: whose materials.
            slots: share it in the same slot, in any of these; by default any material counts in any slot.
            exclude_self: leave this one out.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            include_components: nest the components.

        Raises:
            ValueError: there is no such slot.
        """
        asked = as_list(slots)
        if asked is not None and (unknown := [slot for slot in asked if slot not in SLOTS]):
            raise ValueError(f"There is no slot {', '.join(unknown)}. Slots are {', '.join(SLOTS)}.")
        spec = self.get(cell_spec_id)
        parts = {slot: part.material_id for slot in SLOTS if (part := getattr(spec, slot)) and part.material_id}
        wanted: dict[str, Any] = {f"{slot}_material_id": parts[slot] for slot in asked or () if slot in parts}
        if asked is None:
            wanted = {"material_id": sorted(set(parts.values()))}
        if not any(wanted.values()):
            return Page(items=[], count=0, total=0)
        return self.list(
            include_components,
            limit,
            offset,
            project_id=spec.project_id,
            exclude_cell_spec_id=spec.id if exclude_self else None,
            **wanted,
        )

    def update(self, cell_spec_id: str, data: dict[str, Any]) -> CellSpecification:
        """Change the given keys; null clears. Components are merged slot by slot."""
        return read(CellSpecification, self._transport.patch(f"/cell_specifications/{segment(cell_spec_id)}", data))

    def delete(self, cell_spec_id: str) -> None:
        """Remove a specification with its cells and their measurements."""
        self._transport.delete(f"/cell_specifications/{segment(cell_spec_id)}")
