"""The check of cycles that nobody counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from cellkeep.domain.columns import CURRENT, CYCLE_COUNT, CYCLE_FROM_CYCLER, STEP_COUNT, TIME, VOLTAGE
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.swings import Moved, Swings
from cellkeep.validate.check import Asked, Check
from cellkeep.validate.rows import Part, Place, Rows

FEWEST = 2
"""Full discharges, and as many charges."""


@dataclass
class CyclesCounted(Check):
    """A series that discharged fully twice or more, and charged as often, has more than one cycle.

    Full is half of the largest or more; see `cellkeep.swings`. Rows without a time or a current are left out.
    """

    codes = (Code.CYCLES_NOT_COUNTED,)
    reads = (STEP_COUNT, CURRENT, TIME, VOLTAGE)

    column: str | None = None
    """What counts the cycles; None where nothing does."""
    cycle: float | None = None
    is_counted: bool = False
    """Whether there is another cycle than the first, so that no more has to be looked at."""
    swings: Swings = field(default_factory=Swings)
    place: Place = field(default_factory=Place)
    step: list[float] = field(default_factory=list)
    """Number, charge, seconds and voltage of the last step, which may go on; with"""
    last: list[float] = field(default_factory=list)
    """time and current of its last row."""

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls(next((name for name in (CYCLE_COUNT, CYCLE_FROM_CYCLER) if name in asked.present), None))

    def add(self, rows: Rows) -> None:
        if self.is_counted:
            return
        if self.column is not None:
            self._look_at(rows, self.column)
        usable = np.isfinite(rows.values(TIME)) & np.isfinite(rows.values(CURRENT))
        part = rows.kept(usable, self.place)
        if part.size and not self.is_counted:
            self._follow(part)
        self.place = part.after()

    def _follow(self, part: Part) -> None:
        time, current = part.values(TIME), part.values(CURRENT)
        moved = np.stack(Moved.of(time, current, part.values(VOLTAGE), part.runs), axis=1)
        if part.continued:
            _, charge, seconds, _ = self.step
            between = max(time[0] - self.last[0], 0.0)
            moved[0, 0] += charge + 0.5 * between * (self.last[1] + current[0])
            moved[0, 1] += seconds + between
        else:
            self._add_step()
        *ended, still_open = moved.tolist()
        for number, each in enumerate(ended, part.first_run):
            self.swings.add(number, *each)
        self.step = [part.first_run + len(ended), *still_open]
        self.last = [float(time[-1]), float(current[-1])]

    def _look_at(self, rows: Rows, column: str) -> None:
        cycles = rows.values(column)
        known = cycles[np.isfinite(cycles)]
        if known.size:
            self.cycle = float(known[0]) if self.cycle is None else self.cycle
            self.is_counted = bool((known != self.cycle).any())

    def _add_step(self) -> None:
        if self.step:
            number, *moved = self.step
            self.swings.add(int(number), *moved)

    def findings(self) -> Iterator[Finding]:
        if self.is_counted or not self.step:
            return
        behind = CyclesCounted(swings=self.swings.copy(), step=self.step)
        behind._add_step()
        swings = behind.swings.ended()
        if min(swings.discharges, swings.charges) >= FEWEST:
            yield _found(self.column, swings.discharges, swings.charges)


def _found(column: str | None, discharges: int, charges: int) -> Finding:
    why = f"'{column}' never changes" if column else f"there is no '{CYCLE_COUNT}'"
    return found(
        Code.CYCLES_NOT_COUNTED,
        f"All rows are one cycle, since {why}, but the cell was fully discharged {discharges:,} times and charged "
        f"{charges:,} times. So the cycle table adds up several cycles. cellkeep.mend counts them by the current.",
        column=column,
        num_discharges=discharges,
        num_charges=charges,
    )
