"""Cycle tables on scales that cells of any size, age and pace share."""

import math

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.runs import Floats
from cellkeep.summarise import names
from cellkeep.summarise.areal import areal, is_areal
from cellkeep.summarise.derived.choosing import comparable_cycles
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import numbers

EQUIVALENT_CYCLES = "Equivalent full cycles"
DAYS = "Time since start [d]"
_DAY_S = 86_400.0
_THROUGHPUT = "Capacity throughput [A.h]"


@takes_frame
def reference_capacity(cycles: pl.DataFrame, *, reference_cycle: int | None = None) -> float:
    """Find the discharge capacity that others are compared with.

    Args:
        cycles: a cycle table: `Cycle count` and the capacities.
        reference_cycle: the `Cycle count` of the cycle that has it; by default the first comparable one, as
            `comparable_cycles` finds them.

    Returns:
        The discharge capacity [A.h]; of a table by area [mA.h.cm-2].

    Raises:
        UnusableDataError: no cycle is full, or the comparable ones discharged nothing, or a column is missing or holds
            text.
        InvalidError: the reference cycle is not there, or discharged nothing.
    """
    name = _named(cycles, columns.DISCHARGE_CAPACITY)
    columns.require([columns.CYCLE_COUNT, name], cycles.columns, "A reference capacity")
    counts, capacities = numbers(cycles, columns.CYCLE_COUNT), numbers(cycles, name)
    asked = comparable_cycles(cycles)[:1] if reference_cycle is None else [reference_cycle]
    found = capacities[np.isin(counts, asked) & (capacities > 0)]
    if found.size:
        return float(found[0])
    if reference_cycle is None:
        lacking = "The comparable cycles discharged nothing" if asked else "No cycle is full"
        raise UnusableDataError(f"{lacking}, so there is no capacity to compare with.")
    raise InvalidError(
        f"Cycle {reference_cycle} can not be the reference: it is not in the table, or discharged nothing."
    )


@takes_frame
def with_relative_capacity(cycles: pl.DataFrame, capacity_ah: float, of: str = "rated capacity") -> pl.DataFrame:
    """Add the capacities as shares of one capacity, so that cells of different size lie on one scale.

    Args:
        cycles: a cycle table with capacities.
        capacity_ah: what they are divided by [A.h]; of a table by area [mA.h.cm-2].
        of: what that capacity is, for the names of the columns.

    Returns:
        The table with `Discharge capacity / rated capacity` and `Charge capacity / rated capacity`, or what `of` says.

    Raises:
        UnusableDataError: there is no capacity, or it holds text.
        InvalidError: the capacity is not positive and finite.
    """
    divisor, added = _capacity(capacity_ah), {}
    for name in (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY):
        own = _named(cycles, name)
        columns.require([own], cycles.columns, f"A share of the {of}")
        added[relative(name, of)] = numbers(cycles, own) / divisor
    return _with(cycles, added)


def relative(column: str, of: str) -> str:
    """What a column is called once it is divided by a capacity.

    >>> relative("Discharge capacity [A.h]", "rated capacity")
    'Discharge capacity / rated capacity'
    """
    return f"{column.partition(' [')[0]} / {of}"


@takes_frame
def with_equivalent_cycles(cycles: pl.DataFrame, capacity_ah: float) -> pl.DataFrame:
    """Add the number of full cycles that move as much charge as the cell has moved, up to and with each cycle.

    `Equivalent full cycles` = throughput / (2 * capacity), where both ways count as throughput.

    Args:
        cycles: a cycle table with `Capacity throughput [A.h]`, or by area.
        capacity_ah: that of the cell [A.h], mostly the rated one; of a table by area [mA.h.cm-2].

    Returns:
        The table with `Equivalent full cycles`; null where the throughput is.

    Raises:
        UnusableDataError: there is no throughput, or it holds text.
        InvalidError: the capacity is not positive and finite.
    """
    name = _named(cycles, _THROUGHPUT)
    columns.require([name], cycles.columns, f"'{EQUIVALENT_CYCLES}'")
    return _with(cycles, {EQUIVALENT_CYCLES: numbers(cycles, name) / (2.0 * _capacity(capacity_ah))})


@takes_frame
def with_days(cycles: pl.DataFrame) -> pl.DataFrame:
    """Add the time at which each cycle began, in days since the first one did.

    Args:
        cycles: a cycle table with `Start time [s]`.

    Returns:
        The table with `Time since start [d]`; null where a cycle has no time.

    Raises:
        UnusableDataError: there is no start time, or it holds text.
    """
    columns.require([names.START_TIME], cycles.columns, f"'{DAYS}'")
    start = numbers(cycles, names.START_TIME)
    return _with(cycles, {DAYS: (start - np.fmin.reduce(start, initial=np.inf)) / _DAY_S})


def _capacity(capacity_ah: float) -> float:
    if not (math.isfinite(capacity_ah) and capacity_ah > 0):
        raise InvalidError(f"A capacity that others are divided by is positive and finite, not {capacity_ah}.")
    return capacity_ah


def _named(cycles: pl.DataFrame, name: str) -> str:
    return areal(name) if is_areal(cycles) else name


def _with(cycles: pl.DataFrame, added: dict[str, Floats]) -> pl.DataFrame:
    return cycles.with_columns(pl.Series(name, values, nan_to_null=True) for name, values in added.items())
