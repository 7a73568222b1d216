"""Smallest, largest, mean and spread of a column over each step.

The rows between the first and the last of a step are kept as their number, mean and sum of squared deviations
from that mean. No large sums are subtracted from each other, so a spread of 1 µV at 3.7 V comes out right.
"""

from typing import NamedTuple, Self

import numpy as np

from cellkeep.runs import Bools, Floats, Ints, Runs
from cellkeep.summarise.segments import Accumulator, Signal


class Moments(NamedTuple):
    """Number of values, their mean, and the sum of squared deviations from it."""

    number: Floats
    mean: Floats
    squares: Floats

    def std(self) -> Floats:
        """Sample standard deviation; 0 for fewer than two values."""
        return np.sqrt(self.squares / np.maximum(self.number - 1.0, 1.0))

    def with_values(self, values: Floats, wanted: Bools) -> "Moments":
        """Take in one more value each, where it is wanted and there."""
        counted = wanted & np.isfinite(values)
        count = self.number + counted
        apart = np.where(counted, values, self.mean) - self.mean
        share = 1.0 / np.maximum(count, 1.0)
        return Moments(count, self.mean + apart * share, self.squares + apart * apart * self.number * share)


class Tally(Accumulator):
    """Number of rows; first, last, smallest and largest value; moments of the rows between."""

    @classmethod
    def of(cls, signal: Signal, runs: Runs) -> Self:
        values, finite = signal
        least, most = (np.minimum, np.maximum) if finite is None else (np.fmin, np.fmax)
        edges = values[runs.starts], values[runs.ends]
        extremes = least.reduceat(values, runs.starts), most.reduceat(values, runs.starts)
        return cls(np.stack([runs.lengths, *edges, *extremes, *_between_ends(signal, runs)]))

    def merged(self, groups: Runs) -> Self:
        rows, first, last, least, most, *_ = self.values
        opens, closes = _marked(groups.starts, rows.size), _marked(groups.ends, rows.size)
        alone = rows == 1
        inner = self._with_ends(~opens & ~(alone & closes), ~closes & ~alone)
        return self.holding(
            np.stack([
                np.add.reduceat(rows, groups.starts),
                first[groups.starts],
                last[groups.ends],
                np.fmin.reduceat(least, groups.starts),
                np.fmax.reduceat(most, groups.starts),
                *_pool(inner, groups),
            ])
        )  # fmt: skip

    @property
    def first(self) -> Floats:
        return self.figure(1)

    @property
    def last(self) -> Floats:
        return self.figure(2)

    @property
    def least(self) -> Floats:
        """The smallest value; NaN where all are missing."""
        return self.figure(3)

    @property
    def most(self) -> Floats:
        return self.figure(4)

    def mean(self) -> Floats:
        """Arithmetic mean over all rows that have a value."""
        moments = self._whole()
        mean = np.where(moments.number > 0, moments.mean, np.nan)
        return np.clip(mean, self.least, self.most)  # rounding must not carry it past the extremes

    def std(self) -> Floats:
        """Spread over all values; 0 where fewer than two."""
        return self._whole().std()

    def trimmed_std(self) -> Floats:
        """Spread without the first row (from 3 rows on) and the last (from 4); NaN where no row has a value.

        A row at the border of a step often still carries the set-point of its neighbour.
        """
        rows = self.values[0]
        spread = self._with_ends(rows <= 2, (rows == 2) | (rows == 3)).std()
        return np.where(np.isnan(self.least), np.nan, spread)

    def _whole(self) -> Moments:
        rows = self.values[0]
        return self._with_ends(rows > 0, rows > 1)

    def _with_ends(self, with_first: Bools, with_last: Bools) -> Moments:
        inner = Moments(*self.values[5:])
        return inner.with_values(self.first, with_first).with_values(self.last, with_last)


def _between_ends(signal: Signal, runs: Runs) -> Moments:
    values, finite = signal
    missing = None if finite is None else ~finite
    inner = values.copy()
    _blank(inner, missing, runs)
    if finite is None:
        count = np.maximum(runs.lengths - 2.0, 0.0)
    else:
        counted = finite.astype(np.float64)
        _blank(counted, None, runs)
        count = np.add.reduceat(counted, runs.starts)
    mean = np.add.reduceat(inner, runs.starts) / np.maximum(count, 1.0)
    inner -= np.repeat(mean, runs.lengths)
    _blank(inner, missing, runs)
    np.square(inner, out=inner)
    return Moments(count, mean, np.add.reduceat(inner, runs.starts))


def _blank(values: Floats, missing: Bools | None, runs: Runs) -> None:
    values[runs.starts] = 0.0
    values[runs.ends] = 0.0
    if missing is not None:
        values[missing] = 0.0


def _pool(parts: Moments, groups: Runs) -> Moments:
    count = np.add.reduceat(parts.number, groups.starts)
    mean = np.add.reduceat(parts.number * parts.mean, groups.starts) / np.maximum(count, 1.0)
    apart = parts.mean - np.repeat(mean, groups.lengths)
    return Moments(count, mean, np.add.reduceat(parts.squares + parts.number * apart * apart, groups.starts))


def _marked(places: Ints, size: int) -> Bools:
    marks = np.zeros(size, np.bool_)
    marks[places] = True
    return marks
