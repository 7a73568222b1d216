"""`client.analysis`, the same over HTTP and in a folder."""

import pytest
from polars.testing import assert_frame_equal

from cellkeep import BadRequestError, ConflictError, InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from client.samples import motley

TABLE = {"SOC": [0.1, 0.9], "R0 [Ohm]": [0.02, 0.03]}


@pytest.fixture
def measurement_id(any_client: Client, cell: CellInstance) -> str:
    return any_client.cell_measurement.create_properties(cell.id, "P", {}).id


def test_a_table_comes_back_as_it_was_sent(any_client: Client, measurement_id: str) -> None:
    """Columns of every plain kind keep their types, and are described by them."""
    made = any_client.analysis.create(
        measurement_id,
        "ECM",
        "ecm_from_eis",
        motley(),
        plots=[{"x": "Time [s]", "y": ["Voltage [V]"], "title": "t"}],
        metadata={"model": "R-RC", "fit": {"rmse": float("nan")}},
        notes="n",
    )
    assert any_client.analysis.get(made.id) == made
    assert_frame_equal(any_client.analysis.get_data(made.id), motley())
    assert [column.name for column in made.columns] == motley().columns
    assert (made.columns[0].unit, made.columns[0].dtype) == ("s", "Float64")
    assert made.plots == [{"x": "Time [s]", "y": ["Voltage [V]"], "title": "t"}]
    assert (made.metadata, made.notes) == ({"model": "R-RC", "fit": {"rmse": None}}, "n")


def test_one_is_found(any_client: Client, measurement_id: str, cell: CellInstance) -> None:
    """By its id, or by type and name where these fit one alone; else the error tells which there are."""
    make, find = any_client.analysis.create, any_client.analysis.find_one
    one = make(measurement_id, "one", "a", TABLE)
    two = make(measurement_id, "two", "a", TABLE)
    assert find(measurement_id, analysis_id=one.id) == find(measurement_id, name="one") == one
    assert find(measurement_id, analysis_type="a", name="two") == two
    with pytest.raises(ConflictError, match=r"2 analyses.*'two'.*'one'"):
        find(measurement_id, analysis_type="a")
    with pytest.raises(NotFoundError, match=r"'three'.*There are: 'two'"):
        find(measurement_id, name="three")
    with pytest.raises(ValueError, match="Say which"):
        find(measurement_id)
    other = any_client.cell_measurement.create_properties(cell.id, "other", {}).id
    with pytest.raises(NotFoundError, match="another measurement"):
        find(other, analysis_id=one.id)
    with pytest.raises(NotFoundError, match="There are: none"):
        find(other, name="one")


def test_one_is_found_among_many(any_client: Client, measurement_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pages are looked at."""
    monkeypatch.setattr("cellkeep.client.analyses._PAGE", 2)
    made = [any_client.analysis.create(measurement_id, f"A{number}", "t", TABLE) for number in range(5)]
    assert any_client.analysis.find_one(measurement_id, name="A0") == made[0]


def test_lists_and_changes(any_client: Client, measurement_id: str) -> None:
    """Of a measurement or of a project, newest first; what is said changes, and a removed one is gone."""
    analyses = any_client.analysis
    made = [analyses.create(measurement_id, name, "t", TABLE) for name in ("one", "two", "three")]
    project_id = made[0].project_id
    assert [each.name for each in analyses.list(measurement_id)] == ["three", "two", "one"]
    page = analyses.list(project_id=project_id, limit=1, offset=1)
    assert ([each.name for each in page], page.total) == (["two"], 3)
    with pytest.raises(ValueError, match="either"):
        analyses.list()
    with pytest.raises(ValueError, match="either"):
        analyses.list(measurement_id, project_id=project_id)
    changed = analyses.update(made[0].id, {"name": "first", "metadata": {"k": 1}, "notes": "n"})
    assert (changed.name, changed.metadata, changed.notes, changed.columns) == ("first", {"k": 1}, "n", made[0].columns)
    analyses.delete(made[0].id)
    for call in (analyses.get, analyses.get_data, analyses.get_download_url):
        with pytest.raises(NotFoundError):
            call(made[0].id)


def test_what_does_not_fit_is_refused(any_client: Client, measurement_id: str) -> None:
    """Plots of columns that are not there, frames that are none, and values that JSON does not know."""
    make = any_client.analysis.create
    with pytest.raises(BadRequestError, match="'R1'"):
        make(measurement_id, "A", "t", TABLE, columns=[{"name": "SOC"}], plots=[{"x": "SOC", "y": ["R1"]}])
    with pytest.raises(InvalidError, match="data must be"):
        make(measurement_id, "A", "t", "no table")
    with pytest.raises(InvalidError, match="JSON"):
        make(measurement_id, "A", "t", TABLE, metadata={"a": object()})
    with pytest.raises(NotFoundError):
        make("nothing", "A", "t", TABLE)
    assert any_client.analysis.list(measurement_id).total == 0
