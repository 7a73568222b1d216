"""Sets of rows, against sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.summarise.row_ranges import RowRanges

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def ranges(spans: list[tuple[int, int]]) -> RowRanges:
    return RowRanges.of(np.array([low for low, _ in spans], int), np.array([high for _, high in spans], int))


def members(found: RowRanges) -> set[int]:
    return {row for low, high in zip(found.starts, found.ends, strict=True) for row in range(low, high)}


def rows(spans: list[tuple[int, int]]) -> set[int]:
    return {row for low, high in spans for row in range(low, high)}


def require_tidy(found: RowRanges) -> None:
    assert (found.starts < found.ends).all()
    assert (found.ends[:-1] < found.starts[1:]).all()


@given(SPANS)
def test_ranges_are_put_in_order_and_together(spans: list[tuple[int, int]]) -> None:
    """Whatever overlaps, touches, is empty or backwards: the same rows, in ranges that lie apart."""
    found = ranges(spans)
    require_tidy(found)
    assert members(found) == rows(spans)
    assert found.rows == len(rows(spans))


@given(SPANS, SPANS)
def test_common_rows(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    """The rows of both are those of both sets."""
    found = ranges(some).common(ranges(others))
    require_tidy(found)
    assert members(found) == rows(some) & rows(others)


@given(SPANS, st.integers(0, 20))
def test_small_gaps_are_filled(spans: list[tuple[int, int]], longest: int) -> None:
    """All rows stay, none is added beyond the ends, and every gap that is left is longer."""
    before = ranges(spans)
    found = before.with_gaps(longest)
    assert members(before) <= members(found)
    assert (found.starts[1:] - found.ends[:-1] > longest).all()
    if before.starts.size:
        assert (found.starts[0], found.ends[-1]) == (before.starts[0], before.ends[-1])
        gaps = before.starts[1:] - before.ends[:-1]
        assert found.rows == before.rows + gaps[gaps <= longest].sum()


@pytest.mark.parametrize(("span", "expected"), [((3, 7), {3, 4, 5, 6}), ((3, 3), set()), ((7, 3), set())])
def test_one_range(span: tuple[int, int], expected: set[int]) -> None:
    """The end does not belong."""
    assert members(RowRanges.between(*span)) == expected
