"""The limit of rest, which follows from how large the currents are."""

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.validate import small_currents
from cellkeep.validate.small_currents import MOST_A, SmallCurrents

quick = settings(max_examples=50, deadline=None)
sizes = st.one_of(st.floats(0.0, 0.06), st.floats(0.0, 1e-9), st.floats(0.04, 100.0), st.just(0.0), st.just(0.05))


def limit_of(*parts: list[float]) -> float:
    small = SmallCurrents()
    for part in parts:
        small.add(np.array(part, np.float64))
    return small.limit()


def by_definition(values: list[float]) -> float:
    return min(1e-3, max(0.02 * float(np.percentile(values, 95)), 1e-12))


@quick
@given(st.lists(sizes, min_size=1, max_size=60), st.data())
def test_the_limit_is_that_of_its_definition(values: list[float], data: st.DataObject) -> None:
    """2 % of the 95th percentile, no less than 1 pA and no more than 1 mA, however the values come."""
    cut = data.draw(st.integers(0, len(values)))
    assert limit_of(values[:cut], values[cut:]) == pytest.approx(by_definition(values), rel=1e-12)


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ([], 1e-3),
        ([0.0], 1e-12),
        ([0.01], 2e-4),
        ([1.0], 1e-3),
        ([0.05] * 3, 1e-3),
        ([1e-6] * 19 + [1e6], pytest.approx(1e-3)),
        ([1e-6] * 99 + [1e6], 2e-8),
    ],
)
def test_limits(values: list[float], limit: float) -> None:
    """Few large currents do not count, and the percentile lies between two rows."""
    assert limit_of(values) == limit


def test_a_missing_current_makes_the_limit_the_largest_one() -> None:
    """As nothing is known of the percentile then."""
    small = SmallCurrents(missing=True)
    small.add(np.array([1e-6, math.nan]))
    assert small.limit() == MOST_A


@pytest.mark.parametrize("parts", [1, 7, 50])
def test_of_many_small_currents_the_distribution_is_kept(monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    """The limit is then known to 0.4 %."""
    monkeypatch.setattr(small_currents, "_KEPT", 100)
    values = np.random.default_rng(3).uniform(1e-5, 0.04, 1000)
    small = SmallCurrents()
    for part in np.array_split(values, parts):
        small.add(part)
    assert small.counts
    assert small.limit() == pytest.approx(by_definition(values.tolist()), rel=4e-3)


def test_of_many_currents_that_are_the_same() -> None:
    """However many there are, they take up the room of few."""
    small = SmallCurrents()
    for _ in range(3):
        small.add(np.full(1 << 19, 0.01))
    assert len(small.counts) == 1
    assert small.limit() == pytest.approx(2e-4, rel=4e-3)


@pytest.mark.parametrize("kept", [5, 1000])
@pytest.mark.parametrize("first", [0, 20, 42])
def test_it_goes_on_from_what_was_kept(monkeypatch: pytest.MonkeyPatch, kept: int, first: int) -> None:
    """Closed, and taken up again, it knows the limit to 0.4 %, that of no rows included."""
    monkeypatch.setattr(small_currents, "_KEPT", kept)
    values = np.random.default_rng(4).uniform(1e-5, 0.04, 44)
    small = SmallCurrents()
    for part in np.array_split(values[:first], 7):
        small.add(part)
    small.close()
    again = SmallCurrents(**asdict(small))
    assert again.limit() == small.limit()
    again.add(values[first:])
    assert again.limit() == pytest.approx(by_definition(values.tolist()), rel=4e-3)


def test_large_currents_are_kept_as_a_number() -> None:
    """Closing adds nothing to what is known of them."""
    small = SmallCurrents()
    small.add(np.array([1.0, 0.06, 7.0]))
    small.close()
    assert asdict(small) == {"rows": 3, "large": 3, "smallest_large": 0.06, "missing": False, "counts": {}}
