"""Maccor: exports as text, csv and workbook."""

from datetime import datetime
from pathlib import Path

import cellkeep
from readers.samples import MACCOR_CSV, MACCOR_TEXT
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
    TIME,
    VOLTAGE,
    Columns,
    actions,
    assert_holds,
)
from readers.workbooks import write_workbook

START = datetime(2024, 3, 14, 13)  # noqa: DTZ001  the file says no zone
TEXT: Columns = {
    TIME: [0, 10, 11, 21, 31, 32, 42, 52, 53, 54],
    VOLTAGE: [3.5, 3.5, 3.6, 3.7, 3.75, 3.6, 3.4, 3.3, 3.35, 3.35],
    CURRENT: [0, 0, -1.8, -1.8, -1.8, 1.8, 1.8, 1.8, 0, 0],
    STEP: [1, 1, 2, 2, 2, 3, 3, 3, 4, 5],
    CYCLE: [0] * 9 + [1],
    MODE: list("RRCCSDDSPO"),
    "End status from cycler": ["0", "1", "1", "1", "133", "1", "1", "133", "1", "1"],
    STEP_COUNT: [0, 0, 1, 1, 1, 2, 2, 2, 3, 4],
    CYCLE_COUNT: [0] * 9 + [1],
    CHARGE: [0, 0, 0, 0.005, 0.01, 0, 0, 0, 0, 0],
    DISCHARGE: [0, 0, 0, 0, 0, 0, 0.005, 0.01, 0, 0],
    CHARGE_ENERGY: [0, 0, 0, 0.018, 0.036, 0, 0, 0, 0, 0],
    DISCHARGE_ENERGY: [0, 0, 0, 0, 0, 0, 0.017, 0.034, 0, 0],
}


def test_an_unsigned_text_of_maccor(tmp_path: Path) -> None:
    """Charge is negative, and a row of suspension has the direction of its step; the extension is the channel."""
    path = tmp_path / "test.057"
    path.write_text(MACCOR_TEXT)
    reading = cellkeep.read(path)
    assert_holds(reading, TEXT)
    assert reading.local_start == START
    assert actions(reading) == ["current_signed_by_status"]
    assert reading.measurement["protocol"] == {"name": "form.000"}
    assert reading.measurement["test_setup"] == {
        "cycler": "Maccor",
        "channel_number": "57",
        "source_file_path": "C:\\x.057",
        "barcode_comment": "[c7] hello",
        "export_date": "04/05/2024",
    }


def test_a_workbook_of_maccor(tmp_path: Path) -> None:
    """Its headings stand one row lower, and its labels are read."""
    rows = [line.split("\t") for line in MACCOR_TEXT.splitlines()]
    reading = cellkeep.read(write_workbook(tmp_path / "maccor.xlsx", {"data": rows}))
    assert_holds(reading, TEXT)
    assert reading.measurement["protocol"] == {"name": "form.000"}
    assert reading.local_start == START


def test_a_csv_of_maccor_with_a_row_of_units(tmp_path: Path) -> None:
    """The row of units below the headings counts, and the sign of the states against the convention is told."""
    path = tmp_path / "maccor.csv"
    path.write_text(MACCOR_CSV)
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 90010.5, 90020.5, 90030.5],
            VOLTAGE: [3.5, 3.6, 3.7, 3.5],
            CURRENT: [0, -0.5, -0.5, 0.5],
            STEP: [1, 2, 2, 3],
            CYCLE: [0, 1, 1, 1],
            MODE: list("RCCD"),
            STEP_COUNT: [0, 1, 1, 2],
            CYCLE_COUNT: [0, 1, 1, 1],
            CHARGE: [0, 0, 0.0014, 0],
            DISCHARGE: [0, 0, 0, 0],
            CHARGE_ENERGY: [0, 0, 0.0054, 0],
            DISCHARGE_ENERGY: [0, 0, 0, 0],
        },
    )
    assert reading.local_start == START
    assert actions(reading) == ["current_signed_by_status"]
