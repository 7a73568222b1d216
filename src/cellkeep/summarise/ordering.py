"""Values of a column of numbers as an array in which the smallest and the largest are found."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Key = NDArray[Any]
"""In the order of the values; floats with NaN where there is no value, or whole numbers that all are values."""

_BEYOND_NUMPY = (pl.Int128, pl.UInt128)


def order_key(column: pl.Series) -> Key:
    """Numbers that are ordered, and equal, as the values of the column are. Nothing is rounded."""
    if column.dtype.is_float():
        return column.to_numpy()
    if column.dtype.is_integer() and column.dtype not in _BEYOND_NUMPY and not column.null_count():
        return column.to_numpy()
    # Ranks are told apart as floats, where the values themselves may not be.
    return plainly_named(column).rank("dense").cast(pl.Float64).to_numpy()


def plainly_named(column: pl.Series) -> pl.Series:
    """The same under a name that polars takes for no pattern; many methods look their own column up by its name."""
    return column.alias("values")


def extremes(column: pl.Series) -> list[int]:
    """Places of the first smallest and the first largest value; of none where there is no value."""
    key = order_key(column)
    missing = np.isnan(key)
    if not missing.any():
        return [int(key.argmin()), int(key.argmax())] if key.size else []
    known = np.flatnonzero(~missing)
    return [int(known[key[known].argmin()]), int(known[key[known].argmax()])] if known.size else []


def ends_tell(column: pl.Series) -> bool:
    """Whether it never falls or never rises, as time and counts do, so that its ends are its extremes."""
    if column.null_count() or (column.dtype.is_float() and not np.isfinite([column[0], column[-1]]).all()):
        return False
    return column.is_sorted() or column.is_sorted(descending=True)
