"""Maccor: exports as text and workbook, and text with the number of the channel as extension (`.057`)."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP, Format, labels, source

MACCOR = Format(
    name="maccor",
    title="Maccor",
    needs=(
        ("step", "step id"),
        ("test", "test time", "testtime", "prog time"),
        ("voltage", "volts"),
        ("current", "amps", "mamps"),
        ("rec", "rec#", "cyc#", "cycle c", "cycle p", "amp-hr", "mamp-hr", "dpt", "dpt time", "es", "md", "state"),
    ),
    positive="charge",
    left_out=("MSG",),
    columns=(
        source(c.TIME, "prog time", "test time", "test", "testtime", unit="s"),
        source(STEP_TIME, "step time", "steptime", unit="s"),
        source(TIMESTAMP, "dpt time", "dpt"),
        source(RECORD, "rec", "rec#"),
        source(c.VOLTAGE, "voltage", "volts"),
        source(c.CURRENT, "current", "amps"),
        source(c.CURRENT, "mamps", unit="mA"),
        source(c.STEP_FROM_CYCLER, "step", "step id"),
        source(c.CYCLE_FROM_CYCLER, "cycle c", "cycle p", "cycle", "cyc#", "cycle id"),
        source(c.STATUS, "status", "state", "md"),
        source("End status from cycler", "es"),
        source(c.CHARGE_CAPACITY, "chg capacity"),
        source(c.DISCHARGE_CAPACITY, "dchg capacity"),
        source(c.CHARGE_ENERGY, "chg energy"),
        source(c.DISCHARGE_ENERGY, "dchg energy"),
        source(c.CAPACITY, "cap.", "amp-hr", "capacity"),
        source(c.CAPACITY, "mamp-hr", unit="mA.h"),
        source(c.ENERGY, "ener.", "watt-hr", "energy"),
        source(c.ENERGY, "mwatt-hr", unit="mW.h"),
        source(c.TEMPERATURE, "logtemp001", "temperature", "evtemp", "temperature cell", "temp 1", unit="degC"),
        source("DC resistance [Ohm]", "dcir"),
    ),
    header=labels(
        protocol__name="procedure",
        export_date=("today's date", "today''s date"),
        start_time=("date of test", "started"),
        source_file_path="filename",
        barcode_comment="comment/barcode",
        channel_number="channel",
        instrument="tester",
        test_name="name",
        notes="description",
    ),
)
