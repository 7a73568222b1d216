"""Figures of runs of rows that can be merged when a run was cut in pieces.

A series comes in blocks, so a step may arrive as several fragments. Every figure is kept in a form that
merges: however the rows are cut, the fragments of a step give what the uncut step would have given.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self, TypeVar

import numpy as np

from cellkeep.runs import Bools, Floats, Ints, Runs, find_runs


class Signal(NamedTuple):
    """One column of one block, missing values as NaN; `finite` is None where none is missing.

    An infinite value is no reading, so it is missing too.
    """

    values: Floats
    finite: Bools | None

    @classmethod
    def of(cls, values: Floats) -> Self:
        finite = np.isfinite(values)
        if finite.all():
            return cls(values, None)
        return cls(np.where(finite, values, np.nan), finite)


class Kept(NamedTuple):
    """What is left of runs when some of their places are passed over.

    Attributes:
        places: where the array is kept.
        owners: numbers of the runs of which anything is left.
        runs: what is left of those, as runs of the kept places.
    """

    places: Ints
    owners: Ints
    runs: Runs


def keep(wanted: Bools, runs: Runs) -> Kept:
    """Pass over the places that are not wanted."""
    places = np.flatnonzero(wanted)
    owner = runs.numbered()[places]
    left = find_runs(owner)
    return Kept(places, owner[left.starts], left)


@dataclass(frozen=True)
class Accumulator(ABC):
    """Figures of one column: a row for each figure, a column for each fragment."""

    values: Floats

    def figure(self, number: int) -> Floats:
        row: Floats = self.values[number]
        return row

    def holding(self, values: Floats) -> Self:
        """Other fragments of the same column."""
        return replace(self, values=values)

    @abstractmethod
    def merged(self, groups: Runs) -> Self:
        """One fragment for each group of neighbouring fragments."""

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        return parts[0].holding(np.concatenate([part.values for part in parts], axis=1))


AccumulatorT = TypeVar("AccumulatorT", bound=Accumulator)


def fuse(part: AccumulatorT, groups: Runs) -> AccumulatorT:
    """Merge the groups of several fragments; the others, almost all, stay as they are."""
    cut = groups.lengths > 1
    if not cut.any():
        return part
    values = part.values[:, groups.starts]
    pieces = part.holding(part.values[:, np.repeat(cut, groups.lengths)])
    values[:, cut] = pieces.merged(Runs.of_lengths(groups.lengths[cut])).values
    return part.holding(values)


class Spans(Accumulator):
    """First row number, number of rows and step count. Row numbers stay exact up to 2**53."""

    def merged(self, groups: Runs) -> Self:
        first, rows, step = self.values
        return self.holding(np.stack([first[groups.starts], np.add.reduceat(rows, groups.starts), step[groups.starts]]))


class Edges(Accumulator):
    """The values of the first and of the last row, missing or not."""

    @classmethod
    def of(cls, signal: Signal, runs: Runs) -> Self:
        return cls(np.stack([signal.values[runs.starts], signal.values[runs.ends]]))

    def merged(self, groups: Runs) -> Self:
        first, last = self.values
        return self.holding(np.stack([first[groups.starts], last[groups.ends]]))


class Known(Accumulator):
    """The first and the last value that is not missing; NaN where there is none."""

    @classmethod
    def of(cls, signal: Signal, runs: Runs) -> Self:
        values, finite = signal
        if finite is None:
            return cls(np.stack([values[runs.starts], values[runs.ends]]))
        return cls._of_kept(values, values, keep(finite, runs), runs)

    def merged(self, groups: Runs) -> Self:
        first, last = self.values
        return self._of_kept(first, last, keep(~np.isnan(first), groups), groups)

    @classmethod
    def _of_kept(cls, first: Floats, last: Floats, kept: Kept, runs: Runs) -> Self:
        found = np.full((2, runs.lengths.size), np.nan)
        found[0, kept.owners] = first[kept.places[kept.runs.starts]]
        found[1, kept.owners] = last[kept.places[kept.runs.ends]]
        return cls(found)
