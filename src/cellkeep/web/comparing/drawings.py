"""The figures of a comparison by name."""

from collections.abc import Mapping
from typing import Final

from cellkeep.web.comparing.asked import CYCLE_PLOTS
from cellkeep.web.comparing.curves import CURVES, curves
from cellkeep.web.comparing.cycling import cycling
from cellkeep.web.comparing.listed import Comparison
from cellkeep.web.comparing.overlay import Drawing, Overlay, nothing
from cellkeep.web.comparing.properties import properties

DRAWINGS: Final[Mapping[str, Drawing]] = {
    **dict.fromkeys(CYCLE_PLOTS, cycling),
    **dict.fromkeys(CURVES, curves),
    "properties": properties,
}


def draw(comparison: Comparison) -> Overlay:
    """Draw what the view asks for; raises CellkeepError where the view can not be drawn."""
    if not comparison.shown:
        return nothing({}, "Nothing is chosen." if not comparison.listed else "All measurements are hidden.")
    return DRAWINGS[comparison.view.plot](comparison)
