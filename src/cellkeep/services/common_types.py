"""Types in which a column holds the values of two tables without change.

Columns are selected by `cs.by_name`, because `pl.col` takes names such as `^note$` and `*` for patterns.
"""

import polars as pl
import polars.selectors as cs

from cellkeep.domain.errors import UnusableDataError

_TEXTS = (pl.String, pl.Categorical, pl.Enum)


def common_types(before: pl.LazyFrame, after: pl.LazyFrame) -> dict[str, pl.DataType]:
    """The types of the columns of both together, in the order of the stored series.

    A column keeps its stored type where all new values are exactly the same in it. Otherwise it gets the type of the
    new values, or a wider one, where all values of both are exactly the same in that.

    Raises:
        UnusableDataError: no type holds both.
    """
    present, new = before.collect_schema(), after.collect_schema()
    types = dict(present)
    for name, dtype in present.items():
        if new[name] != dtype:
            types[name] = _common_type(before.select(cs.by_name(name)), after.select(cs.by_name(name)), name)
    return types


def _common_type(before: pl.LazyFrame, after: pl.LazyFrame, name: str) -> pl.DataType:
    present, new = before.collect_schema()[name], after.collect_schema()[name]
    for candidate in _candidates(present, new):
        if _holds(candidate, after, name) and _holds(candidate, before, name):
            return candidate
    raise UnusableDataError(
        f"'{name}' is {new} in the rows to append and {present} in the stored series, and no type holds both without "
        "change. Convert it before sending.",
        detail={"column": name, "stored": str(present), "sent": str(new)},
    )


def _candidates(present: pl.DataType, new: pl.DataType) -> list[pl.DataType]:
    """Types that may hold the values of both, best first; none where the two are of different kinds."""
    pair = (present, new)
    if any(dtype == pl.Null for dtype in pair):  # a column without a single value
        return [dtype for dtype in pair if dtype != pl.Null]
    if all(dtype.is_integer() or dtype.is_float() for dtype in pair):
        whole = all(dtype.is_integer() for dtype in pair)
        return [*pair, pl.Int64() if whole else pl.Float64()]
    if all(isinstance(dtype, _TEXTS) for dtype in pair):
        return [present, pl.String()]
    if all(isinstance(dtype, pl.Duration) for dtype in pair):
        return [*pair]
    if isinstance(present, pl.Datetime) and isinstance(new, pl.Datetime) and present.time_zone == new.time_zone:
        return [*pair]
    return []


def _holds(candidate: pl.DataType, rows: pl.LazyFrame, name: str) -> bool:
    """Whether every value is the same after a conversion there and back."""
    dtype = rows.collect_schema()[name]
    if dtype == candidate:
        return True
    column = cs.by_name(name)
    same = column.cast(candidate, strict=False).cast(dtype, strict=False).eq_missing(column)
    return bool(rows.select(same.all()).collect(engine="streaming").item())
