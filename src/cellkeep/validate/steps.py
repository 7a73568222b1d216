"""Checks of `Step count` and of the cycles of steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from cellkeep.domain.columns import CYCLE_COUNT, CYCLE_FROM_CYCLER, STEP_COUNT, quoted
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Floats, previous
from cellkeep.validate.check import MOST_OF_A_KIND, Asked, Check, Several, native
from cellkeep.validate.rows import Rows

MOST_EXAMPLES = 5
FEWEST_ROWS = 2
CYCLE_COLUMNS = (CYCLE_COUNT, "Cycle number", CYCLE_FROM_CYCLER)
_COUNT_ANEW = "cellkeep.mend counts the steps anew."


@dataclass
class StepCount(Check):
    """`Step count` is there, begins with 0, and stays or rises by 1 from row to row."""

    codes = (Code.STEP_COUNT_MISSING, Code.STEP_COUNT_DOES_NOT_START_AT_ZERO, Code.STEP_COUNT_NON_SEQUENTIAL)

    instead: list[str] | None = None
    """The columns that are there, where there is no such column."""
    last: float | None = None
    observed_first: float | int | None = None
    num_violations: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls(None if STEP_COUNT in asked.present else asked.told_columns)

    def add(self, rows: Rows) -> None:
        if self.instead is not None or not rows.height:
            return
        counts, whole = rows.values(STEP_COUNT), rows.is_whole(STEP_COUNT)
        if self.last is None and counts[0] != 0:
            self.observed_first = native(counts[0], whole=whole)
        before = previous(counts, self.last)
        moved = counts - before
        wrong = ~((moved == 0) | (moved == 1))
        if self.last is None:
            wrong[0] = False
        if wrong.any():
            self.num_violations += int(np.count_nonzero(wrong))
            for at in np.flatnonzero(wrong)[: MOST_EXAMPLES - len(self.examples)]:
                self.examples.append(
                    {
                        "row_index": rows.first_row + int(at) - 1,
                        "from": native(before[at], whole=whole),
                        "to": native(counts[at], whole=whole),
                        "diff": native(moved[at], whole=whole),
                    }
                )
        self.last = float(counts[-1])

    def findings(self) -> Iterator[Finding]:
        if self.instead is not None:
            yield found(
                Code.STEP_COUNT_MISSING,
                f"There is no column '{STEP_COUNT}' among {quoted(self.instead)}. It is 0 in the first row, and one "
                f"more in each row with which a step begins. {_COUNT_ANEW}",
                column=STEP_COUNT,
                available_columns=self.instead,
            )
        if self.observed_first is not None:
            yield found(
                Code.STEP_COUNT_DOES_NOT_START_AT_ZERO,
                f"'{STEP_COUNT}' starts at {_shown(self.observed_first)} and must start at 0. {_COUNT_ANEW}",
                column=STEP_COUNT,
                observed_first=self.observed_first,
            )
        if self.num_violations:
            first = self.examples[0]
            yield found(
                Code.STEP_COUNT_NON_SEQUENTIAL,
                f"'{STEP_COUNT}' may stay as it is from one row to the next, or rise by 1. {self.num_violations:,} "
                f"time(s) it does neither, the first time behind row {first['row_index']}: from "
                f"{_shown(first['from'])} to {_shown(first['to'])}. {_COUNT_ANEW}",
                column=STEP_COUNT,
                num_violations=self.num_violations,
                examples=self.examples,
            )


@dataclass
class StepLength(Check):
    """A step has two rows or more."""

    codes = (Code.STEP_TOO_FEW_POINTS,)
    name = "minimum_points_per_step"
    reads = (STEP_COUNT,)

    step: int | None = None
    """The last step, which may go on."""
    length: int = 0
    short: Several = field(default_factory=Several)

    def add(self, rows: Rows) -> None:
        if not rows.height:
            return
        lengths = rows.all.runs.lengths.copy()
        if rows.all.continued:
            lengths[0] += self.length
        elif self.step is not None and self.length < FEWEST_ROWS:
            self.short.add([self.step], self._payload)
        steps = rows.all.first_run + np.flatnonzero(lengths[:-1] < FEWEST_ROWS)
        self.short.add(steps, self._payload)
        self.step, self.length = rows.all.first_run + lengths.size - 1, int(lengths[-1])

    def findings(self) -> Iterator[Finding]:
        short = self.short
        if self.step is not None and self.length < FEWEST_ROWS:
            short = short.and_at(self.step, self._payload)
        yield from short.findings(
            Code.STEP_TOO_FEW_POINTS,
            lambda it: (
                f"Step {it['step_index']} has {it['num_points']} row and needs {it['min_points']} or more, or nothing "
                "can be integrated in it. Look for rows that were lost, or for a step count that changes too often."
            ),
        )

    @staticmethod
    def _payload(step: int) -> dict[str, Any]:
        return {"step_index": step, "num_points": 1, "min_points": FEWEST_ROWS}


@dataclass
class CycleOfStep(Check):
    """A step belongs to one cycle."""

    codes = (Code.CYCLE_CHANGES_WITHIN_STEP,)
    name = "cycle_constant_within_step"
    reads = (STEP_COUNT,)

    column: str = ""
    last: float | None = None
    cycles: list[float | int] = field(default_factory=list)
    """Those of the last step, which may go on."""
    step: int = 0
    """Its number."""
    changed: bool = False
    """Whether it has several."""
    changing: Several = field(default_factory=Several)

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        return super().applies(asked) and any(name in asked.present for name in CYCLE_COLUMNS)

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls(next(name for name in CYCLE_COLUMNS if name in asked.present))

    def add(self, rows: Rows) -> None:
        if not rows.height or not rows.series(self.column).dtype.is_numeric():
            return
        values, runs = rows.values(self.column), rows.all.runs
        changes = (values != previous(values, self.last)) & ~rows.all.begins
        if self.last is None:  # a missing number differs even from itself
            changes[0] = np.isnan(values[0])
        many = np.logical_or.reduceat(changes, runs.starts)
        if rows.all.continued:
            many[0] |= self.changed
        else:
            self._close()
        ended = np.flatnonzero(many[:-1])
        for number in ended[:MOST_OF_A_KIND]:
            self._gather(rows, values, int(number))
            self.changed = True
            self._close()
        self.changing.count += max(ended.size - MOST_OF_A_KIND, 0)
        self._gather(rows, values, runs.lengths.size - 1)
        self.changed = bool(many[-1])
        self.last = float(values[-1])

    def _gather(self, rows: Rows, values: Floats, number: int) -> None:
        """Have `cycles` be those of one of the runs of a block."""
        start = rows.all.runs.starts[number]
        own = values[start : start + rows.all.runs.lengths[number]]
        before = self.cycles if number == 0 and rows.all.continued else []
        distinct = np.unique(np.append(own[:1] if (own == own[0]).all() else own, before))
        whole = rows.is_whole(self.column)
        self.cycles = [native(value, whole=whole) for value in distinct[:MOST_OF_A_KIND]]
        self.step = rows.all.first_run + number

    def _close(self) -> None:
        if self.changed:
            self.changing.add([self.step], self._payload)
        self.changed, self.cycles = False, []

    def _payload(self, step: int) -> dict[str, Any]:
        return {"step_index": step, "cycle_column": self.column, "cycles": self.cycles}

    def findings(self) -> Iterator[Finding]:
        changing = self.changing.and_at(self.step, self._payload) if self.changed else self.changing
        yield from changing.findings(
            Code.CYCLE_CHANGES_WITHIN_STEP,
            lambda it: (
                f"In step {it['step_index']} '{it['cycle_column']}' takes the values {_listed(it['cycles'])}. A step "
                "belongs to one cycle: let the cycle begin with a step, or the step with the cycle."
            ),
        )


@dataclass
class CycleCounter(Check):
    """A cycle count stays or rises by 1, the number of a cycler never falls, and steps change more often than both.

    Rows without a value are stepped over.
    """

    codes = (Code.CYCLE_COUNT_NOT_A_COUNTER,)

    columns: list[str]
    last: dict[str, float] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    num_violations: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    num_steps: int = 0

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        return CYCLE_COUNT in asked.present or CYCLE_FROM_CYCLER in asked.present

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls([name for name in (CYCLE_COUNT, CYCLE_FROM_CYCLER) if name in asked.present])

    def add(self, rows: Rows) -> None:
        for name in self.columns:
            self._add(name, rows)
        self.num_steps = rows.all.after().runs if rows.has_steps else 0

    def _add(self, name: str, rows: Rows) -> None:
        values = rows.values(name)
        known = np.flatnonzero(np.isfinite(values))
        if not known.size:
            return
        counts = values[known]
        before = previous(counts, self.last.get(name))
        moved = counts - before
        wrong = moved < 0
        if name == CYCLE_COUNT:
            wrong |= moved > 1
        self.changes[name] = self.changes.get(name, 0) + int(np.count_nonzero(moved))
        if wrong.any():
            self.num_violations[name] = self.num_violations.get(name, 0) + int(np.count_nonzero(wrong))
            examples = self.examples.setdefault(name, [])
            for at in np.flatnonzero(wrong)[: MOST_EXAMPLES - len(examples)]:
                row = rows.first_row + int(known[at])
                examples.append({"row_index": row, "from": float(before[at]), "to": float(counts[at])})
        self.last[name] = float(counts[-1])

    def findings(self) -> Iterator[Finding]:
        for name in self.columns:
            if self.num_violations.get(name):
                first = self.examples[name][0]
                yield self._found(
                    name,
                    f"'{name}' goes from {first['from']:g} to {first['to']:g} in row {first['row_index']}, and is no "
                    f"counter in {self.num_violations[name]:,} row(s). "
                    + (
                        "It stays or rises by 1, from 0 on: the cycle table puts all rows of one number together."
                        if name == CYCLE_COUNT
                        else "Parts of several tests may have been put together: count the cycles on in each part."
                    ),
                )
            elif self.num_steps and self.changes.get(name, 0) >= self.num_steps:
                yield self._found(
                    name,
                    f"'{name}' changes {self.changes[name]:,} times in {self.num_steps:,} step(s), so it counts "
                    "something else than cycles. A cycle is one or more whole steps.",
                )

    def _found(self, name: str, message: str) -> Finding:
        return found(
            Code.CYCLE_COUNT_NOT_A_COUNTER,
            message,
            column=name,
            num_violations=self.num_violations.get(name, 0),
            examples=self.examples.get(name, []),
            num_changes=self.changes.get(name, 0),
        )


def _shown(count: float) -> str:
    return "no value" if np.isnan(count) else f"{count:g}"


def _listed(cycles: Sequence[float | int]) -> str:
    shown = ", ".join(f"{cycle:g}" for cycle in cycles[:MOST_EXAMPLES])
    return f"{shown} and {len(cycles) - MOST_EXAMPLES} more" if len(cycles) > MOST_EXAMPLES else shown
