"""What the rows of an overview tell of all rows."""

import numpy as np
import polars as pl
import polars.selectors as cs
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.summarise.buckets import Buckets
from cellkeep.summarise.overview import Overview
from cellkeep.summarise.row_ranges import RowRanges
from summarise.numbers import FLOATS

quick = settings(max_examples=100, deadline=None)


@st.composite
def wanted(draw: st.DrawFn) -> tuple[pl.Series, int, np.ndarray, np.ndarray, float, float]:
    """A column, rows of a bucket, starts and ends of ranges, and two bounds."""
    column = pl.Series("a", draw(st.lists(FLOATS, min_size=1, max_size=80)), pl.Float64)
    edges = draw(st.lists(st.integers(0, column.len()), max_size=6))
    starts, ends = (np.array([*edges, 0][place::2], int) for place in (0, 1))
    bound = st.one_of(st.sampled_from([-np.inf, 0.0, 1.0, np.inf]), st.floats(-100, 100))
    return column, draw(st.integers(1, 20)), starts[: ends.size], ends, draw(bound), draw(bound)


@quick
@given(wanted())
def test_whole_and_touched_buckets(case: tuple[pl.Series, int, np.ndarray, np.ndarray, float, float]) -> None:
    """Of a whole bucket every row is wanted; of one that is not touched none is; and no whole one is missed."""
    column, size, starts, ends, low, high = case
    gathering = Overview(size)
    gathering.add(column.to_frame())
    kept = gathering.frame()
    ranges = RowRanges.of(starts, ends)
    sides = [(kept["a"] >= low).fill_null(value=False), (kept["a"] <= high).fill_null(value=False)]
    found = Buckets.of(kept.to_series(0), kept.to_series(1)).within(ranges)
    found = found.between(*(side.to_numpy() for side in sides))
    inside = np.zeros(column.len(), bool)
    for start, end in zip(ranges.starts, ranges.ends, strict=True):
        inside[start:end] = True
    inside &= column.is_between(low, high).fill_null(value=False).to_numpy()
    for number, start in enumerate(range(0, column.len(), size)):
        rows = inside[start : start + size]
        assert (found.starts[number], found.ends[number]) == (start, min(start + size, column.len()))
        assert found.whole[number] == rows.all()
        assert found.touched[number] or not rows.any()


def test_rows_of_chosen_buckets() -> None:
    """All their rows as ranges, and of the rows that are kept those that are theirs."""
    gathering = Overview(3)
    gathering.add(pl.DataFrame({"a": [0, 5, 1, 1, 1, 1, 9, 0, 9, 4]}))
    kept = gathering.frame()
    assert kept.select(cs.by_index(0, 1)).rows() == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 1),
        (5, 1),
        (6, 2),
        (7, 2),
        (8, 2),
        (9, 3),
    ]
    buckets = Buckets.of(kept.to_series(0), kept.to_series(1))
    chosen = np.array([True, False, True, True])
    ranges = buckets.rows_of(chosen)
    assert (ranges.starts.tolist(), ranges.ends.tolist()) == ([0, 6], [3, 10])
    assert kept.filter(buckets.kept_rows_of(chosen, kept.height)).to_series(0).to_list() == [0, 1, 2, 6, 7, 8, 9]
