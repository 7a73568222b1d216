"""Plots on top of each other that share their x axis."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from cellkeep.plots import theme, words
from cellkeep.plots.aiming import aim_at_few
from cellkeep.plots.colouring import Trace

_PLOT_PX = 168
_AROUND_PX = 80
_TITLE_PX = 28
_MOST_DIGITS = 7
_APART = 0.035
"""Of the height, between two plots."""


def y_axis(place: int) -> str:
    """What traces call the y axis of the plot at a place, counted from the top."""
    return f"y{place + 1}" if place else "y"


def stacked(x: str, plots_of: Sequence[str], titles: Sequence[str] | None = None) -> dict[str, Any]:
    """Axes of plots on top of each other, from the top down, over one x axis.

    Args:
        x: name of the column that they share.
        plots_of: the column that each shows; a redraw with the same ones keeps the zoom.
        titles: of the y axes, where they are not the names of the columns.
    """
    plots = len(plots_of)
    height = (1 - _APART * (plots - 1)) / plots
    layout: dict[str, Any] = {
        "xaxis": {
            "title": {"text": words.title_below(x)},
            "anchor": y_axis(plots - 1),
            "minexponent": _MOST_DIGITS,  # of seconds a test has millions, which read badly as 0.5e+6
            "uirevision": x,
            "unifiedhovertitle": {"text": words.x_value_of(x)},
        },
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "height": _AROUND_PX + _PLOT_PX * max(plots, 2),
    }
    for place, name in enumerate(plots_of):
        top = max(1 - place * (height + _APART), 0.0)
        layout[_key(place)] = {
            "title": {"text": titles[place] if titles else words.title_of(name)},
            "domain": [max(top - height, 0.0), top],
            "anchor": "x",
            "uirevision": name,
        }
    return layout


def behind_first(layout: dict[str, Any], traces: Sequence[Trace]) -> None:
    """Put traces that fill from 0 to 1 behind the first plot."""
    place = sum(key.startswith("yaxis") for key in layout)
    layout[_key(place)] = {
        "domain": layout["yaxis"]["domain"],
        "anchor": "x",
        "overlaying": "y",
        "range": [0, 1],
        "fixedrange": True,
        "visible": False,
    }
    for trace in traces:
        trace |= {"yaxis": y_axis(place), "zorder": -1}


def figure(traces: Sequence[Trace], layout: dict[str, Any], *, dark: bool, title: str | None) -> go.Figure:
    """A figure with the look of all."""
    if layout["hovermode"] == "closest":
        layout["xaxis"] |= {"showspikes": False}
    head: dict[str, Any] = {"template": theme.template(dark), "uirevision": "cellkeep"}
    aim_at_few(traces, layout)
    if title is not None:
        head["title"] = {"text": words.plain(title)}
        head["margin"] = {"t": theme.MARGIN_TOP_PX + _TITLE_PX}
    return go.Figure({"data": list(traces), "layout": {**layout, **head}})


def _key(place: int) -> str:
    return f"yaxis{place + 1}" if place else "yaxis"
