"""What the sign check has to know of each step, found in blocks and merged where a step was cut."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from cellkeep.runs import Floats, Ints, Runs


class Moments(NamedTuple):
    """Figures of steps; each is an array with one value for each step.

    The charge q = -integral of I dt [A.s] counts from the first row of a step on, positive where positive current
    would charge the cell.
    """

    rows: Floats
    charge: Floats
    """Mean of q [A.s]."""
    current: Floats
    """Mean of I [A]; NaN where a current is missing."""
    voltage: Floats
    """Mean of V [V]."""
    qq: Floats
    """Sum of the squares of q less its mean; in the same way"""
    qi: Floats
    """of q times I,"""
    qv: Floats
    ii: Floats
    iv: Floats
    vv: Floats
    """and so on."""
    passed: Floats
    """Integral of |I| dt [A.s]."""
    charge_min: Floats
    charge_max: Floats
    voltage_min: Floats
    voltage_max: Floats
    current_max: Floats
    """Largest |I|."""
    time_min: Floats
    time_max: Floats
    charge_last: Floats
    """q at the last row."""
    time_last: Floats
    current_last: Floats
    time_first: Floats
    current_first: Floats

    @classmethod
    def of(cls, time: Floats, current: Floats, voltage: Floats, runs: Runs) -> Self:
        """Figures of the runs of a block that has rows."""
        starts, ends, n = runs.starts, runs.ends, runs.lengths.astype(np.float64)
        step = np.empty_like(time)
        step[0] = 0.0
        np.subtract(time[1:], time[:-1], out=step[1:])
        step *= 0.5
        step[starts] = 0.0
        unknown = np.isnan(np.add.reduceat(current, starts))
        if unknown.any():  # of these runs nothing is told, and the others must not suffer from them
            current = np.where(np.repeat(unknown, runs.lengths), 0.0, current)
        size = np.abs(current)
        passed = np.add.reduceat(_paired(size, step), starts)
        charge = np.cumsum(_paired(current, step))
        charge = np.repeat(charge[starts], runs.lengths) - charge
        means = [np.add.reduceat(values, starts) / n for values in (charge, current, voltage)]
        means[1][unknown] = np.nan
        q, i, v = (
            values - np.repeat(mean, runs.lengths)
            for values, mean in zip((charge, current, voltage), means, strict=True)
        )
        squares = [np.add.reduceat(a * b, starts) for a, b in ((q, q), (q, i), (q, v), (i, i), (i, v), (v, v))]
        return cls(
            *[
                n,
                *means,
                *squares,
                passed,
                np.minimum.reduceat(charge, starts),
                np.maximum.reduceat(charge, starts),
                np.minimum.reduceat(voltage, starts),
                np.maximum.reduceat(voltage, starts),
                np.maximum.reduceat(size, starts),
                np.minimum.reduceat(time, starts),
                np.maximum.reduceat(time, starts),
                charge[ends],
                time[ends],
                current[ends],
                time[starts],
                current[starts],
            ]
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def at(self, which: slice | Ints) -> Self:
        """Some of the steps."""
        return type(self)(*(figure[which] for figure in self))

    @classmethod
    def resumed(cls, values: Sequence[float]) -> Self:
        """One step again, from `plain`."""
        return cls(*(np.array([value]) for value in values))

    def plain(self) -> list[float]:
        """The figures of the only step, as numbers that can be kept."""
        return [float(figure[0]) for figure in self]

    def then(self, later: Self) -> Self:
        """One step, of which `later` is the part that follows."""
        half = 0.5 * (later.time_first - self.time_last)
        shift = self.charge_last - half * (self.current_last + later.current_first)
        rows = self.rows + later.rows
        share = later.rows / rows
        weight = self.rows * share
        q, i, v = later.charge + shift - self.charge, later.current - self.current, later.voltage - self.voltage
        return type(self)(
            rows,
            self.charge + share * q,
            self.current + share * i,
            self.voltage + share * v,
            self.qq + later.qq + weight * q * q,
            self.qi + later.qi + weight * q * i,
            self.qv + later.qv + weight * q * v,
            self.ii + later.ii + weight * i * i,
            self.iv + later.iv + weight * i * v,
            self.vv + later.vv + weight * v * v,
            self.passed + later.passed + half * (np.abs(self.current_last) + np.abs(later.current_first)),
            np.minimum(self.charge_min, later.charge_min + shift),
            np.maximum(self.charge_max, later.charge_max + shift),
            np.minimum(self.voltage_min, later.voltage_min),
            np.maximum(self.voltage_max, later.voltage_max),
            np.maximum(self.current_max, later.current_max),
            np.minimum(self.time_min, later.time_min),
            np.maximum(self.time_max, later.time_max),
            later.charge_last + shift,
            later.time_last,
            later.current_last,
            self.time_first,
            self.current_first,
        )


def _paired(values: Floats, half_step: Floats) -> Floats:
    """Trapezoids between each row and the one before; none before the first row of a run."""
    out = np.empty_like(values)
    out[0] = 0.0
    np.add(values[1:], values[:-1], out=out[1:])
    out *= half_step
    return out
