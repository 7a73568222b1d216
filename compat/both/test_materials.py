"""Materials, property datasets, analyses and studies, through either client."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

CONDUCTIVITY = {
    "Electrolyte concentration [mol.m-3]": [0, 500, 1000],
    "Electrolyte conductivity [S.m-1]": [0.0, 0.9, None],
}
ECM = {"SOC": [0.1, 0.9], "R0 [Ohm]": [0.02, 0.03], "fit": ["good", None]}


@pytest.fixture
def materials(client: Any, project_id: str) -> dict[str, str]:
    """Ids of the materials of two specifications by name."""
    graphite = {"material": {"name": "Graphite", "manufacturer": "Maker"}}
    electrolyte = {"material": {"name": "LP57", "definition": {"salt": "LiPF6"}}}
    client.cell_spec.create({"name": "coin", "anode": graphite, "electrolyte": electrolyte})
    client.cell_spec.create({"name": "pouch", "anode": graphite, "cathode": {"material": {"name": "NMC 622"}}})
    return {each.name: each.id for each in client.material.list()}


@pytest.fixture
def measurement_id(client: Any, cell: Any) -> str:
    found: str = client.cell_measurement.create_properties(cell.id, "P", {"r": {"value": 1, "unit": "Ohm"}}).id
    return found


def test_materials_come_from_specifications(client: Any, materials: dict[str, str], errors: type[Exception]) -> None:
    """Each is there once, ordered by name, and found by operators."""
    assert list(materials) == ["Graphite", "LP57", "NMC 622"]
    graphite = client.material.get(materials["Graphite"])
    assert (graphite.name, graphite.manufacturer, graphite.product_id) == ("Graphite", "Maker", None)
    assert client.material.get(materials["LP57"]).definition == {"salt": "LiPF6"}

    def names(**asked: Any) -> list[str]:
        return [each.name for each in client.material.list(**asked)]

    assert names(name="LP57") == names(name_exact="LP57") == names(name="ilike.%lp%") == ["LP57"]
    assert names(manufacturer="Maker") == names(manufacturer="like.M%") == ["Graphite"]
    assert names(product_id="neq.x", order_by="name", order="desc") == ["NMC 622", "LP57", "Graphite"]
    assert names(created_at="gte.2026-01-01", created_at_gt="2026-01-01", updated_at_lt="2999-01-01", limit=1) == [
        "Graphite"
    ]
    assert names(updated_at="lt.2026-01-01") == names(created_at_lt="2026-01-01", updated_at_gt="2026-01-01") == []
    page = client.material.list(1, 1)
    assert ([each.name for each in page], page.total) == (["LP57"], 3)
    with pytest.raises(errors) as refused:
        client.material.get("nothing")
    assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


def test_specifications_are_related_by_materials(client: Any, materials: dict[str, str]) -> None:
    """They share a material, in any slot or in those that are asked for."""
    coin, pouch = (client.cell_spec.create_or_get({"name": name}) for name in ("coin", "pouch"))
    related = client.cell_spec.related_specs
    assert [each.id for each in related(coin.id)] == [pouch.id]
    assert {each.id for each in related(coin.id, exclude_self=False)} == {coin.id, pouch.id}
    assert [each.id for each in related(pouch.id, slots=["anode", "cathode"])] == [coin.id]
    assert list(related(pouch.id, slots=["cathode"])) == list(related(coin.id, slots=["case"])) == []
    assert list(related(coin.id, limit=1, offset=1)) == []
    with pytest.raises(ValueError, match="lid"):
        related(coin.id, slots=["lid"])


def test_a_dataset_lives_its_life(client: Any, materials: dict[str, str], errors: type[Exception]) -> None:
    """Numbers and units come back, the file is replaced, columns are renamed, and it is removed."""
    datasets = client.material_property_dataset
    made = datasets.create(materials["LP57"], "Transport", CONDUCTIVITY)
    assert (made.name, made.data_version) == ("Transport", 1)
    assert made.nan_counts == {"Electrolyte concentration": 0, "Electrolyte conductivity": 1}
    units = {"Electrolyte concentration": "mol.m-3", "Electrolyte conductivity": "S.m-1"}
    assert datasets.get_units(made.id) == units
    found = datasets.get_data(made.id)
    assert found.schema == dict.fromkeys(units, pl.Float64)
    assert found.rows() == [(0.0, 0.0), (500.0, 0.9), (1000.0, None)]
    assert datasets.get(made.id).created_at is not None
    assert [each.id for each in datasets.list(materials["LP57"], limit=10, offset=0)] == [made.id]
    assert list(datasets.list(materials["Graphite"])) == []

    again = datasets.replace_file(made.id, {name: [1] for name in units}, name="Transport 2")
    assert (again.id, again.name, again.data_version) == (made.id, "Transport 2", 2)
    assert datasets.get_data(made.id).rows() == [(1.0, 1.0)]
    with pytest.raises(ValueError, match="olumns"):
        datasets.replace_file(made.id, {"a": [1]})
    columns = [{"name": "kappa", "unit": "mS.cm-1", "source_column_index": 1}]
    assert datasets.update(made.id, name="D", columns=columns).name == "D"
    assert datasets.get_units(made.id) == {"kappa": "mS.cm-1"}
    assert datasets.get_data(made.id).columns == ["kappa"]
    third = datasets.replace_file(made.id, {"x": ["1", "n/a"]}, columns=[{"name": "x", "source_column_index": 0}])
    assert (third.data_version, third.nan_counts) == (3, {"x": 1})

    datasets.delete(made.id)
    with pytest.raises(errors) as refused:
        datasets.get(made.id)
    assert refused.value.status_code == 404


def test_links_of_a_dataset_lead_to_both_files(client: Any, materials: dict[str, str]) -> None:
    """The numbers, and the file as it was sent, are read by whoever has the link."""
    datasets = client.material_property_dataset
    made = datasets.create(materials["LP57"], "D", {"a [V]": ["1", "x"]})
    assert pl.read_parquet(datasets.get_download_url(made.id)).rows() == [(1.0,), (None,)]
    assert pl.read_parquet(datasets.get_download_url(made.id, kind="original")).rows() == [("1",), ("x",)]


@pytest.mark.parametrize(
    ("data", "columns", "status", "message"),
    [
        ({"U [V]": [1], "U [mV]": [2]}, None, 400, "named 'U'"),
        ({"a": [1]}, [{"name": "a", "source_column_index": 1}], 400, "has 1 columns"),
        ({"a": [1]}, [{"name": "a"}], 422, "source_column_index"),
        ({"a": [1]}, [], 400, "at least one"),
    ],
)
def test_a_useless_dataset_is_refused(
    client: Any, materials: dict[str, str], errors: type[Exception], data: Any, columns: Any, status: int, message: str
) -> None:
    """The error says what is wrong, and nothing is kept."""
    with pytest.raises(errors, match=message) as refused:
        client.material_property_dataset.create(materials["LP57"], "D", data, columns=columns)
    assert refused.value.status_code == status
    assert list(client.material_property_dataset.list(materials["LP57"])) == []


def test_an_analysis_lives_its_life(client: Any, measurement_id: str, errors: type[Exception]) -> None:
    """The table comes back as it was sent, what is said of it changes, and it is removed."""
    analyses = client.analysis
    made = analyses.create(
        measurement_id,
        "ECM",
        "ecm_from_eis",
        ECM,
        plots=[{"x": "SOC", "y": ["R0 [Ohm]"]}],
        metadata={"model": "R-RC"},
        notes="n",
    )
    assert (made.name, made.analysis_type, made.measurement_id) == ("ECM", "ecm_from_eis", measurement_id)
    assert [(each.name, each.unit, each.dtype) for each in made.columns] == [
        ("SOC", "", "Float64"),
        ("R0 [Ohm]", "Ohm", "Float64"),
        ("fit", "", "String"),
    ]
    assert analyses.get_data(made.id).to_dict(as_series=False) == ECM
    assert pl.scan_parquet(analyses.get_download_url(made.id)).select("SOC").collect()["SOC"].to_list() == [0.1, 0.9]
    assert (made.plots, made.metadata, made.notes) == ([{"x": "SOC", "y": ["R0 [Ohm]"]}], {"model": "R-RC"}, "n")
    changed = analyses.update(made.id, {"name": "E", "metadata": {"k": 1}, "notes": None})
    assert (changed.name, changed.metadata, changed.notes, changed.plots) == ("E", {"k": 1}, None, made.plots)
    assert analyses.get(made.id).name == "E"
    analyses.delete(made.id)
    with pytest.raises(errors) as refused:
        analyses.get(made.id)
    assert refused.value.status_code == 404


def test_analyses_are_listed_and_found(
    client: Any, measurement_id: str, project_id: str, errors: type[Exception]
) -> None:
    """Newest first, of a measurement or of a project; one is found by id, by type and by name."""
    one, two, three = (
        client.analysis.create(measurement_id, name, kind, ECM)
        for name, kind in (("one", "a"), ("two", "a"), ("3", "b"))
    )
    assert [each.id for each in client.analysis.list(measurement_id)] == [three.id, two.id, one.id]
    page = client.analysis.list(project_id=project_id, limit=1, offset=1)
    assert ([each.id for each in page], page.total) == ([two.id], 3)
    find = client.analysis.find_one
    assert (
        find(measurement_id, analysis_id=one.id).id == find(measurement_id, analysis_type="a", name="one").id == one.id
    )
    assert find(measurement_id, analysis_type="b").id == three.id
    for sought in ({"analysis_type": "a"}, {"name": "four"}):
        with pytest.raises(errors, match="anal"):
            find(measurement_id, **sought)
    for call in (lambda: find(measurement_id), client.analysis.list):
        with pytest.raises(ValueError, match=r"(?i)measurement|select|which"):
            call()


def test_a_plot_of_a_column_that_is_not_there_is_refused(
    client: Any, measurement_id: str, errors: type[Exception]
) -> None:
    """The error names the column."""
    with pytest.raises(errors, match="'R1'") as refused:
        client.analysis.create(
            measurement_id, "A", "t", ECM, columns=[{"name": "SOC"}], plots=[{"x": "SOC", "y": ["R1"]}]
        )
    assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")


def test_an_analysis_goes_with_its_measurement(client: Any, measurement_id: str, errors: type[Exception]) -> None:
    """A measurement that is removed takes its analyses along."""
    made = client.analysis.create(measurement_id, "A", "t", ECM)
    client.cell_measurement.delete(measurement_id)
    with pytest.raises(errors):
        client.analysis.get(made.id)


def test_a_study_lives_its_life(client: Any, project_id: str, errors: type[Exception]) -> None:
    """Made, found, changed and removed, under a name that another one may have."""
    made = client.study.create({"name": "Ageing", "description": "d"})
    assert (made.name, made.description, made.project_id) == ("Ageing", "d", project_id)
    other = client.study.create({"name": "Ageing"}, project_id=project_id)
    assert other.id != made.id
    assert client.study.update(other.id, {"name": "Rate", "description": "e"}).description == "e"
    assert client.study.get(other.id).name == "Rate"
    assert [each.id for each in client.study.list(name="age")] == [made.id]
    assert [each.name for each in client.study.list(order_by="name", order="desc", limit=1)] == ["Rate"]
    assert client.study.list(name_exact="Rate").total == 1
    client.study.delete(made.id)
    with pytest.raises(errors) as refused:
        client.study.get(made.id)
    assert refused.value.status_code == 404


def test_measurements_come_and_go(client: Any, measurement_id: str, cell: Any, errors: type[Exception]) -> None:
    """Adding and removing may be said twice; the list is of whole records, with a true total."""
    study_id = client.study.create({"name": "S"}).id
    second = client.cell_measurement.create_properties(cell.id, "Q", {}).id
    for each in (measurement_id, second, second):
        assert isinstance(client.study.assign_measurement(study_id, each), dict)
    found = client.study.list_measurements(study_id)
    assert ([each["name"] for each in found["items"]], found["count"], found["total"]) == (["Q", "P"], 2, 2)
    assert found["items"][1]["properties"] == {"r": {"value": 1, "unit": "Ohm"}}
    page = client.study.list_measurements(study_id, limit=1, offset=1)
    assert ([each["id"] for each in page["items"]], page["total"]) == ([measurement_id], 2)
    for _ in range(2):
        client.study.remove_measurement(study_id, measurement_id)
    assert client.study.get(study_id).measurement_count == 1
    with pytest.raises(errors) as refused:
        client.study.assign_measurement(study_id, "nothing")
    assert refused.value.status_code == 404
    elsewhere = client.project.create({"name": f"beside {study_id}"}).id
    foreign = client.study.create({"name": "S"}, project_id=elsewhere)
    with pytest.raises(errors, match="another project") as refused:
        client.study.assign_measurement(foreign.id, measurement_id, project_id=elsewhere)
    assert refused.value.status_code == 400


def test_frames_come_as_asked(
    installation: Any, connecting: Callable[..., Any], project_id: str, materials: dict[str, str], measurement_id: str
) -> None:
    """A client that was told to return pandas frames does, for datasets and analyses."""
    pd = pytest.importorskip("pandas")
    client = connecting(installation.api_url, installation.api_key, project_id, dataframe_backend="pandas")
    made = client.material_property_dataset.create(materials["LP57"], "D", pd.DataFrame({"a": [1, None]}))
    numbers = client.material_property_dataset.get_data(made.id)
    assert isinstance(numbers, pd.DataFrame)
    assert (numbers["a"][0], bool(numbers["a"].isna()[1])) == (1.0, True)
    analysis = client.analysis.create(measurement_id, "A", "t", pd.DataFrame(ECM))
    table = client.analysis.get_data(analysis.id)
    assert isinstance(table, pd.DataFrame)
    assert table["R0 [Ohm]"].tolist() == [0.02, 0.03]
