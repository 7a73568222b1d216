"""The check of the steps that are counted against those that the current shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cellkeep.domain.columns import CURRENT, STEP_COUNT, TIME
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Floats
from cellkeep.validate.check import Check
from cellkeep.validate.rows import Rows

_REST_SHARE = 0.01
"""A current of no more than this share of the largest one so far counts as none."""
_SHORTEST_S = 60.0
_FEWEST_ROWS = 10
"""Both say what is a phase. Pulses and drive cycles change sooner, within one step."""
_MOST_EXAMPLES = 5
_FEWEST_STEPS = 20
_MOST_STEPS = 0.5
"""Steps by row: where more than every other row begins one, something else is counted."""


@dataclass
class StepsByCurrent(Check):
    """Within a step the current does not turn around, nor begin to flow after a rest, for a minute or longer."""

    codes = (Code.STEP_COUNT_DISAGREES_WITH_CURRENT,)
    reads = (STEP_COUNT, CURRENT, TIME)

    largest: float = 0.0
    phases: list[list[float]] = field(default_factory=list)
    """Step, sign, first time, last time, number of rows and first row of the last two, of which the last may go on."""
    num_changes: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)
    num_rows: int = 0
    num_steps: int = 0

    def add(self, rows: Rows) -> None:
        self.num_rows += rows.height
        self.num_steps = rows.all.after().runs
        part = rows.timed
        if not part.size:
            return
        current, time = part.values(CURRENT), part.values(TIME)
        size = np.abs(current)
        largest = np.maximum.accumulate(np.append(self.largest, np.where(np.isfinite(size), size, 0.0)))[1:]
        self.largest = float(largest[-1])
        sign = np.sign(current) * (size > _REST_SHARE * largest)
        turns = np.flatnonzero((sign[1:] != sign[:-1]) | part.begins[1:]) + 1
        starts = np.concatenate([[0], turns])
        ends = np.append(turns, part.size) - 1
        places = starts if part.places is None else part.places[starts]
        step = rows.all.first_run + np.searchsorted(rows.all.runs.starts, places, side="right") - 1
        found_here = np.stack(
            [step, sign[starts], time[starts], time[ends], ends - starts + 1, rows.first_row + places], axis=1
        )
        self._judge(found_here)

    def _judge(self, phases: Floats) -> None:
        before = np.array(self.phases).reshape(-1, 6)
        if before.size and (before[-1, :2] == phases[0, :2]).all():  # the last one goes on
            phases[0, [2, 5]] = before[-1, [2, 5]]
            phases[0, 4] += before[-1, 4]
            before = before[:-1]
        phases = np.concatenate([before, phases])
        self._count(phases[:-1])
        self.phases = phases[-2:].tolist()

    def _count(self, phases: Floats) -> None:
        """Count the changes between phases that have ended."""
        step, sign, begun, ended, rows, first = phases.T
        is_long = (ended - begun >= _SHORTEST_S) & (rows >= _FEWEST_ROWS)
        changes = (
            (step[1:] == step[:-1]) & is_long[1:] & is_long[:-1] & (np.abs(sign[1:]) > 0) & (sign[1:] != sign[:-1])
        )
        self.num_changes += int(np.count_nonzero(changes))
        for at in np.flatnonzero(changes)[: _MOST_EXAMPLES - len(self.examples)] + 1:
            self.examples.append({"step_index": int(step[at]), "row_index": int(first[at])})

    def findings(self) -> Iterator[Finding]:
        last = StepsByCurrent(num_changes=self.num_changes, examples=list(self.examples))
        if len(self.phases) > 1:
            last._count(np.array(self.phases))
        if last.num_changes:
            first = last.examples[0]
            yield _found(
                f"Within step {first['step_index']} the current turns around, or begins to flow after a rest, in row "
                f"{first['row_index']}; {last.num_changes:,} time(s) in all. '{STEP_COUNT}' may miss steps: "
                "cellkeep.mend counts them anew.",
                last,
            )
        elif self.num_steps >= _FEWEST_STEPS and self.num_steps > _MOST_STEPS * self.num_rows:
            last.num_changes = self.num_steps
            yield _found(
                f"'{STEP_COUNT}' counts {self.num_steps:,} steps in {self.num_rows:,} rows, so it seems to count rows. "
                "cellkeep.mend counts the steps anew.",
                last,
            )


def _found(message: str, check: StepsByCurrent) -> Finding:
    return found(
        Code.STEP_COUNT_DISAGREES_WITH_CURRENT, message, num_changes=check.num_changes, examples=check.examples
    )
