"""Checks of the time: it is there, starts at 0, never falls, has no gaps, and no value twice in a step."""

import math
from typing import Any

import polars as pl
import pytest

from validate.series import TIME, codes, messages, payloads
from validate.vectors import base

NAN, INF = math.nan, math.inf


def at(*time: float | None, **columns: Any) -> pl.DataFrame:
    """Rows at rest at these times, so that nothing but the time is looked at."""
    return base(len(time), 0.0, **{TIME: pl.Series(time, dtype=pl.Float64, strict=False)}, **columns)


def test_time_is_missing_in_rows_without_a_frequency() -> None:
    """All such rows are counted, and the first is named; those with a frequency may lack a time."""
    frequency = [None, 1.0, NAN, None, None]
    frame = at(0.0, None, NAN, None, 1.0, **{"Frequency [Hz]": frequency})
    assert payloads("time_missing_on_non_eis_row", frame) == [{"row_index": 2, "num_rows": 2}]


def test_without_frequencies_each_row_needs_a_time() -> None:
    """Null and NaN are missing alike."""
    assert payloads("time_missing_on_non_eis_row", at(0.0, None, NAN)) == [{"row_index": 1, "num_rows": 2}]


def test_a_frequency_of_zero_excuses_a_row() -> None:
    """As with the field's client, it is a frequency that is there."""
    assert codes(at(0.0, None, 1.0, **{"Frequency [Hz]": [None, 0.0, None]})) == []


def test_an_infinite_time_is_there() -> None:
    """It is not missing, but told as infinite."""
    assert codes(at(0.0, 1.0, INF)) == ["value_infinite"]


@pytest.mark.parametrize("first", [5.0, -5.0, 1.0000001e-6, -2e-6, 1e300, INF, -INF])
def test_the_first_time_is_zero(first: float) -> None:
    """Anything further from 0 than a microsecond is a finding."""
    assert payloads("time_does_not_start_at_zero", at(first, first)) == [{"observed": first, "tolerance": 1e-6}]


@pytest.mark.parametrize("first", [0.0, -0.0, 1e-6, -1e-6, 1e-300])
def test_the_first_time_is_zero_but_for_rounding(first: float) -> None:
    """A microsecond more or less passes."""
    assert codes(at(first, 1.0)) == []


def test_the_first_time_is_that_of_the_first_row_that_has_one() -> None:
    """Rows without a time are stepped over."""
    frame = at(None, NAN, 3.0, **{"Frequency [Hz]": [1.0, 1.0, None]})
    assert payloads("time_does_not_start_at_zero", frame) == [{"observed": 3.0, "tolerance": 1e-6}]


def test_whole_times_are_told_as_floats() -> None:
    """A column of whole numbers is as good as any."""
    found = payloads("time_does_not_start_at_zero", base(2, **{TIME: [7, 8]}))
    assert found == [{"observed": 7.0, "tolerance": 1e-6}]


def test_time_falls() -> None:
    """The first fall is told with both its times, and all falls are counted."""
    assert payloads("time_not_monotonic", at(0.0, 5.0, 4.0, 6.0, 1.0, 2.0)) == [
        {"row_index": 2, "previous_time": 5.0, "current_time": 4.0, "num_violations": 2}
    ]
    assert "It falls 2 times." in messages("time_not_monotonic", at(0.0, 5.0, 4.0, 6.0, 1.0, 2.0))[0]


def test_time_falls_behind_rows_without_one() -> None:
    """Neighbours are those that have a time, and the row is numbered in the whole series."""
    frame = at(0.0, 5.0, None, None, 4.0, **{"Frequency [Hz]": [None, None, 1.0, 2.0, None]})
    assert payloads("time_not_monotonic", frame) == [
        {"row_index": 4, "previous_time": 5.0, "current_time": 4.0, "num_violations": 1}
    ]


def test_unsorted_times() -> None:
    """Each row that goes back counts, and where time starts is looked at in row order."""
    assert codes(at(3.0, 2.0, 1.0, 0.0)) == ["time_does_not_start_at_zero", "time_not_monotonic"]


@pytest.mark.parametrize("time", [(0.0, 1.0, 1.0 - 1e-13), (0.0, 1.0, INF), (0.0,), (None, None)])
def test_time_does_not_fall(time: tuple[float | None, ...]) -> None:
    """Rounding, infinite values behind finite ones, and less than two times pass."""
    assert "time_not_monotonic" not in codes(at(*time))


def test_time_falls_from_infinity() -> None:
    """An infinite time is larger than each one that follows it."""
    assert payloads("time_not_monotonic", at(0.0, INF, 2.0)) == [
        {"row_index": 2, "previous_time": INF, "current_time": 2.0, "num_violations": 1}
    ]


def test_gaps() -> None:
    """The first gap of more than five hours is told with the row before it, and all are counted."""
    assert payloads("time_gap_too_large", at(0.0, 1.0, 20_001.0, 40_001.0), strict=True) == [
        {"row_index": 1, "gap_seconds": 20_000.0, "max_gap_seconds": 18_000.0, "num_violations": 2}
    ]
    (said,) = messages("time_gap_too_large", at(0.0, 1.0, 20_001.0, 40_001.0), strict=True)
    assert "no row for 5.56 h" in said
    assert "There are 2 such gaps." in said


def test_a_gap_before_rows_without_a_time() -> None:
    """It lies between rows with a time, and begins at the earlier of them."""
    frame = at(0.0, 1.0, None, 20_001.0, **{"Frequency [Hz]": [None, None, 1.0, None]})
    assert payloads("time_gap_too_large", frame, strict=True)[0]["row_index"] == 1


def test_exactly_five_hours_are_no_gap() -> None:
    """Only more is; and only strict checks look."""
    assert codes(at(0.0, 18_000.0), strict=True) == []
    assert codes(at(0.0, 18_001.0)) == []


def test_an_infinite_gap() -> None:
    """An infinite time lies infinitely far from the row before."""
    assert payloads("time_gap_too_large", at(0.0, INF), strict=True)[0]["gap_seconds"] == INF


def test_times_repeat_within_a_step() -> None:
    """The rows that repeat the one before are counted, and the first is named with its time."""
    assert payloads("time_repeated", at(0.0, 1.0, 1.0, 1.0, 2.0, 2.0)) == [{"row_index": 2, "time": 1.0, "num_rows": 3}]


def test_times_repeat_across_rows_without_one() -> None:
    """Rows without a time are stepped over."""
    frame = at(0.0, 1.0, None, 1.0, **{"Frequency [Hz]": [None, None, 1.0, None]})
    assert payloads("time_repeated", frame) == [{"row_index": 3, "time": 1.0, "num_rows": 1}]


def test_where_a_step_begins_a_time_may_repeat() -> None:
    """Cyclers write the row between two steps once for each."""
    assert codes(at(0.0, 1.0, 1.0, 2.0, **{"Step count": [0, 0, 1, 1]})) == []


@pytest.mark.parametrize("column", [TIME, "Step count"])
def test_without_its_columns_no_time_repeats(column: str) -> None:
    """Nothing tells a step without a count or a current, and nothing a time without its column."""
    frame = at(0.0, 0.0, 0.0).drop(column, "Current [A]")
    assert "time_repeated" not in codes(frame)


def test_without_a_count_steps_are_told_by_the_current() -> None:
    """A time may be written twice where the current turns around, and not while it flows on."""
    frame = base(4, **{TIME: [0.0, 1.0, 1.0, 1.0], "Current [A]": [1.0, 1.0, -1.0, -1.0]}).drop("Step count")
    assert payloads("time_repeated", frame) == [{"row_index": 3, "time": 1.0, "num_rows": 1}]


def test_without_a_time_nothing_is_said_of_it() -> None:
    """A series without the column passes all checks of it."""
    assert codes(base().drop(TIME), strict=True) == []
