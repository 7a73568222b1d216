"""Whether positive current charges a cell, told from how its voltage follows the charge in each step."""

from typing import NamedTuple

import numpy as np

from cellkeep.runs import Bools, Floats
from cellkeep.validate.moments import Moments

_FEWEST_ROWS = 4
"""Of fewer rows nothing can be told."""
_NO_SPAN = 1e-12
_NO_SLOPE = 1e-10
_NO_COST = 1e-10
_BEYOND_DOUBT = 1 - 1e-9
"""Doubt of which the rest is rounding is whole."""
_SAME_COST = 1e-13
"""Where two fits are as good as each other, to so much of the spread of the voltage, the one of smaller numbers is
taken: where only one row differs from the others, the charge and the current tell the same."""
_SINGULAR = 1e-13
"""Relative determinant below which two columns are taken for one."""


class Votes(NamedTuple):
    """What each step says.

    Attributes:
        charging: whether positive current charges.
        weight: charge that was passed [A.s], less the more doubtful the step is; 0 where it says nothing.
    """

    charging: Bools
    weight: Floats


class _Fit(NamedTuple):
    slope: Floats
    cost: Floats


def votes(steps: Moments) -> Votes:
    """Fit V = v0 + d s - R J to each step, once with J = I and once with J = -I, and see where d is larger.

    s is the running integral of -J over time, put to 0 … 1 by its smallest and largest value. With r the larger of the
    span of V and 0.01 V, the bounds are: v0 within r of the span of V, d in [0, 2 r], R >= 0. The hypothesis with the
    larger d wins: discharge is positive, or charge is. Its doubt p is the ratio of the slopes plus that of the
    squared errors, at most 1, and it weighs the charge passed times (1 - p).

    The fit needs nothing but the moments, so all steps are solved at once.
    """
    told = (
        (steps.rows >= _FEWEST_ROWS)
        & (steps.time_max > steps.time_min)
        & (steps.current_max >= _NO_SPAN)
        & (steps.voltage_max - steps.voltage_min > _flat(steps))
        & (steps.charge_max - steps.charge_min >= _NO_SPAN)
        & (steps.passed > 0)
        & ~np.isnan(steps.current)
    )
    charging, weight = np.zeros(told.size, np.bool_), np.zeros(told.size)
    at = np.flatnonzero(told)
    if at.size:
        some = steps.at(at)
        discharge, charge = _fit(some, 1.0), _fit(some, -1.0)
        charging[at] = (charge.slope > discharge.slope) | ((charge.slope < _NO_SLOPE) & (discharge.slope < _NO_SLOPE))
        weight[at] = some.passed * (1.0 - _doubt(discharge, charge))
    return Votes(charging, weight)


def _flat(steps: Moments) -> Floats:
    largest = np.maximum(np.abs(steps.voltage_min), np.abs(steps.voltage_max))
    return np.maximum(1e-9, 1e-6 * np.maximum(largest, 1.0))


def _doubt(discharge: _Fit, charge: _Fit) -> Floats:
    wins = charge.slope > discharge.slope
    slopes = np.minimum(discharge.slope, charge.slope), np.maximum(discharge.slope, charge.slope)
    winner, loser = np.where(wins, charge.cost, discharge.cost), np.where(wins, discharge.cost, charge.cost)
    ratio = np.where(loser > _NO_COST, winner / np.maximum(loser, _NO_COST), 0.0)
    doubt = np.clip(slopes[0] / np.maximum(slopes[1], _NO_SLOPE) + ratio, 0.0, 1.0)
    return np.where((slopes[1] < _NO_SLOPE) | (doubt > _BEYOND_DOUBT), 1.0, doubt)


class _Columns:
    """The two columns of the fit beside the constant, s and -J, by their means and centered moments."""

    def __init__(self, steps: Moments, sign: float) -> None:
        span = steps.charge_max - steps.charge_min
        zero = steps.charge_min if sign > 0 else steps.charge_max
        scale = sign / span
        self.n = steps.rows
        self.s, self.g = (steps.charge - zero) * scale, -sign * steps.current
        self.ss, self.sg, self.gg = steps.qq * scale**2, -sign * scale * steps.qi, steps.ii
        self.sv, self.gv, self.vv, self.v = scale * steps.qv, -sign * steps.iv, steps.vv, steps.voltage
        self.size = steps.current_max
        # A current that does not change is no column of its own beside the constant.
        steady = self.gg <= 1e-24 * self.n * self.size**2
        self.gg, self.sg, self.gv = (np.where(steady, 0.0, it) for it in (self.gg, self.sg, self.gv))

    def about(self, level: Floats | None) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Sums of products where the constant is free, or where it is held at a level."""
        if level is None:
            return self.ss, self.sg, self.gg, self.sv, self.gv
        n, off = self.n, self.v - level
        return (
            self.ss + n * self.s**2,
            self.sg + n * self.s * self.g,
            self.gg + n * self.g**2,
            self.sv + n * self.s * off,
            self.gv + n * self.g * off,
        )

    def cost(self, d: Floats, r: Floats, level: Floats) -> Floats:
        """Half the sum of squared errors."""
        off = self.v - level - d * self.s - r * self.g
        inside = self.vv - 2 * (d * self.sv + r * self.gv) + d * d * self.ss + 2 * d * r * self.sg + r * r * self.gg
        return 0.5 * np.maximum(inside + self.n * off * off, 0.0)


def _fit(steps: Moments, sign: float) -> _Fit:
    """The bounded least squares, by trying each choice of bounds that hold: the best one within all bounds is it."""
    columns = _Columns(steps, sign)
    span = np.maximum(steps.voltage_max - steps.voltage_min, 0.01)
    low, high, steepest = steps.voltage_min - span, steps.voltage_max + span, 2 * span
    best = _Fit(np.zeros(span.size), np.full(span.size, np.inf))
    smallest = np.full(span.size, np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for level in (None, low, high):
            sums = columns.about(level)
            for held in (None, np.zeros(span.size), steepest):
                for flows in (True, False):
                    d, r = _solved(sums, held, flows=flows)
                    v0 = columns.v - d * columns.s - r * columns.g if level is None else level
                    slack = 1e-12 * span
                    within = (v0 >= low - slack) & (v0 <= high + slack) & (r >= 0)
                    within &= (d >= 0) & (d <= steepest * (1 + 1e-12))
                    cost = np.where(within, columns.cost(d, r, v0), np.inf)
                    size = v0 * v0 + d * d + r * r
                    same = np.abs(cost - best.cost) <= _SAME_COST * steps.vv
                    better = np.where(same, size < smallest, cost < best.cost)
                    smallest = np.where(better, size, smallest)
                    best = _Fit(np.where(better, d, best.slope), np.where(better, cost, best.cost))
    return best


def _solved(
    sums: tuple[Floats, Floats, Floats, Floats, Floats], held: Floats | None, *, flows: bool
) -> tuple[Floats, Floats]:
    """D and R, of which d may be held and R may be 0; NaN where the columns do not tell them apart."""
    ss, sg, gg, sv, gv = sums
    if held is not None:
        return held, _over(gv - held * sg, gg, gg) if flows else np.zeros_like(held)
    if not flows:
        return _over(sv, ss, ss), np.zeros_like(ss)
    determinant, scale = ss * gg - sg * sg, ss * gg
    return _over(sv * gg - gv * sg, determinant, scale), _over(gv * ss - sv * sg, determinant, scale)


def _over(value: Floats, by: Floats, scale: Floats) -> Floats:
    return np.where(by > _SINGULAR * scale, value / np.where(by == 0, np.nan, by), np.nan)
