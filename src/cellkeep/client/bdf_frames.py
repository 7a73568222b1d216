"""Rows of ours as rows of the Battery Data Format, without ever holding all of them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from cellkeep.domain import bdf, columns
from cellkeep.domain.files import ROW_GROUP_ROWS

Names = Literal["labels", "machine"]

_NO_VALUE = float("nan")


class Converted(NamedTuple):
    """A series in the other format."""

    rows: pl.LazyFrame
    columns: dict[str, dict[str, str]]
    """Where each column comes from, by its new name: `from`, `unit` and what was `done`."""


def as_bdf(rows: pl.LazyFrame, start: datetime | None, *, names: Names, extra_columns: bool) -> Converted:
    """The same rows with the names, signs and counters of the Battery Data Format.

    Current and power get the other sign. Capacities and energies, which restart with each step here, are counted on
    over the whole test: to what a column has moved since its first value in a step is added what it moved in all steps
    before. What moved between the last row of a step and the first of the next is in no row, so it is in neither count.
    A row without a value has none there either; NaN becomes null.

    Args:
        rows: a series of the data format.
        start: when the test started. `Unix Time / s` is this plus `Time [s]`; without it there is no such column.
        names: `labels` for headers like `Voltage / V`, `machine` for `voltage_volt`.
        extra_columns: whether columns for which the format has no word stay, last, under their own names and as they
            are.
    """
    schema = rows.collect_schema()
    words = [(word, own) for word in bdf.QUANTITIES if (own := _source(word, schema, start)) is not None]
    counted = [own for word, own in words if word.whole_test]
    source = _over_the_whole_test(rows, counted) if counted else rows
    made: dict[str, pl.Expr] = {}
    told: dict[str, dict[str, str]] = {}
    for word, own in words:
        name = word.label if names == "labels" else word.name
        made[name] = _value(word, pl.col(own), schema[own], start)
        told[name] = {"from": own, "unit": word.unit, **_done(word)}
    taken = {own for _, own in words}
    for own in schema if extra_columns else ():
        if own not in taken:
            name = _free(own, made)
            made[name] = pl.col(own)
            told[name] = {"from": own}
    return Converted(source.select(value.alias(name) for name, value in made.items()), told)


def _source(word: bdf.Quantity, names: Collection[str], start: datetime | None) -> str | None:
    if word is bdf.UNIX_TIME:
        return columns.TIME if start is not None and columns.TIME in names else None
    return next((own for own in word.columns if own in names), None)


def _value(word: bdf.Quantity, value: pl.Expr, dtype: pl.DataType, start: datetime | None) -> pl.Expr:
    if word is bdf.UNIX_TIME and start is not None:
        return (value.cast(pl.Float64) + start.timestamp()).fill_nan(None)
    if word.turned:
        number = value if dtype.is_float() else value.cast(pl.Float64)
        # A zero keeps its sign: it would be written as -0.0.
        return pl.when(number == 0).then(number).otherwise(-number).fill_nan(None)
    return value.fill_nan(None) if dtype.is_float() else value


def _done(word: bdf.Quantity) -> dict[str, str]:
    if word is bdf.UNIX_TIME:
        return {"done": "start_time added"}
    if word.turned:
        return {"done": "sign turned: positive on charge"}
    return {"done": "counted over the whole test"} if word.whole_test else {}


def _free(own: str, taken: Collection[str]) -> str:
    name, number = own, 2
    while name in taken:
        name, number = f"{own} ({number})", number + 1
    return name


def _over_the_whole_test(rows: pl.LazyFrame, counted: Sequence[str]) -> pl.LazyFrame:
    schema = rows.collect_schema()
    after = {**schema, **dict.fromkeys(counted, pl.Float64())}

    def parts(wanted: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
        """All rows in order; the plan below takes columns from them, and neither filters nor cuts."""
        totals = {name: RunningTotal() for name in counted}
        first = 0
        while not (part := rows.slice(first, ROW_GROUP_ROWS).collect()).is_empty():
            first += part.height
            steps = part[columns.STEP_COUNT].to_numpy() if columns.STEP_COUNT in schema else np.zeros(part.height)
            part = part.with_columns(_counted_on(part[name], steps, totals[name]) for name in counted)
            yield part if wanted is None else part.select(wanted)

    return register_io_source(parts, schema=after)


def _counted_on(values: pl.Series, steps: NDArray[Any], total: "RunningTotal") -> pl.Series:
    numbers = values.cast(pl.Float64).fill_null(_NO_VALUE).to_numpy()
    return pl.Series(values.name, total.add(numbers, steps), nan_to_null=True)


class RunningTotal:
    """Counts over the whole test what a column counts within each step, piece by piece."""

    def __init__(self) -> None:
        self._last = 0.0
        self._step: Any = None
        self._taken_off = 0.0

    def add(self, values: NDArray[np.float64], steps: NDArray[Any]) -> NDArray[np.float64]:
        """The next values as totals; NaN stays NaN, and the count goes on behind it.

        >>> RunningTotal().add(np.array([0.0, 2.0, 0.0, 3.0]), np.array([0, 0, 1, 1])).tolist()
        [0.0, 2.0, 2.0, 5.0]
        """
        there = np.isfinite(values)
        own, step = values[there], steps[there]
        if not own.size:
            return values
        before = np.concatenate(([self._last], own[:-1]))
        begins = np.concatenate(([step[0] != self._step], step[1:] != step[:-1]))
        # What is taken off a value changes only where a step begins, so within one no rounding is added.
        taken_off = self._taken_off + np.cumsum(np.where(begins, own - before, 0.0))
        self._last, self._step, self._taken_off = float(own[-1]), step[-1], float(taken_off[-1])
        totals = values.copy()
        totals[there] = own - taken_off
        return totals
