"""Figures of steps for the check of the sign, and how they are joined where a step was cut."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.runs import Runs
from cellkeep.validate.moments import Moments

quick = settings(max_examples=50, deadline=None)
Values = list[tuple[float, float, float]]
rows = st.lists(st.tuples(st.floats(0.1, 1000.0), st.floats(-10.0, 10.0), st.floats(2.0, 4.5)), min_size=2, max_size=30)


def of(values: Values, *lengths: int, from_time: float = 0.0) -> Moments:
    """Of rows, each with the seconds since the one before, current and voltage."""
    seconds, current, voltage = (np.array(column) for column in zip(*values, strict=True))
    return Moments.of(from_time + np.cumsum(seconds), current, voltage, Runs.of_lengths(np.array(lengths)))


def require_near(one: Moments, other: Moments) -> None:
    """The same to rounding; sums of products are compared by the sizes of their factors."""
    sizes = {
        "q": max(1.0, float(np.abs(other.charge_max - other.charge_min).max())),
        "i": max(1.0, float(other.current_max.max())),
        "v": 5.0,
    }
    for name, found, expected in zip(Moments._fields, one, other, strict=True):
        scale = math.prod(sizes[it] for it in name) * float(other.rows.max()) if len(name) == 2 else 0.0
        assert found == pytest.approx(expected, rel=1e-9, abs=max(1e-9 * scale, 1e-9 * sizes["q"])), name


def test_of_one_step() -> None:
    """Charge counts from the first row, positive where positive current would charge, by the trapezoidal rule."""
    found = of([(0.0, 1.0, 4.0), (2.0, 3.0, 3.0), (2.0, -1.0, 3.5)], 3)
    assert found.rows.tolist() == [3.0]
    assert found.charge.tolist() == [pytest.approx((0 - 4 - 6) / 3)]
    assert (found.charge_min.tolist(), found.charge_max.tolist(), found.charge_last.tolist()) == ([-6.0], [0.0], [-6.0])
    assert found.passed.tolist() == [8.0]
    assert found.current.tolist() == [1.0]
    assert (found.current_max.tolist(), found.current_first.tolist(), found.current_last.tolist()) == (
        [3.0],
        [1.0],
        [-1.0],
    )
    assert (found.voltage_min.tolist(), found.voltage_max.tolist()) == ([3.0], [4.0])
    assert (found.time_min.tolist(), found.time_max.tolist()) == ([0.0], [4.0])
    assert found.ii.tolist() == [pytest.approx(8.0)]
    assert found.vv.tolist() == [pytest.approx(0.5)]


@quick
@given(rows, st.data())
def test_steps_are_told_apart(values: Values, data: st.DataObject) -> None:
    """What flows between the last row of a step and the first of the next is in neither."""
    cut = data.draw(st.integers(1, len(values) - 1))
    both = of(values, cut, len(values) - cut)
    start = float(np.cumsum([seconds for seconds, _, _ in values])[cut - 1])
    alone = [of(values[:cut], cut), of(values[cut:], len(values) - cut, from_time=start)]
    require_near(both, Moments.joined(alone))


@quick
@given(rows, st.data())
def test_a_step_that_was_cut(values: Values, data: st.DataObject) -> None:
    """Its parts give, one after the other, what the whole step gives."""
    cut = data.draw(st.integers(1, len(values) - 1))
    start = float(np.cumsum([seconds for seconds, _, _ in values])[cut - 1])
    later = of(values[cut:], len(values) - cut, from_time=start)
    require_near(of(values[:cut], cut).then(later), of(values, len(values)))


@quick
@given(rows)
def test_one_step_as_plain_numbers(values: Values) -> None:
    """What was kept of a step is the step."""
    found = of(values, len(values))
    plain = found.plain()
    assert all(type(value) is float for value in plain)
    assert Moments.resumed(plain) == found


def test_a_missing_current_spoils_its_own_step_alone() -> None:
    """The mean of that step is not known, and those beside it are as they would be without it."""
    values = [(1.0, 1.0, 4.0), (1.0, 1.0, 3.9), (1.0, math.nan, 3.8), (1.0, 1.0, 3.7), (1.0, 2.0, 3.6), (1.0, 2.0, 3.5)]
    found = of(values, 2, 2, 2)
    assert np.isnan(found.current).tolist() == [False, True, False]
    require_near(found.at(slice(2, None)), of(values[4:], 2, from_time=4.0))


def test_a_missing_current_spoils_the_step_of_which_it_is_a_part() -> None:
    """Wherever the step was cut."""
    known, missing = of([(1.0, 1.0, 4.0)], 1), of([(1.0, math.nan, 4.0)], 1)
    assert np.isnan(known.then(missing).current).all()
    assert np.isnan(missing.then(known).current).all()


def test_some_of_the_steps() -> None:
    """They are chosen by place."""
    found = of([(1.0, 1.0, 4.0), (1.0, 2.0, 3.9), (1.0, 3.0, 3.8)], 1, 1, 1)
    assert found.at(np.array([2, 0])).current.tolist() == [3.0, 1.0]
    assert found.at(slice(1, 1)).rows.size == 0
