"""Time series, through either client."""

import json
from typing import Any
from urllib.request import Request, urlopen

import polars as pl
import pytest
from samples import HOUR_ROWS, iso, series, two_steps
from stands import Stand

SAID: dict[str, Any] = {
    "protocol": {"name": "CC-CV C/10", "ambient_temperature_degc": 25},
    "test_setup": {"cycler": "VMP3", "operator": "J", "channel_number": 4},
    "start_time": "2026-03-15T09:30:00Z",
    "end_time": "2026-03-15T11:30:00Z",
    "notes": "n",
    "campaign": "C-7",
}


@pytest.fixture
def made(client: Any, cell: Any) -> Any:
    return client.cell_measurement.create(cell.id, series("Cycling", tags=["HPPC", "baseline"], **SAID))


def test_a_series_keeps_what_was_said(client: Any, spec: Any, cell: Any, project_id: str, made: Any) -> None:
    """Read again, the record holds every field, keys of one's own included."""
    found = client.cell_measurement.get(made.id)
    for key in ("protocol", "test_setup", "notes", "campaign"):
        assert getattr(found, key) == SAID[key]
    assert iso(found.start_time)[:19] == "2026-03-15T09:30:00"
    assert iso(found.end_time)[:19] == "2026-03-15T11:30:00"
    assert found.tags == ["baseline", "HPPC"]
    assert (found.cell_instance_id, found.specification_id, found.project_id) == (cell.id, spec.id, project_id)
    assert (found.measurement_type, found.processing_status, found.processing_error) == ("time_series", "ready", None)
    assert client.cell_instance.get(cell.id).measurement_ids == [made.id]


def test_a_series_made_is_ready_and_tells_its_steps(made: Any) -> None:
    """The bundle counts the steps, because a small series is summarised within the call."""
    assert (made.steps_created, made.processing_status, made.name) == (2, "ready", "Cycling")


def test_rows_come_back_as_they_were_sent(client: Any, made: Any) -> None:
    """All columns in order, and a window of them; asked through either name of the resource."""
    assert client.cell_measurement.time_series(made.id).equals(two_steps())
    window = client.cell_measurement.time_series(made.id, use_cache=False, row_range=(60, 63))
    assert window.equals(two_steps()[60:63])
    assert client.measurement.time_series(made.id, False).equals(two_steps())


def test_the_step_table_is_made_from_the_rows(client: Any, made: Any) -> None:
    """One row for each step, with its rows, its length and its charge; positive current discharges."""
    steps = client.cell_measurement.steps(made.id, use_cache=False)
    assert steps["Step count"].to_list() == [0, 1]
    assert steps["Start index"].to_list() == [0, HOUR_ROWS]
    assert steps["Duration [s]"].to_list() == [3600.0, 3600.0]
    assert steps["Mean current [A]"].to_list() == [1.0, -1.0]
    assert steps["Discharge capacity [A.h]"].to_list() == pytest.approx([1.0, 0.0])
    assert steps["Charge capacity [A.h]"].to_list() == pytest.approx([0.0, 1.0])
    assert steps["Step type"].to_list() == ["Constant current discharge", "Constant current charge"]


def test_the_cycle_table_is_made_from_the_steps(client: Any, made: Any) -> None:
    """One row for each cycle, and both tables in one call are the same tables."""
    cycles = client.cell_measurement.cycles(made.id, use_cache=False)
    assert cycles["Cycle count"].to_list() == [0]
    assert cycles["Discharge capacity [A.h]"].to_list() == pytest.approx([1.0])
    both = client.cell_measurement.steps_and_cycles(made.id, use_cache=False)
    assert both.cycles.equals(cycles)
    steps = client.cell_measurement.steps(made.id, use_cache=False)
    assert both.steps.columns == steps.columns
    assert both.steps.select(pl.col(pl.Float64)).equals(steps.select(pl.col(pl.Float64)))


def test_steps_of_ones_own_are_taken(client: Any, cell: Any) -> None:
    """A step table that comes with the rows is stored instead of one made here."""
    own = pl.DataFrame({"Step count": [0, 1], "Cycle count": [0, 0], "Step label": ["a", "b"]})
    made = client.cell_measurement.create(cell.id, {**series(), "steps": own})
    assert client.cell_measurement.steps(made.id)["Step label"].to_list() == ["a", "b"]


def test_a_series_is_made_once(client: Any, cell: Any, made: Any) -> None:
    """create_or_get finds the measurement of that name, and leaves it as it is."""
    found = client.cell_measurement.create_or_get(cell.id, series("Cycling", notes="second"))
    assert (found.id, found.notes) == (made.id, "n")
    other = client.cell_measurement.create_or_get(cell.id, series("Other"))
    assert (other.name, other.id != made.id) == ("Other", True)


def test_a_taken_name_is_refused(client: Any, cell: Any, made: Any, errors: type[Exception]) -> None:
    """A second measurement of one name is a conflict that names the first, whatever the types."""
    for attempt in (
        lambda: client.cell_measurement.create(cell.id, series("Cycling")),
        lambda: client.cell_measurement.create_properties(cell.id, "Cycling", {"a": 1}),
    ):
        with pytest.raises(errors) as refused:
            attempt()
        assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
        assert refused.value.data["detail"] == {"existing_id": made.id}


def test_an_update_changes_what_is_sent_and_clears_what_is_null(client: Any, made: Any) -> None:
    """Other fields stay, `tags` replaces the list, and the rows are not touched."""
    client.cell_measurement.update(
        made.id, {"name": "Renamed", "notes": None, "end_time": None, "protocol": {"name": "p"}, "tags": ["late"]}
    )
    found = client.cell_measurement.get(made.id)
    assert (found.name, found.notes, found.end_time, found.tags) == ("Renamed", None, None, ["late"])
    assert (found.protocol, found.test_setup) == ({"name": "p"}, SAID["test_setup"])
    assert client.cell_measurement.time_series(made.id).equals(two_steps())


@pytest.mark.filterwarnings("ignore::UserWarning")  # the checks tell of it, too
def test_an_end_before_the_start_is_refused(client: Any, cell: Any, made: Any, errors: type[Exception]) -> None:
    """Neither a new measurement nor a change may end before it starts."""
    wrong = {"start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"}
    with pytest.raises(errors):
        client.cell_measurement.create(cell.id, series("Wrong", **wrong))
    with pytest.raises(errors) as refused:
        client.cell_measurement.update(made.id, wrong)
    assert (refused.value.status_code, refused.value.error_code) == (400, "BAD_REQUEST")
    assert client.cell_measurement.list(cell.id).total == 1


def test_a_removed_measurement_is_gone(client: Any, cell: Any, made: Any, errors: type[Exception]) -> None:
    """Neither the record nor its rows and tables are found, and its name is free again."""
    client.cell_measurement.delete(made.id)
    for get in (client.cell_measurement.get, client.cell_measurement.steps, client.cell_measurement.time_series):
        with pytest.raises(errors) as refused:
            get(made.id)
        assert refused.value.status_code == 404
    assert client.cell_measurement.create(cell.id, series("Cycling")).id != made.id


def test_a_detail_has_the_record_and_all_its_content(client: Any, cell: Any, made: Any) -> None:
    """Rows, steps and cycles come together, each of which can be left out."""
    found = client.cell_measurement.detail(made.id, use_cache=False)
    assert (found.id, found.name, found.instance_id) == (made.id, "Cycling", cell.id)
    assert found.specification_id == cell.cell_specification_id
    assert found.time_series.equals(two_steps())
    assert found.steps["Step count"].to_list() == [0, 1]
    assert found.cycles["Cycle count"].to_list() == [0]
    assert found.files is None
    bare = client.cell_measurement.detail(
        made.id, use_cache=False, include_steps=False, include_cycles=False, include_time_series=False
    )
    assert (bare.steps, bare.cycles, bare.time_series, bare.name) == (None, None, None, "Cycling")


def test_many_are_waited_for_together(client: Any, cell: Any) -> None:
    """Measurements that were not waited for can be waited for later, one or many; the records come by id."""
    ids = [
        client.cell_measurement.create(cell.id, series(str(number)), wait_for_processing=False).id
        for number in range(3)
    ]
    done = client.cell_measurement.wait_for_processing(ids)
    assert {key: record["processing_status"] for key, record in done.items()} == dict.fromkeys(ids, "ready")
    (one,) = client.cell_measurement.wait_for_processing(ids[0], timeout=5).values()
    assert (one["id"], one["name"], one["step_count"]) == (ids[0], "0", 2)


def test_data_without_steps_is_refused_and_nothing_is_kept(client: Any, cell: Any, errors: type[Exception]) -> None:
    """A series without the column that makes steps is refused before anything is stored."""
    with pytest.raises(errors):
        client.cell_measurement.create(cell.id, series(frame=two_steps().drop("Step count")))
    with pytest.raises(errors):
        client.cell_measurement.create(cell.id, series(frame=two_steps().drop("Voltage [V]")))
    assert client.cell_measurement.list(cell.id).total == 0


@pytest.mark.parametrize("beside", [(), ("Time [s]",), ("Step count",), ("Time [s]", "Step count")])
def test_a_spectrum_is_one_whatever_stands_beside_it(client: Any, cell: Any, beside: tuple[str, ...]) -> None:
    """A clock or a count of steps does not turn impedance into cycler data that lacks a voltage."""
    more = {"Time [s]": [0.0, 1.0, 2.0], "Step count": [0, 0, 0]}
    rows = {
        "Frequency [Hz]": [1000.0, 10.0, 0.1],
        "Z_Re [Ohm]": [0.02, 0.03, 0.04],
        "Z_Im [Ohm]": [-0.001, -0.004, -0.01],
        **{name: more[name] for name in beside},
    }
    detail = {"measurement": {"name": "EIS", "data_type": "eis"}, "time_series": rows}
    made = client.cell_measurement.create(cell.id, detail)
    assert (made.processing_status, made.steps_created, made.data_type) == ("ready", 1, "eis")
    assert client.cell_measurement.steps(made.id)["Step type"].to_list() == ["EIS"]


def test_what_the_server_finds_is_kept_whichever_client_sent_it(client: Any, cell: Any, installation: Stand) -> None:
    """Columns that only strict checks look at are stored as they came; the record tells what is wrong with them."""
    frame = two_steps()
    swapped = frame.with_columns(
        pl.when(pl.col("Step count") == 0)
        .then(0.0)
        .otherwise(pl.col("Time [s]") / 3600 - HOUR_ROWS / 60)
        .alias("Discharge capacity [A.h]"),
        pl.when(pl.col("Step count") == 0)
        .then(pl.col("Time [s]") / 3600)
        .otherwise(0.0)
        .alias("Charge capacity [A.h]"),
    )
    made = client.cell_measurement.create(cell.id, series("Swapped", swapped))
    assert (made.processing_status, made.steps_created) == ("ready", 2)
    request = Request(  # noqa: S310  our own server
        f"{installation.api_url}/cell_measurements/{made.id}/findings?severity=error",
        headers={"X-API-Key": installation.api_key},
    )
    with urlopen(request) as answer:  # noqa: S310
        told = json.load(answer)
    wanted = [
        "discharge_capacity_integral_mismatch",
        "charge_capacity_integral_mismatch",
        "charge_discharge_capacity_columns_swapped",
    ]
    assert [each["code"] for each in told["findings"]] == wanted
    assert told["counts"] == dict.fromkeys(wanted, 1)


def test_a_reversed_current_is_not_sent(client: Any, cell: Any) -> None:
    """Either client refuses it with the same code and figures."""
    frame = two_steps().with_columns(-pl.col("Current [A]"))
    with pytest.raises(Exception, match=r".") as refused:
        client.cell_measurement.create(cell.id, series("Reversed", frame))
    assert type(refused.value).__name__ == "MeasurementValidationError"
    (error,) = refused.value.errors
    assert (str(error.code), error.severity) == ("current_sign_reversed", "error")
    assert error.payload == {"charge_fraction": pytest.approx(1.0)}
    assert refused.value.has_code("current_sign_reversed")
    assert client.cell_measurement.list(cell.id).total == 0
