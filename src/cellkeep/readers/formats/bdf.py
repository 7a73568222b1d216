"""The Battery Data Format of the Battery Data Alliance, by its labels and by its machine names, old and new."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import TIMESTAMP, Format, source
from cellkeep.readers.grid import Grid, Place

_VOLTAGE = ("voltage / v", "voltage_volt")
_TIMES = ("test time / ", "test_time_second", "test_time_millisecond", "test_time_minute", "test_time_hour")


def _find(grid: Grid) -> Place | None:
    for at, row in enumerate(grid.rows):
        names = [cell.strip().strip('"').lower() for cell in row]
        if any(name in _VOLTAGE for name in names) and any(name.startswith(_TIMES) for name in names):
            return grid.place(at)
    return None


BDF = Format(
    name="bdf",
    title="Battery Data Format",
    instrument=False,
    find=_find,
    positive="unknown",
    columns=(
        source(c.TIME, "test time", with_unit=True),
        source(TIMESTAMP, "unix time", "date time", "datetime", with_unit=True),
        source(c.VOLTAGE, "voltage", with_unit=True),
        source(c.CURRENT, "current", with_unit=True),
        source(c.STEP_FROM_CYCLER, "step index", "step id", "step count"),
        source(c.CYCLE_FROM_CYCLER, "cycle count", "cycle dimensionless"),
        source(c.CHARGE_CAPACITY, "charging capacity", with_unit=True),
        source(c.DISCHARGE_CAPACITY, "discharging capacity", with_unit=True),
        source(c.CHARGE_ENERGY, "charging energy", with_unit=True),
        source(c.DISCHARGE_ENERGY, "discharging energy", with_unit=True),
        source(c.TEMPERATURE, "temperature t1", "surface temperature t1", "ambient temperature", with_unit=True),
    ),
)
