"""Charge and energy of a step, from whatever the series has."""

import polars as pl
import pytest

from cellkeep.summarise import cycles, steps
from summarise.series import cycling, one_step

AH = ["Discharge capacity [A.h]", "Charge capacity [A.h]"]
WH = ["Discharge energy [W.h]", "Charge energy [W.h]"]


def moved(frame: pl.DataFrame, **options: str) -> tuple[float | None, ...]:
    return steps(frame, **options).select(*AH, *WH).row(0)


def test_integral() -> None:
    """Without capacity columns the clipped current is integrated by trapezoids, each direction for itself."""
    found = moved(one_step(current=[2.0, 4.0, -4.0], time=[0.0, 3600.0, 7200.0], voltage=[3.0, 3.0, 4.0]))
    assert found == pytest.approx((3.0 + 2.0, 2.0, 9.0 + 6.0, 8.0))


def test_gap_between_steps() -> None:
    """The charge between the last row of a step and the first of the next belongs to neither."""
    frame = one_step(current=[1.0] * 4, time=[0.0, 3600.0, 36000.0, 39600.0])
    table = steps(frame.with_columns(pl.Series("Step count", [0, 0, 1, 1])))
    assert table["Discharge capacity [A.h]"].to_list() == pytest.approx([1.0, 1.0])


def test_untimed_rows() -> None:
    """An untimed impedance sweep poisons nothing: pairs are formed across the rows that have no time."""
    frame = one_step(current=[1.0, 1.0, None, 1.0], time=[0.0, None, 1800.0, 3600.0])
    assert moved(frame)[0] == pytest.approx(1.0)


def test_nothing_timed() -> None:
    """A step without a timed row does not know what it moved; a single timed row moved nothing."""
    assert moved(one_step(current=[1.0, 1.0], time=[None, None])) == (None, None, None, None)
    assert moved(one_step(current=[1.0], time=[5.0])) == (0.0, 0.0, 0.0, 0.0)


def test_directional_columns() -> None:
    """Directional columns are differenced over the step, whatever they start from, and are never negative."""
    frame = one_step(current=[1.0] * 3).with_columns(
        pl.Series(AH[0], [5.0, 5.5, 6.0]),
        pl.Series(AH[1], [-1.0, -2.0, -3.0]),
        pl.Series(WH[0], [0.0, 1.0, 2.0]),
        pl.Series(WH[1], [0.0, 0.0, 0.0]),
    )
    assert moved(frame) == pytest.approx((1.0, 2.0, 2.0, 0.0))


def test_directional_columns_with_gaps() -> None:
    """Missing values at the ends of a step do not hide what lies between them."""
    frame = one_step(current=[1.0] * 4).with_columns(
        pl.Series(AH[0], [None, 0.5, 1.5, None]), pl.Series(AH[1], [float("nan")] * 4)
    )
    assert moved(frame)[:2] == (1.0, None)


def test_one_direction_alone() -> None:
    """One directional column without the other is not used: current is integrated."""
    frame = one_step(current=[1.0, 1.0], time=[0.0, 3600.0]).with_columns(pl.Series(AH[0], [0.0, 9.0]))
    assert moved(frame)[:2] == pytest.approx((1.0, 0.0))


def test_energy_beside_directional_capacity() -> None:
    """With directional capacities alone, energy is integrated where power is known, and else 0."""
    frame = one_step(current=[1.0, 1.0], voltage=[3.0, 3.0], time=[0.0, 3600.0]).with_columns(
        pl.Series(AH[0], [0.0, 1.0]), pl.Series(AH[1], [0.0, 0.0])
    )
    assert moved(frame) == pytest.approx((1.0, 0.0, 3.0, 0.0))
    assert moved(frame.drop("Current [A]")) == pytest.approx((1.0, 0.0, 0.0, 0.0))
    assert moved(frame.drop("Time [s]")) == pytest.approx((1.0, 0.0, 0.0, 0.0))


def test_single_capacity() -> None:
    """Increments of a single capacity go to the direction of the current at the later row."""
    frame = one_step(current=[-1.0, -1.0, 1.0, 0.0, 1.0]).with_columns(
        pl.Series("Capacity [A.h]", [7.0, 6.0, 8.0, 1.0, 1.5])
    )
    assert moved(frame)[:2] == pytest.approx((2.5, 1.0))


def test_a_single_counter_that_turns_back() -> None:
    """An increment against the direction adds to charge, and takes off discharge; a falling counter discharges too."""
    counter = pl.Series("Capacity [A.h]", [0.0, 1.0, 0.9, 2.0])
    assert moved(one_step(current=[1.0] * 4).with_columns(counter))[:2] == pytest.approx((2.0, 0.0))
    assert moved(one_step(current=[-1.0] * 4).with_columns(counter))[:2] == pytest.approx((0.0, 2.2))
    assert moved(one_step(current=[1.0] * 4).with_columns(-counter))[:2] == pytest.approx((2.0, 0.0))


def test_single_capacity_without_a_clock() -> None:
    """A single capacity is split without a time as well, unless it is the x axis of an open-circuit curve."""
    frame = one_step(current=[1.0, 1.0]).drop("Time [s]").with_columns(pl.Series("Capacity [A.h]", [0.0, 0.5]))
    assert moved(frame)[:2] == (0.5, 0.0)
    assert moved(frame, data_type="ocp")[:2] == (None, None)


def test_single_energy() -> None:
    """Increments of a single energy go to the direction of the power at the later row."""
    frame = one_step(current=[-1.0, -1.0, 1.0]).with_columns(
        pl.Series("Energy [W.h]", [0.0, 3.0, 2.0]), pl.Series("Power [W]", [0.0, 1.0, -1.0])
    )
    assert moved(frame)[2:] == pytest.approx((3.0, 1.0))


def test_nothing_in_the_other_direction() -> None:
    """A pure discharge has exactly no charge in the other direction."""
    table = steps(cycling())
    discharges = table.filter(pl.col("Step type") == "Constant current discharge")
    assert discharges["Charge capacity [A.h]"].to_list() == [0.0, 0.0]
    assert discharges["Charge energy [W.h]"].to_list() == [0.0, 0.0]


def test_open_circuit_potential() -> None:
    """Capacity as an x axis is not charge that a step moved: without current nothing is known of it."""
    frame = pl.DataFrame({"Capacity [A.h]": [0.0, 1.0], "Voltage [V]": [4.0, 3.0], "Step count": [0, 0]})
    table = steps(frame, data_type="ocp")
    assert moved(frame, data_type="ocp") == (None, None, None, None)
    nulls = ("Start time [s]", "Duration [s]", "Mean current [A]", "Std current [A]", "Max power [W]")
    assert table.select(nulls).row(0) == (None,) * 5
    assert table["Step type"].item() == "Unknown step type"
    assert table["Start voltage [V]"].item() == 4.0
    assert cycles(table).row(0, named=True)["Discharge capacity [A.h]"] is None


def test_areal_current() -> None:
    """Current per area alone gives no ampere hours, and no error."""
    frame = one_step(voltage=[3.0, 3.1]).rename({"Current [A]": "Current [mA.cm-2]"})
    assert moved(frame) == (None, None, None, None)
    assert steps(frame)["Mean current [A]"].item() is None
