"""Which cycles of a test are worth showing: those that are whole, and a few of them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats, Ints
from cellkeep.summarise.areal import areal, tells
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import numbers


@takes_frame
def full_cycles(cycles: pl.DataFrame, *, least: float = 0.5) -> list[int]:
    """Find the cycles that were neither cut short nor are something else, such as impedance alone.

    A cycle is full if all of this is true:

    - It discharged at least the share `least` of what the median cycle discharged, and charged at least that share of
      what the median cycle charged. Cycles that moved nothing that way do not count for the median, and a way that no
      cycle went is not asked for.
    - It reached the usual voltages, to a fifth of the range between them. The usual low one is the median of those of
      which the first is true, and the usual high one that of those that reached the low one; of two in the middle the
      outer counts.
    - If it is the first or the last of which both are true, it did not begin or break off half-way: it did not move
      less than 80 % one way of what it moved the other way, and also of what the next to it moved that way.

    Args:
        cycles: a cycle table in order: `Cycle count` and the capacities [A.h], or by area; smallest and largest voltage
            where they are to count.
        least: the share of the median, above 0 and at most 1.

    Returns:
        Their `Cycle count`, ascending.

    Raises:
        UnusableDataError: there is no `Cycle count`, or a column holds text.
        InvalidError: the share can not be used.
    """
    if not 0 < least <= 1:
        raise InvalidError(f"A full cycle moves a share above 0 and at most 1 of the median cycle, not {least}.")
    columns.require([columns.CYCLE_COUNT], cycles.columns, "The full cycles")
    moved = [values for name in _CAPACITIES if (values := _moved(cycles, name)) is not None]
    whole = np.full(cycles.height, bool(moved))
    for values in moved:
        whole &= values >= least * np.median(values[values > 0])
    whole &= _reached(cycles, whole)
    if len(moved) == len(_CAPACITIES):
        whole &= ~_is_half(np.flatnonzero(whole), *moved)
    return _counts(cycles, whole)


@takes_frame
def comparable_cycles(cycles: pl.DataFrame) -> list[int]:
    """Find the full cycles whose capacities tell of ageing: those that were discharged as fast as most.

    At another current a cell gives another capacity, be it as good as new. The usual current is the mean discharge
    current of that full cycle from which those of most full cycles are no more than 20 % away; of several such cycles
    the earliest counts. A full cycle is comparable if its current is no more than 20 % away from the usual one. Where
    no full cycle has a current, all are comparable; so there are comparable cycles wherever there are full ones.

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
    current = numbers(cycles, name)
    known = np.isin(numbers(cycles, columns.CYCLE_COUNT), full) & (current > 0)
    if not known.any():
        return full
    usual = _most_shared(current[known])
    return _counts(cycles, known & (current >= (1 - _ALIKE) * usual) & (current <= (1 + _ALIKE) * usual))


@takes_frame
def deeper_cycles(cycles: pl.DataFrame) -> list[int]:
    """Find the check-ups among cycles of partial depth: the capacities of the others tell nothing of ageing then.

    A full cycle counts if its smallest voltage lies below the median one of the full cycles, or its largest above
    theirs, by more than a fifth of the range between these, if it discharged over 20 % more than their median, and if a
    full cycle that does not go so deep came before. So neither formation nor the first charge of a new cell counts.

    Args:
        cycles: a cycle table, as `full_cycles` takes it.

    Returns:
        Their `Cycle count`, ascending; none where the table tells no voltages or no discharge.

    Raises:
        UnusableDataError: there is no `Cycle count`, or a column holds text.
    """
    found = full_cycles(cycles)
    full = np.isin(numbers(cycles, columns.CYCLE_COUNT), found)
    discharged = _moved(cycles, columns.DISCHARGE_CAPACITY)
    low, high = _voltages(cycles)
    known = full & ~np.isnan(low + high)
    if discharged is None or not known.any():
        return []
    bottom, top = np.median(low[known]), np.median(high[known])
    beyond = np.fmax(bottom - low, high - top) > _SLACK * (top - bottom)
    deeper = full & beyond & (discharged > (1 + _ALIKE) * np.median(discharged[full]))
    return _counts(cycles, deeper & np.logical_or.accumulate(full & ~deeper))


def _voltages(cycles: pl.DataFrame) -> tuple[Floats, Floats]:
    """The smallest and the largest voltage of each cycle; NaN where the table does not tell."""
    low, high = (
        numbers(cycles, name) if name in cycles.columns else np.full(cycles.height, np.nan) for name in _VOLTAGES
    )
    return low, high


def _reached(cycles: pl.DataFrame, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cycles came as low and as high as is usual of those that count so far; unknown voltages are not asked."""
    low, high = _voltages(cycles)
    known = whole & ~np.isnan(low + high)
    if not known.any():
        return np.full(cycles.height, fill_value=True)
    bottom = np.quantile(low[known], 0.5, method="lower")
    slack = _SLACK * (np.quantile(high[known], 0.5, method="higher") - bottom)
    is_low = ~(low > bottom + slack)
    top = np.quantile(high[known & is_low], 0.5, method="higher")
    return np.asarray(is_low & ~(high < top - slack))


def _is_half(places: Ints, *moved: Floats) -> NDArray[np.bool_]:
    """Whether the first and the last of some cycles moved less one way than the other way, and than the next to it."""
    found = np.full(moved[0].size, fill_value=False)
    for end, beside in [places[:2], places[:-3:-1]] if places.size > 1 else []:
        for one, other in (moved, moved[::-1]):
            found[end] |= one[end] < _HALF * min(other[end], one[beside])
    return found


def _most_shared(values: Floats) -> float:
    """The first of the values that have most others near them."""
    ordered = np.sort(values)
    above = np.searchsorted(ordered, (1 + _ALIKE) * values, side="right")
    return float(values[np.argmax(above - np.searchsorted(ordered, (1 - _ALIKE) * values))])


def _counts(cycles: pl.DataFrame, chosen: NDArray[np.bool_]) -> list[int]:
    counts = numbers(cycles, columns.CYCLE_COUNT)
    return sorted({int(count) for count in counts[chosen & ~np.isnan(counts)]})


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
_HALF = 0.8
"""Of what was moved the other way, and by the next cycle."""
_CURRENT = "Mean discharge current [A]"
_ALIKE = 0.2
"""How far apart currents and charges may lie that are alike."""
_SLACK = 0.2
"""Of the range of voltages: at its ends a cell rises and falls steeply, and upper limits are changed a little."""


def _moved(cycles: pl.DataFrame, name: str) -> Floats | None:
    """What each cycle moved one way, in total or else by area; None where none is known to have moved anything."""
    for known in (name, areal(name)):
        if known in cycles.columns and bool(((values := numbers(cycles, known)) > 0).any()):
            return values
    return None
