"""Groups of cells as bands."""

import polars as pl
import pytest

from cellkeep import derived, plots
from cellkeep.domain.errors import InvalidError
from cellkeep.summarise.derived.groups import Spread

X, Y = "Cycle count", "Coulombic efficiency"


def found(spread: Spread = "range") -> pl.DataFrame:
    tables = {
        "a": pl.DataFrame({X: [0, 1], Y: [0.98, 0.99]}),
        "b": pl.DataFrame({X: [0], Y: [1.0]}),
        "c": pl.DataFrame({X: [0], Y: [0.5]}),
    }
    return derived.bands(tables, {"a": "warm", "b": "warm", "c": "<b>cold</b>"}, X, Y, spread=spread)


def test_each_group_has_a_line_in_a_band() -> None:
    """The line is the mean in per cent, the band goes from the smallest to the largest, and the name is text."""
    figure = plots.bands(found(), y=Y)
    band, line, _, cold = figure.data
    assert list(line.y) == pytest.approx([99.0, 99.0])
    assert list(band.y) == pytest.approx([100.0, 99.0, 99.0, 98.0])
    assert (line.name, cold.name) == ("warm (n = 2)", "&lt;b&gt;cold&lt;/b&gt; (n = 1)")
    assert "[%]" in figure.layout.yaxis.title.text
    assert band.fillcolor.startswith("rgba(")


def test_one_cell_has_no_deviation_and_no_band() -> None:
    """Where one cell alone is, the band is as narrow as the line."""
    band, line, *_ = plots.bands(found("deviation"), y=Y).data
    assert band.y[1] == band.y[2] == line.y[1]


def test_what_is_no_band_is_refused() -> None:
    """A frame of another kind, and one without a row."""
    with pytest.raises(InvalidError, match=r"derived\.bands"):
        plots.bands(pl.DataFrame({"Group": ["a"]}))
    with pytest.raises(InvalidError, match="nothing to draw"):
        plots.bands(found()[:0])
