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


def test_offset_of_a_large_cell() -> None:
    """What a cycler for 300 A shows at rest is rest, by the rated capacity as by the largest current."""
    assert label(one_step(current=[30e-3] * 5), 300.0) == "Rest"
    assert label(one_step(current=[70e-3] * 5), 300.0) == "Constant current discharge"
    two = one_step(current=[2e-3] * 5 + [300.0] * 5).with_columns(pl.Series("Step count", [0] * 5 + [1] * 5))
    assert steps(two)["Step type"].to_list() == ["Rest", "Constant current discharge"]


@pytest.mark.parametrize("rated_capacity_ah", [None, 1.0, 5.0])
def test_limits_up_to_5_amperes(rated_capacity_ah: float | None) -> None:
    """Up to 5 A.h or 5 A the limits are those of the field: 1 mA, 10 mA, and their share of a small cell."""
    noisy = [5.0 + 9.5e-3 * sign for sign in [1.0, -1.0] * 20]
    found = label(one_step(current=noisy, voltage=[4.0 - 0.02 * k for k in range(40)]), rated_capacity_ah)
    assert found == ("Unknown step type" if rated_capacity_ah == 1.0 else "Constant current discharge")
    both = one_step(current=[1.1e-3] * 5 + [5.0] * 5).with_columns(pl.Series("Step count", [0] * 5 + [1] * 5))
    assert steps(both, rated_capacity_ah=rated_capacity_ah)["Step type"][0] == "Constant current discharge"


def test_noise_of_a_large_cell() -> None:
    """Noise of 0.05 % of its reading hides neither a constant current of 100 A nor a constant power of 400 W."""
    noise = [1.0 + 5e-4 * sign for sign in [1.0, -1.0] * 20]
    falling = [4.0 - 0.02 * k for k in range(40)]
    assert label(one_step(current=[100.0 * one for one in noise], voltage=falling), 100.0) == (
        "Constant current discharge"
    )
    current = [400.0 * one / volt for one, volt in zip(noise, falling, strict=True)]
    assert label(one_step(current=current, voltage=falling), 100.0) == "Constant power discharge"


def test_drive_cycle_of_a_coin_cell() -> None:
    """A coin cell whose whole power is below 10 mW is not at constant power for that."""
    wild = [1e-4 * (math.sin(k) + 0.5) for k in range(50)]
    assert label(one_step(current=wild, voltage=[3.7 - 1e3 * value for value in wild]), 1e-3) == "Unknown step type"


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
