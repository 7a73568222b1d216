"""Checks of `Time [s]` against the wall clock, and of its jumps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from cellkeep.domain.columns import CURRENT, TIME
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Bools, Floats, previous
from cellkeep.validate.check import Check
from cellkeep.validate.rows import Rows

RATE_TOLERANCE = 0.05
_UNITS = {
    "milliseconds": 1e3,
    "microseconds": 1e6,
    "nanoseconds": 1e9,
    "minutes": 1 / 60,
    "hours": 1 / 3600,
    "days": 1 / 86_400,
}
"""How fast a clock runs whose values are taken for seconds."""
_SHORTEST_S = 10.0
"""By a wall clock of whole seconds nothing is told of less."""
_PAUSE_S = 1800.0
"""Neighbours that lie further apart by the wall clock may have a pause between them."""
_HOUR_S = 3600.0
_OFF_HOUR_S = 5.0
_STEADY_S = 120.0
"""Rows that come so often do not skip an hour by themselves."""
_SAME_CURRENT = 0.05
_LIKE_A_TIME = re.compile("time|date|stamp", re.IGNORECASE)
_TEXT_ROWS = 2048
"""Of each block: to read times from text takes long."""


def unit_meant(ratio: float) -> str | None:
    """The unit in which a clock runs so much faster than one in seconds, to 5 %."""
    return next((unit for unit, rate in _UNITS.items() if abs(ratio / rate - 1) <= RATE_TOLERANCE), None)


@dataclass
class _Stamps:
    """What is known of one column with timestamps, in seconds since 1970.

    Attributes:
        time: of the row where the timestamp changed last,
        stamp: and the timestamp.
        elapsed: seconds by `Time [s]` between neighbours without a pause.
        wall: seconds by the timestamps between the same.
        shifts: by how much the timestamps run ahead, where they jump by an hour; with
        rows: the rows.
    """

    time: float | None = None
    stamp: float | None = None
    elapsed: float = 0.0
    wall: float = 0.0
    shifts: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


@dataclass
class WallClock(Check):
    """`Time [s]` runs as fast as each column with timestamps, to 5 %, and none of these jumps by an hour."""

    codes = (Code.CLOCK_RATE_MISMATCH, Code.SUMMER_TIME_JUMP)
    reads = (TIME,)

    stamps: dict[str, _Stamps] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    """Columns of text that turned out to be no times."""

    def add(self, rows: Rows) -> None:
        for name in rows.columns:
            series = rows.series(name)
            if name in self.others or not may_hold_stamps(name, series.dtype):
                continue
            stamps = _stamps(series)
            if stamps is not None:
                self._add(name, rows, stamps)
            elif series.null_count() < series.len():
                self.others.append(name)

    def _add(self, name: str, rows: Rows, stamps: Floats) -> None:
        known = self.stamps.setdefault(name, _Stamps())
        usable = np.flatnonzero(np.isfinite(stamps) & np.isfinite(rows.values(TIME)[: stamps.size]))
        if not usable.size:
            return
        # Only where it changes does a timestamp tell the time: it may be that of the start of the step.
        before = previous(stamps[usable], known.stamp)
        changes = stamps[usable] != before
        changes[0] |= known.stamp is None
        usable = usable[changes]
        if not usable.size:
            return
        time, stamp = rows.values(TIME)[usable], stamps[usable]
        elapsed, wall = time - previous(time, known.time), stamp - previous(stamp, known.stamp)
        running = (elapsed >= 0) & (wall >= 0) & (wall <= _PAUSE_S)
        known.elapsed += float(elapsed[running].sum())
        known.wall += float(wall[running].sum())
        shift = wall - elapsed
        jumps = np.flatnonzero((np.abs(np.abs(shift) - _HOUR_S) <= _OFF_HOUR_S) & (np.abs(elapsed) <= _PAUSE_S))
        for at in jumps[: 100 - len(known.rows)]:
            known.shifts.append(float(shift[at]))
            known.rows.append(rows.first_row + int(usable[at]))
        known.time, known.stamp = float(time[-1]), float(stamp[-1])

    def findings(self) -> Iterator[Finding]:
        for name, known in self.stamps.items():
            if known.wall < _SHORTEST_S:
                continue
            ratio = known.elapsed / known.wall
            if abs(ratio - 1) > RATE_TOLERANCE:
                meant = unit_meant(ratio)
                hint = f"Its values seem to be {meant}: convert them" if meant else "Look at the unit of both"
                yield found(
                    Code.CLOCK_RATE_MISMATCH,
                    f"'{TIME}' runs {ratio:.4g} times as fast as '{name}': {known.elapsed:.6g} s against "
                    f"{known.wall:.6g} s. {hint}.",
                    column=name,
                    ratio=ratio,
                    elapsed_seconds=known.elapsed,
                    wall_clock_seconds=known.wall,
                    unit=meant,
                )
            elif known.rows:
                yield _jump(name, known.rows[0], known.shifts[0], len(known.rows))


@dataclass
class HourJumps(Check):
    """`Time [s]` does not fall by an hour, nor skip one within a step while the current flows on.

    It does where it was made from a local clock on the day when summer time begins or ends. The rows behind the jump
    come as often as those before it.
    """

    codes = (Code.SUMMER_TIME_JUMP,)
    reads = (TIME,)

    last: float | None = None
    interval: float = np.inf
    """Between the last two rows [s]."""
    current: float = np.nan
    pending: list[float] = field(default_factory=list)
    """Row and size of a jump in the last row, which the next one has to confirm."""
    row_index: int | None = None
    shift_seconds: float = 0.0
    num_jumps: int = 0

    def add(self, rows: Rows) -> None:
        part = rows.timed
        if not part.size or not rows.has_steps:
            return
        time = part.values(TIME)
        step = time - previous(time, self.last)
        before = previous(step, self.interval)
        if self.last is None:
            step[0], before[:2] = 0.0, np.inf
        if self.pending and abs(step[0]) <= _STEADY_S:
            self._count(int(self.pending[0]), self.pending[1], 1)
        self.pending = []
        suspected = np.abs(np.abs(step) - _HOUR_S) <= np.minimum(np.abs(before), _STEADY_S) + _OFF_HOUR_S
        suspected &= np.abs(before) <= _STEADY_S
        if suspected.any():
            self._judge(rows, step, suspected)
        first = self.last is None and time.size == 1
        self.last, self.interval = float(time[-1]), np.inf if first else float(step[-1])
        self.current = float(part.values(CURRENT)[-1]) if CURRENT in rows else np.nan

    def _judge(self, rows: Rows, step: Floats, suspected: Bools) -> None:
        goes_on = ~rows.timed.begins
        if CURRENT in rows:
            current = rows.timed.values(CURRENT)
            before = previous(current, self.current)
            goes_on &= (np.abs(current) > 0) & (np.abs(current - before) <= _SAME_CURRENT * np.abs(current))
        jumps = suspected & ((step < 0) | goes_on)
        if jumps[-1]:
            self.pending = [rows.timed.row(step.size - 1), float(step[-1])]
        at = np.flatnonzero(jumps[:-1] & (np.abs(step[1:]) <= _STEADY_S))
        if at.size:
            self._count(rows.timed.row(int(at[0])), float(step[at[0]]), at.size)

    def _count(self, row: int, shift_s: float, jumps: int) -> None:
        if self.row_index is None:
            self.row_index, self.shift_seconds = row, shift_s
        self.num_jumps += jumps

    def findings(self) -> Iterator[Finding]:
        if self.row_index is not None:
            yield _jump(TIME, self.row_index, self.shift_seconds, self.num_jumps)


def _jump(column: str, row: int, shift_s: float, count: int) -> Finding:
    more = f" So it does {count:,} times." if count > 1 else ""
    return found(
        Code.SUMMER_TIME_JUMP,
        f"'{column}' jumps by {shift_s / _HOUR_S:+.3g} h in row {row}, as a local clock does where summer time begins "
        f"or ends.{more} Make the times from a clock in UTC, or take the hour off behind the jump.",
        column=column,
        row_index=row,
        shift_seconds=shift_s,
        num_jumps=count,
    )


def may_hold_stamps(name: str, dtype: pl.DataType) -> bool:
    """Whether a column may hold timestamps: by its type, or text by its name."""
    return isinstance(dtype, pl.Datetime) or (dtype == pl.String and bool(_LIKE_A_TIME.search(name)))


def _stamps(series: pl.Series) -> Floats | None:
    """Timestamps in seconds since 1970; of text only the first rows are read, and None is the answer for all else."""
    if series.dtype == pl.String:
        try:
            series = series[:_TEXT_ROWS].str.to_datetime(strict=False, time_unit="us")
        except pl.exceptions.PolarsError:  # no format of time is seen in it
            return None
        if series.null_count() == series.len():
            return None
    return series.dt.epoch("us").cast(pl.Float64).to_numpy() * 1e-6
