"""Open-circuit voltage against capacity, from the rests of a test."""

import math

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.summarise import labels, names
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import TOTAL
from cellkeep.summarise.derived.net_capacity import net_of_steps, since_first_step
from cellkeep.summarise.derived.rows import known_rows, numbers, step_runs
from cellkeep.summarise.summary import steps as steps_of

_TOLD = [names.START_INDEX, names.END_INDEX, names.DURATION, names.STEP_TYPE, columns.STEP_COUNT]


@takes_frame
def ocv_from_rests(
    frame: pl.DataFrame,
    steps: pl.DataFrame | None = None,
    *,
    min_duration_s: float = 0.0,
    first_row: bool = False,
) -> pl.DataFrame:
    """Take the open-circuit voltage at the end of each rest, against the net capacity up to there.

    Of each step of type `Rest`, the last row in which voltage and net capacity are known gives one point. Net capacity
    is that of `with_net_capacity`: discharge less charge from the start of the series. The points are sorted by it and
    counted from the smallest, so capacity 0 is the fullest rest.

    Args:
        frame: a series with `Step count`, `Voltage [V]` and what `with_net_capacity` needs, current in A.
        steps: its step table, whole or only the rests that are wanted; made from the frame by default. One made with
            the rated capacity of the cell tells rests of small cells better.
        min_duration_s: shorter rests are left out [s]. At its end a rest of minutes is not yet in equilibrium.
        first_row: take the first known row of the series too, as the voltage of a cell that had rested before.

    Returns:
        `Capacity [A.h]` from 0, rising; `Voltage [V]`; `Step count` and `Duration [s]` of the rest, the duration null
        for the first row. No rests give no rows. It is a curve as `clean_ocp` takes it.

    Raises:
        UnusableDataError: a column is missing or holds text.
        InvalidError: the duration is negative or not finite.
    """
    if not (math.isfinite(min_duration_s) and min_duration_s >= 0):
        raise InvalidError(f"The shortest duration of a rest must be finite and not negative, not {min_duration_s} s.")
    columns.require([columns.VOLTAGE], frame.columns, "An open-circuit voltage")
    runs = step_runs(frame, "An open-circuit voltage")
    net = since_first_step(net_of_steps(frame, TOTAL, runs), runs)
    voltage = numbers(frame, columns.VOLTAGE)
    table = steps_of(frame) if steps is None else steps
    columns.require(_TOLD, table.columns, "A step table with rests")
    rests = table.filter(pl.col(names.STEP_TYPE) == labels.REST).select(_TOLD)
    if min_duration_s:
        rests = rests.filter(pl.col(names.DURATION) >= min_duration_s)
    known = known_rows(voltage, net)
    if first_row and known.size:
        rests = pl.concat([_of_row(int(known[0]), frame, rests.schema), rests])
    last = np.searchsorted(known, rests[names.END_INDEX].to_numpy(), side="right") - 1
    told = last >= np.searchsorted(known, rests[names.START_INDEX].to_numpy())
    rows = known[last[told]]
    points = rests.filter(pl.Series(told)).select(
        pl.Series(columns.CAPACITY, net[rows]),
        pl.Series(columns.VOLTAGE, voltage[rows]),
        columns.STEP_COUNT,
        names.DURATION,
    )
    from_fullest = pl.col(columns.CAPACITY) - pl.col(columns.CAPACITY).min()
    return points.with_columns(from_fullest).sort(columns.CAPACITY, maintain_order=True)


def _of_row(row: int, frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    told = {
        names.START_INDEX: row,
        names.END_INDEX: row,
        names.STEP_TYPE: labels.REST,
        columns.STEP_COUNT: frame[columns.STEP_COUNT][row],
    }
    return pl.DataFrame([told], schema)
