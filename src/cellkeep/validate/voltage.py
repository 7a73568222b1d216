"""Checks of `Voltage [V]`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from cellkeep.domain.columns import VOLTAGE
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import previous
from cellkeep.validate.check import Asked, Check
from cellkeep.validate.rows import Rows

JUMP_FRACTION = 0.80
MOST_JUMPS = 0.05
"""Of all pairs of neighbours."""


@dataclass
class VoltageContinuity(Check):
    """At most one of twenty neighbours differs by more than 80 % of the voltage window of the cell."""

    codes = (Code.VOLTAGE_CONTINUITY,)
    name = "voltage_continuity"
    reads = (VOLTAGE,)

    window: tuple[float, float]
    last: float | None = None
    num_rows: int = 0
    bad_count: int = 0

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        window = asked.voltage_window
        return super().applies(asked) and window is not None and window[1] - window[0] > 0

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        assert asked.voltage_window is not None  # noqa: S101  or it did not apply
        return cls(asked.voltage_window)

    @property
    def threshold(self) -> float:
        return JUMP_FRACTION * (self.window[1] - self.window[0])

    def add(self, rows: Rows) -> None:
        if not rows.height:
            return
        volts = rows.values(VOLTAGE)
        jumps = np.abs(volts - previous(volts, self.last)) > self.threshold
        self.bad_count += int(np.count_nonzero(jumps))
        self.num_rows += rows.height
        self.last = float(volts[-1])

    def findings(self) -> Iterator[Finding]:
        pairs = self.num_rows - 1
        if pairs < 1 or not self.bad_count / pairs > MOST_JUMPS:
            return
        yield found(
            Code.VOLTAGE_CONTINUITY,
            f"From {self.bad_count:,} of {pairs:,} rows to the next the voltage jumps by more than "
            f"{self.threshold:.3f} V, {JUMP_FRACTION:.0%} of the voltage window of the cell. The rows may have lost "
            "their order, as when they were grouped by cycle: sort them by time.",
            bad_count=self.bad_count,
            total_pairs=pairs,
            bad_fraction=self.bad_count / pairs,
            threshold_volts=self.threshold,
            voltage_window=list(self.window),
        )
