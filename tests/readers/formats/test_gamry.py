"""Gamry: curves of charge and discharge."""

from datetime import datetime
from pathlib import Path

import cellkeep
from readers.samples import GAMRY_CURVE
from readers.series import CURRENT, CYCLE_COUNT, STEP_COUNT, TEMPERATURE, TIME, VOLTAGE, actions, assert_holds


def test_a_curve_of_gamry(tmp_path: Path) -> None:
    """Its columns, its labels, and the end of the table before the next label."""
    path = tmp_path / "curve.DTA"
    path.write_text(GAMRY_CURVE)
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 1.5, 3, 4.5],
            VOLTAGE: [3.5, 3.6, 3.7, 3.4],
            CURRENT: [0, -0.5, -0.5, 0.25],
            STEP_COUNT: [0, 1, 1, 2],
            CYCLE_COUNT: [0] * 4,
            TEMPERATURE: [24.5, 24.6, 24.7, 24.8],
        },
    )
    assert reading.local_start == datetime(2018, 4, 23, 13, 45, 1)  # noqa: DTZ001  the file says no zone
    assert reading.measurement["protocol"] == {"name": "PWR800_CHARGE"}
    assert reading.measurement["test_setup"] == {"cycler": "Gamry", "instrument": "IFC1010-1", "test_name": "cell 7"}
    assert not actions(reading)


def test_a_damaged_row_does_not_end_the_table_of_gamry(tmp_path: Path) -> None:
    """A row that lost the tab at its beginning costs no other row."""
    path = tmp_path / "curve.DTA"
    path.write_text(GAMRY_CURVE.replace("\n\t1\t", "\n1\t"))
    reading = cellkeep.read(path)
    assert reading.time_series[VOLTAGE].to_list() == [3.5, 3.7, 3.4]
    assert actions(reading) == ["rows_left_out"]
