"""Times that a cycler wrote more than once."""

import numpy as np
import polars as pl

from cellkeep.domain.columns import TIME, require
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.runs import Floats, Ints, find_runs
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import numbers

_PASSES = 100
"""A repeat may land on a time that is there, and is then spread again."""


@takes_frame
def spread_times(frame: pl.DataFrame, *, offset_s: float = 1e-6) -> pl.DataFrame:
    """Tell repeated times apart: the k-th repeat of a time comes k offsets later.

    `0 1 1 1 2` becomes `0 1 1.000001 1.000002 2`. No row is dropped, since a whole step may have one time only.
    Rows without a time keep having none.

    Args:
        frame: a series with `Time [s]`.
        offset_s: what lies between repeats [s].

    Returns:
        The frame, no time in it twice; unchanged if there was none.

    Raises:
        UnusableDataError: there is no `Time [s]`; or the times can not be told apart without letting one run back
            behind the next: then a smaller offset is needed.
        InvalidError: the offset is not positive and finite.
    """
    require([TIME], frame.columns, "Telling repeated times apart")
    if not 0 < offset_s < np.inf:
        raise InvalidError(f"An offset between repeated times must be positive and finite, not {offset_s} s.")
    time = numbers(frame, TIME)
    known = ~np.isnan(time)
    told = time[known]
    apart = _told_apart(told, offset_s)
    if apart is told:
        return frame
    if apart is None or (_runs_back(apart) and not _runs_back(told)):
        raise UnusableDataError(
            f"Repeats of '{TIME}' can not be told apart by {offset_s:g} s each: one would pass the time that follows "
            "it, or the times are too far from 0 for so small a difference. Name another offset_s, or let time start "
            "at 0.",
            detail={"column": TIME, "offset_s": offset_s},
        )
    values = np.full(time.size, np.nan)
    values[known] = apart
    return frame.with_columns(pl.Series(TIME, values, nan_to_null=True))


def _told_apart(time: Floats, offset_s: float) -> Floats | None:
    for _ in range(_PASSES):
        repeats = _repeats(time)
        if not repeats.any():
            return time
        time = time + repeats * offset_s
    return None


def _repeats(time: Floats) -> Ints:
    """How often each time was there before, in row order."""
    by_time = np.argsort(time, kind="stable")
    same = find_runs(time[by_time])
    repeats = np.empty(time.size, np.intp)
    repeats[by_time] = np.arange(time.size) - np.repeat(same.starts, same.lengths)
    return repeats


def _runs_back(time: Floats) -> bool:
    return bool((np.diff(time) < 0).any())
