"""The rows of a series that a figure is drawn of: few enough to be sent at once, over whatever they are drawn over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import polars.selectors as cs
from pydantic import ValidationError

from cellkeep.domain import columns
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.time_series import SeriesQuery, shortened
from cellkeep.plots.drawn import FOLLOWING, STEP_TIME, with_counts, with_drawn
from cellkeep.services.remembering import TABLES, Frame
from cellkeep.services.time_series import Series
from cellkeep.summarise.areal import areal
from cellkeep.summarise.derived.names import AREAL, TOTAL, Units
from cellkeep.summarise.downsample import downsample
from cellkeep.summarise.names import DURATION, END_INDEX, START_INDEX

_HELD_ROWS = 1_000_000
"""Rows of which what follows from them is computed at each. Of more, it is computed at those that are drawn."""
_OUTLINE_POINTS = 20_000
_MOST_RUNS = 10_000
"""Of steps that are named; of more, all rows are read."""
_COUNTS = (columns.STEP_COUNT, columns.CYCLE_COUNT)
_CHARGE = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY)
_TELLING = (
    columns.TIME,
    columns.CURRENT,
    columns.AREAL_CURRENT,
    *_CHARGE,
    *map(areal, _CHARGE),
    columns.CAPACITY,
    areal(columns.CAPACITY),
)
"""What charge and time since the start of a step follow from."""


@dataclass(frozen=True)
class View:
    """What part of a series is looked at.

    Attributes:
        x: what it is drawn over: a column, or one of `plots.drawn.FOLLOWING`.
        y: columns that are drawn; `Power [W]` follows from voltage and current.
        steps: values of `Step count`, such as `5` or `7-9`; all where there are none.
        cycles: values of `Cycle count`, in the same way.
        low: smallest value of x; None where there is no bound.
        high: largest value of x.
        max_points: rows at most.
    """

    x: str
    y: Sequence[str]
    steps: Sequence[str] = field(default=())
    cycles: Sequence[str] = field(default=())
    low: float | None = None
    high: float | None = None
    max_points: int = 4000


@dataclass(frozen=True)
class Picture:
    """Rows to draw.

    Attributes:
        rows: x, y, `Step count` and `Cycle count`, as far as they are there.
        steps: the step table.
        is_outline: whether what follows from the rows was computed from some of them only.
    """

    rows: pl.DataFrame
    steps: pl.DataFrame
    is_outline: bool = False


def picture(series: Series, view: View) -> Picture:
    """What is drawn of a series.

    Raises:
        BadRequestError: there is no such column, step or cycle.
        InvalidError: a picture of so few points can not be made.
        UnusableDataError: what x follows from is missing or broken.
    """
    steps = step_table(series)
    if view.x in series.source.schema or view.x not in FOLLOWING:
        return Picture(_with_power(_drawn(series, view), view.y), steps)
    return _followed(series, view, steps)


@dataclass(frozen=True)
class Chosen:
    """The rows of some steps or cycles.

    Attributes:
        rows: all of them, with the cycle of each; or those that tell their course where they are too many.
        is_outline: whether they were too many.
    """

    rows: pl.DataFrame
    is_outline: bool


def chosen(series: Series, names: Iterable[str], steps: Sequence[str], cycles: Sequence[str]) -> Chosen:
    """Columns of the rows of some steps and cycles, with those columns that tell time, charge and step.

    Args:
        series: the series.
        names: further columns, as far as they are there.
        steps: values of `Step count`, such as `5` or `7-9`; all where there are none.
        cycles: values of `Cycle count`, in the same way.

    Raises:
        BadRequestError: there is no such step or cycle.
    """
    wanted = [name for name in dict.fromkeys([*_TELLING, *_COUNTS, *names]) if name in series.source.schema]
    query = _query(columns=wanted, steps=list(steps), cycles=list(cycles))
    rows, is_outline = _held(series, query)
    return Chosen(with_counts(rows, step_table(series)), is_outline)


def step_table(series: Series) -> pl.DataFrame:
    """The step table of a series."""
    return TABLES.get(series.steps_at.key, lambda: Frame(pl.read_parquet(series.steps_at.path, glob=False))).rows


def _drawn(series: Series, view: View) -> pl.DataFrame:
    bounded = view.low is not None or view.high is not None
    query = _query(
        **_chosen(view),
        columns=_read(series, view.x, *view.y),
        x=view.x,
        max_points=view.max_points,
        window_column=[view.x] if bounded else [],
        window_from=[_text(view.low)] if bounded else [],
        window_to=[_text(view.high)] if bounded else [],
    )
    return series.part(query).lazy().collect()


def _followed(series: Series, view: View, steps: pl.DataFrame) -> Picture:
    """Over what the series does not have: computed at each row, unless they are too many."""
    names = _read(series, *_TELLING, *view.y)
    met = _overlapping(view, steps)
    query = _query(**_chosen(view, met), columns=names, row_to=0 if met == [] else None)
    rows, is_outline = _held(series, query)
    rows = _anchored(_with_power(with_drawn(rows, [view.x]), view.y), view.x, steps)
    over = pl.col(view.x)
    within = rows.filter(over.is_between(_or(view.low, -float("inf")), _or(view.high, float("inf"))))
    shown = within.select(cs.by_name(*dict.fromkeys([view.x, *view.y, *_COUNTS]), require_all=False))
    y = [name for name in view.y if name in shown.columns]
    return Picture(shown[downsample(shown, y, view.max_points, view.x)], steps, is_outline)


def _held(series: Series, query: SeriesQuery) -> tuple[pl.DataFrame, bool]:
    """The rows that are asked for, or an outline of them where they are too many to be held; and whether it is one."""
    if is_outline := series.rows(query).rows > _HELD_ROWS:
        query = query.model_copy(update={"max_points": _OUTLINE_POINTS})
    return series.part(query).lazy().collect(), is_outline


def _query(**asked: Any) -> SeriesQuery:
    """What is asked of a series; BadRequestError where it makes no sense."""
    try:
        return SeriesQuery(**asked)
    except ValidationError as error:
        raise BadRequestError("; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())) from None


def _read(series: Series, *names: str) -> list[str]:
    """The columns that are read for these, with those that tell the step: unknown ones stay, to be refused by name."""
    schema = series.source.schema
    wanted = [*names, *(name for name in _COUNTS if name in schema)]
    if columns.POWER in wanted and columns.POWER not in schema:
        wanted = [*(name for name in wanted if name != columns.POWER), columns.VOLTAGE, columns.CURRENT]
    return list(dict.fromkeys(name for name in wanted if name in schema or name not in _TELLING))


def _with_power(rows: pl.DataFrame, y: Sequence[str]) -> pl.DataFrame:
    return with_drawn(rows, [columns.POWER]) if columns.POWER in y else rows


def _overlapping(view: View, steps: pl.DataFrame) -> list[str] | None:
    """The steps that may have rows in the window, where it is bounded and the table tells; else None."""
    spans = _spans(view.x, steps)
    if spans is None or (view.low is None and view.high is None) or view.steps or view.cycles:
        return None
    low, high = _or(view.low, -float("inf")), _or(view.high, float("inf"))
    met = steps.filter((spans["high"] >= low) & (spans["low"] <= high) | spans["low"].is_null())
    named = shortened(met[columns.STEP_COUNT].cast(pl.Int64).to_list())
    return named if len(named) <= _MOST_RUNS else None


def _spans(x: str, steps: pl.DataFrame) -> pl.DataFrame | None:
    """Smallest and largest value of x in each step, with a margin; None where the table does not tell."""
    if not {columns.STEP_COUNT, START_INDEX, END_INDEX} <= set(steps.columns):
        return None
    if x == STEP_TIME:
        return steps.select(low=pl.lit(0.0), high=pl.col(DURATION)) if DURATION in steps.columns else None
    if (found := _before(x, steps)) is None:
        return None
    before, moved, largest = found
    if x in {TOTAL.net_capacity, AREAL.net_capacity}:
        return pl.DataFrame({"low": before - largest, "high": before + largest})
    margin = moved.abs() * 0.01  # what the rows tell and what the table tells may differ in the last digits
    return pl.DataFrame({"low": before - margin, "high": before + moved + margin})


def _before(x: str, steps: pl.DataFrame) -> tuple[pl.Series, pl.Series, pl.Series] | None:
    """Of each step: x at its start, what it adds to x, and the largest charge that it moved in any direction."""
    units = next((units for units in _units(x) if set(_pair(units)) <= set(steps.columns)), None)
    if units is None:
        return None
    discharge, charge = (steps[name].cast(pl.Float64).fill_nan(None).fill_null(0.0) for name in _pair(units))
    moved = discharge - charge if x == units.net_capacity else discharge + charge
    return moved.cum_sum() - moved, moved, discharge + charge


def _units(x: str) -> Iterator[Units]:
    yield from (units for units in (TOTAL, AREAL) if x.endswith(f"[{units.unit}]"))


def _pair(units: Units) -> tuple[str, str]:
    return units.charge.discharge, units.charge.charge


def _anchored(rows: pl.DataFrame, x: str, steps: pl.DataFrame) -> pl.DataFrame:
    """Have each step begin where the steps before it end, also those that were not read."""
    if x == STEP_TIME or columns.STEP_COUNT not in steps.columns or (found := _before(x, steps)) is None:
        return rows
    begins = pl.DataFrame({columns.STEP_COUNT: steps[columns.STEP_COUNT], _BEGINS: found[0]})
    begins = begins.unique(columns.STEP_COUNT, keep="first").cast({columns.STEP_COUNT: rows.schema[columns.STEP_COUNT]})
    joined = rows.join(begins, on=columns.STEP_COUNT, how="left", maintain_order="left")
    value = pl.col(x)
    first = value.drop_nulls().first().over(columns.STEP_COUNT)
    return joined.with_columns(value - first + pl.col(_BEGINS).fill_null(first)).drop(_BEGINS)


_BEGINS = "value at the start of the step"


def _chosen(view: View, steps: list[str] | None = None) -> dict[str, list[str]]:
    return {"steps": steps or list(view.steps), "cycles": list(view.cycles)}


def _text(bound: float | None) -> str:
    return "" if bound is None else repr(bound)


def _or(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else bound
