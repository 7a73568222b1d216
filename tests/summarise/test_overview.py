"""The rows that tell of a long series."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.summarise import overview as module
from cellkeep.summarise.overview import Overview, single_values
from summarise.numbers import numbers

quick = settings(max_examples=60, deadline=None)
CUTS = st.lists(st.integers(0, 200), max_size=8)
SIZES = st.integers(1, 40)


def overview(*chunks: pl.DataFrame, bucket_rows: int | None = None) -> pl.DataFrame:
    gathering = Overview(bucket_rows)
    for chunk in chunks:
        gathering.add(chunk)
    return gathering.frame()


def cut(frame: pl.DataFrame, places: list[int]) -> list[pl.DataFrame]:
    edges = [0, *sorted(place % (frame.height + 1) for place in places), frame.height]
    return [frame[start:end] for start, end in pairwise(edges)]


def rows(found: pl.DataFrame) -> list[int]:
    return found.to_series(0).to_list()


def slowly(frame: pl.DataFrame, bucket_rows: int) -> list[int]:
    """The rows that are to be kept, looked for one by one."""
    kept: set[int] = set()
    for start in range(0, frame.height, bucket_rows):
        bucket = frame[start : start + bucket_rows]
        kept |= {start, start + bucket.height - 1}
        for column in bucket.select(pl.selectors.numeric()).iter_columns():
            values = [None if value is None or value != value else value for value in column.to_list()]  # noqa: PLR0124
            ends = (values[0], values[-1])
            known = [value for value in values if value is not None]
            finite = [value for value in known if not math.isinf(value)]
            wanted: list[Any] = [None] if None in values else []
            for some in (known, finite):
                wanted += [min(some), max(some)] if some else []
            kept |= {start + values.index(value) for value in wanted if value not in ends}
    return sorted(kept)


@quick
@given(frame=numbers(), bucket_rows=SIZES)
def test_exactly_the_rows_that_tell_something_are_kept(frame: pl.DataFrame, bucket_rows: int) -> None:
    """Ends and first extremes of each bucket, finite and not, and first gaps; each row as it is in the series."""
    found = overview(frame, bucket_rows=bucket_rows)
    assert rows(found) == slowly(frame, bucket_rows)
    assert_frame_equal(found[:, 2:], frame[rows(found)])
    assert found.to_series(1).to_list() == [row // bucket_rows for row in rows(found)]


@quick
@given(frame=numbers(), bucket_rows=SIZES, places=CUTS)
def test_any_cut(frame: pl.DataFrame, bucket_rows: int, places: list[int]) -> None:
    """Chunks of any size, empty ones too, and of one row give the overview of the uncut series."""
    whole = overview(frame, bucket_rows=bucket_rows)
    assert_frame_equal(overview(*cut(frame, places), bucket_rows=bucket_rows), whole)
    assert_frame_equal(overview(*cut(frame, [*range(frame.height)]), bucket_rows=bucket_rows), whole)


@quick
@given(frame=numbers(), bucket_rows=SIZES, block=st.integers(1, 50))
def test_blocks_do_not_show(frame: pl.DataFrame, bucket_rows: int, block: int) -> None:
    """How many buckets are looked at together changes nothing."""
    whole = overview(frame, bucket_rows=bucket_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK_ROWS", block)
        assert_frame_equal(overview(frame, bucket_rows=bucket_rows), whole)


@quick
@given(frame=numbers(), bucket_rows=SIZES, places=CUTS, first=st.integers(0, 200))
def test_going_on_from_a_stored_one(frame: pl.DataFrame, bucket_rows: int, places: list[int], first: int) -> None:
    """A series that grew has the overview of one that came whole, read from the bucket that was not full on."""
    before = first % frame.height + 1
    stored = overview(frame[:before], bucket_rows=bucket_rows)
    going_on = Overview.continued(stored)
    assert going_on.next_row == (0 if before <= bucket_rows else before // bucket_rows * bucket_rows)
    if not going_on.next_row:
        return
    for chunk in cut(frame[going_on.next_row :], places):
        going_on.add(chunk)
    assert going_on.next_row == frame.height
    assert_frame_equal(going_on.frame(), overview(frame, bucket_rows=bucket_rows))


def test_going_on_with_wider_types() -> None:
    """What was kept takes the types of the rows that follow."""
    first = pl.DataFrame({"a": [3, 1, 2, 5], "nothing": [None] * 4})
    second = pl.DataFrame({"a": [0.5, 9.0], "nothing": [1.0, 2.0]})
    going_on = Overview.continued(overview(first, bucket_rows=2))
    going_on.add(second)
    found = going_on.frame()
    assert found["a"].to_list() == [3.0, 1.0, 2.0, 5.0, 0.5, 9.0]
    assert found["nothing"].to_list() == [None] * 4 + [1.0, 2.0]


def test_rows_that_say_nothing_are_left_out() -> None:
    """Of columns that only rise, fall or stay, no row but the ends is kept."""
    frame = pl.DataFrame({"up": range(100), "down": range(100, 0, -1), "same": [7] * 100})
    assert rows(overview(frame, bucket_rows=50)) == [0, 49, 50, 99]


def test_a_rising_column_with_infinite_or_missing_ends_tells_its_finite_ones() -> None:
    """Although it rises, its largest finite value is not at its end."""
    rising = pl.DataFrame({"a": [-math.inf, 1.0, 2.0, 3.0, math.inf], "b": [1.0, 2.0, 3.0, math.nan, math.nan]})
    assert rows(overview(rising, bucket_rows=5)) == [0, 1, 2, 3, 4]


def test_only_watched_columns_count() -> None:
    """Extremes of other columns are not looked for, but their values come along."""
    frame = pl.DataFrame({"a": [0, 9, 0, 0], "b": [0, 0, 9, 0], "c": ["p", "q", "r", "s"]})
    gathering = Overview(4, watched=["b", "c", "none"])
    gathering.add(frame)
    assert gathering.frame()[:, 2:].rows() == [(0, 0, "p"), (0, 9, "r"), (0, 0, "s")]


def test_an_overview_is_small() -> None:
    """Noise in every column leaves less than 2 % of the rows, of narrow and of wide series."""
    rng = np.random.default_rng(1)
    for width in (1, 3, 9, 10, 40):
        frame = pl.DataFrame({f"c{number}": rng.normal(size=200_000) for number in range(width)})
        assert 0.0015 < overview(frame).height / frame.height < 0.02


def test_nothing_gives_nothing() -> None:
    """Without rows there is no overview, and chunks without rows add none."""
    assert overview().is_empty()
    assert overview(pl.DataFrame({"a": []})).is_empty()
    assert Overview().next_row == 0


def test_columns_with_the_names_of_ours_stay() -> None:
    """A series may have columns that are called as the numbers of rows and buckets are."""
    frame = pl.DataFrame({"row number": [5, 6], "_bucket number": [7, 8], "*": [1, 2], "^a$": [3, 4]})
    found = overview(frame)
    assert found.columns[2:] == frame.columns
    assert found.rows() == [(0, 0, 5, 7, 1, 3), (1, 0, 6, 8, 2, 4)]


def test_what_is_not_one_value_is_not_among_single_values() -> None:
    """Lists, structures and bytes may be of any size, and are left to the series."""
    frame = pl.DataFrame({"a": [1], "t": ["x"], "l": [[1, 2]], "s": [{"k": 1}], "b": [b"x"], "f": [True]})
    assert frame.select(single_values()).columns == ["a", "t", "f"]
