"""Differential voltage: how the voltage changes with the charge that moved."""

from collections.abc import Collection

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.runs import Floats
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.grid import LEAST_POINTS, Curves, bounded, require_widths, smoothed
from cellkeep.summarise.derived.names import units_of
from cellkeep.summarise.derived.net_capacity import net_of_steps
from cellkeep.summarise.derived.rows import known_rows, numbers, rows_of_steps, step_runs

_POINTS_OF_LARGEST = 1000
_SMOOTHING_POINTS = 5

_ROUNDING = 1e-9
"""A last bin that is whole to rounding counts as whole."""


@takes_frame
def differential_voltage(
    frame: pl.DataFrame,
    *,
    steps: int | Collection[int] | None = None,
    resolution_ah: float | None = None,
    smoothing_ah: float | None = None,
) -> pl.DataFrame:
    """Compute dV/dQ of steps against the charge that moved since their start.

    Q is the net charge in the direction in which the step went, and rises from 0. Rows that do not move it on, such as
    a pause or repeats of a coarse counter, are passed over. The voltage is interpolated between rows to whole multiples
    of `resolution_ah`; dV/dQ is its change from one to the next, by `resolution_ah`: the mean of the derivative between
    the two. Then a Gaussian mean of standard deviation `smoothing_ah` is taken, cut off at 4 standard deviations and
    mirrored at the ends. So the sum of dV/dQ * `resolution_ah` over a step is the change of voltage from its start to
    its last whole bin, to 1e-9 V.

    Noise of standard deviation s in voltage leaves about 0.4 s * sqrt(r / w**3) in dV/dQ, with r the resolution and w
    the smoothing: against noise, smooth more, or take a finer grid where there are rows enough to fill it. For what the
    curve tells: H. M. Dahn et al., Journal of The Electrochemical Society 159 (2012) A1405.

    Args:
        frame: a series with `Step count`, `Voltage [V]` and what `with_capacity` needs for charge.
        steps: step counts of those that are wanted, best at constant current; by default all.
        resolution_ah: width of a bin [A.h]; by default 1/1000 of the largest charge that one of the steps moved. Of an
            areal current, in mA.h.cm-2, as `smoothing_ah`.
        smoothing_ah: standard deviation of the Gaussian mean [A.h]; 0 for none, by default 5 times the resolution.

    Returns:
        For each step, in row order, a row for each bin by rising charge: `Step count`, `Capacity [A.h]` in the middle
        of the bin, and `dV/dQ [V.A-1.h-1]`, which is negative where voltage falls (of an areal current `Capacity
        [mA.h.cm-2]` and `dV/dQ [V.mA-1.h-1.cm2]`). A step that fills fewer than three bins has no rows.

    Raises:
        UnusableDataError: a column that is needed is missing or holds text.
        InvalidError: a step is not there, or a width can not be used.
    """
    units = units_of(frame.columns)
    columns.require([columns.VOLTAGE], frame.columns, "The differential voltage")
    runs = step_runs(frame, "The differential voltage")
    voltage, discharged = numbers(frame, columns.VOLTAGE), net_of_steps(frame, units, runs)
    chosen = [(count, *_onward(discharged[rows], voltage[rows])) for count, rows in rows_of_steps(frame, runs, steps)]
    largest = max((moved.max(initial=0.0) for _, moved, _ in chosen), default=0.0)
    resolution = resolution_ah if resolution_ah is not None else (largest / _POINTS_OF_LARGEST or 1.0)
    smoothing = smoothing_ah if smoothing_ah is not None else _SMOOTHING_POINTS * resolution
    require_widths(resolution, smoothing, units.unit)
    curves = Curves(units.charge.single, f"dV/dQ [V.{units.inverse}]")
    for count, moved, volts in chosen:
        if not moved.size:
            continue
        first = np.ceil(moved[0] / resolution - _ROUNDING)  # before it the voltage is not known
        bins = bounded(np.floor(moved[-1] / resolution + _ROUNDING) - first)
        if bins >= LEAST_POINTS:
            at_edges = np.interp((first + np.arange(bins + 1)) * resolution, moved, volts)
            slope = smoothed(np.diff(at_edges), smoothing / resolution) / resolution
            curves.add(count, (first + np.arange(bins) + 0.5) * resolution, slope)
    return curves.frame()


def _onward(discharged: Floats, voltage: Floats) -> tuple[Floats, Floats]:
    """Charge in the direction of the step and voltage, of the rows in which more of it has moved than ever before."""
    known = known_rows(discharged, voltage)
    if not known.size:
        return np.zeros(0), np.zeros(0)
    moved = discharged[known] * np.sign(discharged[known[-1]])
    more = np.append(True, moved[1:] > np.maximum.accumulate(moved)[:-1])
    return moved[more], voltage[known][more]
