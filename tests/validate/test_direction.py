"""Whether positive current charges a cell, as steps tell it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.runs import Floats, Runs, find_runs
from cellkeep.validate.direction import Votes, votes
from cellkeep.validate.moments import Moments

NAN = math.nan
quick = settings(max_examples=50, deadline=None)
TIME = np.arange(10.0)
ONES = np.ones(10)
FALLS = 4.0 - 0.01 * TIME


def one_step(time: Floats, current: Floats, voltage: Floats) -> Votes:
    return votes(Moments.of(time, current, voltage, find_runs(np.zeros(time.size))))


def test_a_voltage_that_falls_with_positive_current() -> None:
    """Positive current discharges without doubt: the weight is all charge that was passed."""
    vote = one_step(TIME, ONES, FALLS)
    assert vote.charging.tolist() == [False]
    assert vote.weight.tolist() == pytest.approx([9.0])


def test_a_voltage_that_rises_with_positive_current() -> None:
    """Positive current charges without doubt."""
    vote = one_step(TIME, ONES, FALLS[::-1].copy())
    assert vote.charging.tolist() == [True]
    assert vote.weight.tolist() == pytest.approx([9.0])


def test_a_resistance_does_not_hide_the_direction() -> None:
    """Where the current changes, the voltage jumps by what drops at the resistance, and the step says what it said."""
    current = np.array([1.0, 0.2] * 5)
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (current[1:] + current[:-1]))])
    vote = one_step(TIME, current, 3.5 - 0.1 * charge / charge[-1] - 0.2 * current)
    assert vote.charging.tolist() == [False]
    assert vote.weight.tolist() == pytest.approx([charge[-1]])


def test_noise_makes_doubt() -> None:
    """The less the voltage follows the charge, the less a step weighs, and it never weighs more than it passed."""
    noise = np.array([1.0, -1.0] * 5)
    weights = [one_step(TIME, ONES, FALLS + size * noise).weight[0] for size in (0.0, 0.01, 0.05)]
    assert weights == sorted(weights, reverse=True)
    assert 0 < weights[-1] < weights[0] <= 9.0 + 1e-9


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        pytest.param("voltage", np.full(10, 3.7), id="flat voltage"),
        pytest.param("voltage", 3.7 + 1e-7 * TIME, id="nearly flat voltage"),
        pytest.param("time", np.zeros(10), id="no time passes"),
        pytest.param("current", np.full(10, 1e-13), id="no current"),
        pytest.param("current", np.array([*[1.0] * 9, NAN]), id="a current is missing"),
        pytest.param("current", np.zeros(10), id="zero current"),
    ],
)
def test_steps_that_say_nothing(changed: str, value: Floats) -> None:
    """They weigh nothing, whatever else they have."""
    given = {"time": TIME, "current": ONES, "voltage": FALLS, changed: value}
    assert one_step(**given).weight.tolist() == [0.0]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_less_than_four_rows_say_nothing(rows: int) -> None:
    """Three numbers are fitted, so three rows fit either way."""
    assert one_step(TIME[:rows], ONES[:rows], FALLS[:rows]).weight.tolist() == [0.0]
    assert one_step(TIME[:4], ONES[:4], FALLS[:4]).weight.tolist() == pytest.approx([3.0])


def test_steps_are_told_apart() -> None:
    """All are solved at once, each as if it were alone; those that say nothing stay in their place."""
    time, current = np.arange(30.0), np.ones(30)
    voltage = np.concatenate([FALLS, np.full(10, 3.7), FALLS[::-1]])
    vote = votes(Moments.of(time, current, voltage, Runs.of_lengths(np.array([10, 10, 10]))))
    assert vote.charging.tolist() == [False, False, True]
    assert vote.weight.tolist() == pytest.approx([9.0, 0.0, 9.0])


@st.composite
def some_steps(draw: st.DrawFn) -> dict[str, Any]:
    rows = draw(st.integers(4, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return {
        "time": np.cumsum(rng.uniform(0.1, 10.0, rows)),
        "current": rng.choice([1e-4, 1.0, 100.0]) * (rng.uniform(0.2, 1.0) + rng.normal(0.0, 0.2, rows)),
        "voltage": 3.7 + rng.normal(0.0, 0.02) * np.arange(rows) + rng.normal(0.0, 0.01, rows),
    }


@quick
@given(some_steps())
def test_the_other_sign_says_the_opposite(step: dict[str, Any]) -> None:
    """With the current negated, a step weighs the same on the other side."""
    vote, other = one_step(**step), one_step(**step | {"current": -step["current"]})
    assert vote.weight.tolist() == pytest.approx(other.weight.tolist(), rel=1e-6, abs=1e-9)
    assert vote.charging[0] != other.charging[0] or vote.weight[0] == 0


@quick
@given(some_steps(), st.floats(-2.0, 2.0), st.sampled_from([1e-3, 1.0, 50.0]))
def test_level_of_voltage_and_size_of_current_do_not_matter(step: dict[str, Any], level: float, size: float) -> None:
    """A step says the same at any level of voltage, and weighs by the current."""
    vote = one_step(**step)
    other = one_step(step["time"], size * step["current"], step["voltage"] + level)
    assert other.weight.tolist() == pytest.approx((size * vote.weight).tolist(), rel=1e-5, abs=1e-9 * size)
    assert vote.charging[0] == other.charging[0] or vote.weight[0] == 0


@quick
@given(some_steps())
def test_a_step_weighs_no_more_than_it_passed(step: dict[str, Any]) -> None:
    """The weight is the charge that was passed less the doubt, and never negative."""
    size = np.abs(step["current"])
    passed = float((0.5 * (size[1:] + size[:-1]) * np.diff(step["time"])).sum())
    assert 0 <= one_step(**step).weight[0] <= passed * (1 + 1e-12)
