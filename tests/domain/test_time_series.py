"""What part of a series is asked for."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cellkeep.domain.time_series import MAX_POINTS, Run, SeriesQuery, Window, runs, shortened


@given(st.lists(st.integers(0, 200)))
def test_numbers_are_written_short_and_read_back(numbers: list[int]) -> None:
    """Runs hold exactly the numbers, in order, with a gap between each and the next."""
    found = runs(shortened(numbers))
    assert [number for run in found for number in range(run.first, run.last + 1)] == sorted(set(numbers))
    assert all(one.last + 1 < other.first for one, other in pairwise(found))


def test_runs_that_overlap_are_one() -> None:
    """Whatever the order in which they are named."""
    assert runs(["7-9", "1", "8-12", "2"]) == [Run(1, 2), Run(7, 12)]


def test_windows_are_put_together_from_their_parts() -> None:
    """Empty bounds are none."""
    asked = SeriesQuery(window_column=["a", "b"], window_from=["1.5", ""], window_to=[" ", "1e3"])
    assert asked.windows == [Window("a", 1.5, math.inf), Window("b", -math.inf, 1000.0)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"max_points": 0}, "greater than or equal to 2"),
        ({"max_points": 1}, "greater than or equal to 2"),
        ({"max_points": -5}, "greater than or equal to 2"),
        ({"max_points": MAX_POINTS + 1}, "less than or equal to 100000"),
        ({"max_points": 10**30}, "max_points"),
        ({"steps": ["-1"]}, "none of the numbers"),
        ({"steps": ["1.0"]}, "none of the numbers"),
        ({"steps": ["٣"]}, "none of the numbers"),
        ({"steps": ["1\n"]}, "none of the numbers"),
        ({"steps": ["9" * 19]}, "none of the numbers"),
        ({"cycles": ["1-"]}, "none of the numbers"),
        ({"cycles": ["9-7"]}, "'9-7' goes backwards"),
        ({"row_from": -1}, "row_from"),
        ({"row_from": 5, "row_to": 4}, "row_from 5 lies behind row_to 4"),
        ({"window_column": ["a"], "window_from": ["1"]}, "needs one window_from and one window_to"),
        ({"window_column": ["a"], "window_from": ["2"], "window_to": ["1"]}, "'a' ends at 1, before 2"),
        ({"window_column": ["a"], "window_from": ["nan"], "window_to": ["1"]}, "NaN bounds no window"),
        ({"window_column": ["a"], "window_from": ["1"], "window_to": ["two"]}, "'two' is no number"),
        ({"window_column": ["a"] * 21, "window_from": [""] * 21, "window_to": [""] * 21}, "at most 20"),
        ({"steps": ["1"] * 20_001}, "at most 20000"),
        ({"columns": ["a"] * 10_001}, "at most 10000"),
        ({"x": "a"}, "goes with max_points"),
        ({"columns": ["a\0b"]}, "no text"),
        ({"max_point": 5}, "max_point"),
        ({"format": "xml"}, "format"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], message: str) -> None:
    """Bounds, numbers and names that can not be meant are named."""
    with pytest.raises(ValidationError, match=message):
        SeriesQuery.model_validate(fields)


def test_numbers_are_taken_as_numbers_too() -> None:
    """In a body of JSON they need no quotes."""
    asked = SeriesQuery.model_validate(
        {"steps": [3, "5-6"], "window_column": ["a"], "window_from": [1.5], "window_to": [2]}
    )
    assert runs(asked.steps) == [Run(3, 3), Run(5, 6)]
    assert asked.windows == [Window("a", 1.5, 2.0)]
