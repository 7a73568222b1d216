"""Choosing the few rows that a picture of many needs."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from cellkeep.summarise.ordering import extremes, plainly_named
from cellkeep.summarise.segments import Floats, Ints

_PRESELECTED = 4
"""Extremes per chosen row among which triangles are compared: more find nothing that could be seen."""
_FEWEST = 3
"""Triangles have a middle row between the first and the last."""


def least_points(n_columns: int) -> int:
    """Rows that are always chosen: the first, the last, and where each column is smallest and largest."""
    return 2 + 2 * n_columns


def downsample(frame: pl.DataFrame, y: Sequence[str], max_points: int, x: str | None = None) -> Ints:
    """Choose rows so that lines drawn through them look like lines through all.

    For each column the extremes of short stretches are compared by the triangles that they form with their neighbours,
    and the largest kept (MinMaxLTTB, arXiv:2305.00332); the choices of all columns are put together. The first and the
    last row, and the first row with the smallest and with the largest value of each column, are always chosen; those of
    x too, where `max_points` has room for them.

    Args:
        frame: rows in order. Null, NaN and infinities form no triangles.
        y: columns of numbers, each of which is to look right.
        max_points: as many rows are chosen at most.
        x: column of numbers, dates or times that they are drawn over; the number of the row where it is None.

    Returns:
        Places of the chosen rows, ascending. All, where there are no more than `max_points`.

    Raises:
        ValueError: `max_points` is smaller than `least_points`.
    """
    if max_points < (least := least_points(len(y))):
        raise ValueError(f"max_points is {max_points}, and {len(y)} columns need {least}.")
    if frame.height <= max_points:
        return np.arange(frame.height)
    fixed = {0, frame.height - 1, *(place for name in y for place in extremes(frame[name]))}
    ends = extremes(frame[x]) if x is not None and frame[x].dtype.is_numeric() else ()
    fixed.update(list(ends)[: max_points - len(fixed)])
    if not y:
        evenly = np.linspace(0, frame.height - 1, max_points - len(fixed - {0, frame.height - 1})).astype(np.intp)
        return np.union1d(evenly, [*fixed]).astype(np.intp)
    over = np.arange(frame.height, dtype=np.float64) if x is None else _floats(frame[x])
    each = (max_points - len(fixed)) // len(y)
    chosen = [_line(over, _floats(frame[name]), each, fixed) for name in y]
    return np.unique(np.concatenate([np.array([*fixed], np.intp), *chosen]))


def _floats(column: pl.Series) -> Floats:
    return plainly_named(column).to_physical().cast(pl.Float64).to_numpy()


def _line(x: Floats, y: Floats, more: int, fixed: set[int]) -> Ints:
    """Places between which lines look like the whole: at most so many beside those that are chosen already."""
    drawn = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not drawn.size:
        return drawn
    points = more + (int(drawn[0]) in fixed) + (int(drawn[-1]) in fixed)  # both ends of a line are always chosen
    if drawn.size == y.size:
        return _largest_triangles(x, y, points)
    return drawn[_largest_triangles(x[drawn], y[drawn], points)]


def _largest_triangles(x: Floats, y: Floats, points: int) -> Ints:
    if y.size <= points:
        return np.arange(y.size)
    if points < _FEWEST:
        return np.zeros(0, np.intp)
    # Only here, since a client without a server downsamples nothing.
    from tsdownsample import LTTBDownsampler, MinMaxDownsampler  # noqa: PLC0415

    # In two steps, since its MinMaxLTTB cuts stretches by x, and panics where rounding of x lets one run over the end.
    compared: Ints = np.arange(y.size)
    if y.size > points * _PRESELECTED:
        inner: Ints = MinMaxDownsampler().downsample(y, n_out=points * _PRESELECTED)  # type: ignore[no-untyped-call]
        compared = np.union1d(inner, [0, y.size - 1]).astype(np.intp)
    chosen: Ints = LTTBDownsampler().downsample(x[compared], y[compared], n_out=points)  # type: ignore[no-untyped-call]
    return compared[chosen]
