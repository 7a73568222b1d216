"""Voltage against the charge of half-cycles."""

import numpy as np
import polars as pl
import pytest

from cellkeep import plots
from cellkeep.domain.errors import InvalidError, UnusableDataError
from plots.series import rest_charge_discharge

FRAME = rest_charge_discharge()


def of_cycles(count: int) -> pl.DataFrame:
    """A rest, a charge and a discharge for each cycle."""
    one = FRAME.with_columns(pl.lit(0).alias("Cycle count"))
    moved = ({"Time [s]": 300 * n, "Step count": 3 * n, "Cycle count": n} for n in range(count))
    return pl.concat([one.with_columns(pl.col(name) + by for name, by in each.items()) for each in moved])


def test_each_half_cycle_begins_at_zero() -> None:
    """Charge and discharge of a cycle are one trace with a gap, each from 0 up, and the rest is left out."""
    (cycle,) = plots.voltage_capacity(of_cycles(1)).data
    gap = np.flatnonzero(np.isnan(cycle.x))
    assert gap.tolist() == [100]
    assert cycle.x[[0, 99, 101, 200]] == pytest.approx([0, 99 / 3600, 0, 198 / 3600])
    assert cycle.customdata[[0, -1]].tolist() == [[1, 0], [2, 0]]
    assert cycle.y[0] == FRAME["Voltage [V]"][100]


def test_steps_of_one_direction_are_one_half_cycle() -> None:
    """A charge in two steps with a rest between them goes on where it was."""
    halves = pl.when(pl.col("Step count") == 2).then(-1.0).otherwise("Current [A]").alias("Current [A]")
    series = FRAME.with_columns(halves, pl.lit(0).alias("Cycle count"))
    paused = pl.concat([series[100:200], series[:100], series[200:]]).with_columns(FRAME["Time [s]", "Step count"])
    (line,) = plots.voltage_capacity(paused).data
    assert not np.isnan(line.x).any()
    assert line.x[-1] == pytest.approx(2 * 99 / 3600)


def test_cycles_are_chosen() -> None:
    """Named cycles and one direction are drawn alone; of a hundred cycles forty are drawn, with a colour bar."""
    frame = of_cycles(100)
    named = plots.voltage_capacity(frame, cycles=[3, 7], direction="charge").data
    assert [line.name for line in named] == ["Cycle 3", "Cycle 7"]
    assert not any(np.isnan(line.x).any() for line in named)
    bar, *lines = plots.voltage_capacity(frame).data
    assert len(lines) == 40
    assert bar.marker.colorbar.title.text == "Cycle count"
    with pytest.raises(InvalidError, match="no cycle 100; they go from 0 to 99"):
        plots.voltage_capacity(frame, cycles=100)


def test_sources_are_told_apart() -> None:
    """Of several series each has its own colour, whatever the cycle."""
    lines = plots.voltage_capacity({"A": of_cycles(2), "B": of_cycles(1)}).data
    assert [(line.name, line.showlegend) for line in lines] == [("A", True), ("A", False), ("B", True)]
    assert lines[0].line.color == lines[1].line.color != lines[2].line.color


def test_what_moves_nothing_is_told() -> None:
    """A series that rests, or tells no charge, is refused."""
    with pytest.raises(InvalidError, match="no half-cycle"):
        plots.voltage_capacity(FRAME[:100])
    with pytest.raises(UnusableDataError):
        plots.voltage_capacity(FRAME.drop("Current [A]"))
