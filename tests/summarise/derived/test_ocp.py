"""An open-circuit potential curve that can be fitted and inverted."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise.derived import clean_ocp


def cleaned(capacity: list[float | None], voltage: list[float | None]) -> list[tuple[float, float]]:
    frame = pl.DataFrame({"Capacity [A.h]": capacity, "Voltage [V]": voltage}, strict=False)
    return [(pytest.approx(q, abs=1e-12), v) for q, v in clean_ocp(frame).rows()]


def test_a_curve_in_order_is_kept() -> None:
    """Only its capacity is shifted to start at 0."""
    assert cleaned([5, 6, 7, 8], [4.0, 3.3, 3.2, 3.0]) == [(0, 4.0), (1, 3.3), (2, 3.2), (3, 3.0)]


def test_rows_are_sorted() -> None:
    """By capacity, and rows without a value go."""
    assert cleaned([2, None, 0, 3, 9, 1], [3.3, 1.0, 4.0, 3.0, math.nan, 3.5]) == [
        (0, 4.0),
        (1, 3.5),
        (2, 3.3),
        (3, 3.0),
    ]


def test_a_voltage_that_rises() -> None:
    """Capacity is counted from the other end, so that voltage falls."""
    assert cleaned([0, 1, 2, 4], [3.0, 3.2, 3.3, 4.0]) == [(0, 4.0), (2, 3.3), (3, 3.2), (4, 3.0)]


def test_repeats() -> None:
    """Of equal capacities and of equal voltages the first is kept."""
    assert cleaned([0, 0, 1, 2, 3], [4.0, 3.9, 3.9, 3.9, 3.0]) == [(0, 4.0), (1, 3.9), (3, 3.0)]


def test_straight_ends() -> None:
    """Where the second derivative is 0 at an end, rows are dropped; within the curve they stay."""
    bent = [4.0, 3.9, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1]
    assert cleaned(list(range(8)), bent) == [(k - 1, bent[k]) for k in range(1, 7)]
    straight_within = [4.0, 3.8, 3.7, 3.6, 3.5, 3.4, 3.0, 2.5]
    assert [v for _, v in cleaned(list(range(8)), straight_within)] == straight_within


def test_a_straight_line_is_left_whole() -> None:
    """It has no bend to trim to; nor have two points, one or none."""
    for rows in (6, 2, 1, 0):
        volts = [4.0 - 0.1 * k for k in range(rows)]
        assert [v for _, v in cleaned(list(range(rows)), volts)] == volts


def test_other_columns_go_with_their_rows() -> None:
    """So does the stoichiometry of each point."""
    frame = pl.DataFrame(
        {"Capacity [A.h]": [1, 0, 2], "Voltage [V]": [3.0, 4.0, 2.9], "Stoichiometry": [0.5, 0.1, 0.9]}
    )
    assert clean_ocp(frame)["Stoichiometry"].to_list() == [0.1, 0.5, 0.9]


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 5)), max_size=40))
def test_any_curve(points: list[tuple[float, float]]) -> None:
    """Capacity is strictly rising and no voltage comes twice."""
    frame = pl.DataFrame(points, {"Capacity [A.h]": pl.Float64, "Voltage [V]": pl.Float64}, orient="row")
    found = clean_ocp(frame)
    assert (np.diff(found["Capacity [A.h]"]) > 0).all()
    assert found["Capacity [A.h]"][:1].to_list() in ([], [0.0])
    assert found["Voltage [V]"].is_unique().all()


def test_missing_columns() -> None:
    """It is said which."""
    with pytest.raises(UnusableDataError, match=r"'Capacity .* not found"):
        clean_ocp(pl.DataFrame({"Voltage [V]": [1.0]}))
