"""The look of all figures: one template for light and one for dark."""

from functools import cache
from typing import NamedTuple

from plotly.graph_objects import layout

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
"""What the machine itself writes in, so that nothing is fetched."""
FONT_SIZE = 12
MARGIN_TOP_PX = 28
"""Room for the buttons of plotly."""


class Tones(NamedTuple):
    """Colours of what surrounds the data; those of the pages.

    Attributes:
        ink: text.
        dim: what stands back.
        line: grid and frames.
        ground: what boxes are filled with.
    """

    ink: str
    dim: str
    line: str
    ground: str


_LIGHT = Tones("#1b1f24", "#5c6570", "#dde1e6", "#ffffff")
_DARK = Tones("#e7eaee", "#a2abb6", "#31373f", "#14171b")


def tones(dark: bool) -> Tones:
    """Colours of what surrounds the data."""
    return _DARK if dark else _LIGHT


@cache
def template(dark: bool) -> layout.Template:
    """What every figure has in common: type, thin grid lines, a transparent ground, tight margins."""
    ink, dim, line, ground = tones(dark)
    axis = {
        "gridcolor": line,
        "gridwidth": 1,
        "zerolinecolor": line,
        "zerolinewidth": 1,
        "linecolor": dim,
        "tickcolor": line,
        "ticks": "outside",
        "ticklen": 4,
        "automargin": True,
        "exponentformat": "e",
        "minexponent": 5,
        "title": {"standoff": 8, "font": {"size": FONT_SIZE}},
    }
    font = {"family": FONT, "size": FONT_SIZE, "color": ink}
    spikes = {"showspikes": True, "spikemode": "across", "spikethickness": 1, "spikedash": "dot", "spikecolor": dim}
    return layout.Template(
        layout={
            "font": font,
            "title": {
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": 1,
                "yanchor": "top",
                "pad": {"t": 8},
                "font": {"size": 14},
            },
            "paper_bgcolor": "rgba(0,0,0,0)",
            # The halo of the line below the pointer is of this colour, and white where it is clear.
            "plot_bgcolor": ground if dark else "rgba(0,0,0,0)",
            "separators": ".\u2009",
            "margin": {"l": 64, "r": 16, "t": MARGIN_TOP_PX, "b": 48},
            "hoverlabel": {"bgcolor": ground, "bordercolor": line, "font": font},
            "legend": {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "title": {"text": ""}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": dim, "activecolor": ink},
            "hoverdistance": -1,
            "xaxis": {**axis, **spikes},
            "yaxis": axis,
        }
    )
