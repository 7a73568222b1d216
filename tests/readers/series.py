"""What a reading holds, compared with what it should hold."""

from collections.abc import Mapping, Sequence

import pytest

from cellkeep.client.reading import Reading
from cellkeep.domain import columns as c

TIME, VOLTAGE, CURRENT, TEMPERATURE = c.TIME, c.VOLTAGE, c.CURRENT, c.TEMPERATURE
AMBIENT = c.AMBIENT_TEMPERATURE
STEP, CYCLE, STEP_COUNT, CYCLE_COUNT = c.STEP_FROM_CYCLER, c.CYCLE_FROM_CYCLER, c.STEP_COUNT, c.CYCLE_COUNT
CHARGE, DISCHARGE = c.CHARGE_CAPACITY, c.DISCHARGE_CAPACITY
CHARGE_ENERGY, DISCHARGE_ENERGY = c.CHARGE_ENERGY, c.DISCHARGE_ENERGY
MODE = "Mode from cycler"

Columns = Mapping[str, Sequence[float | str | None]]


def assert_holds(reading: Reading, columns: Columns) -> None:
    """It has these columns with these values, and no others."""
    frame = reading.time_series
    assert set(frame.columns) == set(columns)
    for name, values in columns.items():
        if isinstance(values[0], str):
            assert frame[name].to_list() == values, name
        else:
            assert frame[name].to_list() == pytest.approx(values, rel=1e-12, abs=1e-12), name


def actions(reading: Reading) -> list[str]:
    """The names of the repairs."""
    return [each.action for each in reading.repairs]
