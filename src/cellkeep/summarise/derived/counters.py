"""What a cycler counted over a cycle or a whole test, counted from the start of each step."""

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import signal, since_first, step_runs

_COUNTERS = (
    columns.DISCHARGE_CAPACITY,
    columns.CHARGE_CAPACITY,
    columns.DISCHARGE_ENERGY,
    columns.CHARGE_ENERGY,
)


@takes_frame
def with_counters_per_step(frame: pl.DataFrame) -> pl.DataFrame:
    """Take off the value that each directional counter has at the start of its step.

    |value - first known value of the step|, as the tables count it, so no table changes by it. What flowed between the
    last row of one step and the first row of the next is in neither.

    Args:
        frame: a series with `Step count`; capacities [A.h] and energies [W.h] that the cycler counted, if it has any.

    Returns:
        The frame in which `Discharge capacity [A.h]`, `Charge capacity [A.h]`, `Discharge energy [W.h]` and
        `Charge energy [W.h]` begin with 0 in each step. Nothing is added that is not there.

    Raises:
        UnusableDataError: `Step count` is missing or broken, or a counter holds text.
    """
    counters = [name for name in _COUNTERS if name in frame.columns]
    if not counters:
        return frame
    runs = step_runs(frame, "Counting from the start of a step")
    counted = {name: np.abs(since_first(signal(frame, name), runs)) for name in counters}
    return frame.with_columns(pl.Series(name, values, nan_to_null=True) for name, values in counted.items())
