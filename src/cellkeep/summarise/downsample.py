"""Choosing the few rows that a picture of many needs."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from cellkeep.runs import Floats, Ints
from cellkeep.summarise.ordering import ends_tell, extremes, plainly_named


def least_points(n_columns: int) -> int:
    """Rows that are always chosen: the first, the last, and where each column is smallest and largest."""
    return 2 + 2 * n_columns


def most_stretches(frame: pl.DataFrame, y: Sequence[str], max_points: int) -> int:
    """Stretches that `downsample` would cut the rows into for each column, at most."""
    return max_points // (2 * max(_shares(y, _swinging(frame, y)), 1))


def downsample(frame: pl.DataFrame, y: Sequence[str], max_points: int, x: str | None = None) -> Ints:
    """Choose rows so that lines drawn through them look like lines through all.

    For each column the rows are cut into stretches of equally many, and of each stretch the rows with the smallest and
    with the largest value are chosen, so that no swing is lost that is wider than a stretch, and no spike that exceeds
    all else in its stretch. Columns share what may be chosen; those that never fall, or never rise, have one share
    together, of rows that are spread evenly, since between two of these they stay between their values. The first and
    the last row, and the first row with the smallest and with the largest value of each column, are always chosen;
    those of x too, where `max_points` has room for them. What is left is spread evenly, too.

    Args:
        frame: rows in order. Null, NaN and infinities are passed over.
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
    over = np.arange(frame.height, dtype=np.float64) if x is None else _floats(frame[x])
    swinging = _swinging(frame, y)
    each = (max_points - len(fixed)) // max(_shares(y, swinging), 1)
    chosen = [_extremes_of_stretches(over, _floats(frame[name]), each) for name in swinging]
    found = np.unique(np.concatenate([np.array([*fixed], np.intp), *chosen]))
    evenly = np.linspace(0, frame.height - 1, max_points - found.size + 2)[1:-1].astype(np.intp)
    return np.union1d(found, evenly)


def _swinging(frame: pl.DataFrame, y: Sequence[str]) -> list[str]:
    """The columns that rise and fall."""
    return [name for name in y if not ends_tell(frame[name])]


def _shares(y: Sequence[str], swinging: Sequence[str]) -> int:
    """How many share what may be chosen: each that rises and falls, and all others together."""
    return len(swinging) + (len(swinging) < len(y))


def _floats(column: pl.Series) -> Floats:
    return plainly_named(column).to_physical().cast(pl.Float64).to_numpy()


def _extremes_of_stretches(x: Floats, y: Floats, points: int) -> Ints:
    """Places of the extremes of y in stretches of rows, at most so many in all."""
    # Only here, since a client without a server downsamples nothing.
    from tsdownsample import MinMaxDownsampler  # noqa: PLC0415

    drawn = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    pairs = points // 2 * 2
    if drawn.size <= points or not pairs:
        return drawn[:points]
    places: Ints = MinMaxDownsampler().downsample(y[drawn], n_out=pairs)  # type: ignore[no-untyped-call]
    return drawn[places.astype(np.intp)]
