"""A legend of what colours stand for."""

import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError


def test_lines_of_one_colour_share_an_entry() -> None:
    """Each name has one entry, with which the lines of its colour come and go; lines have none of their own."""
    table = pl.DataFrame({"Cycle count": [0, 1], "Coulombic efficiency": [0.99, 0.98]})
    colours = {"a": "#0072B2", "b": "#0072B2", "c": "#D55E00"}
    drawn = plots.cycles(dict.fromkeys(colours, table), y="Coulombic efficiency", colours=colours)
    figure = plots.with_key(drawn, {"Spec <1>": "#0072B2", "Spec 2": "#D55E00"})
    shown = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert shown == ["Spec &lt;1&gt;", "Spec 2"]
    with pytest.raises(InvalidError, match="None of the colours '#123456'"):
        plots.with_key(drawn, {"Spec 3": "#123456"})
    assert [trace.legendgroup for trace in figure.data[:3]] == ["Spec &lt;1&gt;", "Spec &lt;1&gt;", "Spec 2"]
