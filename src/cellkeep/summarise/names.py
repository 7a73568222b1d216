"""Names of the columns of the step table and of the cycle table."""

from cellkeep.domain import columns


def prefixed(prefix: str, column: str) -> str:
    """Put a word before a column name: `Min` and `Voltage [V]` give `Min voltage [V]`."""
    return f"{prefix} {column[0].lower()}{column[1:]}"


START_INDEX = "Start index"
END_INDEX = "End index"
START_TIME = prefixed("Start", columns.TIME)
END_TIME = prefixed("End", columns.TIME)
START_VOLTAGE = prefixed("Start", columns.VOLTAGE)
END_VOLTAGE = prefixed("End", columns.VOLTAGE)
DURATION = "Duration [s]"
STEP_TYPE = "Step type"

TRANSFERS = (
    columns.DISCHARGE_CAPACITY,
    columns.CHARGE_CAPACITY,
    columns.DISCHARGE_ENERGY,
    columns.CHARGE_ENERGY,
)
"""What a step moved, in the order of both tables."""

CYCLE_TRANSFERS = (
    columns.CHARGE_CAPACITY,
    columns.DISCHARGE_CAPACITY,
    columns.CHARGE_ENERGY,
    columns.DISCHARGE_ENERGY,
)
"""The same in the order in which the step table repeats the sums of the cycle."""

MIN_VOLTAGE = prefixed("Min", columns.VOLTAGE)
MAX_VOLTAGE = prefixed("Max", columns.VOLTAGE)
STD_VOLTAGE = prefixed("Std", columns.VOLTAGE)
MIN_CURRENT = prefixed("Min", columns.CURRENT)
MAX_CURRENT = prefixed("Max", columns.CURRENT)
STD_CURRENT = prefixed("Std", columns.CURRENT)
MEAN_CURRENT = prefixed("Mean", columns.CURRENT)
STD_POWER = prefixed("Std", columns.POWER)
MEAN_FREQUENCY = prefixed("Mean", columns.FREQUENCY)
MEAN_TEMPERATURE = prefixed("Mean", columns.TEMPERATURE)
