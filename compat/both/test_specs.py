"""Cell specifications, through either client."""

from typing import Any

import pytest
from samples import names, series

FULL: dict[str, Any] = {
    "name": "NCM622/Graphite Coin Cell",
    "form_factor": "R2032",
    "manufacturer": "Custom Cells",
    "ratings": {"capacity": {"value": 0.002, "unit": "A.h"}, "voltage_max": {"value": 4.2, "unit": "V"}},
    "anode": {
        "properties": {"loading": {"value": 6.5, "unit": "mg.cm-2"}, "binder": "PVDF"},
        "material": {"name": "Graphite", "manufacturer": "Customcells", "definition": {"type": "graphite"}},
    },
    "cathode": {"material": {"name": "NCM622"}},
    "electrolyte": {"material": {"name": "LP57"}},
    "source": {"doi": "10.1/2"},
    "properties": {"mass": {"value": 3.1, "unit": "g"}},
    "notes": "n",
    "supplier_code": "X-1",
}


@pytest.fixture
def full(client: Any) -> Any:
    return client.cell_spec.create(FULL)


def test_a_specification_keeps_what_was_said(client: Any, full: Any) -> None:
    """Read again, it holds every field, keys of one's own included, in units as they were given."""
    found = client.cell_spec.get(full.id)
    for key in ("name", "form_factor", "manufacturer", "source", "properties", "notes", "supplier_code"):
        assert getattr(found, key) == FULL[key]
    assert found.ratings["capacity"] == {"value": 0.002, "unit": "A.h"}
    plain = found.model_dump(mode="json")
    assert plain["anode"]["properties"] == FULL["anode"]["properties"]
    assert plain["anode"]["material"]["name"] == "Graphite"
    assert plain["anode"]["material"]["definition"] == {"type": "graphite"}
    assert plain["anode"]["material_id"] == plain["anode"]["material"]["id"]
    assert (plain["separator"], plain["separator_id"], plain["case"]) == (None, None, None)
    assert plain["instance_ids"] == []


def test_a_specification_is_of_the_clients_project(client: Any, full: Any, project_id: str) -> None:
    """The project the client works in is filled in; another one that is named is taken."""
    assert full.project_id == project_id
    other = client.project.create({"name": f"other than {project_id}"})
    made = client.cell_spec.create({"name": full.name, "project_id": other.id})
    assert made.project_id == other.id
    assert made.id != full.id


def test_a_specification_is_made_once(client: Any) -> None:
    """create_or_get makes it, and then finds it unchanged."""
    made = client.cell_spec.create_or_get({"name": "NCM622", "form_factor": "R2032"})
    found = client.cell_spec.create_or_get({"name": "NCM622", "form_factor": "pouch"})
    assert (found.id, found.form_factor) == (made.id, "R2032")


def test_a_taken_name_is_refused(client: Any, spec: Any, errors: type[Exception]) -> None:
    """A second specification of one name is a conflict that names the first."""
    with pytest.raises(errors) as refused:
        client.cell_spec.create({"name": spec.name})
    assert refused.value.status_code == 409
    assert refused.value.error_code == "CONFLICT"
    assert refused.value.data["detail"]["existing_id"] == spec.id


def test_an_update_changes_what_is_sent_and_clears_what_is_null(client: Any, full: Any) -> None:
    """Other fields stay; components are merged slot by slot."""
    client.cell_spec.update(
        full.id,
        {"notes": None, "form_factor": "21700", "separator": {"material": {"name": "Celgard"}}, "cathode": None},
    )
    found = client.cell_spec.get(full.id).model_dump(mode="json")
    assert (found["notes"], found["form_factor"], found["manufacturer"]) == (None, "21700", "Custom Cells")
    assert found["separator"]["material"]["name"] == "Celgard"
    assert found["cathode"] is None
    assert found["anode"]["material"]["name"] == "Graphite"


def test_a_removed_specification_takes_its_cells_along(client: Any, full: Any, errors: type[Exception]) -> None:
    """Its cells, lots and their measurements are not found any more."""
    batch = client.cell_batch.create(full.id, {"name": "L"})
    cell = client.cell_instance.create(full.id, {"name": "C"})
    measurement = client.cell_measurement.create(cell.id, series())
    assert client.cell_spec.get(full.id).instance_ids == [cell.id]
    client.cell_spec.delete(full.id)
    for get, gone in (
        (client.cell_spec.get, full),
        (client.cell_batch.get, batch),
        (client.cell_instance.get, cell),
        (client.cell_measurement.get, measurement),
    ):
        with pytest.raises(errors) as refused:
            get(gone.id)
        assert refused.value.status_code == 404


def test_components_are_listed_where_they_are_asked_for(client: Any, full: Any, project_id: str) -> None:
    """A plain list tells the ids of the components, a full one nests them."""
    plain = client.cell_spec.list(project_id=project_id)[0].model_dump(mode="json")
    nested = client.cell_spec.list(include_components=True, project_id=project_id)[0].model_dump(mode="json")
    assert (plain["anode"], plain["anode_id"]) == (None, nested["anode"]["id"])
    assert nested["anode"]["material"]["name"] == "Graphite"


def test_a_list_is_narrowed_by_form_factor(client: Any, full: Any, project_id: str) -> None:
    """The form factor must be the same as a whole."""
    client.cell_spec.create({"name": "other", "form_factor": "R203"})
    assert names(client.cell_spec.list(form_factor="R2032", project_id=project_id)) == [full.name]
    assert names(client.cell_spec.list(form_factor="R20", project_id=project_id)) == []


def test_a_list_is_narrowed_by_material(client: Any, full: Any, project_id: str) -> None:
    """A material counts in any slot, a material of a slot in that slot, and several slots mean any of them."""
    plain = full.model_dump(mode="json")
    graphite, ncm, lp57 = (plain[slot]["material_id"] for slot in ("anode", "cathode", "electrolyte"))
    client.cell_spec.create(
        {
            "name": "half cell",
            "cathode": {"material": {"name": "Graphite", "manufacturer": "Customcells"}},
            "separator": {"material": {"name": "Celgard"}},
            "case": {"material": {"name": "Steel"}},
        }
    )
    half = client.cell_spec.list(True, name_exact="half cell", project_id=project_id)[0].model_dump(mode="json")

    def found(**by: Any) -> set[str]:
        return set(names(client.cell_spec.list(project_id=project_id, **by)))

    assert found(material_id=graphite) == {full.name, "half cell"}
    assert found(material_id=[ncm, lp57]) == {full.name}
    assert found(anode_material_id=graphite) == {full.name}
    assert found(cathode_material_id=graphite) == {"half cell"}
    assert found(anode_material_id=graphite, cathode_material_id=graphite) == {full.name, "half cell"}
    assert found(electrolyte_material_id=lp57) == {full.name}
    assert found(separator_material_id=half["separator"]["material_id"]) == {"half cell"}
    assert found(case_material_id=half["case"]["material_id"]) == {"half cell"}
    assert found(material_id=graphite, exclude_cell_spec_id=full.id) == {"half cell"}


def test_related_specifications_share_a_material(client: Any, full: Any) -> None:
    """A material counts in any slot unless slots are named; what shares none is not related."""
    half = client.cell_spec.create(
        {"name": "half cell", "cathode": {"material": {"name": "Graphite", "manufacturer": "Customcells"}}}
    )
    twin = client.cell_spec.create({"name": "twin", "electrolyte": {"material": {"name": "LP57"}}})
    bare = client.cell_spec.create({"name": "bare"})
    related = client.cell_spec.related_specs
    assert set(names(related(full.id))) == {half.name, twin.name}
    assert set(names(related(full.id, exclude_self=False))) == {full.name, half.name, twin.name}
    assert names(related(full.id, slots=["anode", "electrolyte"])) == [twin.name]
    assert names(related(full.id, slots=["separator"])) == []
    assert names(related(bare.id)) == []
    page = related(full.id, limit=1, offset=1, include_components=True)
    assert (len(page), page.total) == (1, 2)
    assert page[0].model_dump(mode="json")["cathode"]["material"]["name"] == "Graphite"
    with pytest.raises(ValueError, match="binder"):
        related(full.id, slots=["binder"])


def test_a_material_is_named_by_its_id(client: Any, full: Any, project_id: str, errors: type[Exception]) -> None:
    """A component takes one that is there; null lets go of it, and of the properties."""
    graphite = client.material.list(project_id=project_id, name="Graphite")[0].id
    made = client.cell_spec.create({"name": "Other", "anode": {"material_id": graphite, "properties": {"q": 1}}})
    anode = client.cell_spec.get(made.id).model_dump(mode="json")["anode"]
    assert (anode["material_id"], anode["material"]["name"], anode["properties"]) == (graphite, "Graphite", {"q": 1})
    client.cell_spec.update(made.id, {"anode": {"material": None, "properties": None}})
    anode = client.cell_spec.get(made.id).model_dump(mode="json")["anode"]
    assert (anode["material_id"], anode["material"], anode["properties"]) == (None, None, {})
    with pytest.raises(errors) as refused:
        client.cell_spec.update(made.id, {"anode": {"material_id": "nowhere"}})
    assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    assert client.cell_spec.update(full.id, client.cell_spec.get(full.id).model_dump(mode="json")).anode_id
    assert client.cell_spec.get(full.id).model_dump(mode="json")["anode"]["material_id"] == graphite
