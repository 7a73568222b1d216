"""Resistance of pulses as a figure."""

import numpy as np
import polars as pl
import pytest

from cellkeep import derived, plots
from cellkeep.domain.errors import InvalidError
from cellkeep.plots.aiming import beyond

STEP = np.repeat([0, 1, 2, 3], 20)
CURRENT = np.array([0.0, 2.0, 0.0, -1.0])[STEP]
FRAME = pl.DataFrame(
    {"Time [s]": np.arange(80.0), "Current [A]": CURRENT, "Voltage [V]": 3.7 - 0.02 * CURRENT, "Step count": STEP}
)


def test_each_time_has_its_markers() -> None:
    """Resistances are those that are derived, a trace for each time, filled for discharge and open for charge."""
    lines = plots.pulse_resistance(FRAME, at_s=[10.0]).data
    assert [line.name for line in lines] == ["R0", "R 10 s"]
    derivation = derived.pulse_resistance(FRAME, at_s=[10.0])
    assert np.array_equal(lines[1].y, derivation["R 10 s [Ohm]"].drop_nulls())
    filled = ["-open" not in symbol for symbol in lines[0].marker.symbol]
    assert filled == (derivation["Direction"] == "discharge").to_list()
    assert lines[0].customdata[0][0] == 1


def test_far_resistances_are_told_where_a_time_has_none() -> None:
    """One resistance that would flatten the others lies outside; of times that no pulse reached there is none."""
    step = np.repeat(np.arange(26), 10)
    current = np.where(step % 2, 2.0, 0.0)
    voltage = 3.7 - current * np.where(step == 25, 2.0, 0.05 + step / 1000)
    frame = pl.DataFrame({"Time [s]": np.arange(260.0), "Current [A]": current, "Voltage [V]": voltage})
    figure = plots.pulse_resistance(frame.with_columns(pl.Series("Step count", step)), at_s=[30.0])
    assert beyond(figure) == "1 point lies outside of this part; a double click shows all."


def test_the_state_of_charge_is_the_x_axis_where_it_is_known() -> None:
    """Without it pulses are drawn over the time when they begin."""
    assert plots.pulse_resistance(FRAME).layout.xaxis.title.text == "Start time [s]"
    figure = plots.pulse_resistance(FRAME, rated_capacity_ah=2.0)
    assert figure.layout.xaxis.title.text == "SOC"
    assert 0.9 < figure.data[0].x[0] <= 1.0
    with pytest.raises(InvalidError, match="not drawn over 'Soc'"):
        plots.pulse_resistance(FRAME, x="Soc")


def test_sources_are_told_apart() -> None:
    """Of several series each has one colour, and the times have a symbol each."""
    lines = plots.pulse_resistance({"A": FRAME, "B": FRAME}, at_s=[1.0]).data
    assert [line.name for line in lines] == ["A", "A", "B", "B"]
    assert lines[0].line.color == lines[1].line.color
    assert lines[0].marker.symbol[0] != lines[1].marker.symbol[0]


def test_no_pulse_is_told() -> None:
    """A series that rests is refused."""
    with pytest.raises(InvalidError, match="There is no pulse"):
        plots.pulse_resistance(FRAME[:20])
