"""Neware: exports as text and as workbook."""

from datetime import datetime
from pathlib import Path

import cellkeep
from readers.samples import NEWARE_NEW, NEWARE_OLD
from readers.series import (
    CHARGE,
    CHARGE_ENERGY,
    CURRENT,
    CYCLE,
    CYCLE_COUNT,
    DISCHARGE,
    DISCHARGE_ENERGY,
    MODE,
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

START = datetime(2024, 1, 2, 10)  # noqa: DTZ001  the file says no zone
OLD: Columns = {
    TIME: [0, 1.5, 2, 3.5, 4, 5.5],
    VOLTAGE: [3.5, 3.5, 3.6, 3.7, 3.5, 3.4],
    CURRENT: [0, 0, -1.5, -1.5, 1.5, 1.5],
    STEP: [1, 1, 2, 2, 3, 3],
    CYCLE: [1, 1, 1, 1, 2, 2],
    MODE: ["Rest"] * 2 + ["CC_Chg"] * 2 + ["CC_DChg"] * 2,
    STEP_COUNT: [0, 0, 1, 1, 2, 2],
    CYCLE_COUNT: [0, 0, 0, 0, 1, 1],
    CHARGE: [0, 0, 0, 0.0006, 0, 0],
    DISCHARGE: [0, 0, 0, 0, 0, 0.0006],
    CHARGE_ENERGY: [0, 0, 0, 0.002, 0, 0],
    DISCHARGE_ENERGY: [0, 0, 0, 0, 0, 0.002],
}


def test_an_unsigned_file_of_neware(tmp_path: Path) -> None:
    """Milliamperes without a sign get it from the names of the steps, and clocks of steps are joined."""
    path = tmp_path / "neware.csv"
    path.write_text(NEWARE_OLD)
    reading = cellkeep.read(path)
    assert_holds(reading, OLD)
    assert reading.local_start == START
    assert actions(reading) == ["clock_continued", "current_signed_by_status"]


def test_a_newer_file_of_neware(tmp_path: Path) -> None:
    """Its total time goes beyond 24 hours, and its counters start with each step."""
    path = tmp_path / "neware.csv"
    path.write_text(NEWARE_NEW, encoding="utf-8")
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 1, 90002, 90003, 93603],
            VOLTAGE: [3.5, 3.6, 3.7, 3.5, 3.4],
            CURRENT: [0, -1.5, -1.5, 1.5, 1.5],
            STEP: [1, 2, 2, 3, 3],
            CYCLE: [1] * 5,
            MODE: ["Rest", "CC Chg", "CC Chg", "CC DChg", "CC DChg"],
            STEP_COUNT: [0, 1, 1, 2, 2],
            CYCLE_COUNT: [0] * 5,
            CHARGE: [0, 0, 37.5, 0, 0],
            DISCHARGE: [0, 0, 0, 0, 1.5],
            TEMPERATURE: [25, 25.1, 25.2, 25.3, 25.4],
        },
    )
    assert reading.local_start == START
    assert not actions(reading)


def test_a_workbook_of_neware(tmp_path: Path) -> None:
    """The records are found behind sheets of cycles and steps, and the labels beside them."""
    rows: list[list[Cell]] = [list(line.split(",")) for line in NEWARE_OLD.splitlines()]
    steps: list[list[Cell]] = [["Cycle ID", "Step ID", "Step Name", "Step Time", "Onset Date"], [1, 1, "Rest", "0", ""]]
    path = write_workbook(
        tmp_path / "neware.xlsx", {"test": [["Barcode", "cell 7"], ["Remark", "x"]], "step": steps, "record": rows}
    )
    reading = cellkeep.read(path)
    assert_holds(reading, OLD)
    assert reading.measurement["test_setup"] == {"cycler": "Neware", "barcode_comment": "cell 7", "notes": "x"}
