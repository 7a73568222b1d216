"""Methods of the client itself, and its Navigator."""

import io
import json
from typing import Any

import ionworks
import polars as pl
import pytest
from samples import series, two_steps
from stands import Stand


def test_any_path_can_be_called(client: Any, spec: Any) -> None:
    """What has no method of its own is reached by path, in every way that HTTP knows."""
    path = f"/cell_specifications/{spec.id}"
    assert client.get(path)["name"] == spec.name
    assert client.patch(path, {"notes": "n"})["notes"] == "n"
    assert client.request("GET", path)["notes"] == "n"
    made = client.post(f"{path}/cell_instances", {"name": "C"})
    client.delete(f"/cell_instances/{made['id']}")
    with pytest.raises(ionworks.IonworksError):
        client.get(f"/cell_instances/{made['id']}")


def test_content_is_reached_by_path(client: Any, cell: Any) -> None:
    """The bytes of a table and the address where they lie."""
    made = client.cell_measurement.create(cell.id, series())
    path = f"/cell_measurements/{made.id}/time_series/download"
    assert pl.read_parquet(io.BytesIO(client.request_raw("GET", path))).equals(two_steps())
    assert client.redirect_url(path).startswith("http")


def test_a_form_with_a_file_can_be_sent(client: Any, cell: Any) -> None:
    """Fields and a file in one form make an analysis, as the client's own method does."""
    made = client.cell_measurement.create(cell.id, series())
    table = io.BytesIO()
    pl.DataFrame({"Resistance [Ohm]": [0.1]}).write_parquet(table)
    found = client.upload_multipart(
        "/analyses",
        data={"measurement_id": made.id, "name": "R0", "analysis_type": "dcir_from_hppc", "metadata": json.dumps({})},
        files={"file": ("data.parquet", table.getvalue(), "application/vnd.apache.parquet")},
    )
    assert (found["name"], found["measurement_id"]) == ("R0", made.id)


def test_the_navigator_goes_down_by_name(installation: Stand, client: Any, cell: Any, spec: Any) -> None:
    """From the specifications of a project to the rows of a measurement, and anew once it forgets what it saw."""
    made = client.cell_measurement.create(cell.id, series())
    reading = ionworks.Ionworks(
        api_key=installation.api_key,
        api_url=installation.api_url,
        project_id=client.project_id,
        dataframe_backend="pandas",
    )
    navigator = ionworks.Navigator(reading)
    assert list(navigator.specs()) == [spec.name]
    assert navigator.spec(spec.name).id == spec.id
    assert [one.id for one in navigator.instances(spec.name)] == [cell.id]
    assert [one.id for one in navigator.measurements(cell.id)] == [made.id]
    assert navigator.steps(made.id)["Step count"].tolist() == [0, 1]
    assert len(navigator.time_series(made.id)) == 122
    client.cell_instance.create(spec.id, {"name": "second"})
    client.cell_spec.create({"name": "another"})
    assert len(navigator.instances(spec.name)) == 1
    navigator.invalidate(spec_name=spec.name)
    assert len(navigator.instances(spec.name)) == 2
    navigator.clear()
    assert set(navigator.specs()) == {spec.name, "another"}
