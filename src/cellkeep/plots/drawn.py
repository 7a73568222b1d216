"""Columns that a series is drawn over, or that are drawn: its own, and those that follow from it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats, Ints, as_floats
from cellkeep.summarise.derived import with_cycle_count, with_net_capacity
from cellkeep.summarise.derived.capacity import charge_of_steps
from cellkeep.summarise.derived.names import AREAL, TOTAL, Units
from cellkeep.summarise.derived.net_capacity import since_first_step
from cellkeep.summarise.derived.rows import signal, since_first, step_runs
from cellkeep.summarise.ordering import plainly_named

STEP_TIME = "Step time [s]"
"""Time since the first row of the step."""
THROUGHPUT = "Throughput [A.h]"
"""All charge that moved since the first row, in whichever direction."""
THROUGHPUT_BY_AREA = "Throughput [mA.h.cm-2]"


def with_drawn(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Add columns that a series does not have, but from which they follow.

    Raises:
        InvalidError: the series has no such column, and none follows; or it holds neither numbers nor times.
        UnusableDataError: what it follows from is missing or broken.
    """
    for name in names:
        if name in rows.columns:
            refuse_others(rows, [name])
        elif name in FOLLOWING and name in (followed := FOLLOWING[name](rows)).columns:
            rows = followed
        else:
            raise InvalidError(
                f"The series has no column '{name}'. It has {columns.quoted(rows.columns)}, "
                f"and {columns.quoted(FOLLOWING)} may follow from these."
            )
    return rows


def with_counts(rows: pl.DataFrame, steps: pl.DataFrame | None) -> pl.DataFrame:
    """Give each row whole numbers of its step and its cycle, where the series counts steps.

    Args:
        rows: a series.
        steps: its step table, which knows the cycles of a series that does not count them.
    """
    if columns.STEP_COUNT not in rows.columns:
        return rows.drop(columns.CYCLE_COUNT, strict=False)
    step, cycle = pl.col(columns.STEP_COUNT), pl.col(columns.CYCLE_COUNT)
    rows = rows.with_columns(step.cast(pl.Int64, strict=False).fill_null(0))
    if columns.CYCLE_COUNT not in rows.columns:
        rows = with_cycle_count(rows) if steps is None else _with_cycles_of(rows, steps)
    whole = cycle.cast(pl.Int64, strict=False)
    return rows.with_columns(whole.forward_fill().backward_fill().fill_null(0))


def without_nan(column: pl.Series) -> pl.Series:
    """A column in which what is not known is null."""
    return plainly_named(column).fill_nan(None).alias(column.name) if column.dtype.is_float() else column


def as_array(column: pl.Series) -> NDArray[Any]:
    """A column as figures take it: numbers where NaN is no value, or times."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if column.dtype.is_temporal():
        return column.to_numpy()
    return column.to_numpy() if column.dtype.is_integer() and not column.null_count() else as_floats(column)


def parted(first: Ints, over: Floats, drawn: Floats, counts: pl.DataFrame) -> tuple[Floats, Floats, NDArray[Any]]:
    """Put a point without values before some rows, so that no line is drawn to them; it keeps their counts."""
    apart = (np.insert(column.astype(np.float64), first, np.nan) for column in (over, drawn))
    told = counts.to_numpy()
    return next(apart), next(apart), np.insert(told, first, told[first], axis=0)


def _with_cycles_of(rows: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    if not {columns.STEP_COUNT, columns.CYCLE_COUNT} <= set(steps.columns):
        return with_cycle_count(rows)
    cycles = steps.select(pl.col(columns.STEP_COUNT, columns.CYCLE_COUNT).cast(pl.Int64)).unique(columns.STEP_COUNT)
    return rows.join(cycles, on=columns.STEP_COUNT, how="left", maintain_order="left")


def _with_step_time(rows: pl.DataFrame) -> pl.DataFrame:
    columns.require([columns.TIME], rows.columns, f"'{STEP_TIME}'")
    since = since_first(signal(rows, columns.TIME), step_runs(rows, f"'{STEP_TIME}'"))
    return rows.with_columns(pl.Series(STEP_TIME, since, nan_to_null=True))


def _with_power(rows: pl.DataFrame) -> pl.DataFrame:
    columns.require([columns.VOLTAGE, columns.CURRENT], rows.columns, f"'{columns.POWER}'")
    return rows.with_columns((pl.col(columns.VOLTAGE) * pl.col(columns.CURRENT)).alias(columns.POWER))


def _adding_throughput(name: str, units: Units) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def added(rows: pl.DataFrame) -> pl.DataFrame:
        runs = step_runs(rows, f"'{name}'")
        moved: Floats = np.add(*charge_of_steps(rows, units, runs))
        return rows.with_columns(pl.Series(name, since_first_step(moved, runs), nan_to_null=True))

    return added


def refuse_others(frame: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuse columns that can not be drawn, as far as they are there.

    Raises:
        InvalidError: one holds neither numbers nor times.
    """
    for name, dtype in frame.schema.items():
        if name in names and not (dtype.is_numeric() or isinstance(dtype, (pl.Date, pl.Datetime, pl.Null))):
            raise InvalidError(f"'{name}' can not be drawn: it holds neither numbers nor times, but {dtype}.")


FOLLOWING: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    STEP_TIME: _with_step_time,
    TOTAL.net_capacity: with_net_capacity,
    AREAL.net_capacity: with_net_capacity,
    THROUGHPUT: _adding_throughput(THROUGHPUT, TOTAL),
    THROUGHPUT_BY_AREA: _adding_throughput(THROUGHPUT_BY_AREA, AREAL),
    columns.POWER: _with_power,
}
"""What can be drawn of a series that lacks it."""
