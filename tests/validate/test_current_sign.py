"""The check of the sign of the current."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from cellkeep.validate import current_sign
from cellkeep.validate.current_sign import with_own_steps
from cellkeep.validate.rows import OWN_STEPS
from validate.series import CURRENT, STEPS, TIME, VOLTAGE, codes, payloads
from validate.vectors import base

NAN, INF = math.nan, math.inf
REVERSED, UNSIGNED, INDETERMINATE = "current_sign_reversed", "current_sign_unsigned", "current_sign_indeterminate"


def steps(rises: Sequence[bool], current: Sequence[float] | float = 1.0, rows: int = 10) -> pl.DataFrame:
    """Steps of equal length, in each of which the voltage rises or falls by the same."""
    amps = [current] * len(rises) if isinstance(current, float) else current
    ramp = 0.01 * np.arange(rows)
    volts = np.concatenate([3.7 + ramp if up else 3.7 - ramp for up in rises])
    return base(
        volts.size,
        **{VOLTAGE: volts, CURRENT: np.repeat(amps, rows), STEPS: np.repeat(np.arange(len(rises)), rows)},
    )


def said(frame: pl.DataFrame) -> tuple[str, float] | None:
    """What is found of the sign, and the share of the charge that flows while the voltage rises."""
    found = [
        (code, each["charge_fraction"])
        for code in (REVERSED, UNSIGNED, INDETERMINATE)
        for each in payloads(code, frame)
    ]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("charging", "of", "code"),
    [(5, 5, REVERSED), (4, 5, REVERSED), (7, 10, UNSIGNED), (3, 10, UNSIGNED), (1, 5, None), (0, 5, None)],
)
def test_the_share_of_the_charge_decides(charging: int, of: int, code: str | None) -> None:
    """From three quarters on the sign is reversed, from one quarter on it is doubtful."""
    found = said(steps([number < charging for number in range(of)]))
    assert found == (None if code is None else (code, pytest.approx(charging / of)))


def test_a_step_weighs_what_it_passed() -> None:
    """One step of ten times the current has more to say than two others."""
    found = said(steps([True, False, False], [10.0, 1.0, 1.0]))
    assert found == (REVERSED, pytest.approx(10 / 12))


def test_the_size_of_a_current_has_no_sign() -> None:
    """Where no current is negative, they seem to be sizes; where one is, the sign is told to be in doubt."""
    assert said(steps([True, False], [1.0, 1.0])) == (UNSIGNED, pytest.approx(0.5))
    assert said(steps([True, True], [1.0, -1.0])) == (INDETERMINATE, pytest.approx(0.5))
    assert said(steps([True, False], [-1.0, -1.0])) == (INDETERMINATE, pytest.approx(0.5))


def test_a_rest_may_be_a_little_negative() -> None:
    """A size of the current that is read at rest has either sign, and is no current."""
    assert said(steps([True, False, False], [1.0, 1.0, -1e-4])) == (UNSIGNED, pytest.approx(0.5))
    assert said(steps([True, False, False], [1.0, 1.0, -2e-3])) == (INDETERMINATE, pytest.approx(0.5, abs=1e-3))


def test_a_rest_does_not_vote() -> None:
    """Beside a current of 1 A one of less than a milliampere is a rest, and beside none it is a current."""
    assert said(steps([False, True], [1.0, 9e-4])) is None
    assert said(steps([True], [9e-4])) == (REVERSED, 1.0)


def test_a_right_test_passes() -> None:
    """Charge with a voltage that rises, rest, and discharge with one that falls."""
    assert said(steps([True, False, False], [-1.0, 0.0, 1.0])) is None


@pytest.mark.parametrize("column", [CURRENT, VOLTAGE, TIME])
def test_without_its_columns_nothing_is_said(column: str) -> None:
    """The sign is told by current, voltage and time together."""
    assert said(base(10, -1.0).drop(column)) is None


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_few_rows_say_nothing(rows: int) -> None:
    """A step votes that has four rows or more."""
    assert said(base(rows, -1.0)) is None


@pytest.mark.parametrize("value", [None, NAN, INF, -INF])
@pytest.mark.parametrize("column", [VOLTAGE, TIME])
def test_rows_without_a_value_are_left_out(column: str, value: float | None) -> None:
    """What is found is what is found in the other rows."""
    frame = steps([True, False, True], [1.0, 1.0, 3.0])
    bad = frame.with_columns(
        pl.when(pl.int_range(pl.len()).is_in([3, 14, 15])).then(value).otherwise(column).alias(column)
    )
    good = frame.filter(~pl.int_range(pl.len()).is_in([3, 14, 15]))
    assert said(bad) == said(good)
    assert said(bad) is not None


def test_a_row_with_an_infinite_current_is_left_out() -> None:
    """As is one without a voltage."""
    frame = steps([True, False, True], [1.0, 1.0, 3.0])
    bad = frame.with_columns(pl.when(pl.int_range(pl.len()) == 14).then(INF).otherwise(CURRENT).alias(CURRENT))
    assert said(bad) == said(frame.filter(pl.int_range(pl.len()) != 14))


def test_a_step_that_lacks_a_current_has_no_vote() -> None:
    """The steps beside it have theirs."""
    frame = steps([True, False], [1.0, 2.0])
    bad = frame.with_columns(pl.when(pl.int_range(pl.len()) == 14).then(None).otherwise(CURRENT).alias(CURRENT))
    assert said(frame) == (UNSIGNED, pytest.approx(1 / 3))
    assert said(bad) == (REVERSED, 1.0)


@pytest.mark.parametrize("waiting", [1, 3, 1000])
def test_steps_are_solved_some_at_a_time(monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
    """How many at a time does not matter."""
    monkeypatch.setattr(current_sign, "_WAITING_STEPS", waiting)
    assert said(steps([True, False] * 10, [1.0, 0.5] * 10)) == (UNSIGNED, pytest.approx(2 / 3))


def test_without_a_count_steps_are_told_by_the_current() -> None:
    """The sign is told beside the count that is missing."""
    assert codes(base(10, -1.0).drop(STEPS)) == [REVERSED, "step_count_missing"]
    assert codes(base(10, 1.0).drop(STEPS)) == ["step_count_missing"]
    assert codes(base(10, 0.0).drop(STEPS)) == ["step_count_missing"]


@pytest.mark.parametrize(
    ("current", "labels"),
    [
        ([1.0, 1.0, 0.0, -0.5, -1.0], [1.0, 1.0, 0.0, -1.0, -1.0]),
        ([2.0, 1e-3, -1e-3, -2.0], [1.0, 0.0, 0.0, -1.0]),
        ([2.0, 2.1e-3, -2.1e-3, -2.0], [1.0, 1.0, -1.0, -1.0]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([], []),
    ],
)
def test_labels_by_the_sign_of_the_current(current: list[float], labels: list[float]) -> None:
    """What is up to a thousandth of the largest current counts as none, where there are large ones."""
    frame = base(len(current), **{CURRENT: pl.Series(current, dtype=pl.Float64)}).drop(STEPS)
    assert with_own_steps(frame)[OWN_STEPS].to_list() == labels


@pytest.mark.parametrize("column", [TIME, CURRENT])
def test_without_current_and_time_there_are_no_labels(column: str) -> None:
    """The frame comes back as it is; so does one that counts its steps."""
    frame = base().drop(column, STEPS)
    assert with_own_steps(frame) is frame
    assert with_own_steps(base()).columns == base().columns


def test_own_labels_are_none_of_the_columns_that_are_told() -> None:
    """They are made for the checks alone."""
    (found,) = payloads("step_count_missing", base().drop(STEPS))
    assert found["available_columns"] == [TIME, VOLTAGE, CURRENT]


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Int8, pl.Float32, pl.Decimal(10, 2)])
def test_any_kind_of_number_will_do(dtype: Any) -> None:
    """Currents may be whole numbers, short ones, or decimals."""
    assert said(base(10, -1.0).cast({CURRENT: dtype})) == (REVERSED, 1.0)
