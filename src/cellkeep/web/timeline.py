"""A timeline of measurements: a lane for each kind of them, bars from start to end, and a scale of days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cellkeep.domain.browsing import MeasurementLine

_ROW: Final = 18
"""Height of a row of bars, in pixels."""
_GAP: Final = 8
"""Between two lanes."""
_MOST_ROWS: Final = 8
"""Of one lane; where more run at the same time, bars of the last row lie on each other."""
_LEAST_WIDTH: Final = 0.6
"""Of a bar, in per cent of the whole: less is neither seen nor hit."""
_MOST_TICKS: Final = 7
_LONGEST_S: Final = 1e10
"""Longer than anybody measures, and within what a length of time can be."""
_KINDS: Final = {
    "cycling": "time series",
    "eis": "impedance",
    "ocp": "open circuit",
    "properties": "properties",
    "file": "files",
}
_HOURS: Final = (1, 2, 6, 12, 24, 48, 24 * 7, 24 * 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 1200)


@dataclass(frozen=True)
class Bar:
    """A measurement; places are in per cent of the width, and in pixels from the top of its lane."""

    line: MeasurementLine
    began: datetime
    ended: datetime
    left: float = 0
    width: float = 0
    top: int = 0


@dataclass(frozen=True)
class Lane:
    kind: str
    label: str
    bars: Sequence[Bar]
    height: int


@dataclass(frozen=True)
class Tick:
    left: float
    label: str


@dataclass(frozen=True)
class Timeline:
    lanes: Sequence[Lane]
    ticks: Sequence[Tick]
    began: datetime
    ended: datetime
    undated: int
    """Measurements of which no start is known."""


def timeline(lines: Sequence[MeasurementLine]) -> Timeline | None:
    """The timeline of those measurements of which the start is known, if there is any."""
    bars = sorted((bar for line in lines if (bar := _bar(line))), key=lambda bar: (bar.began, bar.line.id))
    if not bars:
        return None
    began, ended = min(bar.began for bar in bars), max(bar.ended for bar in bars)
    room = max((ended - began) * 0.03, timedelta(minutes=30))
    first, last = _earlier(began, room), _later(ended, room)
    lanes = []
    for kind, label in _KINDS.items():
        if own := [bar for bar in bars if _kind(bar.line) == kind]:
            placed, rows = _placed(own, first, last)
            lanes.append(Lane(kind, label, placed, rows * _ROW + _GAP))
    return Timeline(lanes, _ticks(first, last), began, ended, len(lines) - len(bars))


def _kind(line: MeasurementLine) -> str:
    kind = line.measurement_type.value
    return kind if kind != "time_series" else line.data_type if line.data_type in _KINDS else "cycling"


def _bar(line: MeasurementLine) -> Bar | None:
    if (began := line.start_time) is None:
        return None
    ended = line.end_time or _later(began, timedelta(seconds=min(line.time_span_s or 0, _LONGEST_S)))
    return Bar(line, began, max(ended, began))


def _earlier(moment: datetime, by: timedelta) -> datetime:
    return moment - by if moment - datetime.min.replace(tzinfo=UTC) > by else datetime.min.replace(tzinfo=UTC)


def _later(moment: datetime, by: timedelta) -> datetime:
    return moment + by if datetime.max.replace(tzinfo=UTC) - moment > by else datetime.max.replace(tzinfo=UTC)


def _placed(bars: Sequence[Bar], first: datetime, last: datetime) -> tuple[list[Bar], int]:
    """The bars in rows in which they do not meet, and the number of rows."""
    free: list[float] = []
    placed = []
    for bar in bars:
        left = _share(bar.began, first, last)
        width = max(_share(bar.ended, first, last) - left, _LEAST_WIDTH)
        row = next((number for number, end in enumerate(free) if end <= left), None)
        if row is None:
            row = len(free) if len(free) < _MOST_ROWS else len(free) - 1
        free[row : row + 1] = [left + width]
        placed.append(replace(bar, left=round(left, 3), width=round(width, 3), top=_GAP // 2 + row * _ROW))
    return placed, len(free)


def _share(moment: datetime, first: datetime, last: datetime) -> float:
    return 100 * ((moment - first) / (last - first))


def _ticks(first: datetime, last: datetime) -> list[Tick]:
    """Marks at round moments, as many as can be read."""
    form, moments = _scale(first, last)
    return [Tick(round(_share(each, first, last), 3), each.strftime(form)) for each in moments]


def _scale(first: datetime, last: datetime) -> tuple[str, list[datetime]]:
    for hours in _HOURS:
        if (last - first) / timedelta(hours=hours) <= _MOST_TICKS:
            return ("%m-%d %H:%M" if hours < 24 else "%Y-%m-%d"), list(_every(first, last, hours))
    for months in _MONTHS[:-1]:
        if (last - first).days / 30 / months <= _MOST_TICKS:
            return ("%Y-%m" if months < 12 else "%Y"), list(_monthly(first, last, months))
    return "%Y", list(_monthly(first, last, _MONTHS[-1]))


def _every(first: datetime, last: datetime, hours: int) -> Iterator[datetime]:
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(hours=hours)
    for number in range((last - day) // step + 1):
        if (moment := day + number * step) >= first:
            yield moment


def _monthly(first: datetime, last: datetime, months: int) -> Iterator[datetime]:
    number = first.year * 12 + first.month - 1
    number -= number % months
    for each in range(number, last.year * 12 + last.month, months):
        if 1 <= each // 12 <= 9999:
            moment = datetime(each // 12, each % 12 + 1, 1, tzinfo=UTC)
            if first <= moment <= last:
                yield moment
