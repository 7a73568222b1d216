"""Cycle tables on scales that cells of any size, age and pace share."""

import math

import polars as pl
import pytest

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise import derived

CYCLES = pl.DataFrame(
    {
        "Cycle count": [0, 1, 2],
        "Discharge capacity [A.h]": [0.5, 2.0, 1.6],
        "Charge capacity [A.h]": [2.0, 2.0, None],
        "Capacity throughput [A.h]": [2.5, 6.5, 8.0],
        "Start time [s]": [100.0, 86_500.0, math.nan],
    }
)
BY_AREA = CYCLES.rename(lambda name: name.replace("[A.h]", "[mA.h.cm-2]"))


def test_the_reference_is_the_first_full_cycle_or_the_one_that_is_named() -> None:
    """A cycle of formation that moved a quarter is passed over, but may be named."""
    whole = CYCLES.with_columns(pl.col("Charge capacity [A.h]").fill_null(2.0))
    assert derived.reference_capacity(whole) == 2.0
    assert derived.reference_capacity(whole, reference_cycle=0) == 0.5
    assert derived.reference_capacity(whole.rename(lambda name: name.replace("[A.h]", "[mA.h.cm-2]"))) == 2.0
    with pytest.raises(InvalidError, match="Cycle 9"):
        derived.reference_capacity(whole, reference_cycle=9)
    charging = whole.with_columns(pl.col("Discharge capacity [A.h]") * 0)
    with pytest.raises(UnusableDataError, match="comparable cycles discharged nothing"):
        derived.reference_capacity(charging)
    with pytest.raises(UnusableDataError, match="No cycle is full"):
        derived.reference_capacity(charging.with_columns(pl.col("Charge capacity [A.h]") * 0))


def test_capacities_by_one_capacity() -> None:
    """Both ways are divided by it, what is not known stays so, and the names say by what."""
    found = derived.with_relative_capacity(CYCLES, 2.0)
    assert found["Discharge capacity / rated capacity"].to_list() == [0.25, 1.0, 0.8]
    assert found["Charge capacity / rated capacity"].to_list() == [1.0, 1.0, None]
    by_area = derived.with_relative_capacity(BY_AREA, 4.0, of="first capacity")
    assert by_area["Discharge capacity / first capacity"].to_list() == [0.125, 0.5, 0.4]
    for wrong in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InvalidError, match="positive"):
            derived.with_relative_capacity(CYCLES, wrong)


def test_equivalent_full_cycles() -> None:
    """So many as twice the capacity goes into the throughput."""
    assert derived.with_equivalent_cycles(CYCLES, 2.5)["Equivalent full cycles"].to_list() == [0.5, 1.3, 1.6]
    assert derived.with_equivalent_cycles(BY_AREA, 2.5)["Equivalent full cycles"].to_list() == [0.5, 1.3, 1.6]
    with pytest.raises(UnusableDataError, match="throughput"):
        derived.with_equivalent_cycles(CYCLES.drop("Capacity throughput [A.h]"), 2.5)


def test_days_since_the_first_cycle() -> None:
    """The first begins at 0, and one without a time has none."""
    assert derived.with_days(CYCLES)["Time since start [d]"].to_list() == [0.0, 1.0, None]
    assert derived.with_days(CYCLES[:0])["Time since start [d]"].to_list() == []
