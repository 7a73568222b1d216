"""Which cycles of a test are worth showing."""

import math

import polars as pl
import pytest

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise.derived import comparable_cycles, deeper_cycles, full_cycles, reference_capacity, spread_evenly


def table(discharged: list[float | None], charged: list[float | None], unit: str = "A.h") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Cycle count": range(len(discharged)),
            f"Discharge capacity [{unit}]": pl.Series(discharged, dtype=pl.Float64),
            f"Charge capacity [{unit}]": pl.Series(charged, dtype=pl.Float64),
        }
    )


def test_a_full_cycle_moves_at_least_half_of_the_median_both_ways() -> None:
    """A cycle of formation, one of impedance, one without a value and one that was cut short are left out."""
    cycles = table([0.4, 2.0, 2.1, 0.0, None, math.nan, 1.9, 1.0], [2.0, 2.0, 2.0, 0.0, 2.0, 2.0, 2.0, 0.1])
    assert full_cycles(cycles) == [1, 2, 6]
    assert full_cycles(cycles, least=0.6) == full_cycles(cycles, least=0.1) == [1, 2, 6]
    assert full_cycles(cycles.rename(lambda name: name.replace("[A.h]", "[mA.h.cm-2]"))) == [1, 2, 6]


def between(cycles: pl.DataFrame, lowest: list[float], highest: list[float]) -> pl.DataFrame:
    return cycles.with_columns(pl.Series("Min voltage [V]", lowest), pl.Series("Max voltage [V]", highest))


def at(cycles: pl.DataFrame, currents: list[float | None]) -> pl.DataFrame:
    return cycles.with_columns(pl.Series("Mean discharge current [A]", currents, dtype=pl.Float64))


def test_a_cycle_that_begins_or_breaks_off_half_way_is_not_full() -> None:
    """Nor is one that ended far from the usual voltages."""
    assert full_cycles(table([1.3, 2.0, 2.0, 1.5], [2.0, 2.0, 2.0, 2.0])) == [1, 2]
    assert full_cycles(table([2.0, 2.0, 2.0], [2.0, 2.0, 1.5])) == [0, 1]
    assert full_cycles(table([1.1, 1.1], [0.2, 1.1]), least=0.1) == [1]
    leaking = table([0.5, 1.2, 1.2, 1.2], [2.0, 2.0, 2.0, 2.0])
    assert full_cycles(leaking, least=0.1) == [1, 2, 3]
    whole = table([2.0] * 5, [2.0] * 5)
    assert full_cycles(between(whole, [2.5, 2.6, 3.4, 2.5, 2.5], [4.2, 4.2, 4.2, 4.2, 3.8])) == [0, 1, 3]


def test_a_cycle_between_the_usual_voltages_is_full_whatever_is_lost() -> None:
    """A first charge of which little comes back, and upper limits that alternate, are as they should be."""
    losing = table([0.32, 0.23, 0.17, 0.26, 0.15], [1.7, 0.32, 0.25, 1.2, 0.18])
    assert full_cycles(between(losing, [1.6, 3.5, 3.5, 3.5, 3.5], [4.9, 5.0, 4.9, 5.0, 4.9])) == [0, 1, 2, 3, 4]
    apart = between(table([1.0] * 4, [1.0] * 4), [3.0, 3.0, 3.6, 3.6], [3.6, 3.6, 4.2, 4.2])
    assert full_cycles(apart) == [0, 1]


def test_check_ups_among_cycles_of_partial_depth_are_found() -> None:
    """Formation between wider voltages is none, nor is a slower cycle between the same ones."""
    partial = table([2.0, 1.0, 1.0, 1.9, 1.0, 1.0], [2.0, 1.0, 1.0, 1.9, 1.0, 1.0])
    deep = between(partial, [2.5, 3.5, 3.5, 2.5, 3.5, 3.5], [4.2, 3.9, 3.9, 4.2, 3.9, 3.9])
    assert (full_cycles(deep), deeper_cycles(deep)) == ([0, 1, 2, 3, 4, 5], [3])
    assert deeper_cycles(deep.head(3)) == deeper_cycles(partial) == []
    assert deeper_cycles(between(partial, [2.5] * 6, [4.2] * 6)) == []
    assert deeper_cycles(between(partial, [math.nan] * 6, [math.nan] * 6)) == []


def test_capacities_are_compared_at_one_current() -> None:
    """A check-up at a lower current is full, and its capacity no measure of the others."""
    cycles = table([2.2, 2.0, 2.0, 1.9], [2.2, 2.0, 2.0, 1.9])
    slow = at(cycles, [0.1, 1.0, 1.0, 1.1])
    assert (full_cycles(slow), comparable_cycles(slow)) == ([0, 1, 2, 3], [1, 2, 3])
    by_area = slow.rename({"Mean discharge current [A]": "Mean discharge current [mA.cm-2]"})
    assert comparable_cycles(by_area) == [1, 2, 3]
    assert comparable_cycles(cycles) == comparable_cycles(at(cycles, [None] * 4)) == [0, 1, 2, 3]


def test_of_currents_that_are_as_frequent_the_earliest_is_the_usual_one() -> None:
    """None is halfway between two, from which all cycles would be far away."""
    halves = at(table([2.0] * 4, [2.0] * 4), [0.1, 0.1, 1.0, 1.0])
    assert comparable_cycles(halves) == [0, 1]
    rates = at(table([2.0] * 12, [2.0] * 12), [0.2] * 3 + [0.5] * 3 + [1.0] * 3 + [2.0] * 3)
    assert comparable_cycles(rates) == [0, 1, 2]
    assert reference_capacity(rates) == 2.0


def test_a_way_that_no_cycle_went_is_not_asked_for() -> None:
    """One discharge alone is a full cycle; a table that moved nothing has none."""
    assert full_cycles(table([2.0], [0.0])) == [0]
    assert full_cycles(table([2.0], [0.0]).drop("Charge capacity [A.h]")) == [0]
    assert full_cycles(table([0.0, None], [0.0, 0.0])) == []


def test_what_is_no_cycle_table_is_refused() -> None:
    """A table without its cycles, and a share of nothing, are told."""
    with pytest.raises(UnusableDataError, match="Cycle count"):
        full_cycles(pl.DataFrame({"a": [1]}))
    with pytest.raises(InvalidError, match="share"):
        full_cycles(table([2.0], [2.0]), least=0)


def test_a_few_are_chosen_evenly() -> None:
    """The first and the last are always among them, and none comes twice."""
    assert spread_evenly(range(100)) == [0, 50, 99]
    assert spread_evenly([7], 3) == [7]
    assert spread_evenly([], 3) == []
    assert spread_evenly([1, 2, 3], 1) == [1]
    with pytest.raises(InvalidError):
        spread_evenly([1], 0)
