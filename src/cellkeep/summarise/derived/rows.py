"""What is read of a frame: columns as numbers, and the rows of each step."""

from collections.abc import Collection, Iterator

import numpy as np
import polars as pl

from cellkeep.domain.columns import STEP_COUNT, require
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats, Ints, Runs, as_floats, find_runs
from cellkeep.summarise.reading import refuse_broken_count, refuse_text
from cellkeep.summarise.segments import Known, Signal


def signal(frame: pl.DataFrame, name: str) -> Signal:
    """A column as numbers; whatever is no finite number is NaN.

    Raises:
        UnusableDataError: it holds text; names the column and a row.
    """
    refuse_text(frame[name], 0)
    return Signal.of(as_floats(frame[name]))


def numbers(frame: pl.DataFrame, name: str) -> Floats:
    """As `signal`, the values alone."""
    return signal(frame, name).values


def since_first(values: Signal, runs: Runs) -> Floats:
    """What a column has at each row more than at the first row of its run that has a value."""
    return values.values - np.repeat(Known.of(values, runs).figure(0), runs.lengths)


def known_rows(*values: Floats) -> Ints:
    """The rows in which none of the columns lacks its value."""
    known = np.ones(values[0].size, np.bool_)
    for column in values:
        known &= ~np.isnan(column)
    return np.flatnonzero(known)


def step_runs(frame: pl.DataFrame, what: str) -> Runs:
    """The runs of equal `Step count`.

    Raises:
        UnusableDataError: there is no `Step count`, or it is not a whole number in some row.
    """
    require([STEP_COUNT], frame.columns, what)
    counts = frame[STEP_COUNT]
    if counts.dtype.is_integer() and not counts.null_count():
        return find_runs(counts.to_numpy())
    refuse_text(counts, 0)
    refuse_broken_count(as_floats(counts), 0)
    return find_runs(as_floats(counts))


def rows_of_steps(frame: pl.DataFrame, runs: Runs, steps: int | Collection[int] | None) -> Iterator[tuple[int, slice]]:
    """Count and rows of the chosen steps, or of each step.

    Raises:
        InvalidError: a chosen step is not there.
    """
    if isinstance(steps, int):
        steps = (steps,)
    counts = frame[STEP_COUNT].gather(runs.starts).cast(pl.Int64).to_list()
    if steps is not None and (absent := sorted(set(steps) - set(counts))):
        there = f"from {min(counts)} to {max(counts)}" if counts else "none, as it has no rows"
        raise InvalidError(f"The frame has no step {absent[0]}; its step counts go {there}.", detail={"steps": absent})
    for count, first, rows in zip(counts, runs.starts, runs.lengths, strict=True):
        if steps is None or count in steps:
            yield count, slice(first, first + rows)
