"""PEC: text with labels before the table."""

from cellkeep.domain import columns as c
from cellkeep.readers.format import STEP_TIME, TIMESTAMP, Format, labels, source

PEC = Format(
    name="pec",
    title="PEC",
    needs=(("total time",), ("real time",), ("voltage",), ("current",), ("instruction name", "rack", "reasoncode")),
    positive="charge",
    columns=(
        source(c.TIME, "total time"),
        source(STEP_TIME, "step time"),
        source(TIMESTAMP, "real time"),
        source(c.VOLTAGE, "voltage"),
        source(c.CURRENT, "current"),
        source(c.STEP_FROM_CYCLER, "step"),
        source(c.CYCLE_FROM_CYCLER, "cycle"),
        source(c.STATUS, "instruction name"),
        source(c.CHARGE_CAPACITY, "charge capacity"),
        source(c.DISCHARGE_CAPACITY, "discharge capacity"),
        source(c.CHARGE_ENERGY, "charge energy"),
        source(c.DISCHARGE_ENERGY, "discharge energy"),
        source(c.TEMPERATURE, "temp"),
    ),
    header=labels(
        protocol__name="testregime name",
        start_time="start time",
        end_time="end time",
        test_name="test",
        operator="requestor",
        cell_label="product id",
        source_file_id="testregime guid",
        notes="test description",
    ),
)
