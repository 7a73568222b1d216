"""Checks of the columns that count capacity and energy since the start of each step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from cellkeep.domain.columns import (
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
    STEP_COUNT,
)
from cellkeep.domain.findings import Code, Finding
from cellkeep.runs import previous
from cellkeep.validate.check import Asked, Check, Several
from cellkeep.validate.rows import Rows

TOLERANCE = 1e-6
"""[A.h] or [W.h]."""
COUNTED = (DISCHARGE_CAPACITY, CHARGE_CAPACITY, DISCHARGE_ENERGY, CHARGE_ENERGY)


@dataclass
class _Column:
    last: float | None = None
    fell: bool = False
    """Whether it fell in the last step, which may go on."""
    not_reset: Several = field(default_factory=Several)
    decreased: Several = field(default_factory=Several)


@dataclass
class Cumulative(Check):
    """Each column is 0 where a step begins, and never falls within one, to 1e-6. A missing value passes."""

    codes = (Code.CUMULATIVE_VALUE_NOT_RESET, Code.CUMULATIVE_VALUE_DECREASED)
    reads = (STEP_COUNT,)

    columns: dict[str, _Column]

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        return super().applies(asked) and not asked.present.isdisjoint(COUNTED)

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls({name: _Column() for name in COUNTED if name in asked.present})

    def add(self, rows: Rows) -> None:
        if rows.height:
            for name, column in self.columns.items():
                _add(name, column, rows)

    def findings(self) -> Iterator[Finding]:
        for column in self.columns.values():
            yield from column.not_reset.findings(
                Code.CUMULATIVE_VALUE_NOT_RESET,
                lambda it: (
                    f"'{it['column']}' is {it['observed']:g} where step {it['step_index']} begins, and must be 0 "
                    "there: it counts since the start of the step. cellkeep.mend takes off what each step begins with."
                ),
            )
            yield from column.decreased.findings(
                Code.CUMULATIVE_VALUE_DECREASED,
                lambda it: (
                    f"'{it['column']}' falls from {it['previous_value']:g} to {it['current_value']:g} in row "
                    f"{it['row_index']}, within step {it['step_index']}. What was moved can only grow: the column "
                    "may be signed, or a step may begin there. cellkeep.mend computes it anew from the current."
                ),
            )


def _add(name: str, column: _Column, rows: Rows) -> None:
    values, part = rows.values(name), rows.all
    runs, first = part.runs, 1 if part.continued else 0
    observed = values[runs.starts]

    def not_reset(number: int) -> dict[str, Any]:
        return {
            "column": name,
            "step_index": part.first_run + number,
            "observed": float(observed[number]),
            "tolerance": TOLERANCE,
        }

    off = np.flatnonzero(np.abs(observed) > TOLERANCE)
    column.not_reset.add(off[off >= first], not_reset)
    before = previous(values, column.last if part.continued else None)
    falls = (values - before < -TOLERANCE) & ~part.begins
    falling = np.logical_or.reduceat(falls, runs.starts)
    fell_before = column.fell and part.continued
    column.fell = bool(falling[-1]) or (fell_before and runs.lengths.size == 1)
    if fell_before:
        falling[0] = False

    def decreased(number: int) -> dict[str, Any]:
        at = runs.starts[number] + int(np.argmax(falls[runs.starts[number] :]))
        return {
            "column": name,
            "step_index": part.first_run + number,
            "row_index": part.row(at),
            "previous_value": float(before[at]),
            "current_value": float(values[at]),
        }

    column.decreased.add(np.flatnonzero(falling), decreased)
    column.last = float(values[-1])
