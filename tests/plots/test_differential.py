"""dQ/dV and dV/dQ as figures."""

import numpy as np
import polars as pl
import pytest

from cellkeep import derived, plots
from cellkeep.domain.errors import InvalidError


def charge_and_discharge(cycles: int) -> pl.DataFrame:
    """Each cycle charges from 3 to 4 V and discharges back, with 1 A, and ends with a pulse of ten rows."""
    up = np.linspace(3.0, 4.0, 101)
    volts = np.concatenate([up, up[::-1], up[:10]])
    step = np.repeat([0, 1, 2], [101, 101, 10])
    one = pl.DataFrame({"Voltage [V]": volts, "Current [A]": np.array([-1.0, 1.0, -1.0])[step], "Step count": step})
    parts = [one.with_columns(pl.col("Step count") + 3 * n, pl.lit(n).alias("Cycle count")) for n in range(cycles)]
    return pl.concat(parts).with_columns((pl.int_range(pl.len()) * 36.0).alias("Time [s]"))


FRAME = charge_and_discharge(2)


def test_curves_are_those_that_are_derived() -> None:
    """Each step that moves charge has a trace with the curve of `derived`, coloured by cycle; pulses have none."""
    lines = plots.incremental_capacity(FRAME, resolution_v=0.01, smoothing_v=0.02).data
    assert [line.name for line in lines] == ["Cycle 0", "Cycle 0", "Cycle 1", "Cycle 1"]
    assert [line.showlegend for line in lines] == [True, False, True, False]
    curve = derived.incremental_capacity(FRAME, steps=3, resolution_v=0.01, smoothing_v=0.02)
    assert np.array_equal(lines[2].y, curve["dQ/dV [A.h.V-1]"])
    assert lines[2].customdata[0].tolist() == [3, 1]


def test_axes_are_those_of_the_curve() -> None:
    """dQ/dV is drawn over voltage, dV/dQ over capacity."""
    axes = plots.incremental_capacity(FRAME).layout
    assert (axes.xaxis.title.text, axes.yaxis.title.text) == ("Voltage [V]", "dQ/dV [A.h.V-1]")
    axes = plots.differential_voltage(FRAME).layout
    assert (axes.xaxis.title.text, axes.yaxis.title.text) == ("Capacity [A.h]", "dV/dQ [V.A-1.h-1]")


def test_steps_are_chosen() -> None:
    """Named steps are drawn, pulses too; within one cycle they are told apart by step."""
    assert [line.name for line in plots.differential_voltage(FRAME, steps=[0, 2]).data] == ["Step 0", "Step 2"]
    assert [line.name for line in plots.incremental_capacity(FRAME, cycles=1).data] == ["Step 3", "Step 4"]
    with pytest.raises(InvalidError, match="no step 9"):
        plots.incremental_capacity(FRAME, steps=9)


def test_many_cycles_are_on_a_ramp() -> None:
    """More than eight cycles are told by a colour bar, and several series by a colour each."""
    bar, *lines = plots.incremental_capacity(charge_and_discharge(9)).data
    assert bar.marker.colorbar.title.text == "Cycle count"
    assert len(lines) == 18
    assert {line.name for line in plots.incremental_capacity({"A": FRAME, "B": FRAME}).data} == {"A", "B"}


def test_what_has_no_curve_is_told() -> None:
    """A series that rests is refused."""
    with pytest.raises(InvalidError, match="no step moves charge"):
        plots.incremental_capacity(FRAME.with_columns(pl.lit(0.0).alias("Current [A]")))
