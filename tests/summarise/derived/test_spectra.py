"""Where an impedance spectrum crosses the real axis at high frequency."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise.derived import high_frequency_resistance

quick = settings(max_examples=50, deadline=None)

R = "High-frequency resistance [Ohm]"


def spectrum(*rows: tuple[float | None, float | None, float | None], step: int | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(rows, dict.fromkeys(("Frequency [Hz]", "Z_Re [Ohm]", "Z_Im [Ohm]"), pl.Float64), orient="row")
    return frame if step is None else frame.with_columns(pl.lit(step, pl.Int64).alias("Step count"))


CROSSING = spectrum((1e4, 0.010, 0.003), (1e3, 0.012, -0.001), (1e2, 0.02, -0.01), (1e1, 0.03, -0.002), step=4)
CAPACITIVE = spectrum((1e4, 0.011, -0.002), (2e3, 0.010, -0.001), (900, 0.02, -0.0001), (1, 0.03, 0.001), step=6)


def test_a_crossing() -> None:
    """Both parts are linear between the two points, the frequency on its logarithm."""
    assert high_frequency_resistance(CROSSING).row(0) == (4, pytest.approx(0.0115), pytest.approx(10**3.25), "crossing")


def test_no_crossing() -> None:
    """The point nearest to the axis within the highest decade is taken, not one further down."""
    assert high_frequency_resistance(CAPACITIVE).row(0) == (6, 0.010, 2e3, "closest point")


def test_noise_at_low_frequency_is_no_crossing() -> None:
    """A change of sign below the capacitive arc is not taken."""
    noisy = pl.concat([CAPACITIVE, spectrum((0.5, 0.03, -0.001), step=6)])
    assert high_frequency_resistance(noisy)["Found by"].item() == "closest point"


def test_purely_inductive() -> None:
    """A spectrum that never turns capacitive has no crossing."""
    found = high_frequency_resistance(spectrum((1e4, 0.01, 0.003), (5e3, 0.01, 0.001)))
    assert found.row(0) == (0, 0.01, 5e3, "closest point")


def test_each_step_is_a_spectrum() -> None:
    """Steps come in row order, in any order of frequencies, and rows without a value or a frequency are passed over."""
    other = spectrum((None, None, None), (0.0, 1.0, 1.0), step=5)
    holes = spectrum((5e3, None, -0.5), (2e3, 0.5, math.nan), step=4)
    found = high_frequency_resistance(pl.concat([CROSSING.reverse(), holes, other, CAPACITIVE]))
    assert found["Step count"].to_list() == [4, 6]
    assert found[R].to_list() == pytest.approx([0.0115, 0.010])


def test_without_steps() -> None:
    """All rows are one spectrum, of step 0."""
    found = high_frequency_resistance(CROSSING.drop("Step count"))
    assert found["Step count"].to_list() == [0]
    assert found[R].item() == pytest.approx(0.0115)


@quick
@given(st.floats(1e-4, 10), st.floats(1e-4, 10), st.floats(1e-6, 1e-2), st.floats(0.0, 1e-2))
def test_the_series_resistance_of_a_circuit(series: float, arc: float, tau: float, share: float) -> None:
    """Of a resistor, an arc and a small inductance, the intercept is the resistor, but for the foot of the arc."""
    omega = 2 * math.pi * np.logspace(7, -1, 400)
    z = series + arc / (1 + 1j * omega * tau) + 1j * omega * share * series * 1e-6
    found = high_frequency_resistance(
        pl.DataFrame({"Frequency [Hz]": omega / 2 / math.pi, "Z_Re [Ohm]": z.real, "Z_Im [Ohm]": z.imag})
    )
    assert (
        series
        <= found[R].item()
        <= series + arc / (1 + (2 * math.pi * found["Frequency [Hz]"].item() * tau * 0.9) ** 2)
    )


def test_nothing_to_find() -> None:
    """Rows without a frequency, one without a value, and no rows give no rows; one point is the closest one."""
    for frame in (spectrum((None, None, None)), spectrum((1.0, None, 1.0)), CROSSING.clear()):
        found = high_frequency_resistance(frame)
        assert found.columns == ["Step count", R, "Frequency [Hz]", "Found by"]
        assert not found.height
    assert high_frequency_resistance(spectrum((10.0, 2.0, 1.0))).row(0) == (0, 2.0, 10.0, "closest point")


def test_missing_columns() -> None:
    """It is said which."""
    with pytest.raises(UnusableDataError, match="'Z_Im \\[Ohm\\]' not found"):
        high_frequency_resistance(CROSSING.drop("Z_Im [Ohm]"))


def test_one_point_below_the_axis_is_no_crossing() -> None:
    """An inductive spectrum with a single negative point of noise has none."""
    found = high_frequency_resistance(
        spectrum((1e4, 0.02, 0.01), (1e3, 0.03, 0.005), (0.1, 0.07, -0.001), (0.01, 0.08, 0.002))
    )
    assert found["Found by"].to_list() == ["closest point"]
