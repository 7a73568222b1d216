"""Ranges of axes on which all values are nearly the same."""

import polars as pl
import pytest

from cellkeep import plots


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


def test_a_single_point_is_in_the_middle() -> None:
    """Of one cycle both axes show what lies around it."""
    layout = plots.cycles(
        pl.DataFrame({"Cycle count": [7], "Discharge capacity [A.h]": [0.002]}), y="Discharge capacity [A.h]"
    ).layout
    for axis, value in ((layout.xaxis, 7), (layout.yaxis, 0.002)):
        assert sum(axis.range) / 2 == pytest.approx(value)
    assert layout.yaxis.range[1] < 0.003
