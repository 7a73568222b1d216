"""Several cells as one line: the mean of a group, and how far its cells lie apart."""

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats
from cellkeep.summarise.derived.rows import known_rows, numbers

Spread = Literal["range", "deviation"]
"""From the smallest to the largest, or a standard deviation to either side of the mean."""

GROUP, MEAN, LOW, HIGH, CELLS = "Group", "Mean", "Low", "High", "Number"
_POINTS = 200


def bands(
    tables: Mapping[str, pl.DataFrame],
    groups: Mapping[str, str],
    x: str,
    y: str,
    *,
    spread: Spread = "range",
) -> pl.DataFrame:
    """Take the mean over the cells of each group, and the band in which they lie.

    Where x is `Cycle count`, the values of equal cycles are taken together. Any other x differs from cell to cell:
    there each line is interpolated to 200 places spread evenly over the x of its group, and counts only between its own
    ends.

    Args:
        tables: a cycle table by label; more than cycle tables will do.
        groups: to which group each label belongs.
        x: the column that groups are drawn over.
        y: the column whose mean is taken.
        spread: `range` for the smallest and the largest, `deviation` for the sample standard deviation to either side,
            which is null where fewer than two cells are.

    Returns:
        `Group`, x, `Mean`, `Low`, `High` and the `Number` of cells that have a value there; groups in the order in
        which they first come, x ascending.

    Raises:
        InvalidError: a label has no group, or the spread is neither.
        UnusableDataError: a table lacks a column, or it holds text.
    """
    if spread not in ("range", "deviation"):
        raise InvalidError(f"A spread is 'range' or 'deviation', not '{spread}'.")
    if missing := [label for label in tables if label not in groups]:
        raise InvalidError(f"'{missing[0]}' belongs to no group.")
    lines = {label: _line(table, x, y) for label, table in tables.items()}
    parts = []
    for group in dict.fromkeys(groups[label] for label in tables):
        members = [line for label, line in lines.items() if groups[label] == group and line[0].size]
        if members:
            parts.append(_band(members, x, spread).select(pl.lit(group).alias(GROUP), pl.all()))
    return pl.concat(parts) if parts else _empty(x)


def _line(table: pl.DataFrame, x: str, y: str) -> tuple[Floats, Floats]:
    columns.require([x, y], table.columns, "A group")
    over, values = numbers(table, x), numbers(table, y)
    rows = known_rows(over, values)
    rows = rows[np.argsort(over[rows], kind="stable")]
    return over[rows], values[rows]


def _band(members: list[tuple[Floats, Floats]], x: str, spread: Spread) -> pl.DataFrame:
    places = np.unique(np.concatenate([over for over, _ in members]))
    if x == columns.CYCLE_COUNT:
        at = np.array(list(_matched(members, places)))
    else:
        places = np.linspace(places[0], places[-1], _POINTS) if places.size > 1 else places
        at = np.array([np.interp(places, *line, left=np.nan, right=np.nan) for line in members])
    known = ~np.isnan(at)
    count = known.sum(axis=0)
    there = count > 0
    at, count = at[:, there], count[there]
    mean = np.nansum(at, axis=0) / count
    low, high = _sides(at, mean, count, spread)
    found = {x: places[there], MEAN: mean, LOW: low, HIGH: high}
    table = pl.DataFrame([pl.Series(name, values, nan_to_null=True) for name, values in found.items()])
    return table.with_columns(pl.Series(CELLS, count, pl.Int64))


def _matched(members: list[tuple[Floats, Floats]], places: Floats) -> Iterator[Floats]:
    """The values of each line at the places that it has itself."""
    for over, values in members:
        at = np.full(places.size, np.nan)
        at[np.searchsorted(places, over)] = values
        yield at


def _sides(at: Floats, mean: Floats, count: Floats, spread: Spread) -> tuple[Floats, Floats]:
    if spread == "range":
        return np.nanmin(at, axis=0), np.nanmax(at, axis=0)
    squares = np.nansum((at - mean) ** 2, axis=0)
    deviation = np.sqrt(np.divide(squares, count - 1, out=np.full(mean.size, np.nan), where=count > 1))
    return mean - deviation, mean + deviation


def _empty(x: str) -> pl.DataFrame:
    floats = dict.fromkeys((x, MEAN, LOW, HIGH), pl.Float64())
    return pl.DataFrame(schema={GROUP: pl.String(), **floats, CELLS: pl.Int64()})
