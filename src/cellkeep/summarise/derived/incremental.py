"""Incremental capacity: how much charge moves at each voltage."""

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

_ROUNDING = 1e-9
"""A voltage on an edge of the grid, to rounding, lies in the bin above it, or in the last one."""


@takes_frame
def incremental_capacity(
    frame: pl.DataFrame,
    *,
    steps: int | Collection[int] | None = None,
    resolution_v: float = 0.002,
    smoothing_v: float = 0.005,
) -> pl.DataFrame:
    """Compute dQ/dV of steps against voltage.

    Voltage is cut into bins of `resolution_v`, whose edges are whole multiples of it, so that curves of different steps
    and cells lie on one grid. The charge that moved from one row to the next is spread evenly over the voltages between
    the two; where both have the same voltage, it all goes into that bin. dQ/dV of a bin is the charge in it by its
    width: for a smooth curve the mean of the derivative over the bin. Then a Gaussian mean of standard deviation
    `smoothing_v` is taken, cut off at 4 standard deviations and mirrored at the ends.

    Nothing is fitted or sorted, so noise, repeated voltages and voltage that turns back need no special care, and no
    charge is lost: the sum of dQ/dV * `resolution_v` over a step is charge capacity less discharge capacity of its rows
    with a voltage, to 1e-9 of it. The first and the last bin may be crossed in part, and are lower then. For what the
    curve tells, and why C/10 or slower is wanted: Dubarry and Ansean, Frontiers in Energy Research 10 (2022) 1023555.

    Args:
        frame: a series with `Step count`, `Voltage [V]` and what `with_capacity` needs for charge.
        steps: step counts of those that are wanted, best at constant current; by default all.
        resolution_v: width of a bin [V].
        smoothing_v: standard deviation of the Gaussian mean [V]; 0 for none. A peak narrower than this is widened to
            it.

    Returns:
        For each step, in row order, a row for each bin by rising voltage: `Step count`, `Voltage [V]` in the middle of
        the bin, and `dQ/dV [A.h.V-1]`, positive on charge and negative on discharge (of an areal current
        `dQ/dV [mA.h.cm-2.V-1]`). A step that moved nothing or crossed fewer than three bins has no rows.

    Raises:
        UnusableDataError: a column that is needed is missing or holds text.
        InvalidError: a step is not there, or a width can not be used.
    """
    require_widths(resolution_v, smoothing_v, "V")
    units = units_of(frame.columns)
    columns.require([columns.VOLTAGE], frame.columns, "The incremental capacity")
    runs = step_runs(frame, "The incremental capacity")
    voltage, discharged = numbers(frame, columns.VOLTAGE), net_of_steps(frame, units, runs)
    curves = Curves(columns.VOLTAGE, f"dQ/dV [{units.unit}.V-1]")
    for count, rows in rows_of_steps(frame, runs, steps):
        known = known_rows(voltage[rows], discharged[rows])
        first, charges = _charge_in_bins(voltage[rows][known], -discharged[rows][known], resolution_v)
        if charges.size >= LEAST_POINTS and charges.any():
            middles = resolution_v * (first + 0.5 + np.arange(charges.size, dtype=np.float64))
            curves.add(count, middles, smoothed(charges, smoothing_v / resolution_v) / resolution_v)
    return curves.frame()


def _charge_in_bins(voltage: Floats, charged: Floats, resolution_v: float) -> tuple[int, Floats]:
    """The number of the first bin, and the charge in each."""
    if voltage.size < 2:
        return 0, np.zeros(0)
    with np.errstate(over="ignore", invalid="ignore"):
        in_bins = voltage / resolution_v
        lowest = np.floor(in_bins.min() + _ROUNDING)
        bins = bounded(np.ceil(in_bins.max() - _ROUNDING) - lowest)
    first = int(lowest)
    bin_of = np.clip(np.floor(in_bins + _ROUNDING) - first, 0, bins - 1).astype(np.intp)
    low, high = np.minimum(voltage[:-1], voltage[1:]), np.maximum(voltage[:-1], voltage[1:])
    low_bin, high_bin = np.minimum(bin_of[:-1], bin_of[1:]), np.maximum(bin_of[:-1], bin_of[1:])
    moved = np.diff(charged)
    across = low_bin < high_bin
    per_volt = np.divide(moved, high - low, out=np.zeros(moved.size), where=across)
    in_low = np.where(across, per_volt * ((first + low_bin + 1) * resolution_v - low), moved)
    in_high = np.where(across, per_volt * (high - (first + high_bin) * resolution_v), 0.0)
    found = np.bincount(low_bin, in_low, bins) + np.bincount(high_bin, in_high, bins)
    far = low_bin + 1 < high_bin  # only these fill whole bins: they span one, so what each adds by volt is not huge
    begun, ended = (np.bincount(edge[far], per_volt[far], bins) for edge in (low_bin + 1, high_bin))
    return first, found + np.cumsum(begun - ended) * resolution_v
