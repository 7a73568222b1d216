"""Times as instruments write them: seconds since the start, and moments of the day."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Literal, NamedTuple

import polars as pl

DateOrder = Literal["day first", "month first"]

_CLOCK = r"^\s*(?:(\d+)\s*d\s+|(\d+):)?(\d+):(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)\s*$"
"""`0d 00:01:00.00`, `12:00:01:00` and `100:01:00.5`: days where there are four parts, hours, minutes, seconds."""
_FRACTION_COMMA = re.compile(r"(:\d\d),(\d)")
_HALF_DAY = re.compile(r"[AaPp]\.?[Mm]\.?\s*$")
_HEAD = 2000
_FEW = 20
_LOOKS = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%b": "[A-Za-z]+",
    "%B": "[A-Za-z]+",
    "%a": "[A-Za-z]+",
}
_EPOCHS = {"s": (3e8, 5e9), "ms": (3e11, 5e12), "days": (20_000.0, 80_000.0)}
"""Between which numbers a count since an epoch lies: seconds and milliseconds since 1970, days since 1899-12-30."""
_DAYS_TO_1970 = 25_569

_YEARS = (1971, 2200)
"""Years of tests; any other is a date that stands for none, or a year of two digits read as one of four."""

_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
_DAY_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
_WORDS = ("%d-%b-%y", "%d-%b-%Y", "%d %B %Y,", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y,", "%a %b %d %Y")
_TIMES = (" %H:%M:%S%.f", " %H:%M", "T%H:%M:%S%.f", "")
_HALF_DAY_TIMES = (" %I:%M:%S%.f %p", " %I:%M %p")


class Moments(NamedTuple):
    """Moments of a column.

    Attributes:
        values: of type `Datetime("us")`, in UTC where the text said so, else without a zone.
        assumed: what was taken for granted, or an empty text.
    """

    values: pl.Series
    assumed: str


def elapsed(text: pl.Series) -> pl.Series | None:
    """Seconds of clock texts such as `0d 00:01:00.00` or `100:01:00`; None where they are no such texts.

    Four parts are days, hours, minutes and seconds.
    """
    known = text.drop_nulls().head(_HEAD)
    if known.is_empty() or not known.str.contains(_CLOCK).any():
        return None
    parts = text.str.extract_groups(_CLOCK).struct.unnest()
    days, more_days, hours, minutes, seconds = (
        parts[name].str.replace(",", ".", literal=True).cast(pl.Float64, strict=False) for name in parts.columns
    )
    total = hours * 3600 + minutes * 60 + seconds
    return total + (days.fill_null(0.0) + more_days.fill_null(0.0)) * 86400


def is_clock(cell: str) -> bool:
    """Whether a cell is a clock text."""
    return re.match(_CLOCK, cell) is not None


def are_clocks(cells: Iterable[str]) -> bool:
    """Whether most cells that hold anything are clock texts; one may stand in a row that is damaged."""
    told = [is_clock(cell) for cell in cells if cell.strip()]
    return sum(told) > len(told) / 2


def moments(column: pl.Series, preferred: DateOrder, span_s: float | None = None) -> Moments | None:
    """Moments that a column tells; None where it tells none.

    Whether 05/06/2021 is in May or in June is told by the days that come, by the time that passes, or else as the maker
    of the instrument writes it, which is then said.

    Args:
        column: text, or counts of seconds or days since an epoch.
        preferred: how the maker writes dates.
        span_s: what passes from the first to the last row by another clock [s].
    """
    numbers = column if column.dtype.is_numeric() else column.cast(pl.Float64, strict=False)
    if numbers.null_count() < len(numbers) and numbers.null_count() <= column.null_count() + len(column) // 10:
        return _since_epoch(numbers.cast(pl.Float64))
    if column.dtype != pl.String:
        return None
    text = column.str.strip_chars().str.replace_all(r"\s+", " ")
    if text.drop_nulls().head(_HEAD).str.contains(r":\d\d,\d").any():
        text = text.str.replace(_FRACTION_COMMA.pattern, "${1}.${2}")
    if (zoned := _zoned(text)) is not None:
        return Moments(zoned, "")
    found = {fmt: values for fmt in _formats(text) if (values := _parsed(text, fmt)) is not None}
    if not found:
        return None
    days = {fmt: values for fmt, values in found.items() if fmt.startswith(_DAY_FIRST)}
    months = {fmt: values for fmt, values in found.items() if fmt.startswith(_MONTH_FIRST)}
    if not (days and months):
        return Moments(next(iter(found.values())), "")
    by_day, by_month = next(iter(days.values())), next(iter(months.values()))
    return _told(by_day, by_month, preferred, span_s)


def moment(text: str, preferred: DateOrder) -> tuple[datetime, str] | None:
    """The one moment of a text, and what was taken for granted."""
    found = moments(pl.Series([text], dtype=pl.String), preferred)
    value = found.values[0] if found else None
    return (value, found.assumed) if found and value is not None else None


def _told(by_day: pl.Series, by_month: pl.Series, preferred: DateOrder, span_s: float | None) -> Moments:
    if by_day.null_count() != by_month.null_count():
        return Moments(by_day if by_day.null_count() < by_month.null_count() else by_month, "")
    if by_day.equals(by_month):
        return Moments(by_day, "")
    if span_s is not None:
        wrong = [abs(_span(values) - span_s) for values in (by_day, by_month)]
        if abs(wrong[0] - wrong[1]) > 3600 * 12:
            return Moments(by_day if wrong[0] < wrong[1] else by_month, "")
    chosen = by_day if preferred == "day first" else by_month
    first = chosen.drop_nulls()[0]
    return Moments(chosen, f"dates were taken to be {preferred}: the first is {first:%d %B %Y}")


def _span(values: pl.Series) -> float:
    known = values.drop_nulls()
    return float((known[-1] - known[0]).total_seconds()) if len(known) else 0.0


def _since_epoch(numbers: pl.Series) -> Moments | None:
    known = numbers.drop_nulls().head(_HEAD)
    middle = float(known.median() or 0.0)  # type: ignore[arg-type]
    for unit, (low, high) in _EPOCHS.items():
        if low < middle < high:
            factor = {"s": 1e6, "ms": 1e3, "days": 86400e6}[unit]
            since = numbers - _DAYS_TO_1970 if unit == "days" else numbers
            sane = since.set(~since.is_between(0, _EPOCHS[unit][1]), None)
            values = (sane * factor).round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
            return Moments(values if unit == "days" else values.dt.replace_time_zone("UTC"), "")
    return None


def _zoned(text: pl.Series) -> pl.Series | None:
    known = text.drop_nulls().head(_HEAD)
    if known.is_empty() or not known.str.contains(r"\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)$").all():
        return None
    plain = text.str.replace(r"\s?Z$", "+00:00").str.replace(r"(\d) ([+-]\d)", "${1}${2}").str.replace(" ", "T")
    values = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", strict=False, time_unit="us", time_zone="UTC")
    values = values.set(~values.dt.year().is_between(*_YEARS), None)
    return values if values.null_count() < len(values) else None


def _formats(text: pl.Series) -> list[str]:
    """Formats by which the first rows can be read."""
    known = text.drop_nulls().head(_HEAD)
    if known.is_empty():
        return []
    times = _HALF_DAY_TIMES if _HALF_DAY.search(known[0]) else _TIMES
    few = known.head(_FEW).to_list()
    every = (*_YEAR_FIRST, *_DAY_FIRST, *_MONTH_FIRST, *_WORDS)
    dates = [date for date in every if any(_looks_like(cell, date) for cell in few)]
    formats = [date + time for date in dates for time in times]
    return [fmt for fmt in formats if _parsed(known, fmt) is not None]


@cache
def _pattern(date: str) -> re.Pattern[str]:
    """What a text looks like that begins with a date of a format."""
    parts = re.split(r"(%[A-Za-z])", date)
    return re.compile("".join(_LOOKS.get(part, re.escape(part)) for part in parts))


def _looks_like(text: str, date: str) -> bool:
    return _pattern(date).match(text) is not None


def _parsed(text: pl.Series, fmt: str) -> pl.Series | None:
    try:
        values = text.str.to_datetime(fmt, strict=False, time_unit="us") if "%H" in fmt or "%I" in fmt else (
            text.str.to_date(fmt, strict=False).cast(pl.Datetime("us"))
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None
    values = values.set(~values.dt.year().is_between(*_YEARS), None)
    blank = int((text.is_null() | (text == "")).sum())
    read = len(values) - values.null_count()
    return values if read and values.null_count() <= blank + len(values) // 10 else None
