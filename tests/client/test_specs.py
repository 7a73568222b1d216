"""`client.cell_spec`, the same over HTTP and in a folder."""

from typing import Any

import pytest

from cellkeep import BadRequestError, ConflictError, InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from cellkeep.domain.specs import CellSpecification

FULL: dict[str, Any] = {
    "name": "NCM622/Graphite Coin Cell",
    "form_factor": "R2032",
    "manufacturer": "Custom Cells",
    "ratings": {
        "capacity": {"value": 2, "unit": "mA*h"},
        "voltage_min": {"value": 2.5, "unit": "V"},
        "max_charge_rate": {"value": 1, "unit": "C"},
        "oddity": {"value": 3, "unit": "furlongs per banana"},
    },
    "anode": {
        "properties": {"loading": {"value": 6.5, "unit": "mg.cm-2"}, "binder": "PVDF"},
        "material": {"name": "Graphite", "manufacturer": "Customcells", "definition": {"type": "graphite"}},
    },
    "cathode": {"properties": {"loading": {"value": 12.1, "unit": "mg/cm**2"}}, "material": {"name": "NCM622"}},
    "electrolyte": {"material": {"name": "LP57", "definition": {"solvents": ["EC", "EMC"]}}},
    "source": {"doi": "10.1/2"},
    "properties": {"mass": {"value": 45.3, "unit": "g"}, "assembly": "by hand"},
    "notes": "n",
    "supplier_code": "X-1",
}


@pytest.fixture
def full(any_client: Client, project: Project) -> CellSpecification:
    return any_client.cell_spec.create({**FULL, "project_id": project.id})


def test_a_specification_comes_back_as_it_was_made(any_client: Client, full: CellSpecification) -> None:
    """Everything sent is there verbatim, with components and materials nested, and one's own keys."""
    found = any_client.cell_spec.get(full.id)
    assert found == full
    for key in ("name", "form_factor", "manufacturer", "ratings", "source", "properties", "notes", "supplier_code"):
        assert getattr(found, key) == FULL[key]
    assert found.anode.properties == FULL["anode"]["properties"]
    assert found.anode.material.name == "Graphite"
    assert found.anode.material.manufacturer == "Customcells"
    assert found.anode.material.definition == {"type": "graphite"}
    assert found.anode.id == found.anode_id
    assert found.electrolyte.material.definition == {"solvents": ["EC", "EMC"]}
    assert (found.separator, found.case) == (None, None)
    assert found.instance_ids == []


def test_quantities_have_a_canonical_form_beside_them(full: CellSpecification) -> None:
    """Both spellings of a unit have one canonical value; a unit that nobody knows has none."""
    assert full.canonical["ratings.capacity"] == {"value": 0.002, "unit": "A.h"}
    assert full.canonical["properties.mass"] == {"value": 0.0453, "unit": "kg"}
    assert full.canonical["anode.loading"]["unit"] == full.canonical["cathode.loading"]["unit"]
    assert full.canonical["cathode.loading"]["value"] == pytest.approx(0.121)
    assert full.canonical["ratings.max_charge_rate"] == {"value": 1.0, "unit": "C"}
    assert full.canonical["ratings.oddity"] is None


def test_a_name_is_taken_once_in_a_project(any_client: Client, full: CellSpecification) -> None:
    """A second one is refused with the id of the first; create_or_get gives the first, unchanged."""
    again = {"name": full.name, "project_id": full.project_id, "notes": "other"}
    with pytest.raises(ConflictError) as caught:
        any_client.cell_spec.create(again)
    assert caught.value.existing_id == full.id
    assert any_client.cell_spec.create_or_get(again) == full
    other = any_client.project.create({"name": f"other than {full.project_id}"})
    assert any_client.cell_spec.create({**again, "project_id": other.id}).id != full.id


def test_null_clears(any_client: Client, full: CellSpecification) -> None:
    """Null empties a field or takes a component out; what is not sent stays."""
    nulls = dict.fromkeys(("form_factor", "manufacturer", "ratings", "properties", "source", "notes", "anode"))
    changed = any_client.cell_spec.update(full.id, nulls)
    assert (changed.form_factor, changed.manufacturer, changed.notes) == (None, None, None)
    assert (changed.ratings, changed.properties, changed.source) == ({}, {}, {})
    assert (changed.anode, changed.anode_id) == (None, None)
    assert changed.cathode == full.cathode
    assert set(changed.canonical) == {"cathode.loading"}
    assert any_client.cell_spec.get(full.id) == changed


def test_a_component_is_merged(any_client: Client, full: CellSpecification) -> None:
    """Sending the properties of a component keeps its material, and the other way round."""
    changed = any_client.cell_spec.update(full.id, {"anode": {"properties": {"binder": "CMC"}}})
    assert changed.anode.properties == {"binder": "CMC"}
    assert changed.anode.material == full.anode.material
    changed = any_client.cell_spec.update(full.id, {"anode": {"material": {"name": "Si"}}})
    assert changed.anode.properties == {"binder": "CMC"}
    assert changed.anode.material.name == "Si"
    assert changed.anode.id == full.anode.id


def test_a_record_that_was_read_can_be_sent_back(any_client: Client, full: CellSpecification) -> None:
    """Sending a record back as it was read changes nothing but the time."""
    back = any_client.cell_spec.update(full.id, full.model_dump(mode="json"))
    assert back.model_dump(exclude={"updated_at"}) == full.model_dump(exclude={"updated_at"})


def test_materials_are_shared_and_found(any_client: Client, project: Project, full: CellSpecification) -> None:
    """Specifications that name the same material share it and are found by it: in any slot, or in one."""
    other = any_client.cell_spec.create(
        {"name": "half cell", "project_id": project.id, "cathode": {"material": FULL["anode"]["material"]}}
    )
    graphite = full.anode.material.id
    assert other.cathode.material.id == graphite

    def names(**filters: Any) -> set[str]:
        return {each.name for each in any_client.cell_spec.list(project_id=project.id, **filters)}

    assert names(material_id=graphite) == {full.name, "half cell"}
    assert names(material_id=[full.cathode.material.id, "nowhere"]) == {full.name}
    assert names(material_id=[]) == set()
    assert names(anode_material_id=graphite) == {full.name}
    assert names(cathode_material_id=graphite) == {"half cell"}
    assert names(anode_material_id=graphite, cathode_material_id=graphite) == {full.name, "half cell"}
    assert names(electrolyte_material_id=full.electrolyte.material.id) == {full.name}
    assert names(separator_material_id=graphite) == set()
    assert names(case_material_id=graphite) == set()
    assert names(material_id=graphite, exclude_cell_spec_id=full.id) == {"half cell"}


def test_lists_are_filtered(any_client: Client, project: Project, full: CellSpecification) -> None:
    """By project, part of the name in any case, the whole name, and form factor."""
    other = any_client.cell_spec.create({"name": "50%_cell", "project_id": project.id, "form_factor": "pouch"})

    def ids(**filters: Any) -> list[str]:
        return [each.id for each in any_client.cell_spec.list(project_id=project.id, **filters)]

    assert ids() == [other.id, full.id]
    assert ids(name="GRAPHITE coin") == [full.id]
    assert ids(name="%_") == [other.id]
    assert ids(name="_c") == [other.id]
    assert ids(name_exact="50%_cell") == [other.id]
    assert ids(name_exact="50%_CELL") == []
    assert ids(form_factor="pouch") == [other.id]
    assert ids(order_by="name", order="desc") == [full.id, other.id]
    assert ids(limit=1, offset=1) == [full.id]
    assert ids(created_after=full.created_at.isoformat()) == [other.id]
    assert ids(created_before=other.created_at.isoformat()) == [full.id]
    assert ids(updated_after="2000-01-01", updated_before="2000-01-02T00:00:00Z") == []


def test_parts_of_names_are_found_in_every_script_and_case(any_client: Client, project: Project) -> None:
    """Letters outside ASCII are compared without case too, on every database."""
    made = any_client.cell_spec.create({"name": "ZÄHLER Ω Ж", "project_id": project.id})
    for part in ("zähler", "ω", "ж", "ÄHL"):
        assert [each.id for each in any_client.cell_spec.list(project_id=project.id, name=part)] == [made.id], part


def test_names_are_ordered_alike_on_every_database(any_client: Client, project: Project) -> None:
    """Order by name does not depend on the database's own collation."""
    for name in ("b", "A", "C", "a 2", "a-1", "_", "Z", "é"):
        any_client.cell_spec.create({"name": name, "project_id": project.id})
    found = any_client.cell_spec.list(project_id=project.id, order_by="name", order="asc")
    names = [each.name for each in found]
    assert names in (sorted(names), sorted(names, key=str.casefold))


def test_components_are_nested_only_where_asked_for(
    any_client: Client, project: Project, full: CellSpecification
) -> None:
    """A list tells the ids of components; with include_components it tells them whole."""
    light = any_client.cell_spec.list(project_id=project.id)[0]
    assert (light.anode, light.anode_id) == (None, full.anode_id)
    heavy = any_client.cell_spec.list(include_components=True, project_id=project.id)[0]
    assert heavy.anode == full.anode


def test_deleting_a_specification_removes_its_cells(
    any_client: Client, spec: CellSpecification, cell: CellInstance
) -> None:
    """Cells and lots go with their specification."""
    batch = any_client.cell_batch.create(spec.id, {"name": "LOT"})
    assert any_client.cell_spec.get(spec.id).instance_ids == [cell.id]
    any_client.cell_spec.delete(spec.id)
    for read, key in (
        (any_client.cell_spec.get, spec.id),
        (any_client.cell_instance.get, cell.id),
        (any_client.cell_batch.get, batch.id),
    ):
        with pytest.raises(NotFoundError, match=key):
            read(key)


def test_a_material_deleted_with_its_project_blocks_nothing(any_client: Client, full: CellSpecification) -> None:
    """A project whose specifications name materials can be deleted."""
    any_client.project.delete(full.project_id)
    with pytest.raises(NotFoundError):
        any_client.cell_spec.get(full.id)


def test_an_unknown_project_is_not_found(any_client: Client) -> None:
    """A specification can not be made in a project that is not there."""
    with pytest.raises(NotFoundError, match="project"):
        any_client.cell_spec.create({"name": "x", "project_id": "nowhere"})


def test_a_value_of_the_wrong_type_is_named(any_client: Client, project: Project) -> None:
    """The error says which key is wrong, as a sentence and as data."""
    with pytest.raises(InvalidError, match=r"anode\.material\.name") as caught:
        any_client.cell_spec.create({"name": "x", "project_id": project.id, "anode": {"material": {"name": 5}}})
    assert caught.value.detail[0]["loc"] == ["body", "anode", "material", "name"]


def test_only_one_project_needs_no_project_id(server: Any, client: Client) -> None:
    """Where there is one project, it is taken; where there are several, one must be named."""
    made = client.cell_spec.create({"name": "x"})
    assert made.project_id == client.project.list()[0].id
    other = client.project.create({"name": "second"})
    with pytest.raises(BadRequestError, match="project_id"):
        client.cell_spec.create({"name": "y"})
    with Client(server.key, server.url, other.id) as second:
        assert second.cell_spec.create({"name": "y"}).project_id == other.id


def test_related_specifications_share_a_material(any_client: Client, full: CellSpecification) -> None:
    """A material counts in any slot unless slots are named; itself and other projects are left out."""
    half = {"name": "half cell", "cathode": {"material": {"name": "Graphite", "manufacturer": "Customcells"}}}
    any_client.cell_spec.create({**half, "project_id": full.project_id})
    any_client.cell_spec.create(
        {**half, "project_id": any_client.project.create({"name": f"not {full.project_id}"}).id}
    )
    related = any_client.cell_spec.related_specs
    assert [spec.name for spec in related(full.id)] == ["half cell"]
    assert {spec.name for spec in related(full.id, exclude_self=False)} == {"half cell", full.name}
    assert [spec.name for spec in related(full.id, slots=["anode"])] == []
    assert [spec.name for spec in related(full.id, slots="anode", exclude_self=False)] == [full.name]
    with pytest.raises(ValueError, match="binder"):
        related(full.id, slots=["binder"])
