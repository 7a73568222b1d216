"""Times that a cycler wrote more than once."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise.derived import spread_times


def spread(*times: float | None, offset_s: float = 1e-6) -> list[float | None]:
    return spread_times(pl.DataFrame({"Time [s]": times}, strict=False), offset_s=offset_s)["Time [s]"].to_list()


def test_repeats_come_later() -> None:
    """The k-th repeat comes k microseconds later."""
    assert spread(0, 1, 1, 1, 2) == pytest.approx([0, 1, 1.000001, 1.000002, 2], abs=1e-12)


def test_a_repeat_that_meets_another_time() -> None:
    """It is spread again."""
    assert spread(0, 1, 1, 1.000001, 2) == pytest.approx([0, 1, 1.000001, 1.000002, 2], abs=1e-12)


def test_rows_without_a_time() -> None:
    """They keep having none, and are no repeats of each other."""
    found = spread(0, None, math.nan, 1, 1)
    assert found[1:3] == [None, None]
    assert found[4] == pytest.approx(1.000001, abs=1e-12)


def test_distinct_times_stay() -> None:
    """Where no time comes twice, the very frame comes back."""
    frame = pl.DataFrame({"Time [s]": [0.0, 5e-7, 1e-6, None, None]})
    assert spread_times(frame) is frame
    assert spread_times(frame.clear()).equals(frame.clear())


@given(st.lists(st.integers(0, 30), max_size=60))
def test_all_differ_and_keep_their_order(seconds: list[int]) -> None:
    """Times that did not run back are strictly rising afterwards, and none moves by a millisecond."""
    found = np.array(spread(*map(float, sorted(seconds))), dtype=float)
    assert (np.diff(found) > 0).all()
    assert np.abs(found - sorted(seconds)).max(initial=0.0) < 1e-3


def test_an_offset_that_is_too_large() -> None:
    """A repeat must not pass the time that follows it."""
    with pytest.raises(UnusableDataError, match="pass the time that follows"):
        spread(0, 1, 1, 1, 1.5, offset_s=1.0)


def test_times_too_large_for_the_offset() -> None:
    """At 1e12 s a double can not hold a microsecond more."""
    with pytest.raises(UnusableDataError, match="too far from 0"):
        spread(0, 1e12, 1e12)


@pytest.mark.parametrize("offset_s", [0.0, -1.0, math.nan, math.inf])
def test_offsets_that_are_none(offset_s: float) -> None:
    """An offset is positive and finite."""
    with pytest.raises(InvalidError):
        spread(0, offset_s=offset_s)


def test_no_time() -> None:
    """It is said what is missing."""
    with pytest.raises(UnusableDataError, match="'Time \\[s\\]' not found"):
        spread_times(pl.DataFrame({"t": [0.0]}))
