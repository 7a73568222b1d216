"""Impedance spectra: in the plane of both parts, and against frequency."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cellkeep.domain import columns
from cellkeep.plots import words
from cellkeep.plots.choosing import Chosen
from cellkeep.plots.colouring import Trace, of_labels, of_numbers
from cellkeep.plots.drawn import as_array
from cellkeep.plots.inputs import sources
from cellkeep.plots.spectra import Spectrum, numbers_of, spectra, telling
from cellkeep.plots.stack import figure, stacked, y_axis

_MINUS_Z_IM = f"\N{MINUS SIGN}{columns.Z_IM}"
_HZ = "%{customdata[2]:.4~g} Hz"
_WHICH = "step %{customdata[0]}, cycle %{customdata[1]}<extra>%{fullData.name}</extra>"


def nyquist(
    detail: Any,
    *,
    steps: Chosen = None,
    cycles: Chosen = None,
    colour_by: str | None = None,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw the negative imaginary part of spectra against the real part, on axes of one scale.

    Args:
        detail: what `client.cell_measurement.detail` returns, a polars or pandas frame, or several of these by label,
            each of which has one colour. Real and imaginary part may be told by modulus and phase.
        steps: step counts of the spectra; by default all, or forty that are spread over all.
        cycles: of the spectra.
        colour_by: column of numbers, of which the mean over a spectrum colours it; by default the state of charge, the
            cycle or the step, the first that tells spectra apart.
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count`, its `Cycle count` and its `Frequency [Hz]`.

    Raises:
        UnusableDataError: there is no impedance, or a column is missing.
        InvalidError: a step or a cycle has no impedance, or a spectrum has no number to be coloured by.
    """
    found = {source.label: spectra(source, steps, cycles) for source in sources(detail)}
    layout = stacked(columns.Z_RE, [_MINUS_Z_IM], [_MINUS_Z_IM]) | {"hovermode": "closest", "height": 480}
    layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1}
    traces = _painted(found, _in_plane, colour_by, dark, (colours, values, value_name))
    return figure(traces, layout, dark=dark, title=title)


def bode(
    detail: Any,
    *,
    steps: Chosen = None,
    cycles: Chosen = None,
    colour_by: str | None = None,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw modulus and phase of spectra against frequency.

    Args:
        detail: as for `nyquist`.
        steps: as for `nyquist`.
        cycles: as for `nyquist`.
        colour_by: as for `nyquist`.
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count`, its `Cycle count` and its `Frequency [Hz]`.

    Raises:
        UnusableDataError: there is no impedance, or a column is missing.
        InvalidError: a step or a cycle has no impedance, or a spectrum has no number to be coloured by.
    """
    found = {source.label: spectra(source, steps, cycles) for source in sources(detail)}
    layout = stacked(columns.FREQUENCY, [columns.Z_MOD, columns.Z_PHASE]) | {"hovermode": "closest"}
    layout["xaxis"] |= {"type": "log", "exponentformat": "none", "dtick": 1}
    layout["yaxis"] |= {"type": "log", "exponentformat": "none"}
    traces = _painted(found, _over_frequency, colour_by, dark, (colours, values, value_name))
    return figure(traces, layout, dark=dark, title=title)


def _in_plane(spectrum: Spectrum) -> list[Trace]:
    real, imaginary = (as_array(spectrum.rows[name]) for name in (columns.Z_RE, columns.Z_IM))
    parts = f"Z_Re {words.value_of('x', columns.Z_RE)}<br>\N{MINUS SIGN}Z_Im {words.value_of('y', columns.Z_IM)}"
    return [_line(spectrum, real, -imaginary, f"{_HZ}<br>{parts}<br>{_WHICH}")]


def _over_frequency(spectrum: Spectrum) -> list[Trace]:
    frequency, real, imaginary = (as_array(spectrum.rows[name]) for name in columns.SPECTRUM)
    lines = []
    for place, (name, drawn) in enumerate(
        {columns.Z_MOD: np.hypot(real, imaginary), columns.Z_PHASE: np.degrees(np.arctan2(imaginary, real))}.items()
    ):
        line = _line(spectrum, frequency, drawn, f"{_HZ}<br>{words.value_of('y', name)}<br>{_WHICH}")
        lines.append(line | {"yaxis": y_axis(place)})
    return lines


def _line(spectrum: Spectrum, x: Any, y: Any, told: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "customdata": spectrum.rows.select(columns.STEP_COUNT, columns.CYCLE_COUNT, columns.FREQUENCY).to_numpy(),
        "marker": {"size": 4},
        "line": {"width": 1},
        "hovertemplate": told,
    }


def _painted(
    found: Mapping[str, Sequence[Spectrum]],
    drawn: Callable[[Spectrum], list[Trace]],
    colour_by: str | None,
    dark: bool,
    chosen: tuple[Mapping[str, str] | None, Mapping[str, float] | None, str],
) -> list[Trace]:
    if len(found) > 1 or chosen[0]:
        named = {label: [line for each in of_one for line in drawn(each)] for label, of_one in found.items()}
        return of_labels(list(named), dark, *chosen).painted(named.items())
    (of_one,) = found.values()
    by = colour_by or telling(of_one)
    numbers = numbers_of(of_one, by)
    lines = [(words.numbered(by, number), drawn(each)) for number, each in zip(numbers, of_one, strict=True)]
    return of_numbers(numbers, by, dark).painted(lines)
