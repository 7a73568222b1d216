"""Names of the columns of the step table and of the cycle table."""

import polars as pl

from cellkeep.domain import columns


def prefixed(prefix: str, column: str) -> str:
    """Put a word before a column name: `Min` and `Voltage [V]` give `Min voltage [V]`."""
    return f"{prefix} {column[0].lower()}{column[1:]}"


def integrated(column: str) -> str:
    """What we integrated, where the cycler reported the same: `Integrated charge capacity [A.h]`."""
    return prefixed("Integrated", column)


def difference(column: str) -> str:
    """What the cycler reported less what we integrated: `Charge capacity difference [A.h]`."""
    quantity, _, unit = column.rpartition(" ")
    return f"{quantity} difference {unit}"


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

CAPACITY_RULE = "Capacity rule"
ENERGY_RULE = "Energy rule"
"""How charge and energy were found, in words."""

CYCLE_DIFFERENCE = "Cycle difference"
"""`Cycle from cycler` less `Cycle count`."""
REFERENCE_CYCLE = "Reference cycle"
"""The `Cycle count` that retention and fade refer to."""
LABEL = "Label"
GROUP_NUMBER = "Group number"
"""What kind of experiment a step belongs to, and the place of its group in a run of such steps."""

MIN_VOLTAGE = prefixed("Min", columns.VOLTAGE)
MAX_VOLTAGE = prefixed("Max", columns.VOLTAGE)
STD_VOLTAGE = prefixed("Std", columns.VOLTAGE)
MEAN_VOLTAGE = prefixed("Mean", columns.VOLTAGE)
MIN_CURRENT = prefixed("Min", columns.CURRENT)
MAX_CURRENT = prefixed("Max", columns.CURRENT)
STD_CURRENT = prefixed("Std", columns.CURRENT)
MEAN_CURRENT = prefixed("Mean", columns.CURRENT)
STD_POWER = prefixed("Std", columns.POWER)
MEAN_POWER = prefixed("Mean", columns.POWER)
MEAN_FREQUENCY = prefixed("Mean", columns.FREQUENCY)
MEAN_TEMPERATURE = prefixed("Mean", columns.TEMPERATURE)

SIDE_BY_SIDE = tuple(made(name) for name in TRANSFERS for made in (integrated, difference))
"""Beside what the cycler reported: what we integrated, and how far the two are apart."""

COUNTS = (
    START_INDEX, END_INDEX, columns.STEP_COUNT, columns.STEP_FROM_CYCLER, columns.CYCLE_COUNT,
    columns.CYCLE_FROM_CYCLER, columns.FRAME, CYCLE_DIFFERENCE, GROUP_NUMBER, REFERENCE_CYCLE,
)  # fmt: skip
TEXTS = (STEP_TYPE, LABEL, CAPACITY_RULE, ENERGY_RULE)
TYPES = {**dict.fromkeys(COUNTS, pl.Int64()), **dict.fromkeys(TEXTS, pl.String())}
"""Types of the columns that are no floats; what the cycler counted may have another of its own."""
