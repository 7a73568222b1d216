"""One quantity against another."""

import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError

ROWS = pl.DataFrame(
    {
        "Label": ["A", "B", "A", "C"],
        "Age [d]": [30.0, 10.0, 0.0, None],
        "Thickness [mm]": [0.54, 0.51, 0.52, 0.5],
        "Name": ["<i>late</i>", "b", "early", "c"],
    }
)


def test_points_of_one_label_are_joined_from_left_to_right() -> None:
    """Two of A are a line in the order of their age, one of B is a point, and C has no age."""
    first, second = plots.scatter(ROWS, x="Age [d]", y="Thickness [mm]", name="Name").data
    assert (list(first.x), list(first.y), first.mode) == ([0.0, 30.0], [0.52, 0.54], "lines+markers")
    assert (list(second.x), second.mode) == ([10.0], "markers")
    assert first.text == ("early", "&lt;i&gt;late&lt;/i&gt;")
    assert first.marker.symbol != second.marker.symbol


def test_what_can_not_be_drawn_is_told() -> None:
    """A column that is not there, and two that no row has both of."""
    with pytest.raises(InvalidError, match="'Width'"):
        plots.scatter(ROWS, x="Width", y="Age [d]")
    with pytest.raises(InvalidError, match="nothing to draw"):
        plots.scatter(ROWS[3:], x="Age [d]", y="Thickness [mm]")
