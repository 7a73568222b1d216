"""An open-circuit potential curve that can be fitted and inverted."""

import numpy as np
import polars as pl

from cellkeep.domain.columns import CAPACITY, VOLTAGE, require
from cellkeep.runs import Floats
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import known_rows, numbers

_STRAIGHT = 1e-10
"""A second derivative of no more than this is none [V.A-2.h-2]."""


@takes_frame
def clean_ocp(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an open-circuit potential curve in order.

    1. Rows without capacity or voltage are dropped, and the others sorted by capacity.
    2. Where the voltage rises on the whole from first to last, capacity is counted from the other end: so voltage
       falls.
    3. Capacity is shifted to start at 0. Of rows with the same capacity, and then of rows with the same voltage, the
       first is kept.
    4. At both ends, rows are dropped as long as the second derivative of voltage by capacity is 0 (to 1e-10): there
       the curve was extrapolated. A curve that is straight from end to end is left whole. What is left starts at 0
       again.

    Derivatives are second-order central differences for uneven steps, first-order at the ends, taken twice.

    Args:
        frame: `Capacity [A.h]` and `Voltage [V]`; other columns go with their rows.

    Returns:
        The rows that are left, capacity rising from 0.

    Raises:
        UnusableDataError: capacity or voltage is missing or holds text.
    """
    require([CAPACITY, VOLTAGE], frame.columns, "An open-circuit potential curve")
    known = frame[known_rows(numbers(frame, CAPACITY), numbers(frame, VOLTAGE))]
    curve = known.with_columns(pl.col(CAPACITY, VOLTAGE).cast(pl.Float64)).sort(CAPACITY, maintain_order=True)
    if curve.height and curve[VOLTAGE][-1] > curve[VOLTAGE][0]:
        curve = curve.with_columns(-pl.col(CAPACITY)).reverse()
    curve = _from_zero(curve)
    return _from_zero(curve[_bent(curve[CAPACITY].to_numpy(), curve[VOLTAGE].to_numpy())])


def _from_zero(curve: pl.DataFrame) -> pl.DataFrame:
    curve = curve.with_columns(pl.col(CAPACITY) - pl.col(CAPACITY).first())
    for name in (CAPACITY, VOLTAGE):
        curve = curve.unique(name, keep="first", maintain_order=True)
    return curve


def _bent(capacity: Floats, voltage: Floats) -> slice:
    if capacity.size < 3:
        return slice(None)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        second = np.gradient(np.gradient(voltage, capacity), capacity)
    bent = np.flatnonzero(~(np.abs(second) <= _STRAIGHT))
    return slice(int(bent[0]), int(bent[-1]) + 1) if bent.size else slice(None)
