"""Checks of the counts of steps and cycles."""

import math
from typing import Any

import polars as pl
import pytest

from validate.series import STEPS, codes, messages, payloads
from validate.vectors import base

NAN, INF = math.nan, math.inf
CYCLE, FROM_CYCLER = "Cycle count", "Cycle from cycler"


def counted(*counts: float | None, dtype: type[pl.DataType] | None = None, **columns: Any) -> pl.DataFrame:
    """Rows at rest with these step counts."""
    return base(len(counts), 0.0, **{STEPS: pl.Series(counts, dtype=dtype, strict=False)}, **columns)


def test_a_count_that_is_missing() -> None:
    """The columns that are there instead are told."""
    assert payloads("step_count_missing", pl.DataFrame({"a": [1], "b": [2]})) == [
        {"column": STEPS, "available_columns": ["a", "b"]}
    ]


def test_no_columns_at_all() -> None:
    """Nothing but the count of steps is missed."""
    assert payloads("step_count_missing", pl.DataFrame()) == [{"column": STEPS, "available_columns": []}]


@pytest.mark.parametrize(
    ("counts", "dtype", "first"),
    [([1, 1], pl.Int64, "1"), ([3, 3], pl.UInt8, "3"), ([-1, -1], pl.Int8, "-1"), ([0.5, 0.5], pl.Float64, "0.5")],
)
def test_a_count_that_starts_elsewhere(counts: list[float], dtype: type[pl.DataType], first: str) -> None:
    """The first value is told, whole where the column holds whole numbers."""
    found = payloads("step_count_does_not_start_at_zero", counted(*counts, dtype=dtype))
    assert [str(each["observed_first"]) for each in found] == [first]


def test_a_count_without_a_first_value() -> None:
    """A missing value is none, and differs from all that follow."""
    found = counted(None, 0, 0)
    assert codes(found) == ["step_count_does_not_start_at_zero", "step_count_non_sequential"]
    assert math.isnan(payloads("step_count_does_not_start_at_zero", found)[0]["observed_first"])


def test_a_count_that_jumps() -> None:
    """Five jumps are shown with the row before each, and all are counted."""
    counts = [0, 2, 0, 2, 0, 2, 0]
    (found,) = payloads("step_count_non_sequential", counted(*counts))
    assert (found["column"], found["num_violations"]) == (STEPS, 6)
    assert found["examples"] == [
        {"row_index": row, "from": 2 * (row % 2), "to": 2 - 2 * (row % 2), "diff": 2 - 4 * (row % 2)}
        for row in range(5)
    ]
    assert all(type(value) is int for example in found["examples"] for value in example.values())


def test_a_count_of_unsigned_numbers_that_falls() -> None:
    """It falls by one, and does not rise by 255."""
    (found,) = payloads("step_count_non_sequential", counted(0, 1, 0, dtype=pl.UInt8))
    assert found["examples"] == [{"row_index": 1, "from": 1, "to": 0, "diff": -1}]


def test_an_infinite_count() -> None:
    """Infinity is as far from itself as from everything else, as with the field's client."""
    (found,) = payloads("step_count_non_sequential", counted(0.0, 1.0, INF))
    assert found["examples"] == [{"row_index": 1, "from": 1.0, "to": INF, "diff": INF}]


@pytest.mark.parametrize("counts", [(0,), (0, 0, 1, 2, 2), (0.0, 1.0, 1.0)])
def test_a_count_that_is_right(counts: tuple[float, ...]) -> None:
    """It stays or rises by one, from 0."""
    assert codes(counted(*counts)) == []


def test_no_rows() -> None:
    """A count without values is there."""
    assert codes(counted(dtype=pl.Int64), strict=True) == []


def test_steps_of_one_row() -> None:
    """Each is told with its place, which is not its count."""
    assert payloads("step_too_few_points", counted(7, 7, 8, 9, 9, 10), strict=True) == [
        {"step_index": 1, "num_points": 1, "min_points": 2},
        {"step_index": 3, "num_points": 1, "min_points": 2},
    ]
    assert "step_too_few_points" not in codes(counted(7, 7, 8, 9, 9, 10))


def test_a_count_that_comes_back_is_another_step() -> None:
    """Steps are runs of neighbours, whatever their count."""
    found = payloads("step_too_few_points", counted(0, 0, 1, 0, 0), strict=True)
    assert [each["step_index"] for each in found] == [1]


def test_one_row_is_one_short_step() -> None:
    """The only step of a series may be too short."""
    assert [each["step_index"] for each in payloads("step_too_few_points", counted(0), strict=True)] == [0]


def test_rows_without_a_count_are_steps_of_their_own() -> None:
    """A missing value is like no other."""
    found = payloads("step_too_few_points", counted(0, 0, NAN, NAN, 1, 1), strict=True)
    assert [each["step_index"] for each in found] == [1, 2]


def test_many_short_steps() -> None:
    """A thousand are told, and the last of them says how many more there are."""
    frame = counted(*range(1500))
    found = payloads("step_too_few_points", frame, strict=True)
    assert [each["step_index"] for each in found] == list(range(1000))
    said = messages("step_too_few_points", frame, strict=True)
    assert said[-1].endswith("(So it is 500 more times.)")
    assert not any("more times" in each for each in said[:-1])


def test_exactly_as_many_as_are_told() -> None:
    """Of a thousand none is left out, and nothing is said of more."""
    said = messages("step_too_few_points", counted(*range(1000)), strict=True)
    assert len(said) == 1000
    assert "more times" not in said[-1]


@pytest.mark.parametrize("column", [CYCLE, "Cycle number", FROM_CYCLER])
def test_a_cycle_that_changes_within_a_step(column: str) -> None:
    """The step is told with its cycles, each once and in order."""
    frame = counted(0, 0, 1, 1, 1, 2, 2, **{column: [0, 0, 5, 3, 5, 6, 6]})
    assert payloads("cycle_changes_within_step", frame, strict=True) == [
        {"step_index": 1, "cycle_column": column, "cycles": [3, 5]}
    ]
    assert "cycle_changes_within_step" not in codes(frame)


def test_one_cycle_column_is_looked_at() -> None:
    """The count goes before a number, and the number before that of the cycler."""
    changing, steady = [0, 1, 1, 1], [0, 0, 0, 0]
    frame = counted(0, 0, 0, 0, **{FROM_CYCLER: steady, "Cycle number": changing})
    assert payloads("cycle_changes_within_step", frame, strict=True)[0]["cycle_column"] == "Cycle number"
    assert payloads("cycle_changes_within_step", frame.with_columns(pl.Series(CYCLE, steady)), strict=True) == []


def test_steps_with_many_cycles() -> None:
    """A finding for each step, a thousand at most, of which the last one counts the others."""
    frame = base(2400, 0.0, **{STEPS: [row // 2 for row in range(2400)], "Cycle number": range(2400)})
    found = payloads("cycle_changes_within_step", frame, strict=True)
    assert [each["cycles"] for each in found] == [[2 * step, 2 * step + 1] for step in range(1000)]
    assert messages("cycle_changes_within_step", frame, strict=True)[-1].endswith("(So it is 200 more times.)")


def test_a_step_with_very_many_cycles() -> None:
    """A thousand cycles are told, and five are said."""
    frame = base(1500, 0.0, **{"Cycle number": range(1500)})
    (found,) = payloads("cycle_changes_within_step", frame, strict=True)
    assert found["cycles"] == list(range(1000))
    assert (
        "takes the values 0, 1, 2, 3, 4 and 995 more." in messages("cycle_changes_within_step", frame, strict=True)[0]
    )


def test_a_missing_cycle_is_another_one() -> None:
    """As with the field's client, it differs from all others, and is told once."""
    frame = counted(0, 0, 0, 0, **{CYCLE: [0.0, 0.0, NAN, NAN]})
    (found,) = payloads("cycle_changes_within_step", frame, strict=True)
    assert str(found["cycles"]) == "[0.0, nan]"


@pytest.mark.parametrize("values", [["a", "b", "b"], [True, False, False], [None, None, None]])
def test_cycles_that_are_no_numbers(values: list[Any]) -> None:
    """A column beside the data format may hold anything, and then tells nothing."""
    assert codes(counted(0, 0, 0, **{"Cycle number": values}), strict=True) == []


def test_cycles_may_change_with_the_step() -> None:
    """That is how it should be."""
    assert codes(counted(0, 0, 1, 1, **{CYCLE: [0, 0, 1, 1]}), strict=True) == []


def test_a_cycle_count_that_falls_or_jumps() -> None:
    """It stays or rises by one; the rows in which it does neither are counted, and five of them shown."""
    frame = counted(*[0] * 4, **{CYCLE: [0, 2, 1, 1]})
    (found,) = payloads("cycle_count_not_a_counter", frame)
    assert found == {
        "column": CYCLE,
        "num_violations": 2,
        "examples": [{"row_index": 1, "from": 0.0, "to": 2.0}, {"row_index": 2, "from": 2.0, "to": 1.0}],
        "num_changes": 2,
    }


def test_the_number_of_the_cycler_may_jump_but_not_fall() -> None:
    """A cycler may leave numbers out; where one comes back, two tests may be in one file."""
    steps = [0, 0, 1, 1, 2, 2]
    assert codes(counted(*steps, **{FROM_CYCLER: [1, 1, 5, 5, 9, 9]})) == []
    (found,) = payloads("cycle_count_not_a_counter", counted(*steps, **{FROM_CYCLER: [5, 5, 5, 5, 1, 1]}))
    assert (found["column"], found["num_violations"]) == (FROM_CYCLER, 1)
    assert found["examples"] == [{"row_index": 4, "from": 5.0, "to": 1.0}]


@pytest.mark.parametrize("column", [CYCLE, FROM_CYCLER])
def test_cycles_that_change_more_often_than_steps(column: str) -> None:
    """Such a column counts something else, as rows."""
    (found,) = payloads("cycle_count_not_a_counter", counted(0, 0, 0, 1, 1, **{column: range(5)}))
    assert found == {"column": column, "num_violations": 0, "examples": [], "num_changes": 4}


def test_no_more_than_five_rows_are_shown() -> None:
    """The others are counted."""
    frame = counted(*[0] * 20, **{CYCLE: [2 * (row % 2) for row in range(20)]})
    (found,) = payloads("cycle_count_not_a_counter", frame)
    assert found["num_violations"] == 19
    assert [each["row_index"] for each in found["examples"]] == [1, 2, 3, 4, 5]


def test_rows_without_a_cycle_are_stepped_over() -> None:
    """What is missing, or infinite, is no cycle."""
    frame = counted(0, 0, 0, 1, 1, **{CYCLE: [0.0, NAN, INF, None, 1.0]})
    assert "cycle_count_not_a_counter" not in codes(frame)


def test_both_cycle_columns_are_counters() -> None:
    """Each has a finding of its own, that of the count first."""
    frame = counted(0, 0, 0, **{FROM_CYCLER: [2, 1, 1], CYCLE: [0, 5, 5]})
    assert [each["column"] for each in payloads("cycle_count_not_a_counter", frame)] == [CYCLE, FROM_CYCLER]


def test_cycles_without_a_step_count() -> None:
    """Only what needs no steps is told: that the count falls."""
    frame = base(4, 0.0, **{CYCLE: [0, 1, 0, 1]}).drop(STEPS, "Current [A]")
    assert codes(frame) == ["step_count_missing", "cycle_count_not_a_counter"]
    assert codes(base(4, 0.0, **{CYCLE: range(4)}).drop(STEPS, "Current [A]")) == ["step_count_missing"]
