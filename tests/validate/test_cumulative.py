"""Checks of the columns that count capacity and energy since the start of each step."""

import math
from typing import Any

import polars as pl
import pytest

from validate.series import STEPS, TRANSFERS, codes, messages, payloads
from validate.vectors import base

NAN, INF = math.nan, math.inf
DISCHARGE = TRANSFERS[0]
NOT_RESET, DECREASED = "cumulative_value_not_reset", "cumulative_value_decreased"


def counted(*values: float | None, steps: list[int] | None = None, column: str = DISCHARGE) -> pl.DataFrame:
    """Rows at rest with a column that counts."""
    rows = len(values)
    counts = pl.Series(values, dtype=pl.Float64, strict=False)
    return base(rows, 0.0, **{STEPS: steps or [0] * rows, column: counts})


@pytest.mark.parametrize("column", TRANSFERS)
def test_a_column_that_does_not_start_at_zero(column: str) -> None:
    """Each step in which it begins elsewhere is told."""
    frame = counted(0.0, 1.0, 1.0, 2.0, -3.0, 4.0, steps=[0, 0, 1, 1, 2, 2], column=column)
    assert payloads(NOT_RESET, frame) == [
        {"column": column, "step_index": 1, "observed": 1.0, "tolerance": 1e-6},
        {"column": column, "step_index": 2, "observed": -3.0, "tolerance": 1e-6},
    ]


@pytest.mark.parametrize("column", TRANSFERS)
def test_a_column_that_falls_within_a_step(column: str) -> None:
    """The first fall of each step is told with both values."""
    frame = counted(0.0, 2.0, 1.0, 0.5, 0.0, 3.0, 2.0, steps=[0, 0, 0, 0, 1, 1, 1], column=column)
    assert payloads(DECREASED, frame) == [
        {"column": column, "step_index": 0, "row_index": 2, "previous_value": 2.0, "current_value": 1.0},
        {"column": column, "step_index": 1, "row_index": 6, "previous_value": 3.0, "current_value": 2.0},
    ]


def test_order_of_findings() -> None:
    """Column by column, and in each those that do not start at 0 before those that fall."""
    falls = [1.0, 2.0, 1.0]
    frame = base(3, 0.0, **dict.fromkeys(reversed(TRANSFERS), falls))
    found = [(code, each["column"]) for code in (NOT_RESET, DECREASED) for each in payloads(code, frame)]
    assert found == [*[(NOT_RESET, name) for name in TRANSFERS], *[(DECREASED, name) for name in TRANSFERS]]
    assert codes(frame) == [NOT_RESET, DECREASED] * 4


@pytest.mark.parametrize(
    "values",
    [
        (0.0, 1.0, 1.0),
        (1e-6, 1.0, 1.0 - 9e-7),
        (-1e-6, 0.0, 0.0),
        (NAN, NAN, NAN),
        (None, 2.0, 2.0),
        (0.0, 2.0, None),
        (0.0, 1.0, INF),
    ],
)
def test_columns_that_pass(values: tuple[float | None, ...]) -> None:
    """Rounding passes, and so does a missing value, wherever it is."""
    assert {NOT_RESET, DECREASED}.isdisjoint(codes(counted(*values)))


def test_a_fall_beside_a_missing_value() -> None:
    """Neighbours are compared, and with what is missing nothing is."""
    assert payloads(DECREASED, counted(0.0, 2.0, None, 1.0)) == []


def test_infinite_values() -> None:
    """What is infinite at the start is not 0, and what follows is less."""
    frame = counted(INF, 1.0, 2.0)
    assert payloads(NOT_RESET, frame) == [{"column": DISCHARGE, "step_index": 0, "observed": INF, "tolerance": 1e-6}]
    assert payloads(DECREASED, frame) == [
        {"column": DISCHARGE, "step_index": 0, "row_index": 1, "previous_value": INF, "current_value": 1.0}
    ]


@pytest.mark.parametrize("frame", [counted(), counted(1.0).drop(STEPS), base()])
def test_nothing_to_look_at(frame: pl.DataFrame) -> None:
    """Without rows, steps or columns that count nothing is found."""
    assert {NOT_RESET, DECREASED}.isdisjoint(codes(frame))


@pytest.mark.parametrize("dtype", [pl.Int32, pl.UInt16, pl.Float32, pl.Decimal(8, 3)])
def test_any_kind_of_number_will_do(dtype: Any) -> None:
    """Values are told as floats."""
    frame = counted(2.0, 1.0).cast({DISCHARGE: dtype})
    assert [str(each["observed"]) for each in payloads(NOT_RESET, frame)] == ["2.0"]
    assert [str(each["current_value"]) for each in payloads(DECREASED, frame)] == ["1.0"]


@pytest.mark.parametrize(("code", "pair"), [(NOT_RESET, [1.0, 1.0]), (DECREASED, [0.0, -1.0])])
def test_many_steps(code: str, pair: list[float]) -> None:
    """A thousand steps are told of each column, and the last says how many more there are."""
    frame = counted(*pair * 1200, steps=[row // 2 for row in range(2400)])
    found = payloads(code, frame)
    assert [each["step_index"] for each in found] == list(range(1000))
    said = messages(code, frame)
    assert said[-1].endswith("(So it is 200 more times.)")
    assert "more times" not in said[-2]


def test_each_column_is_capped_for_itself() -> None:
    """Many findings in one column take no room from those of another."""
    rows = 1100
    frame = base(rows, 0.0, **{STEPS: range(rows), TRANSFERS[0]: [1.0] * rows, TRANSFERS[1]: [1.0] * rows})
    found = payloads(NOT_RESET, frame)
    assert [each["column"] for each in found] == [TRANSFERS[0]] * 1000 + [TRANSFERS[1]] * 1000
