"""Sets of rows of a series, as ranges in order."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from cellkeep.runs import Ints


@dataclass(frozen=True)
class RowRanges:
    """Rows of a series, as ranges that are in order, not empty, and have rows between them that do not belong.

    Attributes:
        starts: the first row of each, counted from 0.
        ends: the row after the last of each.
    """

    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, starts: Ints, ends: Ints) -> Self:
        """Put ranges in order, and together where they touch or overlap; those without a row are left out."""
        some = starts < ends
        order = np.argsort(starts[some], kind="stable")
        starts, ends = starts[some][order], np.maximum.accumulate(ends[some][order])
        apart = np.concatenate([[True], starts[1:] > ends[:-1]]) if starts.size else np.zeros(0, np.bool_)
        return cls(starts[apart], ends[np.roll(apart, -1)])

    @classmethod
    def between(cls, start: int, end: int) -> Self:
        return cls.of(np.array([start]), np.array([end]))

    @property
    def rows(self) -> int:
        return int((self.ends - self.starts).sum())

    def common(self, other: "RowRanges") -> Self:
        """The rows of both."""
        edges = np.concatenate([self.starts, other.starts, self.ends, other.ends])
        opens = np.repeat([1, -1], [self.starts.size + other.starts.size, self.ends.size + other.ends.size])
        order = np.argsort(edges, kind="stable")
        inside = np.flatnonzero(np.cumsum(opens[order]) == 2)
        # Every stretch within both ends at the next edge.
        return type(self).of(edges[order][inside], edges[order][inside + 1])

    def joined(self, other: "RowRanges") -> Self:
        """The rows of either."""
        return type(self).of(np.append(self.starts, other.starts), np.append(self.ends, other.ends))

    def with_gaps(self, longest: int) -> Self:
        """Put ranges together that have at most so many rows between them, which then belong too."""
        if not self.starts.size:
            return self
        apart = self.starts[1:] - self.ends[:-1] > longest
        return type(self)(self.starts[np.r_[True, apart]], self.ends[np.r_[apart, True]])
