"""One quantity against another, a point for each record."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError
from cellkeep.plots import palette, words
from cellkeep.plots.colouring import Trace, of_labels
from cellkeep.plots.drawn import as_array
from cellkeep.plots.inputs import as_frame
from cellkeep.plots.stack import figure, stacked

_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "pentagon")
"""So that points are told apart without their colour as well."""


def scatter(
    table: Any,
    *,
    x: str,
    y: str,
    label: str = "Label",
    name: str | None = None,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw a column against another; the points of one label are joined, from left to right.

    Args:
        table: a frame with a row for each point.
        x: the column they are drawn over: numbers or times.
        y: the column of numbers that is drawn.
        label: the column that says what belongs together, such as the cell.
        name: a column with what each point is called, for hovering.
        colours: by label.
        values: numbers by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure.

    Raises:
        InvalidError: a column is missing, or no row has both values.
    """
    rows = as_frame(table)
    wanted = [x, y, label, *([name] if name is not None else [])]
    if missing := [each for each in wanted if each not in rows.columns]:
        raise InvalidError(f"There is no column '{missing[0]}'; there are {quoted(rows.columns)}.")
    known = rows.drop_nulls([x, y]).sort(x)
    if known.is_empty():
        raise InvalidError(f"There is nothing to draw: no row has both '{x}' and '{y}'.")
    order = [str(each) for each in rows[label].unique(maintain_order=True)]
    parts = {str(key): part for (key,), part in known.partition_by(label, as_dict=True).items()}
    labels = [each for each in order if each in parts]
    colouring = of_labels(labels, dark, colours, values, value_name)
    traces = [colouring.bar] if colouring.bar else []
    for place, (each, colour) in enumerate(zip(labels, colouring.colours, strict=True)):
        line = _line(parts[each], x, y, name, each, colour)
        line["marker"]["symbol"] = _SYMBOLS[place % len(_SYMBOLS)] if colouring.legend else _SYMBOLS[0]
        traces.append({**line, "showlegend": colouring.legend})
    return figure(traces, {**stacked(x, [y]), "hovermode": "closest"}, dark=dark, title=title)


def _line(rows: pl.DataFrame, x: str, y: str, name: str | None, label: str, colour: str) -> Trace:
    called = "%{text}" if name is not None else "%{fullData.name}"
    return {
        "type": "scatter",
        "mode": "lines+markers" if rows.height > 1 else "markers",
        "x": as_array(rows[x]),
        "y": as_array(rows[y]),
        "text": None if name is None else [words.plain(str(each)) for each in rows[name]],
        "name": words.shortened(label),
        "line": {"color": palette.faded(colour, 0.5), "width": 1},
        "marker": {"color": colour, "size": 9},
        "hovertemplate": f"{words.x_value_of(x)}<br>{words.value_of('y', y)}<extra>{called}</extra>",
    }
