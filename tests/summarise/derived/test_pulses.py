"""Resistance from the answer of the voltage to a change of current."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.summarise import steps as steps_of
from cellkeep.summarise.derived import pulse_resistance, with_nominal_soc
from summarise.series import broken_series, cycling

quick = settings(max_examples=40, deadline=None)

OCV, R0, R1, TAU = 3.7, 0.010, 0.020, 10.0


def resistance(seconds: float) -> float:
    """Of a resistor in series with a resistor beside a capacitor."""
    return R0 + R1 * (1.0 - math.exp(-seconds / TAU))


def pulses(*amps: float, seconds: int = 40, every_s: float = 1.0) -> pl.DataFrame:
    """A rest before each pulse and at the end; each relaxed to the open-circuit voltage."""
    rows: list[tuple[float, float, float, int]] = []
    for number, current in enumerate([*amps, 0.0]):
        start = number * (60.0 + seconds)
        rows += [(start + 10.0 * k, OCV, 0.0, 2 * number) for k in range(6)]
        if number < len(amps):
            times = np.arange(0.0, seconds, every_s)
            rows += [(start + 60.0 + t, OCV - current * resistance(t), current, 2 * number + 1) for t in times]
    return pl.DataFrame(rows, ["Time [s]", "Voltage [V]", "Current [A]", "Step count"], orient="row")


def test_a_known_circuit() -> None:
    """R0 and the resistance after 1, 10 and 30 s are those of the circuit, in both directions."""
    found = pulse_resistance(pulses(2.0, -1.0))
    assert found.row(0, named=True) == pytest.approx({
        "Step count": 1, "Cycle count": 0, "Direction": "discharge", "Start time [s]": 60.0, "Duration [s]": 39.0,
        "SOC": None, "Current before [A]": 0.0, "Current [A]": 2.0,
        "Voltage before [V]": OCV, "Voltage [V]": OCV - 2.0 * R0,
        "R0 [Ohm]": R0, "R 1 s [Ohm]": resistance(1), "R 10 s [Ohm]": resistance(10), "R 30 s [Ohm]": resistance(30),
    })  # fmt: skip
    assert found["Direction"].to_list() == ["discharge", "charge"]
    assert found["R 10 s [Ohm]"].to_list() == pytest.approx([resistance(10)] * 2)


def test_between_rows() -> None:
    """Current and voltage are interpolated between the rows of the pulse."""
    found = pulse_resistance(pulses(1.0, every_s=2.0), at_s=[0.0, 2.5])
    assert found["R 2.5 s [Ohm]"].item() == pytest.approx(0.75 * resistance(2) + 0.25 * resistance(4))
    assert found["R 0 s [Ohm]"].item() == found["R0 [Ohm]"].item()


def test_a_pulse_that_is_shorter() -> None:
    """What the pulse did not reach is null; its very last row counts."""
    found = pulse_resistance(pulses(1.0, seconds=11))
    assert found["R 10 s [Ohm]"].item() == pytest.approx(resistance(10))
    assert found["R 30 s [Ohm]"].item() is None


def test_from_one_current_to_another() -> None:
    """The change of current counts, not the current."""
    frame = pl.DataFrame(
        {
            "Time [s]": [0.0, 1.0, 2.0, 3.0],
            "Voltage [V]": [3.6, 3.6, 3.55, 3.55],
            "Current [A]": [1.0, 1.0, 1.5, 1.5],
            "Step count": [0, 0, 1, 1],
        }
    )
    found = pulse_resistance(frame)
    assert found["R0 [Ohm]"].item() == pytest.approx(0.1)
    assert found.select("Current before [A]", "Current [A]", "Voltage before [V]").row(0) == (1.0, 1.5, 3.6)


def test_a_first_row_that_still_has_the_current_before() -> None:
    """It belongs to what was before, and time counts from the row after it."""
    frame = pulses(2.0)
    stale = frame.with_columns(
        pl.when(pl.col("Time [s]") == 60.0).then(0.0).otherwise("Current [A]").alias("Current [A]"),
        pl.when(pl.col("Time [s]") == 60.0).then(OCV).otherwise("Voltage [V]").alias("Voltage [V]"),
    )
    found = pulse_resistance(stale)
    assert found["Start time [s]"].item() == 61.0
    assert found["R0 [Ohm]"].item() == pytest.approx(resistance(1))


def test_a_last_row_that_has_the_current_to_come() -> None:
    """A row of the rest that already carries the pulse is its first row."""
    frame = pulses(2.0).with_columns(
        pl.when(pl.col("Time [s]") == 60.0).then(0).otherwise("Step count").alias("Step count")
    )
    found = pulse_resistance(frame, steps_of(frame).with_columns(pl.Series("Step type", ["Rest", "Unknown", "Rest"])))
    assert found["Step count"].to_list() == [1]
    assert found["Start time [s]"].item() == 60.0
    assert found["R0 [Ohm]"].item() == pytest.approx(R0)


def test_a_hold_is_no_pulse() -> None:
    """A current that only decays from where the step before left it tells no resistance; rests do not either."""
    found = pulse_resistance(cycling(2))
    assert found["Step count"].to_list() == [3, 4, 7]
    assert found["R0 [Ohm]"].to_list() == pytest.approx([0.03, 0.0, 0.03])


def test_an_untimed_sweep_between_rest_and_pulse() -> None:
    """The row before the pulse is the last that has a voltage and a current."""
    frame = pulses(2.0)
    sweep = pl.DataFrame({"Step count": [1, 1], "Frequency [Hz]": [1e3, 1e2]})
    later = frame[6:].with_columns(pl.col("Step count") + 1)
    found = pulse_resistance(pl.concat([frame[:6], sweep, later], how="diagonal"))
    assert found["Step count"].to_list() == [2]
    assert found["R0 [Ohm]"].item() == pytest.approx(R0)
    assert found["Voltage before [V]"].item() == OCV


def test_soc_before_the_pulse() -> None:
    """`SOC` is that of the row before, from `Nominal SOC` or else `SOC`."""
    frame = with_nominal_soc(pulses(3600.0, 100.0, seconds=2), 2.0)
    assert pulse_resistance(frame)["SOC"].to_list() == pytest.approx([1.0, 0.5])
    assert pulse_resistance(frame.rename({"Nominal SOC": "SOC"}))["SOC"].to_list() == pytest.approx([1.0, 0.5])


def test_chosen_steps() -> None:
    """A step table with some of the steps chooses the pulses."""
    frame = pulses(1.0, 2.0, 3.0)
    table = steps_of(frame).filter(pl.col("Mean current [A]") > 1.5)
    assert pulse_resistance(frame, table)["Step count"].to_list() == [3, 5]


def test_the_smallest_change() -> None:
    """By default 1 % of the largest current; what is smaller is no pulse."""
    frame = pulses(2.0, 0.1, 0.01)
    assert pulse_resistance(frame)["Current [A]"].to_list() == [2.0, 0.1]
    assert pulse_resistance(frame, min_change_a=0.005)["Current [A]"].to_list() == [2.0, 0.1, 0.01]


def test_a_test_that_begins_with_a_current() -> None:
    """Nothing is before it, so it tells no resistance."""
    assert not pulse_resistance(cycling(1)[:92]).height


@quick
@given(st.floats(0.05, 50.0), st.floats(1e-4, 1.0), st.booleans())
def test_positive_in_both_directions(amps: float, ohms: float, charging: bool) -> None:
    """Of a plain resistor, its resistance comes out at all times, on charge as on discharge."""
    current = np.repeat([0.0, -amps if charging else amps, 0.0], 40)
    frame = pl.DataFrame(
        {
            "Time [s]": np.arange(120.0),
            "Voltage [V]": 3.7 - current * ohms,
            "Current [A]": current,
            "Step count": np.repeat([0, 1, 2], 40),
        }
    )
    row = pulse_resistance(frame).row(0)
    assert row[-4:] == pytest.approx((ohms,) * 4, rel=1e-6)


@quick
@given(broken_series())
def test_missing_values(frame: pl.DataFrame) -> None:
    """Whatever is missing, what is not known is null."""
    found = pulse_resistance(frame)
    assert not found.select(pl.selectors.float().is_nan().any()).sum_horizontal().sum()
    assert found["R0 [Ohm]"].null_count() == 0


def test_no_pulses() -> None:
    """No rows, one row, no current or no value at all give no rows, with all columns."""
    frame = pulses(1.0)
    nothing = frame.with_columns(pl.lit(None, pl.Float64).alias("Voltage [V]"))
    resting = frame.with_columns(pl.lit(0.0).alias("Current [A]"))
    for series in (frame.clear(), frame[:1], resting, nothing):
        found = pulse_resistance(series)
        assert found.schema == pulse_resistance(frame).schema
        assert not found.height


def test_time_that_runs_backwards() -> None:
    """It is refused, with the step in which it does."""
    frame = pulses(1.0).with_columns(
        pl.when(pl.col("Time [s]") == 70.0).then(0.0).otherwise("Time [s]").alias("Time [s]")
    )
    with pytest.raises(UnusableDataError, match="runs backwards in step 1"):
        pulse_resistance(frame)


def test_what_can_not_be_used() -> None:
    """Columns, times and changes that are none are refused."""
    with pytest.raises(UnusableDataError, match="'Current \\[A\\]' not found"):
        pulse_resistance(pulses(1.0).drop("Current [A]"))
    with pytest.raises(UnusableDataError, match="'Step type' not found"):
        pulse_resistance(pulses(1.0), steps_of(pulses(1.0)).drop("Step type"))
    for at_s in ([-1.0], [math.nan], [math.inf]):
        with pytest.raises(InvalidError, match="Times after"):
            pulse_resistance(pulses(1.0), at_s=at_s)
    with pytest.raises(InvalidError, match="smallest change"):
        pulse_resistance(pulses(1.0), min_change_a=0.0)
