"""Figures of charge on a scale that cells of any size share."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words
from cellkeep.summarise.derived.names import AREAL, TOTAL


def by_capacity(figure: go.Figure, capacities: Mapping[str, float], of: str = "rated capacity") -> go.Figure:
    """Divide the charge that a figure shows by a capacity of each source.

    Args:
        figure: of voltage against capacity, dQ/dV or dV/dQ; it is changed.
        capacities: by the label of the source [A.h], or by area where the figure is; of one source by any label.
        of: what these capacities are, for the axes.

    Returns:
        The figure: `Capacity / rated capacity`, `dQ/dV / rated capacity [V-1]`, and `dV/dQ * rated capacity [V]`.

    Raises:
        InvalidError: it shows no charge, or a source has no capacity.
    """
    axes = {f"{letter}axis": axis for letter in "xy" if (axis := _rescaled(figure, letter, of)) is not None}
    if not axes:
        raise InvalidError("No axis of this figure shows charge, so there is nothing to divide.")
    only = next(iter(capacities.values())) if len(capacities) == 1 else None
    for trace in figure.data:
        if trace.hoverinfo == "skip":
            continue
        capacity = capacities.get(trace.legendgroup, only)
        if capacity is None:
            raise InvalidError(f"'{trace.legendgroup}' has no capacity to be divided by.")
        for name, (old, new, power) in axes.items():
            _rescale(trace, name[0], old, new, capacity**power)
    for name, (_, new, _) in axes.items():
        figure.layout[name].title.text = words.title_below(new) if name == "xaxis" else words.title_of(new)
    return figure


def _rescaled(figure: go.Figure, letter: str, of: str) -> tuple[str, str, int] | None:
    """What the axis shows, what it shows then, and the power of the capacity that it is multiplied by."""
    shown = words.read(str(figure.layout[f"{letter}axis"].title.text or ""))
    for units in (TOTAL, AREAL):
        known = {
            units.charge.single: (f"Capacity / {of}", -1),
            f"dQ/dV [{units.unit}.V-1]": (f"dQ/dV / {of} [V-1]", -1),
            f"dV/dQ [V.{units.inverse}]": (f"dV/dQ * {of} [V]", 1),
        }
        if shown in known:
            return shown, *known[shown]
    return None


def _rescale(trace: Any, letter: str, old: str, new: str, factor: float) -> None:
    trace[letter] = np.asarray(trace[letter], np.float64) * factor
    trace.hovertemplate = trace.hovertemplate.replace(words.value_of(letter, old), words.value_of(letter, new))
