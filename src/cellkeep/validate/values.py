"""Checks of single values: those that are missing, and those that are infinite."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from cellkeep.domain.columns import CURRENT, NUMERIC, TIME, VOLTAGE
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.validate.check import Asked, Check
from cellkeep.validate.rows import Rows

_MEASURED = (VOLTAGE, CURRENT)


@dataclass
class _Bad:
    num_rows: int = 0
    row_index: int | None = None

    def add(self, rows: list[int], count: int) -> None:
        if self.row_index is None:
            self.row_index = rows[0]
        self.num_rows += count


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
            self._count(self.infinite, name, rows, np.flatnonzero(np.isinf(values)))
            if name in _MEASURED:
                missing = np.isnan(values)
                if self.clocked:
                    missing &= ~np.isnan(rows.values(TIME))
                self._count(self.missing, name, rows, np.flatnonzero(missing))

    @staticmethod
    def _count(into: dict[str, _Bad], name: str, rows: Rows, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
        if at.size:
            into.setdefault(name, _Bad()).add([rows.first_row + int(at[0])], at.size)

    def findings(self) -> Iterator[Finding]:
        for name in filter(self.missing.__contains__, self.columns):
            bad = self.missing[name]
            yield found(
                Code.VALUE_MISSING,
                f"'{name}' has no value in {bad.num_rows:,} timed row(s), the first of which is row {bad.row_index}. "
                "Integrals pass over such rows, and the checks of capacity and energy look no further than the first."
                + (" A step with such a row has no say in the sign of the current." if name == CURRENT else ""),
                column=name,
                row_index=bad.row_index,
                num_rows=bad.num_rows,
            )
        for name in filter(self.infinite.__contains__, self.columns):
            bad = self.infinite[name]
            yield found(
                Code.VALUE_INFINITE,
                f"'{name}' is infinite in {bad.num_rows:,} row(s), the first of which is row {bad.row_index}. Such a "
                "value is no reading and counts as missing. Something was divided by 0, or a limit of the instrument "
                "was written so: leave the value out.",
                column=name,
                row_index=bad.row_index,
                num_rows=bad.num_rows,
            )
