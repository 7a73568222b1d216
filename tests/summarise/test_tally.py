"""Statistics of steps."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.summarise import steps, summarise
from summarise.reference import spread
from summarise.series import one_step


def row(frame: pl.DataFrame) -> dict[str, float | None]:
    return steps(frame).row(0, named=True)


@pytest.mark.parametrize("chunk", [37, 1000, 100_000])
def test_small_spread_on_a_large_value(chunk: int) -> None:
    """A spread of 1 µV at 3.7 V is right to one part in a million."""
    deviation = np.random.default_rng(1).normal(0.0, 1e-6, 10_000)
    frame = one_step(voltage=(3.7 + deviation).tolist())
    found = summarise(frame.slice(start, chunk) for start in range(0, frame.height, chunk)).steps
    exact = spread((frame["Voltage [V]"] - 3.7).to_list()[1:-1])
    assert found["Std voltage [V]"].item() == pytest.approx(exact, rel=1e-6)


def test_spread_beside_a_wild_first_row() -> None:
    """A first row far off does not blur the spread of the rows that count."""
    inner = [3.7, 3.7 + 1e-6, 3.7 - 1e-6, 3.7]
    assert row(one_step(voltage=[1e6, *inner, -1e6]))["Std voltage [V]"] == pytest.approx(
        spread([value - 3.7 for value in inner]), rel=1e-6
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], 0.0),
        ([3.0, 5.0], math.sqrt(2.0)),
        ([9.0, 3.0, 5.0], math.sqrt(2.0)),
        ([9.0, 3.0, 5.0, -9.0], math.sqrt(2.0)),
        ([9.0, 3.0, 4.0, 5.0, -9.0], 1.0),
    ],
)
def test_trimming(values: list[float], expected: float) -> None:
    """The spread leaves out the first row from three rows on, and the last from four on."""
    assert row(one_step(voltage=values))["Std voltage [V]"] == pytest.approx(expected)


def test_trimming_is_by_row() -> None:
    """Rows are trimmed by their place, also where the first or the last has no value."""
    assert row(one_step(voltage=[None, 3.0, 5.0, float("nan")]))["Std voltage [V]"] == pytest.approx(math.sqrt(2.0))


def test_values_at_the_ends_alone() -> None:
    """Where only trimmed rows have a value the spread is 0, but the mean is known."""
    found = row(one_step(voltage=[3.0, None, None, 4.0]))
    assert found["Std voltage [V]"] == 0.0
    assert found["Mean voltage [V]"] == 3.5


def test_all_missing() -> None:
    """Null and NaN alike are no value: a step of these has null statistics."""
    found = row(one_step(current=[None, float("nan"), None]))
    assert {found[f"{word} current [A]"] for word in ("Min", "Max", "Mean", "Std")} == {None}
    assert {found[f"{word} power [W]"] for word in ("Min", "Max", "Mean", "Std")} == {None}


def test_infinite_values_are_none() -> None:
    """An infinite value is no reading: it counts as little as a missing one, in statistics as in integrals."""
    infinite = one_step(current=[1.0, math.inf, 1.0, 1.0, -math.inf, 0.0, 2.0, 3.0], voltage=[3.0] * 8)
    infinite = infinite.with_columns(pl.Series("Step count", [0, 0, 0, 1, 1, 1, 2, 2]))
    missing = infinite.with_columns(pl.when(pl.col("Current [A]").is_finite()).then("Current [A]"))
    assert_frame_equal(steps(infinite), steps(missing))
    assert steps(infinite)["Max current [A]"].to_list() == [1.0, 1.0, 3.0]
    assert steps(infinite)["Discharge capacity [A.h]"][0] == pytest.approx(20 / 3600)


def test_frequency_is_not_trimmed() -> None:
    """The spread of the frequency is over all rows, and 0 where it is not defined."""
    frame = one_step(voltage=[3.7] * 4).with_columns(pl.Series("Frequency [Hz]", [1.0, 10.0, 100.0, 1000.0]))
    assert row(frame)["Std frequency [Hz]"] == pytest.approx(spread([1.0, 10.0, 100.0, 1000.0]))
    silent = row(frame.with_columns(pl.lit(None, pl.Float64).alias("Frequency [Hz]")))
    assert silent["Std frequency [Hz]"] == 0.0
    assert silent["Mean frequency [Hz]"] is None


def test_no_frequency_column() -> None:
    """Without a frequency column all its statistics are 0."""
    found = row(one_step(voltage=[3.7] * 4))
    assert {found[f"{word} frequency [Hz]"] for word in ("Min", "Max", "Mean", "Std")} == {0.0}


def test_own_power() -> None:
    """A power column of the cycler is kept, not multiplied anew."""
    found = row(one_step(voltage=[2.0, 2.0]).with_columns(pl.Series("Power [W]", [5.0, 7.0])))
    assert found["Mean power [W]"] == 6.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_mean_lies_between(values: list[float]) -> None:
    """The mean is that of all rows, the borders included, and never past the extremes."""
    found = row(one_step(voltage=values))
    assert found["Mean voltage [V]"] == pytest.approx(math.fsum(values) / len(values), rel=1e-9, abs=1e-6)
    assert (found["Min voltage [V]"], found["Max voltage [V]"]) == (min(values), max(values))
    assert min(values) <= found["Mean voltage [V]"] <= max(values)
