"""Which cycles of a test are worth showing: those that are whole, and a few of them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats
from cellkeep.summarise.areal import areal, tells
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import numbers


@takes_frame
def full_cycles(cycles: pl.DataFrame, *, least: float = 0.5, balance: float = 0.8) -> list[int]:
    """Find the cycles that were neither cut short nor are something else, such as impedance alone.

    A cycle is full if it discharged at least so large a share of what the median cycle discharged, and charged at least
    so large a share of what the median cycle charged; cycles that moved nothing that way do not count for the median. A
    way that no cycle went is not asked for. It also gave back at least the share `balance` of what it took, and took
    as much of what it gave; of a cell that hardly ever does, as the median cycle did. And it came as low in voltage as
    the median cycle, to a fifth of the range of voltages. A cycle that begins or breaks off half-way does not.

    Args:
        cycles: a cycle table: `Cycle count` and the capacities [A.h], or by area; smallest and largest voltage where
            they are to count.
        least: the share of the median, above 0 and at most 1.
        balance: the share of charge that is given back, in the same way.

    Returns:
        Their `Cycle count`, ascending.

    Raises:
        UnusableDataError: there is no `Cycle count`, or a column holds text.
        InvalidError: the share can not be used.
    """
    for share in (least, balance):
        if not 0 < share <= 1:
            raise InvalidError(f"A full cycle moves a share above 0 and at most 1 of the median cycle, not {share}.")
    columns.require([columns.CYCLE_COUNT], cycles.columns, "The full cycles")
    moved = [values for name in _CAPACITIES if (values := _moved(cycles, name)) is not None]
    whole = np.full(cycles.height, bool(moved))
    for values in moved:
        whole &= values >= least * np.median(values[values > 0])
    if len(moved) == len(_CAPACITIES):
        whole &= _balanced(*moved, share=balance)
    whole &= _emptied(cycles, whole)
    counts = numbers(cycles, columns.CYCLE_COUNT)
    return sorted({int(count) for count in counts[whole & ~np.isnan(counts)]})


@takes_frame
def comparable_cycles(cycles: pl.DataFrame) -> list[int]:
    """Find the full cycles whose capacities tell of ageing: those that were discharged as fast as most.

    At another current a cell gives another capacity, be it as good as new. A full cycle counts if its mean discharge
    current is at least 80 % of that of the median full cycle, and that at least 80 % of its own.

    Args:
        cycles: a cycle table, as `full_cycles` takes it; `Mean discharge current [A]` where it is to count.

    Returns:
        Their `Cycle count`, ascending.

    Raises:
        UnusableDataError: there is no `Cycle count`, or a column holds text.
    """
    full = full_cycles(cycles)
    name = next((each for each in (_CURRENT, areal(_CURRENT)) if tells(cycles, each)), None)
    if name is None:
        return full
    counts, current = numbers(cycles, columns.CYCLE_COUNT), numbers(cycles, name)
    is_full = np.isin(counts, full) & (current > 0)
    if not is_full.any():
        return full
    against = current / np.median(current[is_full])
    alike = is_full & (against >= _ALIKE) & (against <= 1 / _ALIKE)
    return sorted({int(count) for count in counts[alike]})


def _balanced(discharged: Floats, charged: Floats, *, share: float) -> NDArray[np.bool_]:
    """Which cycles gave back what they took; of a cell that hardly ever does, which did as the median cycle."""
    known = (discharged > 0) & (charged > 0)
    ratio = np.divide(discharged, charged, out=np.full(known.size, np.nan), where=known)
    even = np.asarray((ratio >= share) & (ratio <= 1 / share))
    if not known.any() or even.sum() >= _EVEN * known.sum():
        return even
    against = ratio / np.median(ratio[known])
    return np.asarray((against >= share) & (against <= 1 / share))


def _emptied(cycles: pl.DataFrame, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cycles came as low as the median one of those that count so far; those of no voltage are not asked."""
    if not whole.any() or not set(_VOLTAGES) <= set(cycles.columns):
        return np.full(cycles.height, fill_value=True)
    low, high = (numbers(cycles, name) for name in _VOLTAGES)
    known = whole & ~np.isnan(low) & ~np.isnan(high)
    if not known.any():
        return np.full(cycles.height, fill_value=True)
    usual = float(np.median(low[known]))
    slack = _SLACK * (float(np.median(high[known])) - usual)
    return np.asarray(~(low > usual + slack))


def spread_evenly(counts: Sequence[int], most: int = 3) -> list[int]:
    """Choose the first, the last, and those evenly between them.

    Args:
        counts: what there is to choose from, in order.
        most: how many to choose.

    Returns:
        At most so many, in the same order and none twice.

    Raises:
        InvalidError: none is to be chosen.

    >>> spread_evenly([1, 2, 4, 5, 9]), spread_evenly([1, 2])
    ([1, 4, 9], [1, 2])
    """
    if most < 1:
        raise InvalidError(f"At least one has to be chosen, not {most}.")
    places = np.unique(np.linspace(0, max(len(counts) - 1, 0), min(most, len(counts))).round().astype(int))
    return [counts[place] for place in places]


_CAPACITIES = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY)
_VOLTAGES = ("Min voltage [V]", "Max voltage [V]")
_EVEN = 1 / 3
"""Of the cycles, that have to give back what they took for the others to be measured by that."""
_CURRENT = "Mean discharge current [A]"
_ALIKE = 0.8
"""Of the usual current."""
_SLACK = 0.2
"""Of the range of voltages: at its lower end a cell falls steeply."""


def _moved(cycles: pl.DataFrame, name: str) -> Floats | None:
    """What each cycle moved one way, in total or else by area; None where none is known to have moved anything."""
    for known in (name, areal(name)):
        if known in cycles.columns and bool(((values := numbers(cycles, known)) > 0).any()):
            return values
    return None
