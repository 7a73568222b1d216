"""BaSyTec: text whose preamble and headings begin with `~`, and exports as csv."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import TIMESTAMP, Format, labels, source

BASYTEC = Format(
    name="basytec",
    title="BaSyTec",
    marks=("Resultfile from Basytec", "run_time"),
    needs=(("time", "run time"), ("u", "c vol"), ("i", "c cur")),
    positive="charge",
    dates="day first",
    columns=(
        source(c.TIME, "time", "run time", unit="s"),
        source(TIMESTAMP, "date time", "absolute time"),
        source(c.VOLTAGE, "u", "c vol"),
        source(c.CURRENT, "i", "c cur"),
        source(c.STEP_FROM_CYCLER, "line", "step type"),
        source(c.CYCLE_FROM_CYCLER, "cyc-count"),
        source(c.STATUS, "command"),
        source(c.CHARGE_CAPACITY, "ah-charge", "ah-cyc-charge"),
        source(c.DISCHARGE_CAPACITY, "ah-discharge", "ah-cyc-discharge"),
        source(c.CHARGE_ENERGY, "wh-charge", "wh-cyc-charge"),
        source(c.DISCHARGE_ENERGY, "wh-discharge", "wh-cyc-discharge"),
        source(c.TEMPERATURE, "t1", "c surf temp"),
    ),
    header=labels(
        protocol__name="testplan",
        start_time="start of test",
        end_time="end of test",
        channel_number="testchannel",
        operator="operator (test)",
        test_name="name of test",
        cell_label="battery",
        export_date="date and time of data converting",
    ),
)
