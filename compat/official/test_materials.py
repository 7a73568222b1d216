"""What only the official client does with materials: priors, transport of electrolytes, frames by a global setting."""

from collections.abc import Iterator
from typing import Any

import ionworks
import numpy as np
import pandas as pd
import polars as pl
import pybamm
import pytest

TRANSPORT = {
    "Electrolyte concentration [mol.m-3]": [100, 1000, 2000],
    "Electrolyte conductivity [S.m-1]": [0.2, 1, 0.6],
    "Electrolyte diffusivity [m2.s-1]": [4e-10, 3e-10, 1e-10],
    "Transference number": [0.25, 0.26, 0.3],
}


@pytest.fixture
def material_id(client: Any) -> str:
    spec = client.cell_spec.create({"name": "S", "electrolyte": {"material": {"name": "LP57"}}})
    found: str = client.cell_spec.get(spec.id).electrolyte["material_id"]
    return found


@pytest.fixture(params=["polars", "pandas"])
def backend(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The kind of frames that every client of the process returns."""
    before = ionworks.get_dataframe_backend()
    ionworks.set_dataframe_backend(request.param)
    yield {"polars": pl.DataFrame, "pandas": pd.DataFrame}[request.param]
    ionworks.set_dataframe_backend(before)


CONDUCTIVITY = "Electrolyte conductivity [S.m-1]"
DIFFUSIVITY = "Electrolyte diffusivity [m2.s-1]"
TRANSFERENCE = "Cation transference number"


def at(function: Any, concentration: float) -> float:
    """The value of a parameter at a concentration, at room temperature."""
    found = function(pybamm.Scalar(concentration), pybamm.Scalar(298.15)).evaluate()
    return float(np.asarray(found).item())


def test_transport_is_read_from_a_dataset(client: Any, material_id: str) -> None:
    """Each column becomes a function that passes through the stored points, also by names of one's own."""
    dataset = client.material_property_dataset.create(material_id, "Transport", TRANSPORT)
    found = client.electrolyte.transport_from_dataset(dataset.id)
    assert {CONDUCTIVITY, DIFFUSIVITY, TRANSFERENCE} <= set(found)
    assert [at(found[CONDUCTIVITY], c) for c in (100, 1000, 2000)] == pytest.approx([0.2, 1, 0.6])
    assert at(found[DIFFUSIVITY], 1000) == pytest.approx(3e-10)
    assert at(found[TRANSFERENCE], 2000) == pytest.approx(0.3)
    renamed = [{**each.model_dump(), "name": each.name.removeprefix("Electrolyte ")} for each in dataset.columns]
    client.material_property_dataset.update(dataset.id, columns=renamed)
    own = client.electrolyte.transport_from_dataset(
        dataset.id, columns={CONDUCTIVITY: "conductivity"}, concentration_column="concentration"
    )
    assert at(own[CONDUCTIVITY], 1000) == pytest.approx(1)


def test_a_value_becomes_a_prior(client: Any, material_id: str) -> None:
    """The mean is the cell of the row that is asked for, or the only value there is."""
    create, to_prior = client.material_property_dataset.create, client.material_property_dataset.to_prior
    several = create(material_id, "D", {"n": [3, 4]})
    prior = to_prior(several.id, "n", "Number", std=0.5, row=1)
    assert (prior.name, prior.distribution.mean, prior.distribution.std) == ("Number", 4.0, 0.5)
    one = create(material_id, "D", {"r [m]": [5e-6]})
    prior = to_prior(one.id, "r", "Radius [m]", rel_std=0.1)
    assert (prior.distribution.mean, prior.distribution.std) == (5e-6, pytest.approx(5e-7))
    with pytest.raises(ValueError, match="zz"):
        to_prior(one.id, "zz", "Z", std=1)


def test_whole_numbers_are_floats(client: Any, material_id: str, backend: Any) -> None:
    """A column of whole numbers, nulls and fractions comes back as one of floats, on either backend."""
    data = {"a": [None, 2.0, 2.5], "b": [1, 2, 3], "c": [None, None, None]}
    dataset = client.material_property_dataset.create(material_id, "D", data)
    found = client.material_property_dataset.get_data(dataset.id)
    assert isinstance(found, backend)
    assert [float(value) for value in found["b"]] == [1.0, 2.0, 3.0]
    assert (found["a"][1], found["a"][2]) == (2.0, 2.5)
    assert str(found["b"].dtype) in {"Float64", "float64"}
    assert dataset.nan_counts == {"a": 1, "b": 0, "c": 3}


def test_a_read_table_replaces_its_file(client: Any, material_id: str, backend: Any) -> None:
    """What get_data gives is laid out as the dataset is, so it can be sent back without columns."""
    datasets = client.material_property_dataset
    dataset = datasets.create(material_id, "Transport", TRANSPORT)
    assert datasets.replace_file(dataset.id, datasets.get_data(dataset.id)).data_version == 2
    assert datasets.get_units(dataset.id)["Electrolyte conductivity"] == "S.m-1"
    assert list(datasets.get_data(dataset.id)["Electrolyte conductivity"]) == [0.2, 1.0, 0.6]


def test_an_analysis_is_read_by_ranges(client: Any, cell: Any, backend: Any) -> None:
    """A table of many row groups is read where it lies, by polars itself, in the kind of frame that is set."""
    measurement = client.cell_measurement.create_properties(cell.id, "P", {})
    rows = 300_000
    table = pl.DataFrame({"n": pl.int_range(rows, eager=True), "x": pl.int_range(rows, eager=True) / 7})
    made = client.analysis.create(measurement.id, "A", "lam_lli_from_rpt", table)
    found = client.analysis.get_data(made.id)
    assert isinstance(found, backend)
    assert len(found) == rows
    assert found["n"].sum() == rows * (rows - 1) // 2
    last = pl.scan_parquet(client.analysis.get_download_url(made.id)).select("n").tail(1).collect().item()
    assert last == rows - 1


def test_names_are_needed_before_anything_is_sent(client: Any) -> None:
    """A study without data is refused by the client itself, and one that is changed without data by the server."""
    with pytest.raises(ValueError, match="name"):
        client.study.create()
    study = client.study.create({"name": "S"})
    with pytest.raises(ionworks.IonworksError) as refused:
        client.study.update(study.id)
    assert refused.value.status_code == 422
