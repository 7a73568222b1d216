"""Arbin: exports as csv and workbook, and databases."""

from datetime import datetime
from pathlib import Path

import pytest

import cellkeep
from readers.samples import ARBIN
from readers.series import (
    CHARGE,
    CHARGE_ENERGY,
    CURRENT,
    CYCLE,
    CYCLE_COUNT,
    DISCHARGE,
    DISCHARGE_ENERGY,
    STEP,
    STEP_COUNT,
    TEMPERATURE,
    TIME,
    VOLTAGE,
    Columns,
    actions,
    assert_holds,
)
from readers.workbooks import Cell, write_workbook

START = datetime(2024, 1, 13, 10, 0, 10, 500_000)  # noqa: DTZ001  the file says no zone
SERIES: Columns = {
    TIME: [0, 10, 20, 30, 40],
    VOLTAGE: [3.5, 3.6, 3.7, 3.6, 3.4],
    CURRENT: [0, -0.5, -0.5, 0.5, 0.5],
    STEP: [1, 2, 2, 3, 3],
    CYCLE: [1, 1, 1, 2, 2],
    STEP_COUNT: [0, 1, 1, 2, 2],
    CYCLE_COUNT: [0, 0, 0, 1, 1],
    CHARGE: [0, 0, 0.1, 0, 0],
    DISCHARGE: [0, 0, 0, 0, 0.1],
    CHARGE_ENERGY: [0, 0, 0.4, 0, 0],
    DISCHARGE_ENERGY: [0, 0, 0, 0, 0.3],
    TEMPERATURE: [25, 25.1, 25.2, 25.3, 25.4],
}
INFO: list[list[Cell]] = [
    ["", "TEST REPORT"],
    ["Test Name", "t1"],
    ["Channel", "Start DateTime", "Schedule File Name", "Creator"],
    [8, "01/13/2024 10:00:00", "form.sdu", "me"],
]


def test_a_csv_of_arbin(tmp_path: Path) -> None:
    """Current is negated, and counters of a whole cycle start with each step."""
    path = tmp_path / "arbin.csv"
    path.write_text(ARBIN)
    reading = cellkeep.read(path)
    assert_holds(reading, SERIES)
    assert reading.local_start == START
    assert not actions(reading)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_workbook_of_arbin_with_several_sheets(tmp_path: Path, backwards: bool) -> None:
    """Sheets of a channel are joined in the order of their rows; statistics are no series, wherever they stand."""
    heading, *rows = [list(line.split(",")) for line in ARBIN.splitlines()]
    sheets: dict[str, list[list[Cell]]] = {
        "Global_Info": INFO,
        "Channel_1-008_1": [list(heading), *map(list, rows[:2])],
        "Channel_1-008_2": [list(heading), *map(list, rows[2:])],
        "Statistics_1-008": [list(heading), list(rows[4])],
    }
    order = list(sheets)[::-1] if backwards else list(sheets)
    reading = cellkeep.read(write_workbook(tmp_path / "arbin.xlsx", {name: sheets[name] for name in order}))
    assert_holds(reading, {**SERIES, "Sheet": ["Channel_1-008_1"] * 2 + ["Channel_1-008_2"] * 3})
    assert reading.local_start == START
    assert reading.measurement["protocol"] == {"name": "form.sdu"}
    assert actions(reading) == ["rows_sorted"] * backwards


def test_minutes_and_milliunits_of_arbin(tmp_path: Path) -> None:
    """Units come from the headings."""
    path = tmp_path / "arbin.csv"
    text = ARBIN.replace("Test_Time(s)", "Test_Time(min)").replace("Current(A)", "Current(mA)")
    path.write_text(text.replace("Charge_Capacity(Ah)", "Charge_Capacity(mAh)"))
    frame = cellkeep.read(path).time_series
    assert frame[TIME].to_list() == [0, 600, 1200, 1800, 2400]
    assert frame[CURRENT].to_list() == [0, -0.0005, -0.0005, 0.0005, 0.0005]
    assert frame[CHARGE].to_list() == pytest.approx([0, 0, 0.0001, 0, 0])
