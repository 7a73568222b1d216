"""Moments and times as instruments write them."""

from datetime import UTC, datetime

import polars as pl
import pytest

from cellkeep.readers.clock import are_clocks, elapsed, moment, moments


@pytest.mark.parametrize(
    ("text", "month_first", "day_first"),
    [
        ("10/03/20 22:55:49", "2020-10-03T22:55:49", "2020-03-10T22:55:49"),
        ("05/06/2024 1:02:03 PM", "2024-05-06T13:02:03", "2024-06-05T13:02:03"),
        ("09/20/2024 08:32:34.558", "2024-09-20T08:32:34.558000", None),
        ("31.12.2024 23:59:59,5", "2024-12-31T23:59:59.500000", None),
        ("05-Feb-20 10:00:00", "2020-02-05T10:00:00", None),
    ],
)
def test_dates_by_day_and_month(text: str, month_first: str, day_first: str | None) -> None:
    """A year may have two digits, and a date that can be read in two ways is read as the maker does, which is told."""
    by_month, by_day = moment(text, "month first"), moment(text, "day first")
    assert by_month is not None
    assert by_day is not None
    assert by_month[0].isoformat() == month_first
    assert by_day[0].isoformat() == (day_first or month_first)
    assert bool(by_month[1]) == bool(by_day[1]) == (day_first is not None)


@pytest.mark.parametrize("text", ["01/01/0001 00:00:00", "0001-01-01T00:00:00Z", "9999-12-31 23:59:59", "30/30/2024"])
def test_dates_that_stand_for_none(text: str) -> None:
    """The first and the last date that a computer can write are no moments."""
    assert moment(text, "month first") is None


def test_counts_since_an_epoch() -> None:
    """Seconds, milliseconds and days are told apart; a count that can be none becomes null."""
    assert moment("1700000000", "day first") == (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), "")
    assert moment("1700000000000", "day first") == (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), "")
    assert moment("44000.5", "day first") == (datetime(2020, 6, 18, 12), "")  # noqa: DTZ001  a workbook says no zone
    strange = moments(pl.Series([1e300, float("inf"), -1.0, *[1.7e9] * 50]), "day first")
    assert strange is not None
    assert strange.values[:3].null_count() == 3


def test_times_beyond_a_day() -> None:
    """Hours go beyond 24, and four parts begin with days."""
    texts = pl.Series(["27:00:00.25", "1d 03:00:00.25", "1:03:00:00,25", "x", None])
    seconds = elapsed(texts)
    assert seconds is not None
    assert seconds.to_list() == [97200.25, 97200.25, 97200.25, None, None]


def test_one_cell_makes_no_clock() -> None:
    """A column is a clock where most of its cells are, so that a damaged row does not make it one."""
    assert are_clocks(["00:00:01", "00:00:02", "1.5", ""])
    assert not are_clocks(["1.5", "2.5", "00:00:02"])
