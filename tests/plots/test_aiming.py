"""Ranges of axes on which all values are nearly the same."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest

from cellkeep import plots
from cellkeep.plots.aiming import aim_at_most, beyond


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([25.0, 25.0], [19.0, 31.0]),
        ([25.0, 25.01], [24.7, 25.31]),
        ([25.0, 26.0], None),
        ([0.0, 0.0], [-0.3, 0.3]),
    ],
)
def test_what_hardly_changes_does_not_fill_a_plot(values: list[float], shown: list[float] | None) -> None:
    """Noise is not enlarged, a value that does not change has room around it, and all else finds its own range."""
    frame = pl.DataFrame({"Time [s]": [0.0, 1.0], "Temperature [degC]": values})
    axis = plots.time_series(frame).layout.yaxis
    assert (axis.range and list(axis.range)) == (shown and pytest.approx(shown, abs=0.01))


def test_a_few_far_points_do_not_flatten_the_others() -> None:
    """They lie outside of what is shown, and the figure can say how many they are."""
    layout: dict[str, Any] = {"yaxis": {}}
    near = np.linspace(1.0, 2.0, 30)
    lines = [{"x": np.arange(31), "y": np.append(near, 500.0)}]
    aim_at_most(lines, layout)
    assert layout["yaxis"]["range"] == pytest.approx([0.9, 2.1])
    assert beyond(go.Figure({"data": lines, "layout": layout})).startswith("1 point lies outside")
    assert beyond(go.Figure({"data": lines})) == ""


def test_a_single_point_is_in_the_middle() -> None:
    """Of one cycle both axes show what lies around it."""
    layout = plots.cycles(
        pl.DataFrame({"Cycle count": [7], "Discharge capacity [A.h]": [0.002]}), y="Discharge capacity [A.h]"
    ).layout
    for axis, value in ((layout.xaxis, 7), (layout.yaxis, 0.002)):
        assert sum(axis.range) / 2 == pytest.approx(value)
    assert layout.yaxis.range[1] < 0.003
