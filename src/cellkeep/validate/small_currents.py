"""Where nearly all currents are small, the limit of rest follows from them."""

import math
from dataclasses import dataclass, field

import numpy as np

from cellkeep.runs import Floats

MOST_A = 1e-3
"""No rest has a larger current [A]."""
_SHARE = 0.02
_LEAST_A = 1e-12
_QUANTILE = 0.95
_LARGE = MOST_A / _SHARE
"""Currents from here on make the limit the largest one."""
_KEPT = 1 << 20
"""So many small currents are kept as they are; of more the distribution is."""
BITS = 45
"""Of a double so many are left off: what is left tells exponent and seven digits of the mantissa, to 0.4 %."""


@dataclass
class SmallCurrents:
    """Finds the 95th percentile of |I| where it matters, with linear interpolation between the two rows beside it."""

    rows: int = 0
    large: int = 0
    """How many are so large that they make the limit the largest one."""
    smallest_large: float = math.inf
    missing: bool = False
    counts: dict[int, int] = field(default_factory=dict)
    """How often each leading part of a double comes, of those that are not kept as they are."""

    def __post_init__(self) -> None:
        self._parts: list[Floats] = []
        self._kept = 0

    def add(self, size: Floats) -> None:
        """Look at further |I| [A]; one that is missing makes the limit the largest one."""
        self.rows += size.size
        small = size[size < _LARGE]
        if small.size < size.size:
            self.large += size.size - small.size
            self.smallest_large = min(self.smallest_large, float(np.min(size, where=size >= _LARGE, initial=math.inf)))
        if small.size and not self.missing:
            self._parts.append(small.copy())
            self._kept += small.size
            if self._kept > _KEPT:
                self._count()

    def limit(self) -> float:
        """min(1e-3 A, max(2 % of the percentile, 1e-12 A))."""
        if self.missing or not self.rows:
            return MOST_A
        place = _QUANTILE * (self.rows - 1)
        below = math.floor(place)
        if below >= self.rows - self.large:
            return MOST_A
        low, high = self._ranked(below), self._ranked(min(below + 1, self.rows - 1))
        return min(MOST_A, max(_SHARE * (low + (high - low) * (place - below)), _LEAST_A))

    def close(self) -> None:
        """Put all that is known in the fields, as the distribution, which is short."""
        self._count()

    def _count(self) -> None:
        if not self._parts:
            return
        heads, counts = np.unique(np.concatenate(self._parts).view(np.uint64) >> BITS, return_counts=True)
        for head, count in zip(heads.tolist(), counts.tolist(), strict=True):
            self.counts[head] = self.counts.get(head, 0) + count
        self._parts, self._kept = [], 0

    def _ranked(self, rank: int) -> float:
        if rank >= self.rows - self.large:
            return self.smallest_large
        if not self.counts:
            values = np.concatenate(self._parts)
            return float(np.partition(values, rank)[rank])
        self._count()
        heads = np.array(sorted(self.counts), np.uint64)
        ends = np.cumsum([self.counts[head] for head in heads.tolist()])
        head = heads[np.searchsorted(ends, rank, side="right")]
        return float(((np.array([head]) << np.uint64(BITS)) + np.uint64(1 << (BITS - 1))).view(np.float64)[0])
