"""Checks of single values: those that are missing, and those that are infinite."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from cellkeep.domain.columns import CURRENT, NUMERIC, TIME, VOLTAGE
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Bools
from cellkeep.validate.check import Asked, Check
from cellkeep.validate.rows import Rows

_MEASURED = (VOLTAGE, CURRENT)


@dataclass
class _Bad:
    """Rows with such a value: the first, and how many."""

    row_index: int
    num_rows: int = 0


@dataclass
class Values(Check):
    """Voltage and current have a value in each timed row, and no column of numbers is infinite anywhere."""

    codes = (Code.VALUE_MISSING, Code.VALUE_INFINITE)

    columns: list[str]
    clocked: bool
    missing: dict[str, _Bad] = field(default_factory=dict)
    infinite: dict[str, _Bad] = field(default_factory=dict)

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls([name for name in NUMERIC if name in asked.present], TIME in asked.present)

    def add(self, rows: Rows) -> None:
        for name in self.columns:
            values = rows.values(name)
            if np.isfinite(np.add.reduce(values)):  # one that is not would show in the sum
                continue
            self._count(self.infinite, name, rows, np.isinf(values))
            if name in _MEASURED:
                missing = np.isnan(values)
                if self.clocked:
                    missing &= ~np.isnan(rows.values(TIME))
                self._count(self.missing, name, rows, missing)

    @staticmethod
    def _count(into: dict[str, _Bad], name: str, rows: Rows, bad: Bools) -> None:
        if bad.any():
            known = into.setdefault(name, _Bad(rows.first_row + int(np.argmax(bad))))
            known.num_rows += int(np.count_nonzero(bad))

    def findings(self) -> Iterator[Finding]:
        for name in filter(self.missing.__contains__, self.columns):
            yield _found(
                Code.VALUE_MISSING,
                name,
                self.missing[name],
                "has no value in {rows} timed row(s)",
                "Integrals pass over such rows, and the checks of capacity and energy look no further than the first."
                + (" A step with such a row has no say in the sign of the current." if name == CURRENT else ""),
            )
        for name in filter(self.infinite.__contains__, self.columns):
            yield _found(
                Code.VALUE_INFINITE,
                name,
                self.infinite[name],
                "is infinite in {rows} row(s)",
                "Such a value is no reading and counts as missing. Something was divided by 0, or a limit of the "
                "instrument was written so: leave the value out.",
            )


def _found(code: Code, name: str, bad: _Bad, what: str, hint: str) -> Finding:
    told = what.format(rows=f"{bad.num_rows:,}")
    message = f"'{name}' {told}, the first of which is row {bad.row_index}. {hint}"
    return found(code, message, column=name, row_index=bad.row_index, num_rows=bad.num_rows)
