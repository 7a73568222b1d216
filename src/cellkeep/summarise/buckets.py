"""Which buckets of an overview hold only rows that are wanted, and which hold any."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from cellkeep.runs import Bools, Ints
from cellkeep.summarise.row_ranges import RowRanges


@dataclass(frozen=True)
class Buckets:
    """The buckets of an overview.

    Attributes:
        starts: number of the first row of each.
        ends: number of the row after the last of each.
        places: where each begins among the rows of the overview.
        whole: whether all its rows are wanted.
        touched: whether any of its rows may be wanted.
    """

    starts: Ints
    ends: Ints
    places: Ints
    whole: Bools
    touched: Bools

    @classmethod
    def of(cls, row: pl.Series, bucket: pl.Series) -> Self:
        """Find them by the two first columns of an overview; all rows are wanted at first."""
        numbers, owners = row.to_numpy(), bucket.to_numpy()
        begins = np.flatnonzero(np.diff(owners, prepend=-1))
        ends = numbers[np.append(begins[1:], numbers.size) - 1] + 1
        wanted = np.ones(begins.size, np.bool_)
        return cls(numbers[begins], ends, begins, wanted, wanted)

    def within(self, ranges: RowRanges) -> Self:
        """Only rows of these ranges are wanted."""
        if not ranges.starts.size:
            return self._narrowed(np.zeros_like(self.whole), np.zeros_like(self.whole))
        found = np.searchsorted(ranges.ends, self.starts, side="right")
        nearest = np.minimum(found, ranges.ends.size - 1)
        touched = (found < ranges.ends.size) & (ranges.starts[nearest] < self.ends)
        whole = touched & (ranges.starts[nearest] <= self.starts) & (ranges.ends[nearest] >= self.ends)
        return self._narrowed(whole, touched)

    def between(self, at_least: Bools, at_most: Bools) -> Self:
        """Only rows are wanted at which a column has a value between two bounds.

        A bucket keeps its extremes of the column, and a row without a value if it has any: so it lies within the bounds
        where all rows that it keeps do.

        Args:
            at_least: of each row of the overview, whether its value is not below the lower bound.
            at_most: whether it is not above the upper bound. One of both is false where it has no value.
        """
        whole = np.logical_and.reduceat(at_least & at_most, self.places)
        above, below = (np.logical_or.reduceat(side, self.places) for side in (at_least, at_most))
        return self._narrowed(whole, above & below)

    def kept_rows_of(self, chosen: Bools, rows: int) -> Bools:
        """Of each of the `rows` rows of the overview, whether its bucket is chosen."""
        return np.repeat(chosen, np.diff(self.places, append=rows))

    def rows_of(self, chosen: Bools) -> RowRanges:
        """All rows of the chosen buckets."""
        return RowRanges.of(self.starts[chosen], self.ends[chosen])

    def _narrowed(self, whole: Bools, touched: Bools) -> Self:
        return type(self)(self.starts, self.ends, self.places, self.whole & whole, self.touched & touched)
