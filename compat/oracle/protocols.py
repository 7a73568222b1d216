"""What cyclers do, sampled: steps of each kind, for cells from micro- to hundreds of ampere hours."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Random = np.random.Generator


class Cell(NamedTuple):
    """A cell on a channel: its capacity [A.h], and the noise of the channel as a share of the current of 1 C."""

    capacity_ah: float
    noise: float


class Step(NamedTuple):
    """Rows of one instruction.

    Attributes:
        seconds: between each row and the one before it [s].
        current: positive on discharge [A].
        voltage: at the terminals [V].
    """

    seconds: Floats
    current: Floats
    voltage: Floats


CELLS = {
    "coin": lambda random: Cell(10.0 ** random.uniform(-5.5, -2.5), 1e-4),
    "pouch": lambda random: Cell(random.uniform(0.5, 5.0), 3e-4),
    "large": lambda random: Cell(random.uniform(60.0, 300.0), 2e-3),
}
"""By size."""


def _seconds(random: Random, rows: int) -> Floats:
    """Sampled evenly, or at random, or quickly at first; now and then two rows at one time."""
    period = float(random.choice([0.1, 1.0, 10.0, 60.0]))
    seconds: Floats = np.full(rows, period)
    how = random.integers(4)
    if how == 1:
        seconds = random.exponential(period, rows)
    elif how == 2:
        seconds = period * np.geomspace(0.01, 1.0, rows)
    elif how == 3:
        seconds[random.uniform(size=rows) < 0.1] = 0.0
    return seconds


def _step(random: Random, cell: Cell, current: Any, voltage: Any, rows: int | None = None) -> Step:
    """Such a step with noise: `current` in multiples of the current of 1 C."""
    rows = rows or int(random.integers(4, 60))
    clean = np.interp(np.linspace(0, 1, rows), np.linspace(0, 1, np.size(current)), np.atleast_1d(current))
    volts = np.interp(np.linspace(0, 1, rows), np.linspace(0, 1, np.size(voltage)), np.atleast_1d(voltage))
    clean += random.normal(0, cell.noise, rows) * (clean != 0)
    volts += random.normal(0, 1e-4, rows)
    return Step(_seconds(random, rows), clean * cell.capacity_ah, volts)


def _constant_current(random: Random, cell: Cell) -> list[Step]:
    rate = random.uniform(0.05, 3.0)
    return [_step(random, cell, rate, [4.1, 3.0]), _step(random, cell, -rate, [3.1, 4.2])]


def _constant_voltage(random: Random, cell: Cell) -> list[Step]:
    sign = random.choice([-1.0, 1.0])
    return [_step(random, cell, sign * np.exp(-np.linspace(0, random.uniform(0.5, 5.0), 60)), 4.2)]


def _full_cycle(random: Random, cell: Cell) -> list[Step]:
    """Constant current, then constant voltage; rest; discharge; rest."""
    taper = -np.exp(-np.linspace(0, 4, 60))
    return [
        _step(random, cell, -1.0, [3.0, 4.2]),
        _step(random, cell, taper, 4.2),
        _rest(random, cell),
        _step(random, cell, 1.0, [4.15, 3.0]),
        _rest(random, cell),
    ]


def _one_logged_step(random: Random, cell: Cell) -> list[Step]:
    """Constant current and constant voltage under one step number."""
    taper = -np.exp(-np.linspace(0, 4, 30))
    first = _step(random, cell, -1.0, [3.0, 4.2])
    second = _step(random, cell, taper, 4.2)
    return [Step(*(np.concatenate(both) for both in zip(first, second, strict=True)))]


def _constant_power(random: Random, cell: Cell) -> list[Step]:
    """The power is exact; small enough on some cells for its spread to count as none."""
    volts = np.linspace(4.1, 3.0, int(random.integers(4, 60)))
    power = random.choice([-3.7, 3.7]) * cell.capacity_ah
    return [Step(_seconds(random, volts.size), power / volts, volts)]


def _rest(random: Random, cell: Cell) -> Step:
    """Without current, or with what a channel shows without one."""
    offset = random.choice([0.0, 0.0, 1e-5, -5e-4, 2e-3])
    return _step(random, cell, offset, [3.7, 3.72])


def _drive_cycle(random: Random, cell: Cell) -> list[Step]:
    current = random.normal(0.3, 1.0, int(random.integers(20, 100)))
    volts = 3.7 - 0.1 * current
    return [Step(np.full(current.size, 1.0), current * cell.capacity_ah, volts)]


def _titration(random: Random, cell: Cell) -> list[Step]:
    """GITT: short pulses and long rests."""
    return [
        step
        for level in np.linspace(4.1, 3.2, 5)
        for step in (_step(random, cell, 0.1, [level, level - 0.05]), _rest(random, cell))
    ]


def _pulses(random: Random, cell: Cell) -> list[Step]:
    """HPPC: discharge pulse, rest, charge pulse, and a discharge to the next level."""
    return [
        step
        for level in (4.0, 3.7, 3.4)
        for step in (
            _step(random, cell, 2.0, [level, level - 0.2], rows=10),
            _rest(random, cell),
            _step(random, cell, -1.5, [level, level + 0.15], rows=10),
            _step(random, cell, 0.5, [level, level - 0.3]),
        )
    ]


def _short_steps(random: Random, cell: Cell) -> list[Step]:
    """Of one, two, three and four rows, in any order."""
    sizes = random.permutation([1, 1, 2, 2, 3, 3, 4, 5])
    return [_step(random, cell, random.choice([-1.0, 0.0, 1.0]), [3.6, 3.7], rows=int(rows)) for rows in sizes]


def _near_limits(random: Random, cell: Cell) -> list[Step]:
    """Currents, spreads of the current and of the power about as large as the limits of the step types."""
    volts, swing = np.linspace(4.1, 3.4, 12), np.resize([-1.0, 1.0], 12)
    limits_a = [1e-3, cell.capacity_ah / 1000, 1e-2, cell.capacity_ah / 200, cell.capacity_ah / 100]
    near = [float(limit) * 2.0 ** random.uniform(-1, 1) for limit in limits_a * 2]
    currents = [np.full(12, each) for each in near] + [cell.capacity_ah + each * swing for each in near]
    powers = [3.7 * cell.capacity_ah + 1e-2 * 2.0 ** random.uniform(-1, 1) * swing for _ in range(4)]
    return [Step(_seconds(random, 12), each, volts) for each in currents + [power / volts for power in powers]]


def _discharge_first(random: Random, cell: Cell) -> list[Step]:
    return [_step(random, cell, 0.2, [3.3, 2.5]), *_full_cycle(random, cell)]


KINDS: dict[str, Callable[[Random, Cell], list[Step]]] = {
    "constant current": _constant_current,
    "constant voltage": _constant_voltage,
    "full cycle": _full_cycle,
    "one logged step": _one_logged_step,
    "constant power": _constant_power,
    "rest": lambda random, cell: [_rest(random, cell)],
    "drive cycle": _drive_cycle,
    "GITT": _titration,
    "HPPC": _pulses,
    "short steps": _short_steps,
    "discharge first": _discharge_first,
    "near the limits": _near_limits,
}
"""One round of each kind of test."""
