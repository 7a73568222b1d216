"""Places in a figure that findings are about."""

from collections.abc import Iterable
from itertools import islice

import plotly.graph_objects as go

_MOST = 60
"""So many are told apart."""
_COLOUR = "#d00000"


def mark(figure: go.Figure, spans: Iterable[tuple[float, float]]) -> str:
    """Mark what lies between these places of the x axis, and say how many they are."""
    marked = list(islice(spans, _MOST))
    for first, last in marked:
        figure.add_vrect(first, last, fillcolor=_COLOUR, opacity=0.25, line={"color": _COLOUR, "width": 1})
    places = "place" if len(marked) == 1 else "places"
    return f"Marked: {len(marked)} {places} that the findings name." if marked else ""
