"""Neware: exports of BTSDA as text and workbook, and its own files (`.nda`, `.ndax`)."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP, Format, labels, source

NEWARE = Format(
    name="neware",
    title="Neware",
    needs=(
        ("datetime", "absolute time", "date", "realtime", "unix time"),
        ("voltage",),
        ("current", "cur"),
        ("step type", "status", "cycle index", "cycle id", "chg. cap.", "dchg. cap.", "spec. cap.", "step id"),
    ),
    positive="charge",
    dates="month first",
    columns=(
        source(c.TIME, "cumulative time", "total time", "test time"),
        source(STEP_TIME, "time", "relative time", "step time"),
        source(TIMESTAMP, "datetime", "absolute time", "date", "realtime", "unix time"),
        source(RECORD, "datapoint", "record id", "record", "index"),
        source(c.VOLTAGE, "voltage"),
        source(c.CURRENT, "current", "cur"),
        source(c.STEP_COUNT, "step count"),
        source(c.STEP_FROM_CYCLER, "step index", "step id", "step"),
        source(c.CYCLE_FROM_CYCLER, "cycle index", "cycle id", "cycle", "cycle count"),
        source(c.STATUS, "step type", "status", "step name"),
        source(c.CHARGE_CAPACITY, "chg. cap."),
        source(c.DISCHARGE_CAPACITY, "dchg. cap."),
        source(c.CHARGE_ENERGY, "chg. energy"),
        source(c.DISCHARGE_ENERGY, "dchg. energy"),
        source(c.CAPACITY, "capacity"),
        source(c.ENERGY, "energy"),
        source(c.TEMPERATURE, "temperature 1", "t1", "temperature", "aux temperature*"),
    ),
    header=labels(
        protocol__name=("process name", "step file"),
        start_time=("start time", "starting time"),
        operator=("creator", "operator", "user"),
        channel_number=("channel", "chl"),
        barcode_comment="barcode",
        cycler_serial_number="device sn",
        software_version=("client_version", "bts_version", "clientver"),
        notes=("remark", "remarks"),
        source_file_id=("test_id", "guid"),
        test_name="test name",
        end_time=("stop_time", "end time"),
    ),
)
