"""Tables in text: which cells are read as what, and what is told of those that can not be."""

from pathlib import Path

import pytest

import cellkeep
from cellkeep.client.reading import Reading
from cellkeep.domain import columns as c
from cellkeep.domain.errors import UnusableDataError

HEADING = "Time [s],Voltage [V],Current [A],Note"
ROWS = tuple(f"{at},3.{at}5,0.5,ok" for at in range(10))


def read(folder: Path, *lines: str, end: str = "\n") -> Reading:
    """What is read of a table of these lines."""
    path = folder / "table.csv"
    path.write_bytes("".join(line + end for line in (HEADING, *lines)).encode())
    return cellkeep.read(path)


def told(reading: Reading) -> dict[str, str]:
    """What is told beside the assumed sign."""
    assumed = {"current_negated", "direction_assumed"}
    return {each.action: each.message for each in reading.repairs if each.action not in assumed}


@pytest.mark.parametrize("cell", ['"ok', 'ok"'])
def test_a_quotation_mark_alone_swallows_no_rows(tmp_path: Path, cell: str) -> None:
    """Two rows with a lone quotation mark cost no other row, whether their cells are needed or not."""
    rows = [row.replace("ok", cell) if at in (2, 6) else row for at, row in enumerate(ROWS)]
    assert read(tmp_path, *rows).time_series[c.VOLTAGE].to_list() == [float(f"3.{at}5") for at in range(10)]


def test_empty_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    """Nothing is told of empty lines at the end of a file."""
    reading = read(tmp_path, *ROWS, "", "")
    assert reading.time_series.height == 10
    assert not told(reading)


def test_zero_bytes_make_no_other_number(tmp_path: Path) -> None:
    """A digit that became a zero byte makes its cell unreadable, and the row is told to be left out."""
    reading = read(tmp_path, *ROWS[:4], ROWS[4].replace("3.45", "3\x0045"), *ROWS[5:])
    assert reading.time_series[c.VOLTAGE].to_list() == [float(f"3.{at}5") for at in range(10) if at != 4]
    assert "line 6" in told(reading)["rows_left_out"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_torn_row_is_left_out(tmp_path: Path, count: int) -> None:
    """A row that lacks a cell is not read with its cells in other columns."""
    rows = [row.partition(",")[2] if at >= 10 - count else row for at, row in enumerate(ROWS)]
    reading = read(tmp_path, *rows)
    assert reading.time_series.height == 10 - count
    assert f"{count} rows have fewer cells" in told(reading)["rows_left_out"]


def test_many_short_rows_are_told(tmp_path: Path) -> None:
    """Where many rows lack their last cells these are taken to be empty, and that is told."""
    reading = read(tmp_path, *(row.removesuffix(",ok") if at % 3 == 0 else row for at, row in enumerate(ROWS)))
    assert reading.time_series.height == 10
    assert "4 rows have not as many cells" in told(reading)["cells_absent"]


def test_a_long_row_does_not_hide_a_short_one(tmp_path: Path) -> None:
    """A decimal comma in one row and a cell too few in another are both told."""
    reading = read(tmp_path, *ROWS[:3], "3,3,35,0.5,ok", *ROWS[4:6], "6,3.65,0.5", *ROWS[7:])
    assert reading.time_series[c.VOLTAGE].to_list() == [float(f"3.{at}5") for at in range(10) if at not in (3, 6)]
    assert sum(each.payload["count"] for each in reading.repairs if each.action == "rows_left_out") == 2


def test_a_quoted_part_of_a_row_is_one_cell(tmp_path: Path) -> None:
    """Separators within quotation marks do not fill the row up."""
    reading = read(tmp_path, *ROWS[:3], '3,"3.35,0.5",ok', *ROWS[4:])
    assert reading.time_series[c.VOLTAGE].to_list() == [float(f"3.{at}5") for at in range(10) if at != 3]


def test_rows_that_are_longer_than_the_headings(tmp_path: Path) -> None:
    """Rows that begin with a number of which no heading speaks are refused: their columns can not be told."""
    with pytest.raises(UnusableDataError, match="more cells than the 4 headings"):
        read(tmp_path, *(f"{at},{row}" for at, row in enumerate(ROWS)))


def test_an_empty_cell_at_the_end_of_each_row(tmp_path: Path) -> None:
    """A separator at the end of each row makes no difference."""
    reading = read(tmp_path, *(f"{row}," for row in ROWS))
    assert reading.time_series.height == 10
    assert not told(reading)


def test_a_damaged_first_row_is_no_row_of_units(tmp_path: Path) -> None:
    """What is left of the first row is told to be left out, as that of any other."""
    reading = read(tmp_path, "ok", *ROWS)
    assert "line 2" in told(reading)["rows_left_out"]


def test_a_block_of_zeros_at_the_end(tmp_path: Path) -> None:
    """What a failing computer wrote last is told to be torn, and the rows before are read."""
    reading = read(tmp_path, *ROWS, "10,3." + "\x00" * 5000)
    assert reading.time_series.height == 10
    assert "line 12" in told(reading)["rows_left_out"]


def test_a_last_number_without_its_end(tmp_path: Path) -> None:
    """Where the file ends within the last number that is read, that is told; with the end of the line it is not."""
    path = tmp_path / "table.csv"
    for end, actions in (("", ["last_row_open"]), ("\n", [])):
        path.write_text("Time [s],Current [A],Voltage [V]\n0,0,3.55\n1,0,3.5" + end)
        assert [each.action for each in cellkeep.read(path).repairs] == actions
