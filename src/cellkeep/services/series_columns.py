"""Which columns of a stored series are meant, and what is asked of them."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from cellkeep.domain.columns import TIME, quoted
from cellkeep.domain.errors import BadRequestError, InvalidError
from cellkeep.domain.time_series import SeriesQuery, Window
from cellkeep.summarise.downsample import least_points

_EXACT = 2.0**53


@dataclass(frozen=True)
class Wanted:
    """Columns of a series.

    Attributes:
        names: those that are returned, in this order.
        bounds: conditions on rows.
        x: the axis of a picture; None for the number of the row.
        y: columns of a picture that are to look right.
    """

    names: list[str]
    bounds: "list[Bounds]"
    x: str | None
    y: list[str]

    @classmethod
    def of(cls, asked: SeriesQuery, schema: pl.Schema) -> "Wanted":
        """Find them in the schema of the series.

        Raises:
            BadRequestError: there is no such column, or it does not hold what it is asked for; says which there are.
            InvalidError: fewer points are asked for than the columns need.
        """
        names = list(dict.fromkeys(asked.columns)) or list(schema)
        windows = asked.windows
        _require_present([*names, *(window.column for window in windows), *([asked.x] if asked.x else [])], schema)
        bounds = [Bounds.of(window, schema) for window in windows]
        if asked.max_points is None:
            return cls(names, bounds, None, [])
        x = asked.x or (TIME if TIME in schema else None)
        if x is not None and not (schema[x].is_numeric() or schema[x].is_temporal()):
            raise BadRequestError(f"'{x}' is of type {schema[x]} and can not be an axis; numbers and times can.")
        y = [name for name in names if name != x and schema[name].is_numeric()]
        if asked.max_points < (least := least_points(len(y) + (x not in {None, TIME} and schema[x].is_numeric()))):
            raise InvalidError(
                f"max_points is {asked.max_points}, and a picture of {len(y)} columns needs at least {least}: the "
                "first row, the last, and the extremes of each column. Ask for more points or fewer columns."
            )
        return cls(names if x is None or x in names else [x, *names], bounds, x, y)

    @property
    def read(self) -> list[str]:
        """Columns that are looked at, in any way."""
        return list(dict.fromkeys([*self.names, *(bound.column for bound in self.bounds)]))


@dataclass(frozen=True)
class Bounds:
    """The rows at which a column has a value within two bounds, as expressions.

    A row without a value is not within them: null is neither, and NaN is taken to be above all.

    Attributes:
        column: its name.
        at_least: whether a value is not below the lower bound.
        at_most: whether it is not above the upper bound.
        within: both. Written as one, whole row groups are passed over by what is known of them.
    """

    column: str
    at_least: pl.Expr
    at_most: pl.Expr
    within: pl.Expr

    @classmethod
    def of(cls, window: Window, schema: pl.Schema) -> "Bounds":
        """The bounds of a window.

        Raises:
            BadRequestError: the column does not hold numbers.
        """
        dtype = schema[window.column]
        if not dtype.is_numeric():
            raise BadRequestError(
                f"A window needs a column of numbers, and '{window.column}' is of type {dtype}. "
                f"Columns of numbers are {quoted(name for name, kind in schema.items() if kind.is_numeric())}."
            )
        column = cs.by_name(window.column)  # pl.col would take ^…$ and * for patterns
        low, high = window.low, window.high
        if dtype.is_integer():
            low, high = _comparable(low, math.ceil), _comparable(high, math.floor)
        return cls(window.column, column >= low, column <= high, column.is_between(low, high))


def within(rows: pl.LazyFrame, bounds: Iterable[Bounds]) -> pl.LazyFrame:
    """The rows within all bounds."""
    for bound in bounds:
        rows = rows.filter(bound.within)
    return rows


def _comparable(bound: float, whole: Callable[[float], int]) -> int | float:
    """A bound of whole numbers as one of them: compared with a float, large ones would be rounded."""
    return bound if isinstance(bound, int) or abs(bound) >= _EXACT else whole(bound)


def _require_present(names: Iterable[str], schema: pl.Schema) -> None:
    if missing := [name for name in dict.fromkeys(names) if name not in schema]:
        raise BadRequestError(
            f"There is no column {quoted(name[:100] for name in missing)} in this series. There are {quoted(schema)}.",
            detail={"missing": missing[:100], "available_columns": list(schema)},
        )
