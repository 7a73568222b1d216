"""BaSyTec: exports as csv."""

from pathlib import Path

import cellkeep
from readers.samples import BASYTEC_CSV
from readers.series import CURRENT, CYCLE_COUNT, STEP, STEP_COUNT, TEMPERATURE, TIME, VOLTAGE, actions, assert_holds


def test_a_csv_of_basytec(tmp_path: Path) -> None:
    """Hours of its clock go beyond 24, and current is negated."""
    path = tmp_path / "basytec.csv"
    path.write_text(BASYTEC_CSV)
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 10.5, 86399.9, 97200.25],
            VOLTAGE: [3.5, 3.6, 3.7, 3.4],
            CURRENT: [0, -1.5, -1.5, 1.5],
            STEP: [1, 2, 2, 3],
            STEP_COUNT: [0, 1, 1, 2],
            CYCLE_COUNT: [0] * 4,
            TEMPERATURE: [25, 25.1, 25.2, 25.3],
        },
    )
    assert not actions(reading)
