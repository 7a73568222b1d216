"""Rows as numbers, and runs of equal neighbours among them: what summaries and checks both stand on."""

from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_SHARE_OF_LARGEST_CURRENT = 0.01
"""A current of no more than this share of the largest one counts as none."""


class Runs(NamedTuple):
    """Neighbouring runs that together cover a whole array, as `reduceat` wants them."""

    starts: Ints
    lengths: Ints

    @classmethod
    def of_lengths(cls, lengths: Ints) -> Self:
        return cls(np.cumsum(lengths) - lengths, lengths)

    @property
    def ends(self) -> Ints:
        return self.starts + self.lengths - 1

    def numbered(self) -> Ints:
        """The number of its run, at each place."""
        return np.repeat(np.arange(self.lengths.size), self.lengths)


def find_runs(labels: NDArray[Any]) -> Runs:
    """Find the runs of equal neighbouring labels; NaN is equal to none."""
    if not labels.size:
        return Runs(np.zeros(0, np.intp), np.zeros(0, np.intp))
    starts = np.concatenate([[0], np.flatnonzero(labels[1:] != labels[:-1]) + 1])
    return Runs(starts, np.diff(starts, append=labels.size))


def changes(labels: pl.Series) -> pl.Series:
    """Whether each label is another than the one before; a row without a label goes on with that of the row before."""
    known = (labels.fill_nan(None) if labels.dtype.is_float() else labels).forward_fill()
    return (known != known.shift(1)).fill_null(value=False)


def directions(current: Floats) -> pl.Series:
    """The sign of each current: -1, 0 or 1, where at most 1 % of the largest counts as 0; null where there is none."""
    size = np.abs(current)
    flows = size > _SHARE_OF_LARGEST_CURRENT * np.fmax.reduce(size, initial=0.0)
    return pl.Series(np.where(np.isnan(current), np.nan, np.sign(current) * flows), nan_to_null=True)


def previous(values: Floats, last: float | None) -> Floats:
    """The value before each. Before the first stands the last of the rows before; where there are none, itself."""
    return np.concatenate([[values[0] if last is None else last], values[:-1]])


def holds_numbers(dtype: pl.DataType) -> bool:
    """Whether a column of this type holds numbers; one without a single value has a type of its own, and does."""
    return dtype.is_numeric() or dtype == pl.Null


def as_floats(series: pl.Series) -> Floats:
    """A column of numbers; where it has no value there is NaN."""
    return series.cast(pl.Float64).to_numpy()
