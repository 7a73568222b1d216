"""Checks of open-circuit potential curves and of impedance spectra."""

import math
from typing import Any

import polars as pl
import pytest

from cellkeep.domain.findings import Finding
from cellkeep.validate import findings, spectra
from validate.series import codes, payloads
from validate.vectors import spectrum

NAN, INF = math.nan, math.inf
FREQUENCY, REAL, IMAGINARY = "Frequency [Hz]", "Z_Re [Ohm]", "Z_Im [Ohm]"
REVERSED, MAGNITUDE = "eis_zim_sign_reversed", "eis_impedance_magnitude_implausible"


def curve(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"Voltage [V]": [3.0, 4.0], "Step count": [0, 0], **columns})


def of(*points: tuple[float | None, float | None, float | None]) -> pl.DataFrame:
    """A spectrum of frequencies with both parts of the impedance."""
    return pl.DataFrame(points, dict.fromkeys((FREQUENCY, REAL, IMAGINARY), pl.Float64), orient="row", strict=False)


def reversed_in(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return payloads(REVERSED, frame, data_type="eis", strict=True)


@pytest.mark.parametrize("axis", ["Capacity [A.h]", "Stoichiometry", "SOC"])
def test_a_curve_over_any_of_three_axes(axis: str) -> None:
    """It is told by its columns, and passes."""
    assert codes(curve(**{axis: [0.0, 1.0]}), strict=True) == []
    assert codes(curve(**{axis: [0.0, 1.0]}), strict=True, data_type="ocp") == []


def test_a_curve_without_an_axis() -> None:
    """The axes that would do are told beside the columns that are there."""
    assert payloads("ocp_x_axis_column_missing", curve(), data_type="ocp") == [
        {"candidates": ["Capacity [A.h]", "Stoichiometry", "SOC"], "available_columns": ["Voltage [V]", "Step count"]}
    ]


def test_a_curve_without_a_voltage() -> None:
    """The columns that are there are told."""
    frame = pl.DataFrame({"SOC": [0.0], "Step count": [0]})
    assert payloads("ocp_voltage_column_missing", frame, data_type="ocp") == [
        {"available_columns": ["SOC", "Step count"]}
    ]


def test_a_curve_counts_its_steps() -> None:
    """That check is one of a curve, and the others of cycler data are not."""
    frame = curve(SOC=[0.0, 1.0], **{"Time [s]": [5.0, 1.0], "Current [A]": [1.0, 1.0]})
    assert codes(frame.with_columns(pl.Series("Step count", [1, 3])), data_type="ocp", strict=True) == [
        "step_count_does_not_start_at_zero",
        "step_count_non_sequential",
    ]
    assert codes(curve(SOC=[0.0, 1.0]).drop("Step count")) == ["step_count_missing"]


@pytest.mark.parametrize("missing", [[FREQUENCY], [REAL, IMAGINARY], [FREQUENCY, REAL, IMAGINARY]])
def test_a_spectrum_without_its_columns(missing: list[str]) -> None:
    """Those that are missing are told, and nothing else is looked at."""
    frame = spectrum(imaginary=-1.0, size=1e6).with_columns(pl.lit(1.0).alias("Time [s]")).drop(missing)
    assert codes(frame, data_type="eis", strict=True, rated_capacity=1.0) == ["eis_columns_missing"]
    assert payloads("eis_columns_missing", frame, data_type="eis") == [
        {"required": [FREQUENCY, REAL, IMAGINARY], "missing": missing, "available_columns": frame.columns}
    ]


def test_a_spectrum_is_told_by_its_columns() -> None:
    """Neither time nor steps are asked of it."""
    assert codes(spectrum(), strict=True, rated_capacity=2.5) == []
    assert codes(spectrum(imaginary=-1.0), strict=True) == [REVERSED]


def test_the_imaginary_part_negated() -> None:
    """The share of |Z_Im| that is positive is told, from the lowest frequency to that of the smallest real part."""
    assert reversed_in(spectrum(imaginary=-1.0)) == [{"positive_fraction": 1.0, "r0": 0.020, "n_capacitive_points": 5}]


@pytest.mark.parametrize(("positive", "told"), [(0.75, True), (0.74, False)])
def test_three_quarters_of_the_arc(positive: float, told: bool) -> None:
    """So much of it has to be positive."""
    frame = of((1.0, 3.0, positive), (2.0, 2.0, positive - 1.0), (3.0, 1.0, 0.0))
    assert bool(reversed_in(frame)) is told


def test_the_order_of_rows_does_not_matter() -> None:
    """Points are sorted by frequency."""
    frame = spectrum(imaginary=-1.0)
    shuffled = frame[[3, 0, 5, 1, 4, 2]]
    assert reversed_in(shuffled) == reversed_in(frame) == reversed_in(frame.reverse())


def test_the_inductive_tail_is_left_out() -> None:
    """Above the frequency of the smallest real part the imaginary part is positive, however large."""
    frame = of((1.0, 3.0, -1.0), (2.0, 2.0, -1.0), (3.0, 1.0, 0.0), (4.0, 1.5, 90.0))
    assert reversed_in(frame) == []


def test_the_first_of_two_smallest_real_parts() -> None:
    """The arc ends at the lower frequency of both."""
    frame = of((1.0, 2.0, 1.0), (2.0, 1.0, 1.0), (3.0, 1.0, -100.0))
    assert reversed_in(frame) == [{"positive_fraction": 1.0, "r0": 1.0, "n_capacitive_points": 2}]


@pytest.mark.parametrize("value", [None, NAN, INF, -INF])
@pytest.mark.parametrize("column", [FREQUENCY, REAL, IMAGINARY])
def test_points_that_are_not_whole(column: str, value: float | None) -> None:
    """They are left out, and of less than three nothing is told."""
    frame = of((1.0, 3.0, 1.0), (2.0, 2.0, 1.0), (3.0, 1.0, 1.0), (4.0, 0.5, 1.0))
    bad = frame.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(value).otherwise(column).alias(column))
    assert reversed_in(bad) == reversed_in(frame[:3])
    assert reversed_in(bad[1:]) == []


def test_nothing_is_positive_where_all_is_zero() -> None:
    """A spectrum of a resistor passes."""
    assert reversed_in(of((1.0, 1.0, 0.0), (2.0, 1.0, 0.0), (3.0, 1.0, 0.0))) == []


def test_of_a_very_long_series_the_first_points_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spectrum has some hundred."""
    monkeypatch.setattr(spectra, "_MOST_POINTS", 6)
    frame = pl.concat([spectrum(imaginary=-1.0), spectrum(), spectrum(size=1e-3)])
    assert reversed_in(frame) == reversed_in(frame[:6])


@pytest.mark.parametrize(
    ("r0", "told"), [(2e-4, False), (1.9e-4, True), (2.0, False), (2.1, True), (0.0, False), (-5.0, False)]
)
def test_the_size_of_the_impedance(r0: float, told: bool) -> None:
    """Within a factor of 100 of 0.05 Ohm A.h by the rated capacity it is believed; what is not positive is passed."""
    frame = of((1.0, r0, 0.0), (2.0, 1e9, 0.0))
    assert bool(payloads(MAGNITUDE, frame, data_type="eis", strict=True, rated_capacity=2.5)) is told


def test_what_is_told_of_the_size() -> None:
    """Everything that it was compared with."""
    frame = of((1.0, 30.0, -1.0), (2.0, 20.0, -1.0))
    assert payloads(MAGNITUDE, frame, data_type="eis", strict=True, rated_capacity=2.5) == [
        {
            "r0": 20.0,
            "r_expected": pytest.approx(0.02),
            "band_low": pytest.approx(2e-4),
            "band_high": pytest.approx(2.0),
            "factor": 100.0,
            "r_times_q": 0.05,
            "rated_capacity": 2.5,
        }
    ]


def test_the_size_looks_at_each_finite_real_part() -> None:
    """Whatever frequency and imaginary part are."""
    frame = of((NAN, 20.0, None), (1.0, NAN, 0.0), (2.0, -INF, 0.0))
    assert payloads(MAGNITUDE, frame, data_type="eis", strict=True, rated_capacity=2.5)[0]["r0"] == 20.0


@pytest.mark.parametrize("rated", [None, 0.0, -1.0, NAN])
def test_without_a_rated_capacity(rated: float | None) -> None:
    """No size is unbelievable."""
    assert codes(spectrum(size=1e6), strict=True, rated_capacity=rated) == []


@pytest.mark.parametrize("frame", [of(), of((None, None, None)), of((1.0, 0.02, 0.1))])
def test_hardly_a_spectrum(frame: pl.DataFrame) -> None:
    """Of no rows, or one, nothing is told."""
    assert codes(frame, data_type="eis", strict=True, rated_capacity=2.5) == []


def test_skipping() -> None:
    """Both strict checks have a name."""
    frame = spectrum(imaginary=-1.0, size=1000.0)

    def left(*skipped: str) -> list[Finding]:
        return findings(frame, strict=True, rated_capacity=2.5, skip_checks=skipped)

    assert [each.code for each in left()] == [REVERSED, MAGNITUDE]
    assert [each.code for each in left("eis_zim_sign")] == [MAGNITUDE]
    assert [each.code for each in left("eis_impedance_magnitude")] == [REVERSED]
    assert codes(frame, rated_capacity=2.5) == []
