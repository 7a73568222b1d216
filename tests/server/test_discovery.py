"""What the server tells of itself to programs."""

from importlib.metadata import version

import httpx2
import polars as pl
import pytest

import cellkeep
from cellkeep.domain import columns
from cellkeep.domain.paging import MAX_LIMIT
from server.conftest import Things
from server.test_context import require_error


def test_capabilities_are_facts(http: httpx2.Client) -> None:
    """Version, columns, sign convention and limits are those of the server, and the addresses told lead somewhere."""
    told = http.get("/discovery/capabilities").json()
    assert {"domain_context", "schemas", "openapi_spec", "authentication"} <= told.keys()
    assert told["version"] == version("cellkeep") == cellkeep.__version__
    assert "positive on discharge" in told["domain_context"]["sign_convention"]
    assert told["limits"]["items_per_page"] == MAX_LIMIT
    for path in (*told["schemas"].values(), told["openapi_spec"]):
        assert http.get(path).status_code == 200
    assert http.get("/users/me", headers={told["authentication"]["header"]: "x"}).status_code == 401


def test_every_column_of_the_data_format_is_told(http: httpx2.Client) -> None:
    """Each column that the source names is told with its unit, and no other."""
    named = {value for name, value in vars(columns).items() if name.isupper() and isinstance(value, str)}
    told = http.get("/discovery/capabilities").json()["domain_context"]["time_series_columns"]
    assert {column["name"] for column in told} == named
    units = {column["name"]: column["unit"] for column in told}
    assert (units["Current [A]"], units["Step count"], units["Current [mA.cm-2]"]) == ("A", None, "mA.cm-2")
    assert all(column["description"] for column in told)


def test_the_schema_of_data_fits_the_records(http: httpx2.Client, things: Things) -> None:
    """Each record that is read has exactly the keys that its schema tells."""
    schema = http.get("/discovery/schemas/data").json()
    for kind, path in (
        ("project", f"/projects/{things.project_id}"),
        ("cell_specification", f"/cell_specifications/{things.spec_id}"),
        ("cell_batch", f"/cell_batches/{things.batch_id}"),
        ("cell_instance", f"/cell_instances/{things.instance_id}"),
        ("cell_measurement", f"/cell_measurements/{things.measurement_id}"),
        ("raw_data", f"/raw_data/{things.raw_data_id}"),
        ("material", f"/materials/{things.material_id}"),
        ("material_property_dataset", f"/material_property_datasets/{things.dataset_id}"),
        ("analysis", f"/analyses/{things.analysis_id}"),
        ("study", f"/projects/{things.project_id}/studies/{things.study_id}"),
        ("site", f"/sites/{things.site_id}"),
        ("cycler", f"/cyclers/{things.cycler_id}"),
        ("channel", f"/channels/{things.channel_id}"),
        ("planned_measurement", f"/projects/{things.project_id}/planned_measurements/{things.planned_id}"),
    ):
        assert schema[kind]["properties"].keys() == http.get(path).json().keys(), kind
        assert kind == "material" or "name" in schema["create"][kind]["required"], kind
    assert schema["create"].keys() & {"material", "channel_incident"} == set()
    assert schema["time_series"]["required"] == ["Voltage [V]", "Step count"]


def test_the_schema_of_service_fits_its_records(http: httpx2.Client, things: Things) -> None:
    """What is told of a service event, and of the incidents it opens, has exactly the keys of the schema."""
    schema = http.get("/discovery/schemas/data").json()
    sent = {"event_type": "repair", "scheduled_for": "2026-01-01"}
    assert sent.keys() == set(schema["create"]["service_event"]["required"])
    event = http.post(f"/cyclers/{things.cycler_id}/service_events", json=sent).json()
    incident = http.get(f"/channels/{things.channel_id}/incidents").json()["items"][0]
    assert schema["service_event"]["properties"].keys() == event.keys()
    assert schema["channel_incident"]["properties"].keys() == incident.keys()


def test_the_schema_of_tables_fits_the_tables(http: httpx2.Client, client: cellkeep.Client, things: Things) -> None:
    """The columns of both tables of a series that has everything are those told, with their types."""
    rich = {name: [0.0, 1.0] for name in ("Time [s]", "Voltage [V]", "Current [A]", "Temperature [degC]")}
    rich |= {name: [0, 0] for name in ("Step count", "Cycle count", "Step from cycler", "Cycle from cycler", "Frame")}
    made = client.cell_measurement.create(
        things.instance_id, {"measurement": {"name": "rich"}, "time_series": pl.DataFrame(rich)}
    )
    schema = http.get("/discovery/schemas/data").json()
    for kind, table in (
        ("steps", client.cell_measurement.steps(made.id)),
        ("cycles", client.cell_measurement.cycles(made.id)),
    ):
        told = {column["name"]: column["type"] for column in schema[kind]["columns"]}
        assert list(told) == table.columns, kind
        for name, dtype in table.schema.items():
            kinds = {"integer": dtype.is_integer(), "number": dtype.is_float(), "string": dtype == pl.String}
            assert kinds[told[name]], (kind, name, dtype)


def test_the_schema_of_a_protocol_is_a_schema(http: httpx2.Client) -> None:
    """A protocol is an object of any form with three keys that are known."""
    schema = http.get("/discovery/schemas/protocol").json()
    assert (schema["type"], schema["additionalProperties"]) == ("object", True)
    assert schema["properties"].keys() == {"name", "ambient_temperature_degc", "definition"}


@pytest.mark.parametrize("name", ["Data", "models", "%2e%2e", "x" * 500])
def test_there_is_no_other_schema(http: httpx2.Client, name: str) -> None:
    """Any other name is not found."""
    require_error(http.get(f"/discovery/schemas/{name}"), 404, "NOT_FOUND")
