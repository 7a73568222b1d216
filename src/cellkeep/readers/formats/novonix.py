"""Novonix: text with a summary before the table."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import STEP_TIME, TIMESTAMP, Format, labels, source

NOVONIX = Format(
    name="novonix",
    title="Novonix",
    marks=("[Summary]",),
    needs=(("run time",), ("potential",), ("current",)),
    positive="charge",
    columns=(
        source(c.TIME, "run time", unit="h"),
        source(STEP_TIME, "step time", unit="h"),
        source(TIMESTAMP, "date and time"),
        source(c.VOLTAGE, "potential"),
        source(c.CURRENT, "current"),
        source(c.STEP_FROM_CYCLER, "step number"),
        source(c.CYCLE_FROM_CYCLER, "cycle number"),
        source(c.CAPACITY, "capacity"),
        source(c.ENERGY, "energy"),
        source(c.TEMPERATURE, "temperature", "circuit temperature"),
    ),
    header=labels(
        protocol__name="protocol",
        start_time="started",
        channel_number="channel",
        cell_label=("cell", "cellid"),
        cycler_serial_number="serial number",
        notes="description",
        software_version="version",
    ),
)
