"""Numbers that are ordered as the values of a column."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from cellkeep.summarise.ordering import extremes, order_key


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([3.0, 1.0, None, 9.0, 1.0], pl.Float64, [1, 3]),
        ([float("nan"), 2.0, 1.0], pl.Float32, [2, 1]),
        ([float("inf"), float("nan"), 1.0, float("-inf")], pl.Float64, [3, 0]),
        ([float("nan"), float("inf")], pl.Float64, [1, 1]),
        ([2**62 + 1, 2**62, 2**62 + 2], pl.Int64, [1, 2]),
        ([None, 2**62 + 1, 2**62, 2**62 + 2], pl.Int64, [2, 3]),
        ([2**64 - 1, 2**64 - 2], pl.UInt64, [1, 0]),
        ([2**100, 2**100 + 1], pl.Int128, [0, 1]),
        ([Decimal("1.0000000000000000000001"), Decimal("1.0")], pl.Decimal(38, 22), [1, 0]),
        ([None, None], pl.Int64, []),
        ([None, float("nan")], pl.Float64, []),
        ([], pl.Float64, []),
    ],
)
def test_first_smallest_and_first_largest(values: list[object], dtype: pl.DataType, expected: list[int]) -> None:
    """Neighbours that floats do not tell apart are told apart; null and NaN are no values."""
    assert extremes(pl.Series(values, dtype=dtype)) == expected


def test_keys_of_plain_columns_are_their_own_values() -> None:
    """Nothing is converted where nothing has to be."""
    for dtype in (pl.Float64, pl.Float32, pl.Int64, pl.UInt8):
        column = pl.Series([1, 2, 3], dtype=dtype)
        assert np.array_equal(order_key(column), column.to_numpy())
