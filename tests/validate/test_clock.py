"""Checks of time against the wall clock, and of its jumps by an hour."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cellkeep.validate.clock import unit_meant
from validate.series import CURRENT, STEPS, TIME, codes, payloads
from validate.vectors import base

RATE, JUMP = "clock_rate_mismatch", "summer_time_jump"
MIDNIGHT = datetime(2024, 3, 31)  # noqa: DTZ001  a local clock


def stamped(
    seconds: Sequence[float], time: Sequence[float | None] | None = None, name: str = "Clock", **columns: Any
) -> pl.DataFrame:
    """Rows at rest, at these seconds after midnight by a clock of their own."""
    stamps = pl.Series(name, [MIDNIGHT + timedelta(seconds=at) for at in seconds])
    frame = base(len(seconds), 0.0, **{TIME: list(seconds if time is None else time)}, **columns)
    return frame.with_columns(stamps)


def every(seconds: float, rows: int = 20) -> list[float]:
    return [seconds * row for row in range(rows)]


@pytest.mark.parametrize(
    ("ratio", "unit"),
    [
        (1000.0, "milliseconds"),
        (1.049e6, "microseconds"),
        (0.951e9, "nanoseconds"),
        (1 / 60, "minutes"),
        (1 / 3600, "hours"),
        (1 / 86_400, "days"),
        (1.0, None),
        (1.06e3, None),
        (0.0, None),
    ],
)
def test_the_unit_that_is_meant(ratio: float, unit: str | None) -> None:
    """A clock of another unit runs faster or slower by what that unit has of seconds, to 5 %."""
    assert unit_meant(ratio) == unit


def test_a_clock_that_runs_too_fast() -> None:
    """The ratio is told with both durations and the unit that is meant."""
    frame = stamped(every(10.0), every(10_000.0))
    assert payloads(RATE, frame) == [
        {
            "column": "Clock",
            "ratio": pytest.approx(1000.0),
            "elapsed_seconds": pytest.approx(190_000.0),
            "wall_clock_seconds": pytest.approx(190.0),
            "unit": "milliseconds",
        }
    ]


@pytest.mark.parametrize(("ratio", "told"), [(1.04, False), (0.96, False), (1.06, True), (0.94, True), (1.0, False)])
def test_a_rate_to_five_percent(ratio: float, told: bool) -> None:
    """More is a finding, of which the unit is not known."""
    found = payloads(RATE, stamped(every(10.0), every(10.0 * ratio)))
    assert [each["unit"] for each in found] == [None] * told


def test_pauses_do_not_count() -> None:
    """Rows that lie half an hour apart or more by the wall clock may have a pause between them."""
    wall = [*every(10.0), *(1e6 + at for at in every(10.0))]
    time = [*every(10.0), *(200.0 + at for at in every(10.0))]
    assert codes(stamped(wall, time)) == []


def test_ten_seconds_tell_nothing() -> None:
    """A clock of whole seconds is not that exact."""
    assert codes(stamped(every(0.4), every(0.8))) == []
    assert codes(stamped(every(0.6), every(1.2))) == [RATE]


def test_clocks_that_run_back() -> None:
    """Rows between which either clock falls are passed over."""
    time = every(10.0)
    wall = [*time[:10], *(at - 500.0 for at in time[10:])]
    assert codes(stamped(wall, time)) == []


@pytest.mark.parametrize("shift", [3600.0, -3600.0, 3604.0])
def test_a_wall_clock_that_jumps_by_an_hour(shift: float) -> None:
    """As summer time does; the row behind the jump is told."""
    time = every(10.0)
    wall = [*time[:7], *(at + shift for at in time[7:])]
    assert payloads(JUMP, stamped(wall, time)) == [
        {"column": "Clock", "row_index": 7, "shift_seconds": pytest.approx(shift), "num_jumps": 1}
    ]


@pytest.mark.parametrize("shift", [3500.0, 3606.0, -3610.0, 7200.0])
def test_other_jumps_are_none_of_summer_time(shift: float) -> None:
    """A jump of anything but an hour, to five seconds, is not told."""
    time = every(10.0)
    assert payloads(JUMP, stamped([*time[:7], *(at + shift for at in time[7:])], time)) == []


def test_jumps_there_and_back() -> None:
    """All are counted and the first is told."""
    time = every(10.0, 30)
    wall = [at + (3600.0 if 10 <= row < 20 else 0.0) for row, at in enumerate(time)]
    (found,) = payloads(JUMP, stamped(wall, time))
    assert (found["row_index"], found["num_jumps"], found["shift_seconds"]) == (10, 2, pytest.approx(3600.0))


def test_an_hour_that_both_clocks_skip() -> None:
    """It was a pause."""
    time = [*every(10.0), *(3800.0 + at for at in every(10.0))]
    frame = stamped(time, time, **{STEPS: [0] * 20 + [1] * 20})
    assert codes(frame) == []


@pytest.mark.parametrize("dtype", [pl.Datetime("ms"), pl.Datetime("ns"), pl.Datetime("us", "Europe/Berlin")])
def test_every_kind_of_timestamp(dtype: pl.DataType) -> None:
    """Unit and zone do not matter."""
    frame = stamped(every(10.0), every(10_000.0)).with_columns(pl.col("Clock").cast(dtype))
    assert payloads(RATE, frame)[0]["unit"] == "milliseconds"


@pytest.mark.parametrize("name", ["Timestamp", "DATE", "date time", "Absolute Time"])
@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"])
def test_timestamps_in_words(name: str, form: str) -> None:
    """Text is read in columns whose name is like a time."""
    words = stamped(every(10.0), every(10_000.0)).with_columns(pl.col("Clock").dt.strftime(form).alias(name))
    assert [each["column"] for each in payloads(RATE, words.drop("Clock"))] == [name]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Status", ["2024-01-01 00:00:00"] * 20),
        ("Timestamp", ["never"] * 20),
        ("Timestamp", [""] * 20),
        ("Timestamp", [None] * 20),
        ("Timestamp", list(range(20))),
        ("Date", [MIDNIGHT.date()] * 20),
        ("Time of day", [timedelta(seconds=at) for at in range(20)]),
        ("Clock", [None] * 20),
    ],
)
def test_columns_that_are_no_clock(name: str, values: list[Any]) -> None:
    """Text elsewhere, what can not be read, and other types tell nothing."""
    assert codes(base(20, 0.0).with_columns(pl.Series(name, values, strict=False))) == []


def test_rows_without_a_stamp_or_a_time() -> None:
    """They are stepped over; the row that is told is that of the whole series."""
    time = every(10.0)
    wall = [*time[:7], *(at + 3600.0 for at in time[7:])]
    at = pl.int_range(pl.len())
    frame = stamped(wall, time, **{"Frequency [Hz]": [1.0] * 20}).with_columns(
        pl.when(at != 6).then("Clock").alias("Clock"), pl.when(at != 7).then(TIME).alias(TIME)
    )
    assert [(each["row_index"], each["num_jumps"]) for each in payloads(JUMP, frame)] == [(8, 1)]


def test_each_clock_is_compared() -> None:
    """In the order of the columns."""
    frame = stamped(every(10.0), every(10_000.0)).with_columns(
        pl.col("Clock").alias("B"), pl.lit(datetime(2024, 1, 1, tzinfo=UTC)).alias("A")
    )
    assert [each["column"] for each in payloads(RATE, frame)] == ["Clock", "B"]


def steady(jump: float, *, at: int = 10, rows: int = 20, interval: float = 10.0, **columns: Any) -> pl.DataFrame:
    """A current that flows on while time jumps by so much more."""
    time = interval * np.arange(rows) + np.where(np.arange(rows) >= at, jump, 0.0)
    volts = 3.9 - 1e-3 * np.arange(rows)
    return base(rows, 1.0, **{TIME: time, "Voltage [V]": volts, **columns})


def test_time_falls_by_an_hour() -> None:
    """As a local clock does when summer time ends, in the midst of a step or between two."""
    frame = steady(-3610.0)
    found = {"column": TIME, "row_index": 10, "shift_seconds": -3600.0, "num_jumps": 1}
    assert payloads(JUMP, frame) == [found]
    between = frame.with_columns(pl.Series(STEPS, [0] * 10 + [1] * 10))
    assert payloads(JUMP, between) == [found]


def test_time_skips_an_hour_while_the_current_flows() -> None:
    """As when summer time begins."""
    assert payloads(JUMP, steady(3590.0)) == [
        {"column": TIME, "row_index": 10, "shift_seconds": 3600.0, "num_jumps": 1}
    ]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(steady(3590.0, **{STEPS: [0] * 10 + [1] * 10}), id="between two steps"),
        pytest.param(steady(3590.0, **{CURRENT: [0.0] * 20}), id="at rest"),
        pytest.param(steady(3590.0, **{CURRENT: [1.0] * 10 + [0.9] * 10}), id="another current"),
        pytest.param(steady(3590.0, **{CURRENT: [1.0] * 10 + [None] * 10}), id="no current"),
        pytest.param(steady(3000.0), id="less than an hour"),
        pytest.param(steady(3700.0), id="more than an hour"),
        pytest.param(steady(3600.0, interval=3600.0), id="rows an hour apart"),
        pytest.param(steady(3590.0, at=1), id="behind the first row"),
    ],
)
def test_hours_that_may_have_passed(frame: pl.DataFrame) -> None:
    """Nothing is said where no summer time is needed to explain them."""
    assert payloads(JUMP, frame) == []


def test_jumps_are_counted() -> None:
    """And the first is told."""
    time = np.concatenate([10.0 * np.arange(10) + shift for shift in (0.0, 3690.0, 7380.0)])
    (found,) = payloads(JUMP, base(30, 1.0, **{TIME: time}))
    assert (found["row_index"], found["num_jumps"]) == (10, 2)


@pytest.mark.parametrize("column", [TIME, STEPS])
def test_without_time_or_steps_no_jump_is_told(column: str) -> None:
    """A step has to be known to tell whether it goes on."""
    assert JUMP not in codes(steady(3590.0).drop(column, CURRENT))


def test_without_a_current_a_step_goes_on() -> None:
    """Then the step alone tells."""
    assert payloads(JUMP, steady(3590.0).drop(CURRENT))[0]["row_index"] == 10


def test_the_time_when_a_step_began() -> None:
    """A timestamp that stands still in each step tells the time where it changes, and only there."""
    hour, short = 60, 10
    minutes = list(range(hour)) + [hour + row for row in range(short)] + [hour + short + row for row in range(hour)]
    begins = [0] * hour + [hour] * short + [hour + short] * hour
    frame = base(
        len(minutes),
        **{
            TIME: [60.0 * minute for minute in minutes],
            STEPS: [0] * hour + [1] * short + [2] * hour,
            "Step start": [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=begin) for begin in begins],
        },
    )
    assert "clock_rate_mismatch" not in codes(frame)


def test_rows_that_come_hourly_from_then_on() -> None:
    """That is another interval of logging, and no summer time; an hour amid rows of one interval is."""
    seconds = [10.0 * row for row in range(60)]
    hourly = [*seconds, *(590.0 + 3600 * row for row in range(1, 10))]
    assert "summer_time_jump" not in codes(base(len(hourly), 0.01, **{TIME: hourly}))
    skipped = [*seconds, *(590.0 + 3600 + 10 * row for row in range(1, 10))]
    assert "summer_time_jump" in codes(base(len(skipped), 0.01, **{TIME: skipped}))
