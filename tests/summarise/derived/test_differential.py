"""Differential voltage: how the voltage changes with the charge that moved."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise.derived import differential_voltage
from summarise.series import broken_series, cycling

quick = settings(max_examples=50, deadline=None)

DVDQ = "dV/dQ [V.A-1.h-1]"
Q = "Capacity [A.h]"


def discharge(moved_ah: np.ndarray, volts: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Voltage [V]": volts,
            "Discharge capacity [A.h]": moved_ah,
            "Charge capacity [A.h]": np.zeros(volts.size),
            "Step count": np.zeros(volts.size, np.int64),
        }
    )


def test_a_straight_line() -> None:
    """A voltage that falls by 0.9 V over 1 A.h has -0.9 V/A.h throughout, at the middle of the bins."""
    moved = np.linspace(0.0, 1.0, 101)
    found = differential_voltage(discharge(moved, 4.0 - 0.9 * moved), resolution_ah=0.05)
    assert found[Q].to_numpy() == pytest.approx(0.025 + 0.05 * np.arange(20))
    assert found[DVDQ].to_numpy() == pytest.approx(np.full(20, -0.9))


def test_the_mean_of_the_derivative_over_the_bin() -> None:
    """Without smoothing a bin has the change of voltage over it; of a parabola that is the slope at its middle."""
    moved = np.linspace(0.0, 1.0, 2001)
    found = differential_voltage(discharge(moved, 4.0 - moved**2), resolution_ah=0.01, smoothing_ah=0.0)
    assert found[DVDQ].to_numpy() == pytest.approx(-2.0 * found[Q].to_numpy(), abs=1e-9)


def test_a_charge_rises_from_zero_too() -> None:
    """Charge is counted in the direction of the step, and the slope is that of the voltage."""
    found = differential_voltage(cycling(1), steps=[0, 3])
    assert found.group_by("Step count", maintain_order=True).agg(pl.col(DVDQ).mean())[DVDQ].to_list() == pytest.approx([
        1.2, -1.15 * 6 / 7
    ])  # fmt: skip
    assert found[Q].min() > 0


def test_the_grid_by_default() -> None:
    """1000 bins for the largest of the steps, all steps on one grid, smoothed by 5 bins."""
    moved = np.linspace(0.0, 1.0, 5001)
    frame = discharge(moved, 4.0 - 0.2 * np.tanh((moved - 0.5) / 0.05))
    half = frame.filter(pl.col("Discharge capacity [A.h]") <= 0.5).with_columns(pl.lit(1, pl.Int64).alias("Step count"))
    found = differential_voltage(pl.concat([frame, half]))
    assert found.group_by("Step count", maintain_order=True).len()["len"].to_list() == [1000, 500]
    chosen = differential_voltage(frame, resolution_ah=0.001, smoothing_ah=0.005)
    assert found.filter(pl.col("Step count") == 0).equals(chosen)


@pytest.mark.parametrize("smoothing", [0.0, 0.003, 0.2])
def test_the_area_is_the_change_of_voltage(smoothing: float) -> None:
    """Smoothed or not, noisy or not, the sum over the bins is the voltage at the last edge less the first."""
    rng = np.random.default_rng(1)
    moved = np.linspace(0.0, 1.0, 1001)
    volts = 4.0 - moved**3 + 1e-3 * rng.normal(size=1001)
    found = differential_voltage(discharge(moved, volts), resolution_ah=0.003, smoothing_ah=smoothing)
    assert found.height == 333
    assert found[DVDQ].sum() * 0.003 == pytest.approx(volts[999] - volts[0], abs=1e-9)


def test_noise_that_is_left() -> None:
    """Of noise s in voltage, about 0.38 s * sqrt(resolution / smoothing**3) is left in the slope."""
    rng = np.random.default_rng(2)
    moved = np.linspace(0.0, 1.0, 1001)
    frame = discharge(moved, 4.0 - moved + 1e-3 * rng.normal(size=1001))
    found = differential_voltage(frame, resolution_ah=0.001, smoothing_ah=0.01)
    left = found.filter(pl.col(Q).is_between(0.05, 0.95))[DVDQ].std()
    assert left == pytest.approx(0.376e-3 * math.sqrt(0.001 / 0.01**3), rel=0.25)


def test_pauses_and_coarse_counters() -> None:
    """Rows that do not move the charge on are passed over, so a relaxation in a pause makes no peak."""
    moved = np.array([0.0, 0.1, 0.2, 0.2, 0.2, 0.3, 0.4])
    volts = np.array([4.0, 3.9, 3.8, 3.85, 3.88, 3.7, 3.6])
    found = differential_voltage(discharge(moved, volts), resolution_ah=0.1, smoothing_ah=0.0)
    assert found[DVDQ].to_list() == pytest.approx([-1.0] * 4)


@quick
@given(broken_series())
def test_missing_values(frame: pl.DataFrame) -> None:
    """Rows without voltage or charge are stepped over, and nothing but numbers comes out."""
    found = differential_voltage(frame)
    assert found[DVDQ].is_finite().all()
    assert found.null_count().sum_horizontal().item() == 0


def test_steps_without_a_curve() -> None:
    """A rest, a single row, or no row at all give no rows; the columns are there all the same."""
    rest = discharge(np.zeros(5), np.linspace(3.9, 4.0, 5))
    for frame in (rest, rest[:1], rest.clear()):
        found = differential_voltage(frame)
        assert found.schema == {"Step count": pl.Int64, Q: pl.Float64, DVDQ: pl.Float64}
        assert not found.height


def test_areal_charge() -> None:
    """Of a current per area, charge is per area."""
    found = differential_voltage(cycling(1).rename({"Current [A]": "Current [mA.cm-2]"}))
    assert found.columns == ["Step count", "Capacity [mA.h.cm-2]", "dV/dQ [V.mA-1.h-1.cm2]"]


def test_what_can_not_be_used() -> None:
    """Widths, steps and columns that are none are refused."""
    with pytest.raises(InvalidError, match="resolution"):
        differential_voltage(cycling(1), resolution_ah=0.0)
    with pytest.raises(InvalidError, match="points"):
        differential_voltage(cycling(1), resolution_ah=1e-9)
    with pytest.raises(InvalidError, match="no step 5"):
        differential_voltage(cycling(1), steps=[5])
    with pytest.raises(UnusableDataError, match="Voltage"):
        differential_voltage(cycling(1).drop("Voltage [V]"))


def test_charge_before_the_first_voltage() -> None:
    """Where the voltage is not known yet there is no slope, not one of zero."""
    moved = np.linspace(0.0, 1.0, 101)
    frame = discharge(moved, 4.0 - 0.9 * moved).with_columns(
        pl.when(pl.int_range(pl.len()) >= 30).then("Voltage [V]").alias("Voltage [V]")
    )
    found = differential_voltage(frame, resolution_ah=0.05, smoothing_ah=0.0)
    assert found[Q].to_numpy() == pytest.approx(0.325 + 0.05 * np.arange(14))
    assert found[DVDQ].to_numpy() == pytest.approx(np.full(14, -0.9))
