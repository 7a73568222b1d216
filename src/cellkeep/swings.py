"""Full swings between charge and discharge, by which cycles are told where nothing counts them.

A swing is what moves until so much flows back that it is no pulse: half of the largest swing so far. So the pulses of a
power test or a titration belong to the swing in which they lie.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import numpy as np

from cellkeep.runs import Floats, Runs

FULL = 0.5
"""A swing is full from this share of the largest one on, and ends where as much flows back."""
SHORTEST_S = 300.0
"""A full swing flows for longer: a pulse and its answer, each of seconds, are no cycle."""
LEAST_V = 0.005
"""And it moves the voltage by more: the noise of a rest does not."""


class Moved(NamedTuple):
    """What steps moved; each is an array with one value for each step.

    Attributes:
        charge: integral of I dt, positive where it discharged [A.s].
        seconds: from its first to its last row.
        voltage: in its last row [V].
    """

    charge: Floats
    seconds: Floats
    voltage: Floats

    @classmethod
    def of(cls, time: Floats, current: Floats, voltage: Floats, runs: Runs) -> Self:
        """Of runs of rows which have a time and a current; what lies between two steps belongs to neither."""
        lasts = np.diff(time, prepend=time[:1]).clip(min=0.0)
        lasts[runs.starts] = 0.0
        moved = 0.5 * lasts * (current + np.concatenate([current[:1], current[:-1]]))
        return cls(np.add.reduceat(moved, runs.starts), np.add.reduceat(lasts, runs.starts), voltage[runs.ends])


@dataclass
class Swing:
    """What flowed in one direction; the direction is 1 for discharge, -1 for charge, and 0 where nothing flowed yet."""

    way: int = 0
    step: int = 0
    """With which it began."""
    charge: float = 0.0
    """How far it went [A.s],"""
    seconds: float = 0.0
    """for how long it flowed in its direction,"""
    voltage_from: float = np.nan
    voltage_to: float = np.nan
    """and from where to where the voltage went."""

    @property
    def is_long(self) -> bool:
        """Whether it is more than a pulse or noise; a voltage that is missing tells nothing."""
        return self.seconds >= SHORTEST_S and not abs(self.voltage_to - self.voltage_from) < LEAST_V

    def move_on(self, charge: float, seconds: float, voltage: float) -> None:
        """Have further charge flow in its direction."""
        self.charge += charge
        self.seconds += seconds
        self.voltage_to = voltage


@dataclass
class Swings:
    """Finds the full swings of a series, fed with its steps in order. Its fields are plain values, which can be kept.

    A swing of more than twice the largest before begins the count anew, as the first cycle after a test of pulses does.
    """

    swing: Swing = field(default_factory=Swing)
    """The last one, as far as it went."""
    back: Swing = field(default_factory=Swing)
    """What flowed back since, less what went forth again."""
    largest: float = 0.0
    """Of the swings that have ended [A.s]."""
    discharges: int = 0
    charges: int = 0
    voltage: float = np.nan
    """Before the next step [V]."""

    def __post_init__(self) -> None:
        self.begun: list[tuple[int, int]] = []
        """Direction and first step of each full swing since this was made."""

    def add(self, step: int, charge: float, seconds: float, voltage: float) -> None:
        """Look at the next step, of this number."""
        way = (charge > 0) - (charge < 0)
        if way and not self.swing.way:
            self.swing = Swing(way, step, voltage_from=self.voltage)
        if way and way == self.swing.way:
            self._forth(abs(charge), seconds, voltage)
        elif way:
            self._back(way, step, abs(charge), seconds, voltage)
        self.voltage = voltage

    def _forth(self, charge: float, seconds: float, voltage: float) -> None:
        further = charge - self.back.charge
        if further >= 0:
            self.swing.move_on(further, seconds, voltage)
            if self.back.way:
                self.back = Swing()
        else:
            self.swing.seconds += seconds
            self.back.charge = -further

    def _back(self, way: int, step: int, charge: float, seconds: float, voltage: float) -> None:
        if not self.back.way:
            self.back = Swing(way, step, voltage_from=self.swing.voltage_to)
        self.back.move_on(charge, seconds, voltage)
        if self.back.charge >= FULL * max(self.largest, self.swing.charge):
            self._end(self.swing)
            self.swing, self.back = self.back, Swing()

    def _end(self, swing: Swing) -> None:
        if swing.charge > self.largest / FULL:
            self.discharges = self.charges = 0
            self.begun.clear()
        self.largest = max(self.largest, swing.charge)
        if swing.charge >= FULL * self.largest and swing.is_long:
            self.begun.append((swing.way, swing.step))
            self.discharges += swing.way > 0
            self.charges += swing.way < 0

    def copy(self) -> "Swings":
        """The same, to go on without this one."""
        same = replace(self, swing=replace(self.swing), back=replace(self.back))
        same.begun = list(self.begun)
        return same

    def end(self) -> None:
        """Have the last swing end."""
        if self.swing.way:
            self._end(self.swing)

    def ended(self) -> "Swings":
        """The same behind the last step, where the last swing has ended too."""
        last = self.copy()
        last.end()
        return last
