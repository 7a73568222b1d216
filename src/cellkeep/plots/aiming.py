"""Ranges of axes of what hardly changes: noise does not fill a plot, and a single point is not lost in one."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from cellkeep.plots.colouring import Trace
from cellkeep.runs import Floats

_LEAST: Final = {"[degC]": 0.5, "[V]": 1e-3, "count": 2.0}
"""The least that an axis shows, by how its name ends."""
_OF_VALUE = 1e-4
"""The least that any other shows, of its largest value."""
_AROUND = 0.2
"""Of the value, that is shown around one that does not change."""
_MARGIN = 0.1
_MANY, _MOST, _FAR = 8, 0.9, 4.0
"""Of so many points or more, those are far that are so many times as large as such a share of all."""


def aim_at_few(traces: Sequence[Trace], layout: dict[str, Any]) -> None:
    """Give those axes a range on which all values are nearly the same; the others find their own."""
    for letter in "xy":
        for key in [each for each in layout if each.startswith(f"{letter}axis")]:
            axis = layout[key]
            if {"range", "scaleanchor"} & axis.keys() or axis.get("type") == "log":
                continue
            values = _values(traces, letter, key.replace("axis", ""))
            title = str(axis.get("title", {}).get("text", ""))
            if values is not None and (found := _range(values, title, only_equal=letter == "x")):
                axis["range"] = found


def aim_at_most(traces: Sequence[Trace], layout: dict[str, Any]) -> None:
    """Have the y axis of a single plot show most points, where a few lie so far away that they would flatten it."""
    found = _values(traces, "y", "y")
    if found is None or found.size < _MANY:
        return
    usual = _FAR * float(np.quantile(np.abs(found), _MOST))
    near = found[np.abs(found) <= usual]
    if near.size < found.size and (span := float(near.max() - near.min())) > 0:
        layout["yaxis"]["range"] = [float(near.min()) - _MARGIN * span, float(near.max()) + _MARGIN * span]


def beyond(figure: go.Figure) -> str:
    """That some points of a figure with a single plot lie outside of it; empty where none does."""
    if figure.layout.yaxis.range is None:
        return ""
    low, high = figure.layout.yaxis.range
    drawn = [np.asarray(trace.y, np.float64) for trace in figure.data if trace.y is not None]  # of a key NaN alone
    number = sum(int(((values < low) | (values > high)).sum()) for values in drawn)
    points = "point lies" if number == 1 else "points lie"
    return f"{number} {points} outside of this part; a double click shows all." if number else ""


def _values(traces: Iterable[Trace], letter: str, name: str) -> Floats | None:
    """The numbers on an axis; None where there are none."""
    found = []
    for trace in traces:
        if trace.get("fill") or trace.get(letter) is None or trace.get(f"{letter}axis", letter) != name:
            continue
        values = np.asarray(trace[letter])
        if values.dtype.kind not in "iuf":
            continue
        found.append(values[np.isfinite(values)].astype(np.float64))
    all_of = np.concatenate(found) if found else np.zeros(0)
    return all_of if all_of.size else None


def _range(values: Floats, title: str, *, only_equal: bool) -> list[float] | None:
    """A range around values that are the same, or nearly so; None where they are not."""
    low, high = float(values.min()), float(values.max())
    size = max(abs(low), abs(high))
    least = next((span for end, span in _LEAST.items() if end in title), size * _OF_VALUE)
    if high > low and (only_equal or high - low >= least):
        return None
    span = max(least, high - low, 2 * _AROUND * size if high == low else 0.0) or 1.0
    middle = (low + high) / 2
    return [middle - span * (0.5 + _MARGIN), middle + span * (0.5 + _MARGIN)]
