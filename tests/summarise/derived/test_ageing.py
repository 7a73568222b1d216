"""A test of many cycles in one row."""

import polars as pl
import pytest

from cellkeep.summarise.derived import ageing

CYCLES = pl.DataFrame(
    {
        "Cycle count": [0, 1, 2, 3, 4],
        "Discharge capacity [A.h]": [0.1, 2.0, 1.9, 1.8, 0.3],
        "Charge capacity [A.h]": [2.0, 2.0, 2.0, 2.0, 0.0],
        "Coulombic efficiency": [0.05, 1.0, 0.95, 0.9, None],
        "Mean temperature [degC]": [90.0, 24.0, 25.0, 26.0, 90.0],
    }
)


def test_only_full_cycles_count() -> None:
    """Formation and the cycle that is still running are in the number of cycles, and in nothing else."""
    assert ageing(CYCLES).row(0, named=True) == pytest.approx({
        "Cycles": 5, "Full cycles": 3, "Comparable cycles": 3, "First capacity [A.h]": 2.0, "Last capacity [A.h]": 1.8,
        "Capacity retention": 0.9, "Fade per 100 cycles [%]": 500.0, "Mean coulombic efficiency": 0.95,
        "Mean energy efficiency": None, "Mean temperature [degC]": 25.0,
    })  # fmt: skip


def test_two_full_cycles_tell_no_fade() -> None:
    """They have capacities, and nothing says which of them is as it should be."""
    row = ageing(CYCLES.head(3)).row(0, named=True)
    assert (row["Full cycles"], row["First capacity [A.h]"], row["Last capacity [A.h]"]) == (2, 2.0, 1.9)
    assert row["Capacity retention"] is row["Fade per 100 cycles [%]"] is None


def test_what_a_table_does_not_tell_is_null() -> None:
    """A table of impedance alone has no capacity, and one by area has it by area."""
    nothing = CYCLES.with_columns(
        pl.lit(0.0).alias("Discharge capacity [A.h]"), pl.lit(0.0).alias("Charge capacity [A.h]")
    )
    row = ageing(nothing).row(0, named=True)
    assert (row["Cycles"], row["Full cycles"], row["First capacity [A.h]"], row["Capacity retention"]) == (
        5,
        0,
        None,
        None,
    )
    by_area = ageing(CYCLES.rename(lambda name: name.replace("[A.h]", "[mA.h.cm-2]"))).row(0, named=True)
    assert by_area["Last capacity [mA.h.cm-2]"] == 1.8
