"""Checks of when a test ran."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest

from cellkeep.domain.findings import Finding, is_of_timing
from cellkeep.validate import Timing, findings, timing_findings
from validate.series import TIME, codes, is_plain, payloads
from validate.vectors import base, spectrum

START = "2024-01-01T00:00:00Z"
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def said(start: Any = None, end: Any = None, span_s: float | None = None) -> list[Finding]:
    return list(timing_findings(Timing(start, end, NOW), span_s))


def found(start: Any = None, end: Any = None, span_s: float | None = None) -> list[str]:
    return [each.code for each in said(start, end, span_s)]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("2024-06-01T12:00:00Z", False),
        ("2024-06-01T12:00:01Z", True),
        ("2024-06-01T12:00:01+02:00", False),
        ("2024-06-01T11:00:00-02:00", True),
        ("20240601T120001Z", True),
        ("2024-06-01T23:59:59", False),
        ("2199-01-01", False),
        ("2199", False),
        ("soon", False),
        ("", False),
        (None, False),
        (NOW + timedelta(seconds=1), True),
        (datetime(2199, 1, 1), False),  # noqa: DTZ001  a naive time is what is meant
        (datetime(2024, 6, 1, 12, tzinfo=timezone(timedelta(hours=-1))), True),
    ],
)
def test_times_in_the_future(start: Any, told: bool) -> None:
    """A time with a zone is compared with now; one without is not, nor one that can not be read."""
    assert found(start=start) == ["start_time_in_future"] * told
    assert found(end=start) == ["end_time_in_future"] * told


def test_a_time_is_told_as_it_was_read() -> None:
    """In ISO 8601, with its zone."""
    assert [each.payload for each in said("2199-01-01T00:00:00Z", datetime(2199, 1, 2, tzinfo=UTC))] == [
        {"start_time": "2199-01-01T00:00:00+00:00"},
        {"end_time": "2199-01-02T00:00:00+00:00"},
    ]


def test_an_end_before_the_start() -> None:
    """Both are told, and how long the series is does not matter then."""
    (finding,) = said("2024-01-02T00:00:00Z", START, 5.0)
    assert finding.code == "end_time_before_start_time"
    assert finding.severity == "warning"
    assert finding.payload == {"start_time": "2024-01-02T00:00:00+00:00", "end_time": "2024-01-01T00:00:00+00:00"}


def test_zones_are_minded() -> None:
    """One o'clock in Berlin is before half past twelve in London."""
    assert found("2024-01-01T12:30:00+00:00", "2024-01-01T13:00:00+01:00") == ["end_time_before_start_time"]
    assert found("2024-01-01T13:00:00+01:00", "2024-01-01T12:30:00+00:00") == []


@pytest.mark.parametrize(
    ("start", "end"), [(START, "2023-01-01T00:00:00"), ("2024-01-01T00:00:00", "2023-01-01T00:00:00Z")]
)
def test_a_time_with_a_zone_is_not_compared_with_one_without(start: str, end: str) -> None:
    """Nothing is known of their order."""
    assert found(start, end, 5.0) == []


def test_times_without_a_zone_are_compared_with_each_other() -> None:
    """They are of one clock."""
    assert found("2024-01-02T00:00:00", "2024-01-01T00:00:00") == ["end_time_before_start_time"]


@pytest.mark.parametrize(
    ("wall_s", "span_s", "told"),
    [
        (60, 0.001, False),
        (61, 1.0, False),
        (70, 1.0, True),
        (0, 60.0, False),
        (0, 61.0, True),
        (10_500, 10_000.0, False),
        (10_501, 10_000.0, True),
        (9_499, 10_000.0, True),
        (100, 0.0, False),
        (100, None, False),
    ],
)
def test_the_duration_differs(wall_s: float, span_s: float | None, told: bool) -> None:
    """A minute, or 5 % of the series, is tolerated; a series without a span is not compared."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    assert found(start, start + timedelta(seconds=wall_s), span_s) == ["duration_mismatch"] * told


def test_what_is_told_of_durations() -> None:
    """Both, and the tolerance."""
    (finding,) = said(START, "2024-01-01T02:00:00Z", 10_000.0)
    assert finding.payload == {
        "wall_clock_seconds": 7200.0,
        "data_span_seconds": 10_000.0,
        "tolerance_seconds": 500.0,
    }


@pytest.mark.parametrize(
    ("rate", "unit"),
    [
        (1000.0, "milliseconds"),
        (1.04e6, "microseconds"),
        (1e9, "nanoseconds"),
        (1 / 60, "minutes"),
        (1 / 3600, "hours"),
        (0.96 / 86_400, "days"),
        (2.0, None),
        (1.06e3, None),
    ],
)
def test_a_clock_that_is_not_in_seconds(rate: float, unit: str | None) -> None:
    """Where the ratio is that of a unit to the second, to 5 %, this is said too."""
    listed = said(START, "2024-01-11T00:00:00Z", 864_000 * rate)
    assert [each.code for each in listed] == ["duration_mismatch", *["clock_rate_mismatch"] * (unit is not None)]
    assert [each.payload["unit"] for each in listed[1:]] == [unit] * (unit is not None)
    assert all(is_of_timing(each) for each in listed)
    assert all(is_plain(each.payload) for each in listed)


def test_the_span_is_from_the_smallest_to_the_largest_time() -> None:
    """In whatever order they are, and rows without a time do not matter."""
    frame = base(4, 0.0, **{TIME: [None, 5000.0, math.nan, 100.0]})
    (payload,) = payloads("duration_mismatch", frame, start_time=START, end_time="2024-01-01T02:00:00Z")
    assert payload["data_span_seconds"] == 4900.0


@pytest.mark.parametrize(
    "time", [[None, None], [math.nan, math.nan], [0.0, math.inf], [-math.inf, 0.0], [3.0, 3.0], ["a", "b"]]
)
def test_series_without_a_span(time: list[Any]) -> None:
    """Nothing is compared where no times, or infinite ones, are there."""
    name = TIME if time[0] != "a" else "Time"
    frame = base(2, 0.0).drop(TIME).with_columns(pl.Series(name, time))
    assert "duration_mismatch" not in codes(frame, start_time=START, end_time="2024-02-01T00:00:00Z")


@pytest.mark.parametrize("data_type", ["eis", "ocp", None])
def test_series_of_every_kind_have_a_span(data_type: str) -> None:
    """Timing is looked at in all of them, last of the checks that the field has."""
    frame = spectrum().with_columns((pl.int_range(pl.len()) * 100.0).alias(TIME))
    asked = {"data_type": data_type, "start_time": START, "end_time": "2024-02-01T00:00:00Z"}
    assert codes(frame, **asked)[-1] == "duration_mismatch"


def test_only_now_is_compared_with_where_nothing_is_given() -> None:
    """A series far in the past passes, and one in the far future does not."""
    assert findings(base(), start_time="1980-01-01T00:00:00Z") == []
    assert codes(base(), start_time="9999-01-01T00:00:00Z") == ["start_time_in_future"]


def test_the_ends_of_time() -> None:
    """Zones do not push a time over the edge of the calendar."""
    assert found("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 1.0) == [
        "end_time_in_future",
        "duration_mismatch",
    ]
