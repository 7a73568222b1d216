"""The clock of a test: seconds since its first row that never fall, and the moment of that row."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.columns import BACKWARDS_S
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.cells import lines_shown
from cellkeep.runs import Floats, Ints

_LONGEST_LEFT_OUT = timedelta(hours=3)
"""No zone leaves out so much when summer time begins."""
_SLOW = timedelta(minutes=30)
_RESTARTS_BELOW = 0.1
"""A clock that starts anew falls to less than this share of what it showed."""
_MOST_RESTARTS = 0.02
"""More falls than this share of the rows are not restarts."""


class Timed(NamedTuple):
    """Times of the rows.

    Attributes:
        seconds: since the first row.
        repairs: what had to be done.
    """

    seconds: Floats
    repairs: list[Repair]


def running(time: Floats, lines: Ints, clock: Callable[[], Floats | None], steps: pl.Series | None = None) -> Timed:
    """Make times never fall.

    Where a clock starts anew, the times after it are moved: by the moments of the rows where the file has them, else so
    that the row after the restart has the time of the one before; that of a step starts with 0 there.

    Args:
        time: of each row [s].
        lines: where each row stands in the file.
        clock: gives the moments of the rows in seconds, where the file has them.
        steps: the step of each row, for a clock that starts anew at each.

    Raises:
        UnusableDataError: times fall in another way.
    """
    begins = steps.forward_fill().diff().fill_null(0).to_numpy()[1:] != 0 if steps is not None else False
    falls = np.flatnonzero((np.diff(time) < -BACKWARDS_S) | begins) + 1
    if not falls.size:
        return Timed(time - time[0] if time.size else time, [])
    moments = clock()
    if moments is not None and _goes_on(moments, falls):
        passed = np.maximum(moments[falls] - moments[falls - 1], 0.0)
        how = "by the moments of the rows"
    elif steps is not None or _are_restarts(time, falls):
        passed = np.maximum(time[falls], 0.0) if steps is not None else np.zeros(falls.size)
        how = "so that each goes on where the one before ended"
    else:
        where = lines_shown(lines[falls], falls.size)
        raise UnusableDataError(
            f"Time falls in {falls.size:,} rows ({where}: from {time[falls[0] - 1]:g} s to {time[falls[0]]:g} s), "
            "not as a clock does that starts anew. Rows are missing, doubled or in another order: export the file "
            "again, or sort it by the number of its rows.",
            detail={"rows": int(falls.size), "lines": [int(line) for line in lines[falls[:100]]]},
        )
    offsets = np.zeros(time.size)
    offsets[falls] = time[falls - 1] - time[falls] + passed
    made = time + np.cumsum(offsets)
    repair = Repair(
        action="clock_continued",
        message=f"The clock started anew {falls.size:,} times ({lines_shown(lines[falls], falls.size)}); the times "
        f"after were moved {how}.",
        payload={"count": int(falls.size), "rows": [int(row) for row in falls[:100]]},
    )
    return Timed(made - made[0], [repair])


def _goes_on(moments: Floats, falls: Ints) -> bool:
    """Whether the moments go on where the times fall; where they fall as well, the rows are in another order."""
    steps = np.diff(moments)
    return bool(np.isfinite(moments).all()) and not (steps < -1.0).any() and not (steps[falls - 1] < 0).any()


def _are_restarts(time: Floats, falls: Ints) -> bool:
    few = falls.size <= max(1, _MOST_RESTARTS * time.size)
    return few and bool((time[falls] < _RESTARTS_BELOW * time[falls - 1]).all())


def seconds_of(moments: pl.Series, zone: ZoneInfo | None) -> Floats:
    """Moments as seconds; a wall clock is made one without summer time where its zone is stated."""
    steady = in_zone(moments, zone) if zone and _is_naive(moments) else moments
    return (steady.dt.timestamp("us").cast(pl.Float64) / 1e6).to_numpy().copy()


def in_zone(moments: pl.Series, zone: ZoneInfo) -> pl.Series:
    """Moments without a zone as moments in UTC; an hour that comes twice is the second one once the clock fell back.

    A moment that does not exist, in the hour that summer time leaves out, is moved by that hour.
    """
    frame = pl.DataFrame({"naive": moments})
    naive = pl.col("naive")
    earliest = naive.dt.replace_time_zone(str(zone), ambiguous="earliest", non_existent="null")
    latest = naive.dt.replace_time_zone(str(zone), ambiguous="latest", non_existent="null")
    before = (naive - _LONGEST_LEFT_OUT).dt.replace_time_zone(str(zone), ambiguous="earliest", non_existent="null")
    parts = frame.select(
        earliest.dt.convert_time_zone("UTC").alias("first"),
        latest.dt.convert_time_zone("UTC").alias("second"),
        (before.dt.convert_time_zone("UTC") + _LONGEST_LEFT_OUT).alias("moved"),
        (naive.diff() < _falls_below(moments)).fill_null(value=False).alias("fell"),
    )
    twice = (pl.col("first") != pl.col("second")).fill_null(value=False)
    block = twice.rle_id()
    after_fall = pl.col("fell").cum_sum().over(block) > 0
    chosen = pl.when(twice & after_fall).then(pl.col("second")).otherwise(pl.col("first"))
    return parts.select(chosen.fill_null(pl.col("moved")).alias("utc"))["utc"]


def _falls_below(moments: pl.Series) -> timedelta:
    """A step of the clock below which it was set back; it may seem to stand where its steps are as long as that."""
    usual = moments.drop_nulls().diff().median()
    return usual / 2 if isinstance(usual, timedelta) and usual >= _SLOW else timedelta(seconds=-1)


def zoned(moment: datetime, zone: ZoneInfo | None) -> datetime | None:
    """A moment with its zone, in UTC; None where neither the file nor a person said it."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return moment.replace(tzinfo=zone).astimezone(UTC) if zone else None


def _is_naive(moments: pl.Series) -> bool:
    return isinstance(moments.dtype, pl.Datetime) and moments.dtype.time_zone is None


def is_impedance(frame: pl.DataFrame) -> pl.Series:
    """Rows that are of a spectrum."""
    if columns.FREQUENCY not in frame.columns:
        return pl.repeat(value=False, n=frame.height, eager=True)
    return (frame[columns.FREQUENCY] > columns.MIN_FREQUENCY_HZ).fill_null(value=False)
