"""How the capacity of a cell falls from cycle to cycle."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise import steps as steps_of
from cellkeep.summarise.derived import cycle_at_retention, fade_rate
from summarise.series import cycling

quick = settings(max_examples=50, deadline=None)


def table(*capacities: float | None, first: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Cycle count": range(first, first + len(capacities)),
            "Discharge capacity [A.h]": pl.Series(capacities, dtype=pl.Float64, strict=False),
            "Charge capacity [A.h]": pl.Series([2.0] * len(capacities)),
        }
    )


def test_a_straight_fade() -> None:
    """Of 5 A.h less 1 mA.h in each cycle, the fit finds both, and the share of the reference cycle."""
    row = fade_rate(table(*[5.0 - 0.001 * n for n in range(200)]), reference_cycle=100).row(0, named=True)
    assert row == pytest.approx({
        "Reference cycle": 100, "Reference capacity [A.h]": 4.9, "First cycle": 100, "Last cycle": 199, "Cycles": 100,
        "Fade per cycle [A.h]": 0.001, "Fade per 100 cycles [%]": 10 / 4.9, "Capacity at cycle 0 [A.h]": 5.0,
        "R squared": 1.0,
    })  # fmt: skip


def test_the_range_of_cycles() -> None:
    """Both ends belong to it, and cycles that tell no capacity are left out."""
    cycles = table(9.0, 5.0, 4.0, None, 0.0, math.nan, 1.0, 7.0)
    found = fade_rate(cycles, first_cycle=1, last_cycle=6).row(0, named=True)
    assert found["Cycles"] == 3
    # by hand: n = 1, 2, 6 with mean 3 and Q = 5, 4, 1 with mean 10/3
    slope = (-2 * 5 / 3 + -1 * 2 / 3 + 3 * -7 / 3) / (4 + 1 + 9)
    assert found["Fade per cycle [A.h]"] == pytest.approx(-slope)
    assert found["Capacity at cycle 0 [A.h]"] == pytest.approx(10 / 3 - 3 * slope)
    assert found["Reference capacity [A.h]"] == 9.0


def test_too_few_cycles() -> None:
    """One cycle, or none in the range, has no slope: null."""
    one = fade_rate(table(5.0)).row(0, named=True)
    assert (one["Cycles"], one["Fade per cycle [A.h]"], one["R squared"]) == (1, None, None)
    none = fade_rate(table(5.0, 4.0), first_cycle=7).row(0, named=True)
    assert (none["First cycle"], none["Cycles"], none["Fade per 100 cycles [%]"]) == (None, 0, None)


def test_no_fade() -> None:
    """Equal capacities fade by 0, and there is no variance to explain."""
    row = fade_rate(table(5.0, 5.0, 5.0)).row(0, named=True)
    assert (row["Fade per cycle [A.h]"], row["R squared"]) == (0.0, None)


@quick
@given(st.floats(0.1, 10), st.floats(-0.01, 0.01), st.integers(2, 60), st.integers(-5, 1000))
def test_a_line_is_found(capacity: float, fade: float, number: int, first: int) -> None:
    """Wherever the counting begins, the slope of a line comes back."""
    cycles = table(*[capacity - fade * n / number for n in range(number)], first=first)
    assert fade_rate(cycles)["Fade per cycle [A.h]"].item() == pytest.approx(fade / number, abs=1e-12)


def test_the_cycle_at_80_percent() -> None:
    """It lies on the line between the first cycle below and the one before; a later recovery does not count."""
    assert cycle_at_retention(table(5.0, 4.5, 4.1, 3.9, 4.6)) == pytest.approx(2.5)
    assert cycle_at_retention(table(5.0, 4.0)) == 1.0
    assert cycle_at_retention(table(5.0, 4.5, 4.1)) is None
    assert cycle_at_retention(table(5.0, 4.5), 0.95) == pytest.approx(0.5)


def test_a_crossing_counts_from_the_reference() -> None:
    """A low cycle before the reference is no end of life, and unknown ones are bridged."""
    cycles = table(1.0, 5.0, None, 0.0, 3.0, first=10)
    assert cycle_at_retention(cycles, reference_cycle=11) == pytest.approx(12.5)
    assert cycle_at_retention(cycles, 1.0, reference_cycle=11) == 11.0


def test_an_order_of_cycles_that_was_lost() -> None:
    """The cycles are put in order."""
    cycles = table(5.0, 4.5, 4.0, 3.5)
    assert cycle_at_retention(cycles.reverse()) == cycle_at_retention(cycles) == pytest.approx(2.0)
    assert fade_rate(cycles.reverse()).equals(fade_rate(cycles))


@quick
@given(st.lists(st.floats(0.5, 2.0), min_size=1, max_size=30), st.floats(0.5, 1.0))
def test_a_crossing_is_a_crossing(capacities: list[float], retention: float) -> None:
    """Before the cycle that is found all are above the share; none is found only if all are."""
    shares = [value / capacities[0] for value in capacities]
    found = cycle_at_retention(table(*capacities), retention)
    if found is None:
        assert min(shares) > retention
    else:
        assert all(share > retention for share in shares[: math.ceil(found)][: -1 if found % 1 == 0 else None])
        assert shares[math.ceil(found - 1e-9)] <= retention or math.isclose(shares[math.ceil(found - 1e-9)], retention)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, 80.0, math.nan])
def test_shares_that_are_none(share: float) -> None:
    """80 % is 0.8, not 80."""
    with pytest.raises(InvalidError, match=r"80 % is 0\.8"):
        cycle_at_retention(table(1.0), share)


def test_what_can_not_be_used() -> None:
    """A reference that is not there or moved nothing, a table that tells nothing, and missing columns are refused."""
    for cycle in (7, 1):
        with pytest.raises(InvalidError, match=f"Cycle {cycle} can not be the reference"):
            fade_rate(table(1.0, 0.0), reference_cycle=cycle)
    with pytest.raises(UnusableDataError, match="No cycle has a discharge capacity"):
        fade_rate(table(None, 0.0))
    with pytest.raises(UnusableDataError, match="No cycle has"):
        cycle_at_retention(table())
    with pytest.raises(UnusableDataError, match="'Cycle count' not found"):
        fade_rate(table(1.0).drop("Cycle count"))
    with pytest.raises(InvalidError, match="'discharge', 'charge'"):
        fade_rate(table(1.0), way="up")  # type: ignore[arg-type]


def test_a_step_table_is_no_cycle_table() -> None:
    """Several rows of one cycle are refused, and not fitted."""
    table_of_steps = steps_of(cycling(3))
    for call in (fade_rate, cycle_at_retention):
        with pytest.raises(UnusableDataError, match="Cycle 0 has several rows"):
            call(table_of_steps, way="charge")
