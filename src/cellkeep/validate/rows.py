"""The rows of a series, block by block, as the checks look at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from cellkeep.domain.columns import STEP_COUNT, TIME
from cellkeep.runs import Bools, Floats, Ints, Runs, as_floats, find_runs

BLOCK_ROWS = 65_536
"""Few enough that a block and what is made of it stay in the cache of a core."""

OWN_STEPS = "\0steps by the sign of the current"
"""Labels of steps in a series that counts none; the name is one that no series has."""


@dataclass
class Place:
    """Where a series stands between two blocks.

    Attributes:
        rows: how many rows were before.
        runs: how many steps begun, which are runs of equal labels.
        label: of the last row; None before the first.
    """

    rows: int = 0
    runs: int = 0
    label: float | None = None


class Part:
    """Some rows of a block: all of them, or those that a check can use."""

    def __init__(self, rows: "Rows", places: Ints | None, before: Place) -> None:
        self._rows = rows
        self.places = places
        self.before = before
        self.size = rows.height if places is None else places.size

    def values(self, name: str) -> Floats:
        """A column as numbers, NaN where it has no value."""
        values = self._rows.values(name)
        return values if self.places is None else values[self.places]

    def row(self, place: int) -> int:
        """The number in the series of the row at a place of this part."""
        return self._rows.first_row + int(place if self.places is None else self.places[place])

    @cached_property
    def runs(self) -> Runs:
        """The steps, or parts of steps, of these rows."""
        return find_runs(self._labels)

    @cached_property
    def continued(self) -> bool:
        """Whether the first run goes on with the last one of the rows before."""
        return bool(self.size and self.before.label == self._labels[0])

    @property
    def first_run(self) -> int:
        """The number in the series of the first run."""
        return self.before.runs - (1 if self.continued else 0)

    @cached_property
    def begins(self) -> Bools:
        """Whether a step begins in each row."""
        begins = np.zeros(self.size, np.bool_)
        begins[self.runs.starts[1 if self.continued else 0 :]] = True
        return begins

    def after(self) -> Place:
        """Where the series stands behind these rows."""
        if not self.size:
            return self.before
        if not self._rows.has_steps:
            return Place(self.before.rows + self.size)
        label = float(self._labels[-1])
        return Place(self.before.rows + self.size, self.first_run + self.runs.lengths.size, label)

    @cached_property
    def _labels(self) -> Floats:
        return self.values(self._rows.labels)


class Rows:
    """A block of neighbouring rows."""

    def __init__(self, frame: pl.DataFrame, before: Place, timed_before: Place) -> None:
        self._frame = frame
        self.columns = frame.columns
        self._values: dict[str, Floats] = {}
        self.height = frame.height
        self.first_row = before.rows
        self.all = Part(self, None, before)
        self._timed_before = timed_before

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    @property
    def labels(self) -> str:
        """The column that tells the steps."""
        return STEP_COUNT if STEP_COUNT in self else OWN_STEPS

    @property
    def has_steps(self) -> bool:
        return self.labels in self

    def series(self, name: str) -> pl.Series:
        """A column as it is."""
        return self._frame[name]

    def is_whole(self, name: str) -> bool:
        """Whether the column holds whole numbers, by its type."""
        return self._frame[name].dtype.is_integer()

    def values(self, name: str) -> Floats:
        """A column as numbers, NaN where it has no value."""
        if name not in self._values:
            self._values[name] = as_floats(self._frame[name])
        return self._values[name]

    @cached_property
    def timed(self) -> Part:
        """The rows that have a time."""
        if TIME not in self:
            return Part(self, np.zeros(0, np.intp), self._timed_before)
        missing = np.isnan(self.values(TIME))
        places = np.flatnonzero(~missing) if missing.any() else None
        if places is None and self._timed_before == self.all.before:
            return self.all
        return Part(self, places, self._timed_before)

    def kept(self, wanted: Bools, before: Place) -> Part:
        """Those rows of the block that are wanted."""
        return Part(self, np.flatnonzero(wanted), before)


def blocks(chunk: pl.DataFrame, before: Place, timed_before: Place) -> Iterator[Rows]:
    """Cut a chunk into blocks; the places are moved on behind each."""
    for part in chunk.iter_slices(BLOCK_ROWS):
        rows = Rows(part, Place(**vars(before)), Place(**vars(timed_before)))
        yield rows
        vars(before).update(vars(rows.all.after()))
        vars(timed_before).update(vars(rows.timed.after()))
        vars(rows).clear()  # it and its parts hold one another, and the chunk would stay in memory with them
