"""BioLogic: exports as csv."""

from pathlib import Path

import cellkeep
from readers.samples import BIOLOGIC_CSV
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
    actions,
    assert_holds,
)


def test_a_csv_of_biologic(tmp_path: Path) -> None:
    """Milliamperes become amperes, current is negated, and counters start with each step."""
    path = tmp_path / "biologic.csv"
    path.write_text(BIOLOGIC_CSV)
    reading = cellkeep.read(path)
    assert_holds(
        reading,
        {
            TIME: [0, 3600, 7200, 10800, 14400],
            VOLTAGE: [3.5, 3.6, 3.7, 3.4, 3.3],
            CURRENT: [0, -1.5, -1.5, 0.5, 0.5],
            STEP: [0, 1, 1, 2, 2],
            CYCLE: [0, 0, 0, 1, 1],
            STEP_COUNT: [0, 1, 1, 2, 2],
            CYCLE_COUNT: [0, 0, 0, 1, 1],
            CHARGE: [0, 0, 1.5, 0, 0],
            DISCHARGE: [0, 0, 0, 0, 0.5],
            CHARGE_ENERGY: [0, 0, 5.4, 0, 0],
            DISCHARGE_ENERGY: [0, 0, 0, 0, 1.7],
            TEMPERATURE: [25, 25.1, 25.2, 25.3, 25.4],
        },
    )
    assert not actions(reading)


def test_the_voltage_of_the_working_electrode(tmp_path: Path) -> None:
    """`Ewe_V` is the voltage where there is no `Ecell_V`."""
    path = tmp_path / "biologic.csv"
    path.write_text(BIOLOGIC_CSV.replace("Ecell_V", "Ewe_V"))
    assert cellkeep.read(path).time_series[VOLTAGE].to_list() == [3.5, 3.6, 3.7, 3.4, 3.3]
