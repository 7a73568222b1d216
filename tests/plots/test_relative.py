"""Figures of charge on a scale that cells of any size share."""

import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError

SERIES = pl.DataFrame(
    {
        "Time [s]": [0.0, 1800, 3600],
        "Voltage [V]": [4.0, 3.5, 3.0],
        "Current [A]": [2.0, 2.0, 2.0],
        "Step count": [0, 0, 0],
        "Cycle count": [0, 0, 0],
    }
)
LARGE = SERIES.with_columns(pl.col("Current [A]") * 10)


def test_each_source_is_divided_by_its_own_capacity() -> None:
    """2 A.h of 4 and 20 A.h of 20 are a half and one; the axis and what is told on hover say so."""
    figure = plots.voltage_capacity({"small": SERIES, "large": LARGE})
    found = plots.by_capacity(figure, {"small": 4.0, "large": 20.0}, of="rated capacity")
    assert [max(trace.x) for trace in found.data] == [0.5, 1.0]
    assert found.layout.xaxis.title.text == "Capacity / rated capacity"
    assert "A.h" not in found.data[0].hovertemplate


def test_differential_curves_keep_their_area() -> None:
    """dQ/dV is divided and dV/dQ multiplied, of one source whatever it is called."""
    plain = plots.incremental_capacity(SERIES)
    half = plots.by_capacity(plots.incremental_capacity(SERIES), {"it": 4.0})
    assert half.data[0].y[5] == pytest.approx(plain.data[0].y[5] / 4)
    assert half.layout.yaxis.title.text.replace("<br>", " ") == "dQ/dV / rated capacity [V-1]"
    slope = plots.by_capacity(plots.differential_voltage(SERIES), {"it": 4.0}, of="first capacity")
    assert slope.layout.yaxis.title.text.replace("<br>", " ") == "dV/dQ * first capacity [V]"
    assert slope.layout.xaxis.title.text == "Capacity / first capacity"
    assert min(slope.data[0].y) == pytest.approx(-2.0, rel=0.01)


def test_what_can_not_be_divided_is_told() -> None:
    """A figure without charge, and a source without a capacity."""
    with pytest.raises(InvalidError, match="nothing to divide"):
        plots.by_capacity(plots.time_series(SERIES), {"it": 4.0})
    with pytest.raises(InvalidError, match="'large'"):
        plots.by_capacity(plots.voltage_capacity({"small": SERIES, "large": LARGE}), {"small": 4.0, "other": 1.0})
