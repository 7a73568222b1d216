"""From the cells of a table to the columns of the data format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.cells import LINE
from cellkeep.readers.choosing import NOTHING_CHOSEN, Choice, choose, require_enough
from cellkeep.readers.clock import is_clock, moment
from cellkeep.readers.direction import direct, turned
from cellkeep.readers.format import STEP_TIME, TIMESTAMP, Format, Match
from cellkeep.readers.loading import SHEET, Table
from cellkeep.readers.rows import COUNTED, in_order, is_possible, measured
from cellkeep.readers.timing import is_impedance, running, seconds_of
from cellkeep.runs import Floats

MODE = "Mode from cycler"
"""What the cycler was doing, in its own words."""
_RATE_AGREES = 0.02
_NO_CELL_V = 100.0
_SIGNED = (columns.CURRENT, columns.AREAL_CURRENT, columns.POWER)


@dataclass(frozen=True)
class Shaped:
    """A table in the data format.

    Attributes:
        frame: the series, current positive on discharge.
        repairs: what was left out, moved, taken for granted.
        sign_known: whether the file or its format says which direction current has.
        data_type: `"eis"` for spectra alone.
        start: of the first row, with its zone where the file says it.
        clock: what the clock of the test shows in the first row [s]; None where there is none.
        time_of_day: of the first row, where its moment has no date.
        choice: which column of the file is what.
    """

    frame: pl.DataFrame
    repairs: list[Repair] = field(default_factory=list)
    sign_known: bool = True
    data_type: columns.DataType | None = None
    start: datetime | None = None
    clock: float | None = None
    time_of_day: str = ""
    choice: Choice = NOTHING_CHOSEN


def shape(fmt: Format, match: Match, mapping: Mapping[str, str], zone: ZoneInfo | None) -> Shaped:
    """Make the series of a file.

    Args:
        fmt: the declaration.
        match: where the table stands.
        mapping: headings of the file and what they are, which come before all others.
        zone: in which the clock of the instrument runs.

    Raises:
        UnusableDataError: a column is missing, there are no rows, or times make no sense.
        InvalidError: the mapping names a heading that is not there.
    """
    choice = choose(fmt, match, mapping)
    require_enough(choice, match, fmt)
    table = Table(fmt, match, choice)
    frame, repairs = table.load()
    repairs = [*choice.repairs, *repairs]
    for step in (measured, in_order):
        frame, more = step(frame, table)
        repairs += more
    if frame.is_empty():
        raise UnusableDataError(
            f"The file is one of {fmt.title}, and has no row of measured values.",
            detail={"reader": fmt.name, "rows": 0},
        )
    frame, scaled = _in_volts(_impedance(frame), choice)
    repairs += scaled
    clock = _Clock(frame, table, zone)
    frame = frame.with_columns(clock.column())
    current = columns.CURRENT if columns.CURRENT in frame.columns else columns.AREAL_CURRENT
    sign_known, written = True, frame
    if current in frame.columns:
        said = choice.by_target[current].signed
        frame, signed, sign_known = direct(frame, current, fmt.positive, doubtful=fmt.doubtful, said=said)
        clock.repairs += signed
    spectra = bool(is_impedance(frame).all())
    finished = _finished(frame, current)
    return Shaped(
        finished,
        [*repairs, *clock.repairs],
        sign_known or spectra,
        "eis" if spectra else None,
        clock.start,
        clock.shows,
        clock.time_of_day,
        _with_signs(choice, written, finished),
    )


def _with_signs(choice: Choice, written: pl.DataFrame, made: pl.DataFrame) -> Choice:
    """The choice, which tells of current and power whether they have the sign that was written."""
    for name in _SIGNED:
        if name in written.columns and name in made.columns:
            whole, partly = turned(written[name], made[name])
            choice = choice.turned([name] if whole or partly else [], partly=partly)
    return choice


Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


class _Clock:
    """The times of the rows of a frame, and the moment of the first."""

    def __init__(self, frame: pl.DataFrame, table: Table, zone: ZoneInfo | None) -> None:
        self.repairs: list[Repair] = []
        self.start: datetime | None = None
        self.shows: float | None = None
        self.time_of_day = ""
        self._frame, self._table, self._choice, self._zone = frame, table, table.choice, zone

    def column(self) -> list[pl.Series]:
        """`Time [s]`, from 0 and never falling, null where a spectrum has no clock; nothing where no row has one."""
        own = self._table.clock
        if own is None and TIMESTAMP not in self._choice:
            return []
        lines = self._frame[LINE].to_numpy()
        known = is_possible(self._frame[own]).to_numpy() if own else np.ones(self._frame.height, bool)
        if not known.any():
            return []
        time = self._frame[own].to_numpy()[known] if own else self._seconds(known)
        if time is None or not np.isfinite(time).all():
            raise UnusableDataError(
                f"'{self._choice.by_target[TIMESTAMP].title}' alone tells the time, and not all of it can be read as a "
                "date and a time of day.",
                detail={"column": self._choice.by_target[TIMESTAMP].title},
            )
        if own == columns.TIME and self._choice.unit_is_open(columns.TIME):
            time = self._in_seconds(time, known)
        self.shows = float(time[0]) if own == columns.TIME else None
        done = running(time, lines[known], lambda: self._seconds(known) if own else None, self._steps(known, own))
        self.repairs += done.repairs
        self.start = self._first_moment(float(done.seconds[-1]))
        values = np.full(self._frame.height, np.nan)
        values[known] = done.seconds
        return [pl.Series(columns.TIME, values, nan_to_null=True)]

    def _steps(self, known: Mask, own: str | None) -> pl.Series | None:
        """The step of each row, where only the clock of the steps runs."""
        if own != STEP_TIME:
            return None
        absent = pl.Series([0.0] * self._frame.height)
        return self._frame.get_column(columns.STEP_FROM_CYCLER, default=absent).filter(pl.Series(known))

    def _in_seconds(self, time: Floats, known: Mask) -> Floats:
        """Times of which no unit is told, by comparison with the moments of the rows."""
        moments = self._seconds(known)
        told = np.flatnonzero(np.isfinite(moments)) if moments is not None else np.empty(0, int)
        if moments is None or told.size < 2 or time[told[-1]] <= time[told[0]]:
            return time
        first, last = told[0], told[-1]
        factor = float((moments[last] - moments[first]) / (time[last] - time[first]))
        for unit, seconds in (("minutes", 60.0), ("hours", 3600.0)):
            if abs(factor / seconds - 1) < _RATE_AGREES:
                title = self._choice.by_target[columns.TIME].title
                message = f"'{title}' names no unit, and beside the moments of the rows it is in {unit}."
                self.repairs.append(Repair(action="unit_by_comparison", message=message, payload={"unit": unit}))
                return time * seconds
        return time

    def _seconds(self, known: Mask) -> Floats | None:
        found = self._table.moments(self._frame)
        if found is None:
            return None
        self._told(found.assumed)
        seconds: Floats = seconds_of(found.values, self._zone)[known]
        return seconds

    def _first_moment(self, span_s: float) -> datetime | None:
        """The moment of the first row, if possible without reading all of them."""
        if TIMESTAMP not in self._choice:
            return None
        at, line = self._choice.by_target[TIMESTAMP].at, int(self._frame[LINE][0]) - 1
        grids = {grid.name: grid for grid in (self._table.match.grid, *self._table.match.others)}
        sheet = self._frame[SHEET][0] if SHEET in self._frame.columns else self._table.match.grid.name
        rows = grids[sheet].rows
        row = rows[line] if line < len(rows) else []
        first = moment(row[at], self._table.fmt.dates) if at < len(row) else None
        if first is None and at < len(row) and is_clock(row[at]):
            self.time_of_day = row[at].strip()
            return None
        if first and not first[1]:
            return first[0]
        found = self._table.moments(self._frame, span_s)
        if found is None:
            return None
        self._told(found.assumed)
        value: datetime | None = found.values[0]
        return value

    def _told(self, assumed: str) -> None:
        told = Repair(action="date_order_assumed", message=f"{assumed[:1].upper()}{assumed[1:]}.")
        if assumed and told not in self.repairs:
            self.repairs.append(told)


def _impedance(frame: pl.DataFrame) -> pl.DataFrame:
    """Make Re and Im of modulus and phase where only those are there."""
    polar = {columns.Z_MOD, columns.Z_PHASE} <= set(frame.columns)
    if not polar or {columns.Z_RE, columns.Z_IM} <= set(frame.columns):
        return frame
    phase = pl.col(columns.Z_PHASE).radians()
    parts = {columns.Z_RE: phase.cos(), columns.Z_IM: phase.sin()}
    return frame.with_columns(
        (pl.col(columns.Z_MOD) * part).alias(name) for name, part in parts.items() if name not in frame.columns
    )


def _in_volts(frame: pl.DataFrame, choice: Choice) -> tuple[pl.DataFrame, list[Repair]]:
    """Take voltages of which no unit is told to be in mV where the current is, and they would be those of no cell."""
    if not (
        columns.VOLTAGE in frame.columns and choice.unit_is_open(columns.VOLTAGE) and choice.is_milli(columns.CURRENT)
    ):
        return frame, []
    if float(frame[columns.VOLTAGE].abs().median() or 0.0) < _NO_CELL_V:  # type: ignore[arg-type]
        return frame, []
    title = choice.by_target[columns.VOLTAGE].title
    message = f"'{title}' was taken to be in mV, as the current is: in V it would be that of no cell."
    scaled = frame.with_columns(pl.col(columns.VOLTAGE) / 1000)
    return scaled, [Repair(action="unit_assumed", message=message, payload={"column": title, "unit": "mV"})]


def _finished(frame: pl.DataFrame, current: str) -> pl.DataFrame:
    """The columns of the data format in its order, and those of the cycler's own."""
    counted = [name for name in COUNTED if name in frame.columns and _whole(frame[name])]
    made = [pl.col(name).cast(pl.Int64) for name in counted]
    if columns.POWER in frame.columns and current in frame.columns:
        made.append((pl.col(columns.POWER).abs() * pl.col(current).sign() + 0.0).alias(columns.POWER))
    doubled = {  # a single column says nothing that both directions do not say
        single
        for single, pair in columns.BY_DIRECTION.items()
        if single in frame.columns
        and all(name in frame.columns and frame[name].null_count() < frame.height for name in pair)
    }
    done = (
        frame.drop(doubled)
        .with_columns(made)
        .rename({columns.STATUS: MODE}, strict=False)
        .drop(LINE, STEP_TIME, strict=False)
    )
    order = [name for name in (*columns.NUMERIC, columns.Z_MOD, columns.Z_PHASE) if name in done.columns]
    empty = {name for name in done.columns if done[name].null_count() == done.height}
    rest = [name for name in done.columns if name not in order]
    return done.select(name for name in (*order, *rest) if name not in empty)


def _whole(numbers: pl.Series) -> bool:
    return bool((numbers == numbers.round()).all())
