"""Repower: text."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP, Format, source

REPOWER = Format(
    name="repower",
    title="Repower",
    needs=(("cycle id",), ("step id",), ("record id", "step state"), ("voltage",), ("current",), ("system time",)),
    positive="charge",
    columns=(
        source(STEP_TIME, "relative time"),
        source(TIMESTAMP, "system time"),
        source(RECORD, "record id"),
        source(c.VOLTAGE, "voltage"),
        source(c.CURRENT, "current"),
        source(c.STEP_FROM_CYCLER, "step id"),
        source(c.CYCLE_FROM_CYCLER, "cycle id"),
        source(c.STATUS, "step state"),
        source(c.CAPACITY, "capacity"),
        source(c.ENERGY, "energy"),
        source(c.TEMPERATURE, "mtv*", unit="degC"),
    ),
)
