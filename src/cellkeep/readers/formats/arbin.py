"""Arbin: exports of MITS Pro as text and workbook, and databases (`.res`), whose columns have the same names."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP, Format, labels, source

ARBIN = Format(
    name="arbin",
    title="Arbin",
    needs=(("test time",), ("current",), ("voltage",), ("step index",)),
    positive="charge",
    passed_over=("global_info", "statistics", "acim"),
    columns=(
        source(c.TIME, "test time"),
        source(STEP_TIME, "step time", unit="s"),
        source(TIMESTAMP, "date time", "datetime"),
        source(RECORD, "data point"),
        source(c.VOLTAGE, "voltage"),
        source(c.CURRENT, "current"),
        source(c.STEP_FROM_CYCLER, "step index"),
        source(c.CYCLE_FROM_CYCLER, "cycle index"),
        source(c.CHARGE_CAPACITY, "charge capacity"),
        source(c.DISCHARGE_CAPACITY, "discharge capacity"),
        source(c.CHARGE_ENERGY, "charge energy"),
        source(c.DISCHARGE_ENERGY, "discharge energy"),
        source(c.TEMPERATURE, "surface temp", "temperature", "aux temperature*"),
    ),
    header=labels(
        protocol__name="schedule file name",
        start_time="start datetime",
        channel_number=("channel", "channel index"),
        operator="creator",
        barcode_comment="comments",
        software_version="software version",
        cycler_serial_number="serial number",
        test_name="test name",
    ),
)
