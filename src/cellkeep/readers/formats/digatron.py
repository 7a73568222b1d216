"""Digatron: text with headings such as `Voltage#V`."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import TIMESTAMP, Format, labels, source

DIGATRON = Format(
    name="digatron",
    title="Digatron",
    marks=("Voltage#V",),
    needs=(("timestamp",), ("voltage",), ("current",)),
    positive="charge",
    columns=(
        source(TIMESTAMP, "timestamp"),
        source(c.VOLTAGE, "voltage"),
        source(c.CURRENT, "current"),
        source(c.STEP_FROM_CYCLER, "step"),
        source(c.CYCLE_FROM_CYCLER, "cycle"),
        source(c.STATUS, "status"),
        source(c.CHARGE_CAPACITY, "ahcha"),
        source(c.DISCHARGE_CAPACITY, "ahdch"),
        source(c.CHARGE_ENERGY, "whcha"),
        source(c.DISCHARGE_ENERGY, "whdch"),
        source(c.TEMPERATURE, "t1"),
        source("Ambient temperature [degC]", "tenv"),
    ),
    header=labels(protocol__name="procedure"),
)
