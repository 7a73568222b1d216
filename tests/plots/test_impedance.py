"""Impedance spectra as figures."""

import numpy as np
import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError, UnusableDataError

FREQUENCY = np.logspace(-1, 4, 26)


def spectrum(step: int, resistance: float = 0.02) -> pl.DataFrame:
    """A resistor and an arc, from the lowest frequency up."""
    z = resistance + 0.01 / (1 + 2j * np.pi * FREQUENCY * 0.05)
    columns = {"Frequency [Hz]": FREQUENCY, "Z_Re [Ohm]": z.real, "Z_Im [Ohm]": z.imag}
    return pl.DataFrame({**columns, "Step count": np.full(26, step), "SOC": np.full(26, 1 - step / 100)})


MANY = pl.concat([spectrum(step) for step in range(0, 60, 5)])


def test_the_capacitive_arc_points_up() -> None:
    """The negative imaginary part is drawn over the real one, on axes of one scale, from high frequency down."""
    figure = plots.nyquist(spectrum(0).drop("Step count"))
    (line,) = figure.data
    assert max(line.y) == pytest.approx(0.005, rel=0.05)
    assert line.customdata[0].tolist() == [0, 0, 10_000]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == (
        "Z_Re [Ohm]",
        "\N{MINUS SIGN}Z_Im [Ohm]",
    )
    assert (figure.layout.yaxis.scaleanchor, figure.layout.yaxis.scaleratio) == ("x", 1)
    assert "%{customdata[2]:.4~g} Hz" in line.hovertemplate


def test_modulus_and_phase_are_drawn_over_frequency() -> None:
    """Modulus and frequency have logarithmic axes, and spectra may come as modulus and phase themselves."""
    figure = plots.bode(spectrum(0))
    modulus, phase = figure.data
    assert modulus.y[-1] == pytest.approx(0.03, rel=1e-2)
    assert all(-90 < each < 0 for each in phase.y)
    kinds = figure.layout.xaxis.type, figure.layout.yaxis.type, figure.layout.yaxis2.type
    assert kinds == ("log", "log", None)
    polar = pl.DataFrame({"Frequency [Hz]": modulus.x, "Z_Mod [Ohm]": modulus.y, "Z_Phase [deg]": phase.y})
    assert np.allclose(plots.bode(polar).data[1].y, phase.y)


def test_spectra_are_coloured_by_what_tells_them_apart() -> None:
    """Many are on a ramp of the state of charge, or of what is named; a few have a legend."""
    bar, *lines = plots.nyquist(MANY).data
    assert bar.marker.colorbar.title.text == "SOC"
    assert len(lines) == 12
    assert plots.nyquist(MANY, colour_by="Step count").data[0].marker.colorbar.title.text == "Step count"
    few = plots.nyquist(MANY.drop("SOC"), steps=[5, 10]).data
    assert [line.name for line in few] == ["Step 5", "Step 10"]
    with pytest.raises(InvalidError, match=r"coloured by .*'SOC'"):
        plots.nyquist(MANY, colour_by="Temperature [degC]")


def test_sources_are_told_apart() -> None:
    """Of several measurements each has one colour, also where each is one spectrum."""
    lines = plots.nyquist({"A": spectrum(0), "B": spectrum(0, 0.03)}).data
    assert [line.name for line in lines if line.showlegend] == ["A", "B"]


def test_rows_without_impedance_are_left_out() -> None:
    """Spectra are found within cycling data, and a series without any is refused."""
    cycling = pl.DataFrame({"Frequency [Hz]": [None, 0.0], "Step count": [50, 50]})
    assert len(plots.nyquist(pl.concat([cycling, spectrum(51)], how="diagonal")).data) == 1
    with pytest.raises(UnusableDataError, match="no impedance"):
        plots.nyquist(spectrum(0)[:0])
    with pytest.raises(UnusableDataError, match="Frequency"):
        plots.nyquist(pl.DataFrame({"Time [s]": [0.0]}))
