"""A legend of what colours stand for, where many lines share few of them."""

from collections.abc import Mapping

import plotly.graph_objects as go

from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words


def with_key(figure: go.Figure, names: Mapping[str, str]) -> go.Figure:
    """Put a legend of colours in place of that of the lines; an entry shows and hides all lines of its colour.

    Args:
        figure: what is drawn; it is changed.
        names: the colour of each name.

    Returns:
        The figure.

    Raises:
        InvalidError: no line has any of the colours.
    """
    groups = {colour: words.shortened(name) for name, colour in names.items()}
    found = [groups.get(trace.line.color) or groups.get(trace.marker.color) for trace in figure.data]
    if not any(found):
        raise InvalidError(f"None of the colours {quoted(names.values())} is in the figure.")
    for trace, group in zip(figure.data, found, strict=True):
        trace.showlegend = False
        if group is not None:
            trace.legendgroup = group
    entries = [
        go.Scatter(x=[None], y=[None], mode="lines", name=group, legendgroup=group, line={"color": colour, "width": 3})
        for colour, group in groups.items()
    ]
    figure.add_traces(entries)
    return figure.update_layout(showlegend=True)
