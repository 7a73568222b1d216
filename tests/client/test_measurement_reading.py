"""Reading tables, rows and files, the same over HTTP and in a folder."""

import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep import BadRequestError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from client.conftest import Lab
from client.samples import series


@pytest.fixture
def rows(any_client: Client, cell: CellInstance) -> str:
    """The id of a series of two steps of three rows."""
    return any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()}).id


def test_steps_and_cycles_are_tables(any_client: Client, rows: str) -> None:
    """A step for each run of the step count, a cycle for each cycle count, and both in one call."""
    steps, cycles = any_client.cell_measurement.steps(rows), any_client.cell_measurement.cycles(rows)
    assert steps["Step count"].to_list() == [0, 1]
    assert cycles["Cycle count"].to_list() == [0]
    both = any_client.cell_measurement.steps_and_cycles(rows)
    assert_frame_equal(both.cycles, cycles)
    assert_frame_equal(both.steps, steps, check_dtypes=False)


def test_both_ways_to_read_steps_give_the_same_types(any_client: Client, rows: str) -> None:
    """The step table has the same column types whether it comes alone or with the cycles."""
    both = any_client.cell_measurement.steps_and_cycles(rows)
    assert both.steps.schema == any_client.cell_measurement.steps(rows).schema


def test_cycle_tables_of_different_cells_can_be_joined(any_client: Client, cell: CellInstance, rows: str) -> None:
    """A column of the cycle table has one type, also where one series has no value for it."""
    rest = series().with_columns(pl.lit(0.0).alias("Current [A]"))
    other = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "rest"}, "time_series": rest})
    tables = [any_client.cell_measurement.cycles(each) for each in (rows, other.id)]
    assert pl.concat(tables).height == 2


@pytest.mark.parametrize(
    ("window", "expected"),
    [((0, 0), (0, 0)), ((0, 6), (0, 6)), ((2, 4), (2, 4)), ((5, 99), (5, 6)), ((6, 7), (6, 6)), ((99, 200), (6, 6))],
)
def test_a_window_of_rows(any_client: Client, rows: str, window: tuple[int, int], expected: tuple[int, int]) -> None:
    """Rows first to last but one, counted from 0; past the end there are none, with the columns all the same."""
    found = any_client.cell_measurement.time_series(rows, row_range=window)
    assert_frame_equal(found, series()[slice(*expected)])


def test_a_window_of_everything(any_client: Client, rows: str) -> None:
    """An end far beyond any series means all that follows."""
    assert any_client.cell_measurement.time_series(rows, row_range=(1, sys.maxsize)).height == 5


@pytest.mark.parametrize("window", [(-1, 3), (3, 1), (-3, -1)])
def test_a_window_that_is_none_is_refused(any_client: Client, rows: str, window: tuple[int, int]) -> None:
    """Negative or backward windows are mistakes of the caller."""
    with pytest.raises(ValueError, match="row_range"):
        any_client.cell_measurement.time_series(rows, row_range=window)


def test_a_range_in_the_place_of_another_argument_is_refused(any_client: Client, rows: str) -> None:
    """A window that is not passed by name would be taken for something else; it is refused instead."""
    with pytest.raises(TypeError, match="by name"):
        any_client.cell_measurement.time_series(rows, (1, 3))  # type: ignore[arg-type]


def test_a_window_of_a_long_series(any_client: Client, cell: CellInstance) -> None:
    """A window across row groups holds exactly its rows."""
    long = series(3, 100_000)
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "long"}, "time_series": long})
    assert made.row_count == 300_000
    assert_frame_equal(
        any_client.cell_measurement.time_series(made.id, row_range=(131_070, 131_075)), long[131_070:131_075]
    )
    assert_frame_equal(any_client.cell_measurement.time_series(made.id), long)


def test_detail_holds_what_is_asked_for(any_client: Client, rows: str) -> None:
    """All parts, or only those that are asked for; a custom key does not get in their way."""
    whole = any_client.cell_measurement.detail(rows)
    assert_frame_equal(whole.time_series, series())
    assert (whole.steps.height, whole.cycles.height, whole.files) == (2, 1, None)
    assert whole.instance_id == whole.cell_instance_id
    part = any_client.cell_measurement.detail(rows, include_time_series=False, include_cycles=False)
    assert (part.time_series, part.cycles, part.steps.height) == (None, None, 2)


def test_each_type_has_its_own_content(any_client: Client, cell: CellInstance, rows: str, tmp_path: Path) -> None:
    """Asking a measurement for content that its type does not have says which type it is."""
    (tmp_path / "a.txt").write_text("a")
    file = any_client.cell_measurement.create_file(cell.id, "F", tmp_path / "a.txt").id
    properties = any_client.cell_measurement.create_properties(cell.id, "P", {"a": "b"}).id
    read = any_client.cell_measurement
    for key, kind in ((file, "file"), (properties, "properties")):
        for method in (read.time_series, read.steps, read.cycles, read.steps_and_cycles):
            with pytest.raises(BadRequestError, match=kind):
                method(key)
    for key, kind in ((rows, "time_series"), (properties, "properties")):
        with pytest.raises(BadRequestError, match=kind):
            read.list_files(key)
    assert read.detail(properties).properties == {"a": "b"}


def test_a_file_that_is_not_there_is_not_found(
    lab: Lab, any_client: Client, cell: CellInstance, tmp_path: Path
) -> None:
    """A wrong name is told; the names under which data is stored are no names of files."""
    (tmp_path / "a.txt").write_text("a")
    made = any_client.cell_measurement.create_file(cell.id, "F", tmp_path / "a.txt").id
    for name in ("b.txt", "A.TXT", "file-0000", "a.txt ", "../a.txt", "time_series.parquet"):
        with pytest.raises(NotFoundError) as caught:
            any_client.cell_measurement.get_file(made, name)
        assert caught.value.status_code == 404
    with pytest.raises(NotFoundError):
        any_client.cell_measurement.download_files(made, filenames=["a.txt", "b.txt"])
