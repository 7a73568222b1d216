"""Columns of numbers of every kind, with all that makes them awkward."""

import math
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

FLOATS = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 1.0, 2.0, math.nan, math.inf, -math.inf]),
    st.floats(-1e3, 1e3),
)
KINDS: dict[Any, st.SearchStrategy[Any]] = {
    pl.Float64: FLOATS,
    pl.Float32: st.one_of(st.none(), st.sampled_from([1.5, -2.5, math.nan, math.inf])),
    pl.Int64: st.one_of(st.none(), st.sampled_from([2**62, 2**62 + 1, -(2**62), -(2**62) - 1, 0])),
    pl.UInt8: st.integers(0, 255),
    pl.Int128: st.one_of(st.none(), st.sampled_from([2**100, 2**100 + 1, -(2**100)])),
    pl.Decimal(38, 4): st.one_of(st.none(), st.decimals(-5, 5, places=4), st.just(Decimal("5.0001"))),
}

NAMES = ("*", "^c.*$", "c", "a b")


@st.composite
def numbers(draw: st.DrawFn, most_rows: int = 120) -> pl.DataFrame:
    """Up to four columns of numbers of any kind and name, and one of text; some rise, some hold no value at all."""
    rows = draw(st.integers(1, most_rows))
    frame = pl.DataFrame({"text": [f"row {row}" for row in range(rows)]})
    for name in NAMES[: draw(st.integers(1, 4))]:
        dtype, values = draw(st.sampled_from(list(KINDS.items())))
        column = pl.Series(name, draw(st.lists(values, min_size=rows, max_size=rows)), dtype)
        frame = frame.hstack([pl.Series(name, column.alias("c").sort()) if draw(st.booleans()) else column])
    return frame
