"""Repower: a clock for each step."""

from datetime import datetime
from pathlib import Path

import cellkeep
from readers.samples import REPOWER
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
    actions,
    assert_holds,
)


def test_a_file_of_repower(tmp_path: Path) -> None:
    """Its clocks of steps are joined by the moments of the rows, and current is negated."""
    path = tmp_path / "repower.csv"
    path.write_text(REPOWER, encoding="utf-8")
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 1, 2, 3, 4, 5],
            VOLTAGE: [3.5, 3.5, 3.6, 3.7, 3.5, 3.4],
            CURRENT: [0, 0, -1, -1, 1, 1],
            STEP: [1, 1, 2, 2, 3, 3],
            CYCLE: [1] * 6,
            MODE: ["Rest"] * 2 + ["CC Charge"] * 2 + ["CC Discharge"] * 2,
            STEP_COUNT: [0, 0, 1, 1, 2, 2],
            CYCLE_COUNT: [0] * 6,
            CHARGE: [0, 0, 0, 0.0003, 0, 0],
            DISCHARGE: [0, 0, 0, 0, 0, 0.0003],
            CHARGE_ENERGY: [0, 0, 0, 0.001, 0, 0],
            DISCHARGE_ENERGY: [0, 0, 0, 0, 0, 0.001],
            TEMPERATURE: [25, 25, 25.1, 25.2, 25.3, 25.4],
        },
    )
    assert reading.local_start == datetime(2024, 1, 2, 10)  # noqa: DTZ001  the file says no zone
    assert actions(reading) == ["clock_continued"]


def test_hours_of_repower(tmp_path: Path) -> None:
    """A clock in hours is made one in seconds."""
    path = tmp_path / "repower.csv"
    rows = [line.split(",") for line in REPOWER.splitlines()]
    rows[0][4] = "Relative Time(Hour)"
    for row in rows[1:]:
        row[4] = str(int(row[4]) / 3600)
    path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    assert [round(time, 9) for time in cellkeep.read(path).time_series[TIME]] == [0, 1, 2, 3, 4, 5]
