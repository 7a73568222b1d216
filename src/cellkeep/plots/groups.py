"""Groups of cells: the mean of each as a line, and the band in which its cells lie."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from cellkeep.domain.errors import InvalidError
from cellkeep.plots import palette, words
from cellkeep.plots.colouring import Trace, of_labels
from cellkeep.plots.cycling import in_per_cent
from cellkeep.plots.drawn import as_array
from cellkeep.plots.inputs import as_frame
from cellkeep.plots.stack import figure, stacked
from cellkeep.summarise.derived.groups import CELLS, GROUP, HIGH, LOW, MEAN

_BAND_OPACITY = 0.18


def bands(
    found: Any,
    *,
    y: str = "",
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw what `cellkeep.derived.bands` found.

    Args:
        found: its frame.
        y: the column whose mean was taken, for the axis; ratios are shown in per cent.
        colours: by group.
        values: numbers by group, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure.

    Raises:
        InvalidError: the frame is of another kind, or has no row.
    """
    table = as_frame(found)
    if missing := [name for name in (GROUP, MEAN, LOW, HIGH, CELLS) if name not in table.columns]:
        raise InvalidError(f"Bands are drawn of what derived.bands returns, which has a column '{missing[0]}'.")
    x = next(name for name in table.columns if name != GROUP)
    if table.is_empty():
        raise InvalidError("There is nothing to draw: no cell of any group has a value.")
    groups = table.partition_by(GROUP, as_dict=True, maintain_order=True)
    names = [str(name) for (name,) in groups]
    colouring = of_labels(names, dark, colours, values, value_name)
    traces = [colouring.bar] if colouring.bar else []
    for (name, rows), colour in zip(zip(names, groups.values(), strict=True), colouring.colours, strict=True):
        lines = _lines(_scaled(rows, y), x, y, f"{words.shortened(name)} (n = {max(rows[CELLS])})", colour)
        traces += lines
    layout = stacked(x, [y or MEAN], [words.title_of(in_per_cent(y) if y else MEAN)])
    legend = colouring.bar is None
    return figure(traces, {**layout, "hovermode": colouring.hovermode, "showlegend": legend}, dark=dark, title=title)


def _scaled(rows: pl.DataFrame, y: str) -> pl.DataFrame:
    """Ratios in per cent; one cell alone has no deviation, and no band."""
    factor = 100 if in_per_cent(y) != y else 1
    sides = (pl.col(name).fill_null(pl.col(MEAN)) for name in (MEAN, LOW, HIGH))
    return rows.with_columns(side * factor for side in sides)


def _lines(rows: pl.DataFrame, x: str, y: str, name: str, colour: str) -> list[Trace]:
    over, low, high = (as_array(rows[column]) for column in (x, LOW, HIGH))
    band = {
        "type": "scatter",
        "x": [*over, *over[::-1]],
        "y": [*high, *low[::-1]],
        "fill": "toself",
        "fillcolor": palette.faded(colour, _BAND_OPACITY),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": name,
    }
    told = words.value_of("y", in_per_cent(y))
    line = {
        "type": "scatter",
        "mode": "lines" if rows.height > 1 else "markers",
        "x": over,
        "y": as_array(rows[MEAN]),
        "customdata": rows.select(LOW, HIGH, CELLS).to_numpy(),
        "name": name,
        "legendgroup": name,
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour},
        "hovertemplate": f"{told} (%{{customdata[0]:.5~g}} to %{{customdata[1]:.5~g}}, n = %{{customdata[2]}})"
        "<extra>%{fullData.name}</extra>",
    }
    return [band, line]
