"""Checks of when a test ran, against its rows and against now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from cellkeep.domain.columns import TIME
from cellkeep.domain.findings import START_AND_END, Code, Finding, found
from cellkeep.validate.check import Check, Timing
from cellkeep.validate.clock import unit_meant
from cellkeep.validate.rows import Rows

TOLERANCE_S = 60.0
TOLERANCE_SHARE = 0.05


@dataclass
class Span(Check):
    """How long a series lasts by its own clock. It finds nothing by itself."""

    codes = ()
    reads = (TIME,)

    first: float = np.inf
    last: float = -np.inf

    def add(self, rows: Rows) -> None:
        time = rows.values(TIME)
        self.first = float(np.fmin(self.first, np.fmin.reduce(time))) if time.size else self.first
        self.last = float(np.fmax(self.last, np.fmax.reduce(time))) if time.size else self.last

    @property
    def seconds(self) -> float | None:
        """Largest less smallest time [s]; None where there is none."""
        return self.last - self.first if np.isfinite(self.last - self.first) and self.last >= self.first else None

    def findings(self) -> Iterator[Finding]:
        return iter(())


def timing_findings(said: Timing, span_s: float | None) -> Iterator[Finding]:
    """Start and end are past, in order, and as far apart as the series is long, to 60 s or 5 % of it.

    Times are ISO 8601 strings or datetimes. What can not be read is passed over, and a time without a zone is only
    compared with another one without.

    Args:
        said: when the test ran.
        span_s: how long the series is by its own clock [s].
    """
    start, end = _instant(said.start_time), _instant(said.end_time)
    now = said.now or datetime.now(UTC)
    for code, name, at in (
        (Code.START_TIME_IN_FUTURE, "start_time", start),
        (Code.END_TIME_IN_FUTURE, "end_time", end),
    ):
        if at is not None and at.tzinfo is not None and at > now:
            said_at = at.isoformat()
            yield found(code, f"{name} {said_at} lies in the future. Look at its year and zone.", **{name: said_at})
    if start is None or end is None or (start.tzinfo is None) != (end.tzinfo is None):
        return
    wall = (end - start) / timedelta(seconds=1)
    if wall < 0:
        yield found(
            Code.END_TIME_BEFORE_START_TIME,
            f"end_time {end.isoformat()} lies before start_time {start.isoformat()}. A server refuses that.",
            start_time=start.isoformat(),
            end_time=end.isoformat(),
        )
    elif span_s is not None and span_s > 0:
        yield from _duration(wall, span_s)


def _duration(wall_s: float, span_s: float) -> Iterator[Finding]:
    tolerance = max(TOLERANCE_S, TOLERANCE_SHARE * span_s)
    if abs(wall_s - span_s) <= tolerance:
        return
    yield found(
        Code.DURATION_MISMATCH,
        f"From start_time to end_time are {wall_s:.15g} s, but '{TIME}' covers {span_s:.15g} s; they may differ by "
        f"{tolerance:g} s. The test may have been paused, a time may be wrong, or the column may not be in seconds.",
        wall_clock_seconds=wall_s,
        data_span_seconds=span_s,
        tolerance_seconds=tolerance,
    )
    meant = unit_meant(span_s / wall_s) if wall_s > 0 else None
    if meant is not None:
        yield found(
            Code.CLOCK_RATE_MISMATCH,
            f"'{TIME}' runs {span_s / wall_s:.4g} times as fast as start_time and end_time say: its values seem to be "
            f"{meant}. Convert them to seconds.",
            column=START_AND_END,
            ratio=span_s / wall_s,
            elapsed_seconds=span_s,
            wall_clock_seconds=wall_s,
            unit=meant,
        )


def _instant(value: datetime | str | None) -> datetime | None:
    if not isinstance(value, str):
        return value if isinstance(value, datetime) and value == value else None  # noqa: PLR0124  NaT of pandas
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
