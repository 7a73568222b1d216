"""Sums over neighbouring rows of a step: integrals, split increments, counted changes.

Rows without a value are stepped over: the pair is formed between the neighbours that have one. What lies
between the last row of a step and the first of the next belongs to neither.
"""

from abc import abstractmethod
from typing import Self

import numpy as np

from cellkeep.summarise.segments import Accumulator, Floats, Ints, Runs, Signal, keep

_SECONDS_PER_HOUR = 3600.0


class Pairs(Accumulator):
    """First x and y, last x and y, two sums over neighbours; NaN edges where no row has both values."""

    @staticmethod
    @abstractmethod
    def rule(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """What each pair of neighbours adds to the two sums: one pair fewer than there are rows."""

    @classmethod
    def of(cls, x: Signal, y: Signal, runs: Runs) -> Self:
        if x.finite is None and y.finite is None:
            return cls(cls._summed(x.values, y.values, runs))
        kept = keep(np.isfinite(x.values) & np.isfinite(y.values), runs)
        found = cls._summed(x.values[kept.places], y.values[kept.places], kept.runs)
        return cls._spread_out(found, kept.owners, runs)

    def merged(self, groups: Runs) -> Self:
        kept = keep(~np.isnan(self.values[0]), groups)
        found = self.values[:, kept.places]
        merged = found[:, kept.runs.starts]
        merged[2:4] = found[2:4, kept.runs.ends]
        if kept.places.size:
            merged[4:] = np.add.reduceat(found[4:] + self._bridges(found, kept.runs), kept.runs.starts, axis=1)
        return self._spread_out(merged, kept.owners, groups)

    def sums(self) -> tuple[Floats, Floats]:
        """Both sums; NaN where no row had values."""
        known = ~np.isnan(self.values[0])
        return np.where(known, self.values[4], np.nan), np.where(known, self.values[5], np.nan)

    @classmethod
    def _summed(cls, x: Floats, y: Floats, runs: Runs) -> Floats:
        edges = [x[runs.starts], y[runs.starts], x[runs.ends], y[runs.ends]]
        if not x.size:
            return np.stack([*edges, *edges[:2]])
        into = np.zeros(x.size)
        sums = []
        for added in cls.rule(x, y):
            into[1:] = added
            into[runs.starts] = 0.0
            sums.append(np.add.reduceat(into, runs.starts))
        return np.stack([*edges, *sums])

    @classmethod
    def _bridges(cls, found: Floats, runs: Runs) -> Floats:
        """What the pair between each fragment and the one before it adds; nothing where a group begins."""
        bridges = np.zeros((2, found.shape[1]))
        x = np.stack([found[2, :-1], found[0, 1:]], axis=1).ravel()
        y = np.stack([found[3, :-1], found[1, 1:]], axis=1).ravel()
        bridges[:, 1:] = np.stack(cls.rule(x, y))[:, ::2]
        bridges[:, runs.starts] = 0.0
        return bridges

    @classmethod
    def _spread_out(cls, found: Floats, owners: Ints, runs: Runs) -> Self:
        values = np.full((6, runs.lengths.size), np.nan)
        values[4:] = 0.0
        values[:, owners] = found
        return cls(values)


class Integral(Pairs):
    """Trapezoidal integral over the hours of x [s] of the positive and of the negative part of y."""

    @staticmethod
    def rule(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        half_hours = np.diff(x)
        half_hours *= 0.5 / _SECONDS_PER_HOUR
        positive = np.maximum(y, 0.0)
        negative = positive - y
        discharge = positive[1:] + positive[:-1]
        discharge *= half_hours
        charge = negative[1:] + negative[:-1]
        charge *= half_hours
        return discharge, charge


class Split(Pairs):
    """Increments of x, whatever their sign, by a positive or negative y at the later row."""

    @staticmethod
    def rule(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        moved = np.abs(np.diff(x))
        return np.where(y[1:] > 0, moved, 0.0), np.where(y[1:] < 0, moved, 0.0)


class Changes(Pairs):
    """How often x differs from the value before."""

    @staticmethod
    def rule(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        changed = (x[1:] != x[:-1]).astype(np.float64)
        return changed, np.zeros_like(y[1:])
