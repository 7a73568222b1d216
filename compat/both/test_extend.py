"""Running tests that grow, through either client."""

import importlib.util
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from samples import HOUR_ROWS, series, two_steps

WHOLE = two_steps()
CUTS = (40, HOUR_ROWS, 90)
"""Amid the first step, between the steps, amid the second."""


@pytest.fixture(autouse=True)
def _reads_are_present() -> Iterator[None]:
    """The official client keeps what it read for an hour, also when rows are appended meanwhile; here it does not."""
    if importlib.util.find_spec("ionworks") is None:
        yield
        return
    import ionworks  # noqa: PLC0415  only in its own environment

    ionworks.set_cache_enabled(False)
    yield
    ionworks.set_cache_enabled(True)


@pytest.fixture
def running(client: Any, cell: Any) -> str:
    """A series of a test that is still running, up to the first cut."""
    found: str = client.cell_measurement.create(cell.id, series(frame=WHOLE[: CUTS[0]], tags=["x"])).id
    return found


def pieces() -> list[pl.DataFrame]:
    """What is appended, one after the other."""
    ends = (*CUTS, WHOLE.height)
    return [WHOLE[start:end] for start, end in pairwise(ends)]


def test_a_test_grows_to_the_same_as_one_that_came_whole(client: Any, cell: Any, running: str) -> None:
    """Rows, steps and cycles are those of one create, tables to rounding, and the record tells of the whole."""
    api = client.cell_measurement
    for piece in pieces():
        bundle = api.extend(running, piece)
        assert (bundle.id, bundle.processing_status, bundle.processing_error) == (running, "ready", None)
        assert isinstance(bundle.steps_created, int)
    assert (bundle.name, bundle.tags, bundle.row_count, bundle.step_count) == ("Cycling", ["x"], WHOLE.height, 2)
    whole = api.create(cell.id, series("Whole", WHOLE)).id
    assert_frame_equal(api.time_series(running), WHOLE)
    for read in (api.steps, api.cycles):
        grown = read(running)
        assert_frame_equal(grown, read(whole), rel_tol=1e-12, abs_tol=1e-14)
    both = api.steps_and_cycles(running)
    assert both.steps["End index"].to_list() == [HOUR_ROWS - 1, WHOLE.height - 1]
    assert both.steps["Step type"].to_list() == ["Constant current discharge", "Constant current charge"]
    assert both.cycles["Discharge capacity [A.h]"].to_list() == pytest.approx([1.0])
    assert both.cycles["Charge capacity [A.h]"].to_list() == pytest.approx([1.0])
    detail = api.detail(running)
    assert detail.time_series.height == WHOLE.height


def test_windows_of_rows_cross_the_seam(client: Any, running: str) -> None:
    """A range of rows around a place where rows were appended has the rows of both sides."""
    for piece in pieces():
        client.cell_measurement.extend(running, piece)
    for start, end in ((38, 43), (40, 41), (0, WHOLE.height), (59, 92), (120, 500)):
        found = client.cell_measurement.time_series(running, row_range=(start, end))
        assert_frame_equal(found, WHOLE[start:end])


def test_rows_come_as_pandas_and_as_lists(client: Any, running: str) -> None:
    """A pandas frame and a dict of lists are appended, the latter with its columns in another order."""
    first, second, third = pieces()
    assert client.cell_measurement.extend(running, first.to_pandas()).row_count == CUTS[1]
    lists = {name: second[name].to_list() for name in reversed(second.columns)}
    assert client.cell_measurement.extend(running, lists).row_count == CUTS[2]
    assert client.cell_measurement.extend(running, third, wait_for_processing=False).id == running
    client.cell_measurement.wait_for_processing(running)
    assert_frame_equal(client.cell_measurement.time_series(running), WHOLE)


def test_whole_numbers_are_continued_by_fractions(client: Any, cell: Any) -> None:
    """A clock that was sent in whole seconds at first goes on in fractions."""
    first = {"Time [s]": [0, 1], "Voltage [V]": [3, 4], "Current [A]": [1, 1], "Step count": [0, 0]}
    made = client.cell_measurement.create(cell.id, series("Ints", first))
    following = {"Time [s]": [1.5], "Voltage [V]": [3.75], "Current [A]": [1.25], "Step count": [1]}
    client.cell_measurement.extend(made.id, following)
    found = client.cell_measurement.time_series(made.id)
    assert found["Time [s]"].to_list() == [0.0, 1.0, 1.5]
    assert found["Step count"].to_list() == [0, 0, 1]
    assert client.cell_measurement.steps(made.id)["End time [s]"].to_list() == [1.0, 1.5]


def test_a_test_that_has_ended_is_not_extended(client: Any, running: str, errors: type[Exception]) -> None:
    """An end time makes it a conflict that names no other record; without it, the test goes on."""
    client.cell_measurement.update(running, {"end_time": "2026-03-15T09:30:00Z"})
    with pytest.raises(errors) as refused:
        client.cell_measurement.extend(running, pieces()[0])
    assert (refused.value.status_code, refused.value.error_code) == (409, "CONFLICT")
    assert refused.value.data["detail"] is None
    client.cell_measurement.update(running, {"end_time": None})
    assert client.cell_measurement.extend(running, pieces()[0]).row_count == CUTS[1]


def test_only_a_series_is_extended(client: Any, cell: Any, errors: type[Exception]) -> None:
    """A measurement of another type is a conflict, and one that is not there is not found."""
    made = client.cell_measurement.create_properties(cell.id, "P", {"thickness": {"value": 1, "unit": "mm"}})
    for measurement_id, status in ((made.id, 409), ("00000000-0000-0000-0000-000000000000", 404)):
        with pytest.raises(errors) as refused:
            client.cell_measurement.extend(measurement_id, pieces()[0])
        assert refused.value.status_code == status


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: WHOLE[:10], "the stored series ends at 2340 s"),
        (lambda rows: rows.drop("Voltage [V]"), "missing: 'Voltage [V]'"),
        (lambda rows: rows.with_columns(pl.lit(1).alias("Mine")), "not in the series: 'Mine'"),
        (lambda rows: rows.cast({"Current [A]": pl.String}), "'Current [A]' is String"),
        (lambda rows: rows.with_columns(pl.lit(5).alias("Step count")), "the stored series ends with 0"),
    ],
)
def test_rows_that_do_not_follow_are_refused(
    client: Any, running: str, errors: type[Exception], change: Any, said: str
) -> None:
    """The refusal says what is wrong; the series stays ready, whole and as it was, and takes the right rows next."""
    before = client.cell_measurement.get(running)
    with pytest.raises(errors) as refused:
        client.cell_measurement.extend(running, change(pieces()[0]))
    assert (refused.value.status_code, refused.value.error_code) == (422, "UNUSABLE_DATA")
    assert said in str(refused.value)
    assert client.cell_measurement.get(running).updated_at == before.updated_at
    assert_frame_equal(client.cell_measurement.time_series(running), WHOLE[: CUTS[0]])
    assert client.cell_measurement.extend(running, pieces()[0]).row_count == CUTS[1]


def test_rows_that_can_follow_nothing_are_not_sent(client: Any, running: str, errors: type[Exception]) -> None:
    """Empty rows, rows without time or steps, and time that falls are refused by the client itself."""
    before = client.cell_measurement.get(running).updated_at
    for rows in (
        {},
        {"Time [s]": [], "Step count": []},
        {"Time [s]": [1e6]},
        {"Step count": [0]},
        {"Time [s]": [1e6, 1e5], "Step count": [0, 0]},
    ):
        with pytest.raises(errors):
            client.cell_measurement.extend(running, rows)
    assert client.cell_measurement.get(running).updated_at == before


def test_names_and_notes_change_beside_it(client: Any, running: str) -> None:
    """What was said of a test before and between its extensions stays said."""
    first, second, _ = pieces()
    client.cell_measurement.extend(running, first)
    client.cell_measurement.update(running, {"name": "Renamed", "notes": "n"})
    bundle = client.cell_measurement.extend(running, second)
    assert (bundle.name, bundle.notes, bundle.row_count) == ("Renamed", "n", CUTS[2])
    client.cell_measurement.delete(running)
