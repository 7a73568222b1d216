"""Sums over neighbouring rows of a step: integrals, split increments, counted changes.

Rows without a value are stepped over: the pair is formed between the neighbours that have one. What lies
between the last row of a step and the first of the next belongs to neither, unless it is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from cellkeep.runs import Bools, Floats, Ints, Runs
from cellkeep.summarise.segments import Accumulator, Signal, keep

_SECONDS_PER_HOUR = 3600.0

Rule = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""What each pair of neighbours adds to the two sums: one pair fewer than there are rows of x and y."""

Edge = tuple[float, float]
"""x and y of one row."""


@dataclass(frozen=True)
class Pairs(Accumulator):
    """First x and y, last x and y, two sums over neighbours; NaN edges where no row has both values."""

    rule: Rule

    @classmethod
    def of(cls, rule: Rule, x: Signal, y: Signal, runs: Runs) -> Self:
        if x.finite is None and y.finite is None:
            return cls(_summed(rule, x.values, y.values, runs), rule)
        kept = keep(np.isfinite(x.values) & np.isfinite(y.values), runs)
        found = _summed(rule, x.values[kept.places], y.values[kept.places], kept.runs)
        return cls(_spread_out(found, kept.owners, runs.lengths.size), rule)

    def merged(self, groups: Runs) -> Self:
        kept = keep(self._known, groups)
        found = self.values[:, kept.places]
        merged = found[:, kept.runs.starts]
        merged[2:4] = found[2:4, kept.runs.ends]
        if kept.places.size:
            bridges = self._bridges(found)
            bridges[:, kept.runs.starts] = 0.0  # what lies before a group is not of it
            merged[4:] = np.add.reduceat(found[4:] + bridges, kept.runs.starts, axis=1)
        return self.holding(_spread_out(merged, kept.owners, groups.lengths.size))

    def sums(self) -> tuple[Floats, Floats]:
        """Both sums; NaN where no row had values."""
        discharge, charge = np.where(self._known, self.values[4:], np.nan)
        return discharge, charge

    def sums_with_gaps(self, before: Edge | None) -> tuple[Floats, Floats]:
        """Both sums with the pair between each fragment and the one before it, which belongs to the later one.

        Args:
            before: what the first fragment follows.
        """
        sums = np.stack(self.sums())
        found = self.values[:, self._known]
        bridges = self._bridges(found)
        if before is not None and found.size:
            first = np.array([before, found[:2, 0]])
            bridges[:, :1] = np.stack(self.rule(first[:, 0], first[:, 1]))
        sums[:, self._known] += bridges
        return sums[0], sums[1]

    def edge_before_last(self, before: Edge | None) -> Edge | None:
        """The last x and y that are known before the last fragment, or before the first."""
        ended = np.flatnonzero(self._known[:-1])[-1:]
        x, y = self.values[2:4, ended]
        return (float(x[0]), float(y[0])) if ended.size else before

    @property
    def _known(self) -> Bools:
        known: Bools = ~np.isnan(self.values[0])
        return known

    def _bridges(self, found: Floats) -> Floats:
        """What the pair between each fragment and the one before it adds; nothing for the first."""
        bridges = np.zeros((2, found.shape[1]))
        x = np.stack([found[2, :-1], found[0, 1:]], axis=1).ravel()
        y = np.stack([found[3, :-1], found[1, 1:]], axis=1).ravel()
        bridges[:, 1:] = np.stack(self.rule(x, y))[:, ::2]
        return bridges


def integral(longest_gap_s: float | None = None) -> Rule:
    """Trapezoidal integral over the hours of x [s] of the positive and of the negative part of y.

    Args:
        longest_gap_s: between rows that lie further apart [s] nothing is counted.
    """

    def rule(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        half_hours = np.diff(x)
        if longest_gap_s is not None:
            half_hours[half_hours > longest_gap_s] = 0.0
        half_hours *= 0.5 / _SECONDS_PER_HOUR
        positive = np.maximum(y, 0.0)
        negative = positive - y
        discharge = positive[1:] + positive[:-1]
        discharge *= half_hours
        charge = negative[1:] + negative[:-1]
        charge *= half_hours
        return discharge, charge

    return rule


def split(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Increments of x where y is positive at the later row, and without their sign where it is negative.

    The field counts so: a counter that turns back while its driver is positive takes off what it had added.
    """
    moved = np.diff(x)
    return np.where(y[1:] > 0, moved, 0.0), np.where(y[1:] < 0, np.abs(moved), 0.0)


def changes(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """How often x differs from the value before."""
    changed = (x[1:] != x[:-1]).astype(np.float64)
    return changed, np.zeros_like(y[1:])


def _summed(rule: Rule, x: Floats, y: Floats, runs: Runs) -> Floats:
    edges = [x[runs.starts], y[runs.starts], x[runs.ends], y[runs.ends]]
    if not x.size:
        return np.stack([*edges, *edges[:2]])
    into = np.zeros(x.size)
    sums = []
    for added in rule(x, y):
        into[1:] = added
        into[runs.starts] = 0.0
        sums.append(np.add.reduceat(into, runs.starts))
    return np.stack([*edges, *sums])


def _spread_out(found: Floats, owners: Ints, size: int) -> Floats:
    values = np.full((6, size), np.nan)
    values[4:] = 0.0
    values[:, owners] = found
    return values
