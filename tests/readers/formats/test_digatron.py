"""Digatron: headings such as `Voltage#V`, and moments with their zone."""

from pathlib import Path

import pytest

import cellkeep
from readers.samples import DIGATRON
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


@pytest.mark.parametrize("small", [False, True])
def test_a_file_of_digatron(tmp_path: Path, small: bool) -> None:
    """Time goes on over the end of summer time, and counters start with each step, however headings are written."""
    path = tmp_path / "digatron.csv"
    first, _, rows = DIGATRON.partition("\n")
    path.write_text(f"{first.lower() if small else first}\n{rows}")
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 1, 2, 3, 4],
            VOLTAGE: [3.5, 3.6, 3.7, 3.4, 3.3],
            CURRENT: [0, -1.5, -1.5, 2, 2],
            STEP: [1, 2, 2, 3, 3],
            CYCLE: [0, 1, 1, 2, 2],
            MODE: ["PAU", "CHA", "CHA", "DCH", "DCH"],
            STEP_COUNT: [0, 1, 1, 2, 2],
            CYCLE_COUNT: [0, 1, 1, 2, 2],
            CHARGE: [0, 0, 0.001, 0, 0],
            DISCHARGE: [0, 0, 0, 0, 0.002],
            CHARGE_ENERGY: [0, 0, 0.004, 0, 0],
            DISCHARGE_ENERGY: [0, 0, 0, 0, 0.006],
            TEMPERATURE: [24.5, 24.6, 24.7, 24.8, 24.8],
            "Ambient temperature [degC]": [25.0, 25.1, 25.1, 25.2, 25.2],
        },
    )
    assert reading.measurement["start_time"] == "2024-10-27T00:59:58.500000+00:00"
    assert not actions(reading)


def test_an_unsigned_file_of_digatron(tmp_path: Path) -> None:
    """Where no current is negative, the status of each row says its direction, and that is told."""
    path = tmp_path / "digatron.csv"
    path.write_text(DIGATRON.replace(",-2.0,", ",2.0,"))
    reading = cellkeep.read(path)
    assert reading.time_series[CURRENT].to_list() == [0, -1.5, -1.5, 2, 2]
    assert actions(reading) == ["current_signed_by_status"]
