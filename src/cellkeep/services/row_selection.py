"""Which rows of a stored series are meant: steps and cycles are found in its step table, without the series itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain.columns import CYCLE_COUNT, STEP_COUNT, quoted
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.time_series import Run, SeriesQuery, runs
from cellkeep.runs import Bools, Ints, find_runs
from cellkeep.services.remembering import Place, Remembered
from cellkeep.summarise.names import END_INDEX, START_INDEX
from cellkeep.summarise.row_ranges import RowRanges

_REMEMBERED_BYTES = 64 * 1024 * 1024
"""Of step tables: two million steps."""
_MOST_NAMED = 20


@dataclass(frozen=True)
class StepRows:
    """Where the steps of a series are.

    Attributes:
        starts: first row of each step.
        ends: the row after its last.
        numbers: `Step count` and `Cycle count` of each; -1 where there is none.
    """

    starts: Ints
    ends: Ints
    numbers: Mapping[str, Ints]

    @classmethod
    def read(cls, path: str) -> "StepRows":
        """Read a stored step table.

        Raises:
            BadRequestError: it was sent with the series, and does not tell which rows its steps have.
        """
        scan = pl.scan_parquet(path, glob=False)
        present = [name for name in (START_INDEX, END_INDEX, STEP_COUNT, CYCLE_COUNT) if name in scan.collect_schema()]
        if not {START_INDEX, END_INDEX} <= set(present):
            raise _own_table([name for name in (START_INDEX, END_INDEX) if name not in present])
        table = scan.select(cs.by_name(present).cast(pl.Int64, strict=False)).drop_nulls([START_INDEX, END_INDEX])
        found = {name: column.fill_null(-1).to_numpy() for name, column in table.collect().to_dict().items()}
        starts, ends = found.pop(START_INDEX), found.pop(END_INDEX) + 1
        return cls(starts, ends, found)

    @property
    def n_bytes(self) -> int:
        return sum(array.nbytes for array in (self.starts, self.ends, *self.numbers.values()))

    def having(self, name: str, wanted: Sequence[Run], noun: str) -> Bools:
        """Of each step, whether its number is wanted.

        Raises:
            BadRequestError: there is no step of a number, or the table does not number them.
        """
        if name not in self.numbers:
            raise _own_table([name])
        numbers = self.numbers[name]
        first, last = (np.array(side) for side in zip(*wanted, strict=True))
        run = np.searchsorted(first, numbers, side="right") - 1
        chosen: Bools = (run >= 0) & (numbers <= last[run])
        there = np.unique(numbers[chosen])
        found = np.bincount(np.searchsorted(first, there, side="right") - 1, minlength=first.size)
        if (lacking := np.flatnonzero(found != last - first + 1)).size:
            raise _no_such(noun, wanted[lacking[0]], numbers)
        return chosen


_STEPS: Remembered[StepRows] = Remembered(_REMEMBERED_BYTES)


def wanted_rows(asked: SeriesQuery, n_rows: int, steps_at: Place) -> RowRanges:
    """The rows that belong to the asked steps and cycles, and lie in the asked range.

    Args:
        asked: what is wanted.
        n_rows: rows of the series.
        steps_at: where its step table is.

    Raises:
        BadRequestError: there is no such step or cycle; says which there are.
    """
    starts, ends = np.array([0]), np.array([n_rows])
    if asked.steps or asked.cycles:
        steps = _STEPS.get(steps_at.key, lambda: StepRows.read(steps_at.path))
        chosen = np.ones(steps.starts.size, np.bool_)
        if asked.steps:
            chosen &= steps.having(STEP_COUNT, runs(asked.steps), "step")
        if asked.cycles:
            chosen &= steps.having(CYCLE_COUNT, runs(asked.cycles), "cycle")
        starts, ends = steps.starts[chosen], steps.ends[chosen]
    low, high = min(asked.row_from or 0, n_rows), n_rows if asked.row_to is None else min(asked.row_to, n_rows)
    return RowRanges.of(np.clip(starts, low, None), np.clip(ends, None, high))


def _no_such(noun: str, run: Run, numbers: Ints) -> BadRequestError:
    """That there is no step or cycle of a number within the run; and which there are."""
    known = np.unique(numbers[numbers >= 0])
    within = set(known[(known >= run.first) & (known <= run.last)].tolist())
    missing = next(number for number in range(run.first, run.last + 1) if number not in within)
    present = find_runs(known - np.arange(known.size))
    first, last = (known[places[:_MOST_NAMED]].tolist() for places in (present.starts, present.ends))
    named = [f"{low}" if low == high else f"{low} to {high}" for low, high in zip(first, last, strict=True)]
    more = " and more" if present.starts.size > _MOST_NAMED else ""
    return BadRequestError(
        f"There is no {noun} {missing} in this series. There are {', '.join(named) or 'none'}{more}.",
        detail={"missing": missing, "available": named},
    )


def _own_table(missing: list[str]) -> BadRequestError:
    return BadRequestError(
        f"The step table that was sent with this series has no column {quoted(missing)}, so steps and cycles can not "
        f"be found by it. Read a window of a column instead, such as '{STEP_COUNT}'.",
        detail={"missing": missing},
    )
