"""Tables of no instrument in particular, whose headings name voltage, current and time."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import Format, source

_VOLTAGE = ("voltage", "ewe", "ecell", "<v>", "potential", "h potential", "ewe v vs li", "volts", "cell voltage")
_CURRENT = ("current", "i", "<i>", "h current", "amps", "cell current", "icell", "current density")
_TIME = ("test time", "time", "t", "h test time", "total time", "elapsed time", "run time", "testtime")

GENERIC = Format(
    name="generic",
    title="a general table",
    instrument=False,
    needs=(_TIME, _VOLTAGE, _CURRENT),
    positive="unknown",
    columns=(
        source(c.TIME, *_TIME, assumed=True),
        source(c.VOLTAGE, *_VOLTAGE, assumed=True),
        source(c.AREAL_CURRENT, "icell", "current", "current density", with_unit=True),
        source(c.CURRENT, *_CURRENT, assumed=True),
        source(c.STEP_COUNT, "step count"),
        source(c.CYCLE_COUNT, "cycle count"),
        source(c.STEP_FROM_CYCLER, "step from cycler", "step", "step index", "step id", "step number"),
        source(c.CYCLE_FROM_CYCLER, "cycle from cycler", "cycle", "cycle index", "cycle id", "cycle number"),
        source(c.STATUS, "status", "state", "step type"),
        source(c.CHARGE_CAPACITY, "charge capacity", assumed=True),
        source(c.DISCHARGE_CAPACITY, "discharge capacity", assumed=True),
        source(c.CHARGE_ENERGY, "charge energy", assumed=True),
        source(c.DISCHARGE_ENERGY, "discharge energy", assumed=True),
        source(c.CAPACITY, "capacity", assumed=True),
        source(c.TEMPERATURE, "temperature", "temp", "t", "temperature 1", "h temperature", with_unit=True),
        source(c.TEMPERATURE, "[neware xls]t10", "[neware xls]t490"),
        source(c.FREQUENCY, "frequency", with_unit=True),
        source(c.Z_RE, "z re", with_unit=True),
        source(c.Z_IM, "z im", with_unit=True),
    ),
)
