"""The cycle table."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.summarise import SummaryRules, cycles, steps, summarise, with_reference
from summarise.series import cycling, one_step

COLUMNS = [
    "Cycle count", "Discharge capacity [A.h]", "Charge capacity [A.h]", "Discharge energy [W.h]",
    "Charge energy [W.h]", "Min voltage [V]", "Max voltage [V]", "Cycle duration [s]", "Start time [s]",
    "Coulombic efficiency", "Energy efficiency", "Capacity retention", "Capacity fade", "Energy retention",
    "Energy fade", "Mean discharge current [A]", "Discharge duration [s]", "Mean charge current [A]",
    "Charge duration [s]", "Capacity throughput [A.h]", "Energy throughput [W.h]", "Reference cycle",
    "Capacity rule", "Energy rule",
]  # fmt: skip


def test_oracle() -> None:
    """Two known cycles have the figures worked out for them."""
    table = summarise([cycling()]).cycles
    expected = {
        "Charge capacity [A.h]": 1.1303671179,
        "Discharge capacity [A.h]": 1.1666666666666667,
        "Discharge energy [W.h]": 4.1708333333,
        "Charge energy [W.h]": 4.1475418953,
        "Coulombic efficiency": 1.0321130615,
        "Energy efficiency": 1.0056157210,
        "Cycle duration [s]": 10200.0,
        "Mean charge current [A]": -0.7562772683,
        "Charge duration [s]": 5400.0,
        "Mean discharge current [A]": 1.0,
        "Discharge duration [s]": 4200.0,
        "Capacity retention": 1.0,
        "Min voltage [V]": 3.0,
        "Max voltage [V]": 4.2,
    }
    for name, value in expected.items():
        assert table[name].to_list() == pytest.approx([value, value], abs=5.1e-11), name
    assert table["Capacity throughput [A.h]"].to_list() == pytest.approx([2.2970337846, 4.5940675692], abs=5.1e-11)
    assert table["Capacity fade"].to_list() == pytest.approx([0.0, 0.0], abs=1e-12)
    assert table["Start time [s]"].to_list() == [0.0, 10440.0]


def test_columns() -> None:
    """The columns are those of the format, in its order; all but counts and rules are floats."""
    schema = summarise([cycling()]).cycles.schema
    assert list(schema) == COLUMNS
    others = {
        "Cycle count": pl.Int64,
        "Reference cycle": pl.Int64,
        "Capacity rule": pl.String,
        "Energy rule": pl.String,
    }
    assert {name: kind for name, kind in schema.items() if kind != pl.Float64} == others


def test_temperature() -> None:
    """The mean temperature is weighted by duration and stands before the throughput."""
    frame = one_step(current=[1.0] * 4, time=[0.0, 30.0, 30.0, 40.0]).with_columns(
        pl.Series("Temperature [degC]", [20.0, 20.0, 40.0, 40.0]), pl.Series("Step count", [0, 0, 1, 1])
    )
    table = summarise([frame]).cycles
    assert table.columns == [*COLUMNS[:-5], "Mean temperature [degC]", *COLUMNS[-5:]]
    assert table["Mean temperature [degC]"].item() == pytest.approx(25.0)


def test_ascending() -> None:
    """Cycles are in ascending order and each is one row, whatever the order of the steps."""
    frame = one_step(current=[1.0] * 6).with_columns(
        pl.Series("Step count", [0, 0, 1, 1, 2, 2]), pl.Series("Cycle count", [3, 3, 1, 1, 3, 3])
    )
    table = summarise([frame]).cycles
    assert table["Cycle count"].to_list() == [1, 3]
    assert table["Discharge duration [s]"].to_list() == [10.0, 20.0]


def test_retention() -> None:
    """Retention and fade are relative to the first cycle."""
    frame = one_step(current=[2.0, 2.0, 1.0, 1.0], time=[0.0, 3600.0, 3600.0, 7200.0]).with_columns(
        pl.Series("Step count", [0, 0, 1, 1]), pl.Series("Cycle count", [0, 0, 1, 1])
    )
    table = summarise([frame]).cycles
    assert table["Capacity retention"].to_list() == pytest.approx([1.0, 0.5])
    assert table["Energy fade"].to_list() == pytest.approx([0.0, 0.5])


def test_chosen_reference() -> None:
    """Retention and fade refer to the cycle that is chosen, and to none where the table does not have it."""
    frame = one_step(current=[2.0, 2.0, 1.0, 1.0], time=[0.0, 3600.0, 3600.0, 7200.0]).with_columns(
        pl.Series("Step count", [0, 0, 1, 1]), pl.Series("Cycle count", [0, 0, 1, 1])
    )
    first = summarise([frame]).cycles
    assert first["Reference cycle"].to_list() == [0, 0]
    second = summarise([frame], rules=SummaryRules(reference_cycle=1)).cycles
    assert second["Capacity retention"].to_list() == pytest.approx([2.0, 1.0])
    assert second["Energy fade"].to_list() == pytest.approx([-1.0, 0.0])
    assert second["Reference cycle"].to_list() == [1, 1]
    assert_frame_equal(with_reference(first, 1), second)
    assert_frame_equal(with_reference(second, None), first)
    assert with_reference(first, 7)["Capacity retention"].to_list() == [None, None]


def test_numbers_of_the_cycler() -> None:
    """Where the cycler numbers cycles, its number stands beside the count, with the difference."""
    frame = one_step(current=[1.0] * 4).with_columns(
        pl.Series("Step count", [0, 0, 1, 1]), pl.Series("Cycle from cycler", [3, 3, 5, 5])
    )
    table = summarise([frame]).cycles
    assert table.select("Cycle count", "Cycle from cycler", "Cycle difference").rows() == [(0, 3, 3), (1, 5, 4)]


def test_no_positive_divisor() -> None:
    """Without charge there is no efficiency; without a first discharge no retention."""
    discharge = summarise([one_step(current=[1.0, 1.0])]).cycles.row(0, named=True)
    assert (discharge["Coulombic efficiency"], discharge["Energy efficiency"]) == (None, None)
    charge = summarise([one_step(current=[-1.0, -1.0])]).cycles.row(0, named=True)
    assert charge["Coulombic efficiency"] == 0.0
    assert {charge[name] for name in ("Capacity retention", "Capacity fade", "Energy retention", "Energy fade")} == {
        None
    }


def test_no_step_of_a_direction() -> None:
    """Without a discharging step there is no mean discharge current, and it lasted 0 s."""
    row = summarise([one_step(current=[-1.0, -1.0])]).cycles.row(0, named=True)
    assert row["Mean discharge current [A]"] is None
    assert row["Discharge duration [s]"] == 0.0
    assert row["Mean charge current [A]"] == -1.0


def test_nothing_known() -> None:
    """Sums over steps that know nothing are null, not 0."""
    frame = one_step(voltage=[3.0, 3.1]).drop("Current [A]", "Time [s]")
    row = summarise([frame]).cycles.row(0, named=True)
    known = {"Cycle count", "Reference cycle", "Min voltage [V]", "Max voltage [V]"}
    assert {name for name, value in row.items() if value is not None} == known


def test_from_the_step_table_alone() -> None:
    """The cycle table needs nothing but the step table."""
    table = steps(cycling())
    assert_frame_equal(cycles(table), summarise([cycling()]).cycles)


@given(st.floats(1e-6, 1e6))
def test_the_reference_is_exactly_one(capacity: float) -> None:
    """The retention of the reference cycle is 1 and its fade 0, without rounding."""
    frame = one_step(current=[capacity, capacity, 1.0, 1.0], time=[0.0, 3600.0, 3600.0, 7200.0])
    frame = frame.with_columns(pl.Series("Step count", [0, 0, 1, 1]), pl.Series("Cycle count", [0, 0, 1, 1]))
    table = summarise([frame]).cycles
    assert (table["Capacity retention"][0], table["Energy fade"][0]) == (1.0, 0.0)
