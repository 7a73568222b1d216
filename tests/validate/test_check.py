"""What checks have in common."""

import math

import numpy as np
import pytest

from cellkeep.domain.findings import Code, counted
from cellkeep.validate.check import Asked, Several, native
from cellkeep.validate.checking import ALL_CHECKS


def several(*counts: int) -> Several:
    """Findings that are added so many at a time."""
    kept = Several()
    first = 0
    for count in counts:
        kept.add(np.arange(first, first + count), lambda place: {"place": place})
        first += count
    return kept


@pytest.mark.parametrize("counts", [(), (0,), (1,), (1000,), (999, 1), (400, 0, 600)])
def test_up_to_a_thousand_findings(counts: tuple[int, ...]) -> None:
    """All of them are told, and nothing is said of more."""
    found = list(several(*counts).findings(Code.STEP_TOO_FEW_POINTS, lambda it: f"in {it['place']}"))
    assert [each.message for each in found] == [f"in {place}" for place in range(sum(counts))]
    assert all(each.more == 0 for each in found)


@pytest.mark.parametrize("counts", [(1001,), (1000, 1), (999, 2), (1, 500, 500)])
def test_more_than_a_thousand_findings(counts: tuple[int, ...]) -> None:
    """The first thousand are told, and the last of these counts the others."""
    found = list(several(*counts).findings(Code.STEP_TOO_FEW_POINTS, lambda it: f"in {it['place']}"))
    assert len(found) == 1000
    assert (found[-1].message, found[-1].more) == ("in 999 (So it is 1 more times.)", 1)
    assert (found[-2].message, found[-2].more) == ("in 998", 0)
    assert counted(found) == {"step_too_few_points": 1001}


def test_payloads_are_made_of_those_that_are_kept() -> None:
    """Of the others nothing is computed."""
    made: list[int] = []
    Several().add(range(10**6), lambda place: made.append(place) or {})
    assert len(made) == 1000


@pytest.mark.parametrize(
    ("value", "whole", "expected"),
    [(2.0, True, "2"), (2.0, False, "2.0"), (math.nan, True, "nan"), (math.inf, True, "inf"), (-3.0, True, "-3")],
)
def test_numbers_as_python_has_them(value: float, whole: bool, expected: str) -> None:
    """Whole where the column holds whole numbers, unless there is none."""
    found = native(np.float64(value), whole=whole)
    assert str(found) == expected
    assert type(found) in {int, float}


@pytest.mark.parametrize(("rated", "capacity"), [(5.0, 5.0), (0.0, None), (-1.0, None), (None, None), (math.nan, None)])
def test_a_rated_capacity_is_positive(rated: float | None, capacity: float | None) -> None:
    """Anything else is none."""
    assert Asked((), rated_capacity=rated).capacity == capacity


def test_each_check_knows_its_codes() -> None:
    """And each name of a check is that of one alone."""
    names = [check.name for check in ALL_CHECKS if check.name is not None]
    assert len(set(names)) == len(names)
    assert all(check.codes for check in ALL_CHECKS)
