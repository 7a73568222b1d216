"""`client.material_property_dataset`, the same over HTTP and in a folder."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import httpx2
import pandas as pd
import polars as pl
import pytest

from cellkeep import BadRequestError, InvalidError, NotFoundError, UnusableDataError
from cellkeep.client import Client
from cellkeep.domain.projects import Project
from cellkeep.domain.property_datasets import ColumnSpec
from conftest import Server

TABLE = {"Concentration [mol.m-3]": [0, 500, 1000], "Conductivity [S.m-1]": [0.1, "n/a", None]}


@pytest.fixture
def material_id(any_client: Client, project: Project) -> str:
    electrolyte = {"material": {"name": "LP57"}}
    any_client.cell_spec.create({"name": "S", "project_id": project.id, "electrolyte": electrolyte})
    return any_client.material.list(project_id=project.id)[0].id


def content(url: str) -> bytes:
    """What a link leads to."""
    parsed = urlparse(url)
    return Path(unquote(parsed.path)).read_bytes() if parsed.scheme == "file" else httpx2.get(url).content


@pytest.mark.parametrize("kind", ["dict", "polars", "lazy", "pandas"])
def test_numbers_come_back(any_client: Client, material_id: str, kind: str) -> None:
    """Any kind of frame is taken, headers become names and units, and what is no number is null and counted."""
    frame = pl.DataFrame({"Concentration [mol.m-3]": [0, 500, 1000], "Conductivity [S.m-1]": ["0.1", "n/a", None]})
    data = {
        "dict": TABLE,
        "polars": frame,
        "lazy": frame.lazy(),
        "pandas": pd.DataFrame(frame.to_dict(as_series=False)),
    }
    datasets = any_client.material_property_dataset
    made = datasets.create(material_id, "LP57 transport", data[kind])
    assert datasets.get(made.id) == made
    assert (made.name, made.data_version, made.material_id) == ("LP57 transport", 1, material_id)
    assert made.nan_counts == {"Concentration": 0, "Conductivity": 2}
    assert datasets.get_units(made.id) == {"Concentration": "mol.m-3", "Conductivity": "S.m-1"}
    read = datasets.get_data(made.id)
    assert read.schema == {"Concentration": pl.Float64, "Conductivity": pl.Float64}
    assert read.rows() == [(0.0, 0.1), (500.0, None), (1000.0, None)]


def test_columns_are_chosen(any_client: Client, material_id: str) -> None:
    """Specs may be records or dicts; the project need not be said, and may."""
    datasets = any_client.material_property_dataset
    columns = [ColumnSpec(name="k", unit="S.m-1", source_column_index=1), {"name": "c", "source_column_index": 0}]
    project_id = any_client.material.get(material_id).project_id
    made = datasets.create(material_id, "D", TABLE, columns=columns, project_id=project_id)
    assert datasets.get_data(made.id).columns == ["k", "c"]
    renamed = datasets.update(made.id, name="E", columns=[{**made.columns[0].model_dump(), "name": "kappa"}])
    assert (renamed.name, renamed.data_version) == ("E", 1)
    assert datasets.get_data(made.id).columns == ["kappa"]
    assert datasets.update(made.id).name == "E"


def test_a_file_is_replaced(any_client: Client, material_id: str) -> None:
    """A table of the same layout takes the place of the present one; another layout needs columns."""
    datasets = any_client.material_property_dataset
    made = datasets.create(material_id, "D", TABLE)
    again = datasets.replace_file(made.id, {"Concentration [M]": [1], "Conductivity": [2]}, name="E")
    assert (again.id, again.data_version, again.name, again.columns) == (made.id, 2, "E", made.columns)
    assert datasets.get_data(made.id).rows() == [(1.0, 2.0)]
    for other in ({"Conductivity": [1], "Concentration": [2]}, {"Concentration": [1]}):
        with pytest.raises(ValueError, match="Pass columns"):
            datasets.replace_file(made.id, other)
    third = datasets.replace_file(made.id, {"x": [1]}, columns=[{"name": "x", "source_column_index": 0}])
    assert (third.data_version, datasets.get_units(made.id)) == (3, {"x": ""})


def test_links_lead_to_both_files(any_client: Client, material_id: str, tmp_path: Path) -> None:
    """One link is to the numbers, the other to the file as it was sent."""
    datasets = any_client.material_property_dataset
    made = datasets.create(material_id, "D", {"a [V]": ["1", "x"]})
    assert pl.read_parquet(content(datasets.get_download_url(made.id))).rows() == [(1.0,), (None,)]
    original = pl.read_parquet(content(datasets.get_download_url(made.id, "original")))
    assert original.to_dict(as_series=False) == {"a [V]": ["1", "x"]}
    with pytest.raises(InvalidError, match="kind"):
        datasets.get_download_url(made.id, "csv")  # type: ignore[arg-type]


def test_lists_and_removal(any_client: Client, material_id: str, project: Project) -> None:
    """Datasets of a material, newest first, in pages; a removed one is gone."""
    datasets = any_client.material_property_dataset
    made = [datasets.create(material_id, "same name", {"a": [number]}) for number in range(3)]
    assert [each.id for each in datasets.list(material_id)] == [each.id for each in reversed(made)]
    page = datasets.list(material_id, project.id, 1, 1)
    assert ([each.id for each in page], page.total) == ([made[1].id], 3)
    datasets.delete(made[0].id)
    assert datasets.list(material_id).total == 2
    for call in (datasets.get, datasets.get_data, datasets.get_units, datasets.get_download_url):
        with pytest.raises(NotFoundError):
            call(made[0].id)
    with pytest.raises(NotFoundError):
        datasets.list("nothing")


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ({"U [V]": [1], "U [mV]": [2]}, BadRequestError, "named 'U'"),
        ({"": [1]}, BadRequestError, "Column 0"),
        ({}, UnusableDataError, "0 columns"),
        ([1, 2], InvalidError, "data must be"),
        ({"a": [1], "b": [1, 2]}, InvalidError, "data can not be made"),
    ],
)
def test_what_is_no_table_is_refused(
    any_client: Client, material_id: str, data: object, error: type[Exception], message: str
) -> None:
    """The error says what is wrong with it, and nothing is kept."""
    with pytest.raises(error, match=message):
        any_client.material_property_dataset.create(material_id, "D", data)
    assert any_client.material_property_dataset.list(material_id).total == 0


def test_frames_come_as_asked(server: Server) -> None:
    """A client that was told so returns pandas frames, where what is no number is NaN."""
    with Client(api_url=server.url, api_key=server.key, dataframe_backend="pandas") as client:
        spec = client.cell_spec.create({"name": "S", "anode": {"material": {"name": "M"}}})
        assert spec.anode is not None
        made = client.material_property_dataset.create(str(spec.anode.material_id), "D", {"a": [1, None]})
        found = client.material_property_dataset.get_data(made.id)
        assert isinstance(found, pd.DataFrame)
        assert found["a"].isna().tolist() == [False, True]
        cell = client.cell_instance.create(spec.id, {"name": "C"})
        measured = client.cell_measurement.create_properties(cell.id, "P", {})
        analysis = client.analysis.create(measured.id, "A", "t", pd.DataFrame({"n": [1, 2], "t": ["a", None]}))
        table = client.analysis.get_data(analysis.id)
        assert isinstance(table, pd.DataFrame)
        assert table["n"].tolist() == [1, 2]
