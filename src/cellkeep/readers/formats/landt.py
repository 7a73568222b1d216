"""Landt: text."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import STEP_TIME, TIMESTAMP, Format, source

LANDT = Format(
    name="landt",
    title="Landt",
    needs=(("date time iso string", "systime"), ("test time",), ("voltage",), ("current",)),
    positive="charge",
    columns=(
        source(c.TIME, "test time"),
        source(STEP_TIME, "step time"),
        source(TIMESTAMP, "date time iso string", "systime"),
        source(c.VOLTAGE, "voltage"),
        source(c.CURRENT, "current"),
        source(c.STEP_FROM_CYCLER, "step index", "step", "step no."),
        source(c.CYCLE_FROM_CYCLER, "cycle index", "cycle", "cycle no."),
        source(c.STATUS, "step name", "work mode"),
        source(c.CHARGE_CAPACITY, "charge capacity"),
        source(c.DISCHARGE_CAPACITY, "discharge capacity"),
        source(c.CHARGE_ENERGY, "charge energy"),
        source(c.DISCHARGE_ENERGY, "discharge energy"),
        source(c.CAPACITY, "capacity"),
        source(c.ENERGY, "energy"),
        source(c.TEMPERATURE, "temperature 1", "temperature"),
    ),
)
