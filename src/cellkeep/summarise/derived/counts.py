"""Step and cycle counts, where the series has none."""

import re
from typing import Literal

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.runs import Ints, changes, directions, find_runs
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import units_of
from cellkeep.summarise.derived.rows import known_rows, numbers, step_runs
from cellkeep.swings import Moved, Swings

StepSource = Literal["cycler", "current", "status"]
"""What tells the steps: `Step from cycler`, the sign of the current, or `Status`."""
CycleSource = Literal["cycler", "current"]
"""What tells the cycles: `Cycle from cycler`, or the full swings of the current."""

_NUMBERS_OF_STEPS = {"step", "steps", "stepcount", "stepid", "stepindex", "stepno", "stepnumber", "stepnum", "ns"}
"""What cyclers call the number of a step, in small letters alone."""


@takes_frame
def with_step_count(frame: pl.DataFrame, *, source: StepSource | None = None) -> pl.DataFrame:
    """Count the steps: `Step count` is 0 in the first row, and one more in each row with which a step begins.

    A step begins where the source changes: the step number of the cycler, the sign of the current (-1, 0 or 1, where
    |I| of at most 1 % of the largest |I| counts as 0), or the status text. A number that comes back begins another
    step: `1 1 2 2 1 1` gives `0 0 1 1 2 2`. A step begins too where `Frame` changes. Neighbouring impedance rows, which
    have a frequency above 1e-8 Hz, are one step: one begins with them and one after them, and none within.
    A row without a value goes on with the step of the row before.

    Args:
        frame: the series, in row order.
        source: by default the step number of the cycler if there is one, else the current, else the status.

    Returns:
        The frame with `Step count`. One that is there is kept, unless a source is named: then it is counted anew.

    Raises:
        UnusableDataError: there is nothing to tell the steps by, or not what `source` names; or no source is named,
            and a column such as `Step` looks like the step number of a cycler but is not called so.
        InvalidError: `source` is none of the three.
    """
    if source is None and columns.STEP_COUNT in frame.columns:
        return frame
    if source is None and columns.STEP_FROM_CYCLER not in frame.columns:
        _refuse_doubtful(frame.columns)
    begins = changes(_told_by(frame, source))
    if columns.FRAME in frame.columns:
        begins |= changes(frame[columns.FRAME])
    if columns.FREQUENCY in frame.columns:
        impedance = pl.Series(numbers(frame, columns.FREQUENCY) > columns.MIN_FREQUENCY_HZ)
        begins &= ~(impedance & impedance.shift(1, fill_value=False))
        begins |= changes(impedance)
    return frame.with_columns(begins.cum_sum().cast(pl.Int64).alias(columns.STEP_COUNT))


def _refuse_doubtful(names: list[str]) -> None:
    """Refuse to count by the current where another column seems to number the steps."""
    if doubtful := [name for name in names if re.sub(r"[^a-z]", "", name.lower()) in _NUMBERS_OF_STEPS]:
        raise UnusableDataError(
            f"'{doubtful[0]}' looks like the step number of a cycler. Rename it to '{columns.STEP_FROM_CYCLER}' to "
            "count by it, or name a source, such as source='current', to count without it.",
            detail={"column": doubtful[0]},
        )


@takes_frame
def with_cycle_count(frame: pl.DataFrame, *, source: CycleSource | None = None) -> pl.DataFrame:
    """Count the cycles: `Cycle count` is 0 in the first row, and one more wherever `Cycle from cycler` changes.

    By the current, a cycle begins with each full swing in the direction of the first full one, charge or discharge. A
    full swing moves at least half of what the largest one moves, flows for five minutes or longer and moves the voltage
    by 5 mV or more; pulses that flow back within it belong to it. A swing begins with a step.

    Args:
        frame: the series, in row order.
        source: by default the cycle number of the cycler. By the current, `Step count` is needed.

    Returns:
        The frame with `Cycle count`; one that is there is kept, unless a source is named: then it is counted anew.
        Without `Cycle from cycler` it is 0 in every row, unless the current is named. A row without a value goes on
        with the cycle of the row before.

    Raises:
        UnusableDataError: a source is named, and what it needs is not there.
        InvalidError: `source` is neither of the two.
    """
    if source is None and columns.CYCLE_COUNT in frame.columns:
        return frame
    if source is None and columns.CYCLE_FROM_CYCLER not in frame.columns:
        return frame.with_columns(pl.lit(0, pl.Int64).alias(columns.CYCLE_COUNT))
    if source == "current":
        return frame.with_columns(pl.Series(columns.CYCLE_COUNT, _cycles_by_current(frame), pl.Int64))
    if source not in {None, "cycler"}:
        raise InvalidError(f"Cycles are told by 'cycler' or 'current', not by '{source}'.")
    columns.require([columns.CYCLE_FROM_CYCLER], frame.columns, "Counting cycles by the cycler")
    begins = changes(frame[columns.CYCLE_FROM_CYCLER])
    return frame.with_columns(begins.cum_sum().cast(pl.Int64).alias(columns.CYCLE_COUNT))


def _cycles_by_current(frame: pl.DataFrame) -> Ints:
    """The cycle of each row."""
    driver = units_of(frame.columns).charge.driver
    columns.require([columns.TIME, driver], frame.columns, "Counting cycles by the current")
    runs = step_runs(frame, "Counting cycles by the current")
    begun = _full_swings(frame, driver, runs.numbered())
    first_way = begun[0][0] if begun else 0
    begins = np.zeros(frame.height, np.intp)
    begins[[runs.starts[step] for way, step in begun if way == first_way][1:]] = 1
    return np.cumsum(begins)


def _full_swings(frame: pl.DataFrame, driver: str, steps: Ints) -> list[tuple[int, int]]:
    """Direction and first step of each."""
    time, current = numbers(frame, columns.TIME), numbers(frame, driver)
    known = known_rows(time, current)
    voltage = numbers(frame, columns.VOLTAGE) if columns.VOLTAGE in frame.columns else np.full(time.size, np.nan)
    if not known.size:
        return []
    runs, swings = find_runs(steps[known]), Swings()
    moved = Moved.of(time[known], current[known], voltage[known], runs)
    for step, *of_step in zip(steps[known][runs.starts].tolist(), *(each.tolist() for each in moved), strict=True):
        swings.add(step, *of_step)
    return swings.ended().begun


def _told_by(frame: pl.DataFrame, source: StepSource | None) -> pl.Series:
    current = units_of(frame.columns).charge.driver
    telling = {"cycler": columns.STEP_FROM_CYCLER, "current": current, "status": columns.STATUS}
    if source is not None and source not in telling:
        raise InvalidError(f"Steps are told by one of {columns.quoted(telling)}, not by '{source}'.")
    wanted = [telling[source]] if source else list(telling.values())
    there = [name for name in wanted if name in frame.columns]
    if not there:
        raise UnusableDataError(
            f"Steps are told by {columns.quoted(wanted)}; the frame has {columns.quoted(frame.columns)}.",
            detail={"required_any": wanted, "available_columns": frame.columns},
        )
    return directions(numbers(frame, current)) if there[0] == current else frame[there[0]]
