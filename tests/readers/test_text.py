"""Tables in text: which cells are read as what, and what is told of those that can not be."""

from pathlib import Path

import pytest

import cellkeep
from cellkeep.client.reading import Reading
from cellkeep.domain import columns as c

HEADING = "Time [s],Voltage [V],Current [A],Note"
ROWS = tuple(f"{at},3.{at}5,0.5,ok" for at in range(10))


def read(folder: Path, *lines: str, end: str = "\n") -> Reading:
    """What is read of a table of these lines."""
    path = folder / "table.csv"
    path.write_bytes("".join(line + end for line in (HEADING, *lines)).encode())
    return cellkeep.read(path)


def told(reading: Reading) -> dict[str, str]:
    """What is told beside the assumed sign."""
    return {each.action: each.message for each in reading.repairs if not each.action.startswith("current_")}


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
