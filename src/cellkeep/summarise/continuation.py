"""Whether rows carry on where others ended, so that together they are one series."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cellkeep.domain.columns import BACKWARDS_S, STEP_COUNT, TIME
from cellkeep.domain.errors import UnusableDataError
from cellkeep.runs import Floats, holds_numbers, previous
from cellkeep.summarise.reading import refuse_broken_count

ORDERING = (TIME, STEP_COUNT)
"""The columns that tell whether rows carry on."""


@dataclass(frozen=True)
class End:
    """Where a series ends: the last time that is known [s], and the last step count; None where there is none."""

    time: float | None = None
    step: float | None = None


class Continuation:
    """Rows that come piece by piece, in order, after a series that ends at `after`."""

    def __init__(self, after: End = End()) -> None:
        self._after = after
        self._own_time: float | None = None
        self._step = after.step
        self._rows = 0

    def add(self, piece: pl.DataFrame) -> None:
        """Look at the next rows.

        Raises:
            UnusableDataError: time goes back, does not begin after the series or is infinite, or `Step count` is not
                a whole number, goes back or leaves one out; names the row.
        """
        if piece.height:
            self._follow_time(_numbers(piece, TIME))
            self._follow_steps(_numbers(piece, STEP_COUNT))
            self._rows += piece.height

    def _follow_time(self, time: Floats) -> None:
        if (infinite := np.flatnonzero(np.isinf(time))).size:
            raise _refusal(TIME, self._rows + int(infinite[0]), "is infinite")
        rows = np.flatnonzero(~np.isnan(time))
        if not rows.size:
            return  # impedance without a clock
        known = time[rows]
        if self._own_time is None and self._after.time is not None and known[0] <= self._after.time:
            raise _refusal(
                TIME,
                self._rows + int(rows[0]),
                f"is {known[0]:.15g} s, but the stored series ends at {self._after.time:.15g} s. Send only rows "
                "after its last one, with time counted on from there",
                stored=self._after.time,
            )
        before = previous(known, self._own_time)
        if (back := np.flatnonzero(known - before < -BACKWARDS_S)).size:
            at = int(back[0])
            raise _refusal(TIME, self._rows + int(rows[at]), f"falls from {before[at]:.15g} s to {known[at]:.15g} s")
        self._own_time = float(known[-1])

    def _follow_steps(self, steps: Floats) -> None:
        refuse_broken_count(steps, self._rows)
        before = previous(steps, self._step)
        if (broken := np.flatnonzero(~np.isin(steps - before, (0.0, 1.0)))).size:
            at = int(broken[0])
            ended = "the row before has" if self._rows + at else "the stored series ends with"
            raise _refusal(
                STEP_COUNT,
                self._rows + at,
                f"is {steps[at]:.15g}, but {ended} {before[at]:.15g}. It is counted over the whole test: each row has "
                "the count of the row before, or one more where a step begins",
                stored=self._after.step,
            )
        self._step = float(steps[-1])


def _numbers(piece: pl.DataFrame, name: str) -> Floats:
    column = piece[name]
    if not holds_numbers(column.dtype):
        raise UnusableDataError(
            f"'{name}' must hold numbers, but is of type {column.dtype}.", detail={"not_numeric": [name]}
        )
    return column.cast(pl.Float64).to_numpy()


def _refusal(column: str, row: int, what: str, stored: float | None = None) -> UnusableDataError:
    detail = {"column": column, "row": row, **({} if stored is None else {"stored_end": stored})}
    return UnusableDataError(f"'{column}' {what} (row {row} of those to append).", detail=detail)
