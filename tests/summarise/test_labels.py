"""Step types over six decades of current."""

import math

import polars as pl
import pytest

from cellkeep.summarise import steps
from summarise.series import cycling, one_step


def label(frame: pl.DataFrame, rated_capacity_ah: float | None = None) -> str:
    return str(steps(frame, rated_capacity_ah=rated_capacity_ah)["Step type"][0])


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 100.0])
def test_scale_of_the_cell(scale: float) -> None:
    """The same protocol has the same labels for a coin cell in µA and for a cell of 100 A."""
    frame = cycling().with_columns(pl.col("Current [A]") * scale)
    types = ["Constant current charge", "Constant voltage charge", "Rest", "Constant current discharge"] * 2
    assert steps(frame)["Step type"].to_list() == types
    assert steps(frame, rated_capacity_ah=1.2 * scale)["Step type"].to_list() == types


def test_rest_of_a_coin_cell() -> None:
    """50 µA is rest for a cell of 1 A.h and a discharge for one of 1 mA.h."""
    frame = one_step(current=[50e-6] * 5)
    assert label(frame, 1.0) == "Rest"
    assert label(frame, 1e-3) == "Constant current discharge"


def test_one_spike_and_a_rated_capacity() -> None:
    """A spike lifts the limits that hang on the largest current, but not those of the rated capacity."""
    spiked = one_step(current=[1e-4] * 6).with_columns(pl.Series("Step count", [0] * 5 + [1]))
    spiked = spiked.with_columns(
        pl.when(pl.col("Step count") == 1).then(5.0).otherwise("Current [A]").alias("Current [A]")
    )
    assert label(spiked) == "Rest"
    assert label(spiked, 1e-3) == "Constant current discharge"


def test_limits_are_never_wider_than_the_base() -> None:
    """A large cell rests below 1 mA, not below C/1000."""
    assert label(one_step(current=[2e-3] * 5), 300.0) == "Constant current discharge"
    assert label(one_step(current=[0.9e-3] * 5), 300.0) == "Rest"


def test_no_current_ever() -> None:
    """A series that only rests is rest: there is no current to cap the limits by."""
    assert label(one_step(current=[0.0] * 5)) == "Rest"


def test_boundary_rows() -> None:
    """A first and last row at the set-point of the neighbours do not hide a constant current."""
    assert label(one_step(current=[0.0, *[1.0] * 10, 0.0], voltage=[3.0 + 0.1 * k for k in range(12)])) == (
        "Constant current discharge"
    )
    assert label(one_step(current=[0.0, -1.0, -1.0], voltage=[3.0, 3.5, 4.0])) == "Constant current charge"


def ramp(start: float, stop: float) -> list[float]:
    return [start + (stop - start) * k / 20 for k in range(21)]


def test_constant_voltage_and_power() -> None:
    """With a current that varies, a steady voltage and then a steady power decide."""
    assert label(one_step(current=ramp(-1.0, -0.1), voltage=[4.2] * 21)) == "Constant voltage charge"
    assert label(one_step(current=ramp(1.0, 0.1), voltage=[2.5] * 21)) == "Constant voltage discharge"
    volts = ramp(4.2, 3.0)
    assert label(one_step(current=[5.0 / volt for volt in volts], voltage=volts)) == "Constant power discharge"
    assert label(one_step(current=[-5.0 / volt for volt in volts], voltage=volts)) == "Constant power charge"


def test_drive_cycle() -> None:
    """A step in which nothing is steady is of unknown type."""
    wild = [math.sin(k) + 0.5 for k in range(50)]
    assert label(one_step(current=wild, voltage=[3.7 - 0.1 * value for value in wild])) == "Unknown step type"


def test_frequency_first() -> None:
    """A step with a frequency is impedance, whatever its current."""
    frame = one_step(current=[0.0] * 3)
    assert label(frame.with_columns(pl.Series("Frequency [Hz]", [1e3, 1.0, 1e-3]))) == "EIS"
    assert label(frame.with_columns(pl.Series("Frequency [Hz]", [0.0, None, 0.0]))) == "Rest"


def test_no_current_column() -> None:
    """A flat voltage without a current is of unknown type, not constant voltage."""
    assert label(one_step(voltage=[3.7] * 5).drop("Current [A]")) == "Unknown step type"
    assert label(one_step(current=[None] * 5)) == "Unknown step type"
