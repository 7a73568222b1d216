"""Traps that other tools of the field fall into, one test each."""

import polars as pl
import pytest

from cellkeep.summarise import SummaryRules, cycles, steps, summarise
from summarise.series import cycling, one_step

TYPES = ["Constant current charge", "Constant voltage charge", "Rest", "Constant current discharge"]


def with_sweep() -> pl.DataFrame:
    """Two cycles with an impedance sweep between them that has no clock, no voltage and no current."""
    frame = cycling().with_columns(pl.lit(None, pl.Float64).alias("Frequency [Hz]"))
    sweep = pl.DataFrame({name: pl.Series(name, [None] * 5, dtype) for name, dtype in frame.schema.items()})
    sweep = sweep.with_columns(
        pl.lit(100, pl.Int64).alias("Step count"), pl.Series("Frequency [Hz]", [1e4, 1e3, 1e2, 1e1, 1.0])
    )
    return pl.concat([frame[:174], sweep, frame[174:]])


def test_an_untimed_sweep_poisons_nothing() -> None:
    """After a sweep without a clock every later charge and energy is what it is without the sweep."""
    table = steps(with_sweep()).filter(pl.col("Step type") != "EIS")
    for name in ("Charge capacity [A.h]", "Discharge capacity [A.h]", "Charge energy [W.h]", "Discharge energy [W.h]"):
        assert table[name].to_list() == steps(cycling())[name].to_list()
    included = steps(with_sweep(), rules=SummaryRules(charge_between_steps="include"))
    assert included["Charge capacity [A.h]"].null_count() == 1


def test_capacities_are_computed_where_there_are_none() -> None:
    """A series without capacity columns has capacities in both tables."""
    found = summarise([cycling()])
    assert found.steps["Discharge capacity [A.h]"].null_count() == 0
    assert found.cycles["Coulombic efficiency"].to_list() == pytest.approx([1.0321130615] * 2)


def test_own_cycle_count_is_used() -> None:
    """Both tables count cycles as the series does, though the cycler numbers none."""
    shifted = cycling().with_columns(pl.col("Cycle count") + 7)
    assert steps(shifted)["Cycle count"].unique().to_list() == [7, 8]
    assert summarise([shifted]).cycles["Cycle count"].to_list() == [7, 8]


def test_boundary_rows_mislead_nobody() -> None:
    """A first row with the opposite current and a last row at rest hide neither the type nor the direction."""
    frame = one_step(current=[1.0, *[-0.5] * 20, 0.0], voltage=[3.0 + 0.01 * k for k in range(22)])
    row = steps(frame).row(0, named=True)
    assert row["Step type"] == "Constant current charge"
    assert (row["Min current [A]"], row["Max current [A]"], row["Std current [A]"]) == (-0.5, 1.0, 0.0)


@pytest.mark.parametrize("scale", [1e-6, 1e-4, 1e-2, 1.0, 1e2, 5e2])
def test_limits_fit_the_cell(scale: float) -> None:
    """One protocol has one set of labels from µA to hundreds of A, with an offset and noise in proportion."""
    row = pl.int_range(pl.len())
    noise = 1 + 3e-4 * (2 * (row % 2) - 1)
    offset = 1e-4 * scale
    frame = cycling().with_columns((pl.col("Current [A]") * scale * noise + offset).alias("Current [A]"))
    assert steps(frame, rated_capacity_ah=1.2 * scale)["Step type"].to_list() == TYPES * 2
    assert steps(frame)["Step type"].to_list() == TYPES * 2


def test_reference_of_retention_is_chosen() -> None:
    """A formation cycle need not be the reference of retention."""
    formation = pl.when(pl.col("Cycle count") == 0).then(0.5).otherwise(1.0)
    table = steps(cycling(3).with_columns(pl.col("Current [A]") * formation))
    assert cycles(table)["Capacity retention"].to_list() == pytest.approx([1.0, 2.0, 2.0])
    assert cycles(table, reference_cycle=1)["Capacity retention"].to_list() == pytest.approx([0.5, 1.0, 1.0])


def test_means_are_per_sample() -> None:
    """Means are over samples; the charge is over time, so the two tell apart where sampling is uneven."""
    row = steps(one_step(current=[1.0, 1.0, 1.0, 0.1], time=[0.0, 1.0, 2.0, 3602.0])).row(0, named=True)
    assert row["Mean current [A]"] == pytest.approx(3.1 / 4)
    assert row["Discharge capacity [A.h]"] * 3600 / row["Duration [s]"] == pytest.approx(0.55, rel=1e-2)
