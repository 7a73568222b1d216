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
        "Cycles": 5, "Full cycles": 3, "Comparable cycles": 3, "Deeper cycles": 0,
        "First capacity [A.h]": 2.0, "Last capacity [A.h]": 1.8,
        "Capacity retention": 0.9, "Fade per 100 cycles [%]": 500.0, "Mean coulombic efficiency": 0.95,
        "Mean energy efficiency": None, "Mean temperature [degC]": 25.0,
    })  # fmt: skip


def test_two_full_cycles_tell_no_fade() -> None:
    """They have capacities, and nothing says which of them is as it should be."""
    row = ageing(CYCLES.head(3)).row(0, named=True)
    assert (row["Full cycles"], row["First capacity [A.h]"], row["Last capacity [A.h]"]) == (2, 2.0, 1.9)
    assert row["Capacity retention"] is row["Fade per 100 cycles [%]"] is None


def test_cycles_of_partial_depth_tell_no_fade() -> None:
    """They move what they are told to until the cell can no more; the check-ups among them are counted."""
    is_check_up = [number % 5 == 0 for number in range(20)]
    moved = [2.0 - 0.02 * number if whole else 1.0 for number, whole in enumerate(is_check_up)]
    partial = pl.DataFrame(
        {
            "Cycle count": range(20),
            "Discharge capacity [A.h]": moved,
            "Charge capacity [A.h]": moved,
            "Min voltage [V]": [2.5 if whole else 3.5 for whole in is_check_up],
            "Max voltage [V]": [4.2 if whole else 3.9 for whole in is_check_up],
        }
    )
    row = ageing(partial).row(0, named=True)
    assert (row["Full cycles"], row["Deeper cycles"], row["Last capacity [A.h]"]) == (20, 3, 1.0)
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
