"""Charge that left the cell on the whole, and the state of charge that follows from it."""

import math

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats, Runs
from cellkeep.summarise.derived.capacity import charge_of_steps
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import TOTAL, Units, units_of
from cellkeep.summarise.derived.rows import step_runs
from cellkeep.summarise.segments import Known, Signal


@takes_frame
def with_net_capacity(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the net charge at each row: discharge less charge capacity, positive if more was discharged.

    `Step net capacity` counts from the start of the step. `Net capacity` counts from the start of the series: it adds
    what all steps before moved, each by its own columns, so a counter that is reset at each step does no harm. What
    flowed between two steps is in neither, as in the step table.

    Args:
        frame: a series with `Step count` and what `with_capacity` needs for charge; its own pair of capacities is used
            where there is one.

    Returns:
        The frame with `Step net capacity [A.h]` and `Net capacity [A.h]`, or both in mA.h.cm-2 where the current is
        areal. Null at rows where it is not known.

    Raises:
        UnusableDataError: nothing tells the charge, `Step count` is missing or broken, or a column holds text.
    """
    units = units_of(frame.columns)
    runs = step_runs(frame, "The net capacity")
    of_step = net_of_steps(frame, units, runs)
    return frame.with_columns(
        pl.Series(units.net_capacity_of_step, of_step, nan_to_null=True),
        pl.Series(units.net_capacity, since_first_step(of_step, runs), nan_to_null=True),
    )


@takes_frame
def with_nominal_soc(frame: pl.DataFrame, rated_capacity_ah: float) -> pl.DataFrame:
    """Add `Nominal SOC` = 1 - net capacity / rated capacity, shifted so that its largest value is 1.

    So it is 1 where the cell was fullest in this series, whether or not it was full there. It is not clipped: a series
    that discharges more than the rated capacity goes below 0.

    Args:
        frame: a series as for `with_net_capacity`, current in A.
        rated_capacity_ah: rated capacity of the cell [A.h].

    Returns:
        The frame with `Nominal SOC` (a ratio, not percent); null at rows where the net capacity is not known.

    Raises:
        UnusableDataError: as `with_net_capacity`; or the charge is not in A.h.
        InvalidError: the rated capacity is not positive and finite.
    """
    if not (math.isfinite(rated_capacity_ah) and rated_capacity_ah > 0):
        raise InvalidError(f"The rated capacity must be positive and finite, not {rated_capacity_ah} A.h.")
    runs = step_runs(frame, "The nominal SOC")
    net = since_first_step(net_of_steps(frame, TOTAL, runs), runs)
    fullest = np.fmin.reduce(net, initial=np.inf)
    soc = 1.0 - (net - fullest) / rated_capacity_ah
    return frame.with_columns(pl.Series(columns.NOMINAL_SOC, soc, nan_to_null=True))


def net_of_steps(frame: pl.DataFrame, units: Units, runs: Runs) -> Floats:
    """Discharge less charge capacity since the start of each step; NaN where not known."""
    discharge, charge = charge_of_steps(frame, units, runs)
    return discharge - charge


def since_first_step(of_step: Floats, runs: Runs) -> Floats:
    """Add to each row what the steps before moved; a step that tells nothing moved nothing."""
    moved = np.nan_to_num(Known.of(Signal.of(of_step), runs).figure(1))
    return of_step + np.repeat(np.cumsum(moved) - moved, runs.lengths)
