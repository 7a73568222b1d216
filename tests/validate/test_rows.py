"""Rows, block by block, and the steps among them."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.runs import find_runs
from cellkeep.validate import rows as rows_module
from cellkeep.validate.rows import OWN_STEPS, Part, Place, Rows, blocks
from validate.series import CURRENT, STEPS, TIME, VOLTAGE
from validate.vectors import base

NAN = math.nan


def of(frame: pl.DataFrame, before: Place | None = None, timed_before: Place | None = None) -> Rows:
    return Rows(frame, before or Place(), timed_before or Place())


def counted(*counts: float | None) -> pl.DataFrame:
    return base(len(counts), **{STEPS: pl.Series(counts, strict=False)})


def test_columns_as_numbers() -> None:
    """What has no value is NaN, and a column is read once."""
    rows = of(base(3, **{VOLTAGE: [3, None, 4]}))
    assert str(rows.values(VOLTAGE).tolist()) == "[3.0, nan, 4.0]"
    assert rows.values(VOLTAGE) is rows.values(VOLTAGE)
    assert rows.series(VOLTAGE).to_list() == [3, None, 4]


def test_what_is_in_it() -> None:
    """Columns are asked for by name."""
    rows = of(base(3))
    assert VOLTAGE in rows
    assert "Temperature [degC]" not in rows
    assert rows.columns == [TIME, VOLTAGE, CURRENT, STEPS]
    assert rows.height == 3


@pytest.mark.parametrize(
    ("values", "dtype", "whole"),
    [
        ([1, 2], pl.Int64, True),
        ([1, 2], pl.UInt8, True),
        ([1, None], pl.Int64, True),
        ([1.0, 2.0], pl.Float64, False),
        ([1, 2], pl.Decimal(5, 0), False),
        ([None, None], pl.Null, False),
    ],
)
def test_columns_of_whole_numbers(values: list[Any], dtype: Any, whole: bool) -> None:
    """They are so by their type, whether or not one is missing."""
    assert of(base(2).with_columns(pl.Series(STEPS, values, dtype=dtype))).is_whole(STEPS) is whole


def test_what_tells_the_steps() -> None:
    """The count, or labels that were made instead; or nothing."""
    assert of(base(2)).labels == STEPS
    bare = base(2).drop(STEPS)
    assert not of(bare).has_steps
    assert of(bare.with_columns(pl.lit(0.0).alias(OWN_STEPS))).has_steps


def test_rows_with_a_time() -> None:
    """They are the rows themselves where none lacks it, and else those that have it."""
    whole = of(base(3))
    assert whole.timed is whole.all
    some = of(base(4, **{TIME: [None, 1.0, NAN, 3.0]}))
    assert some.timed.size == 2
    assert some.timed.values(TIME).tolist() == [1.0, 3.0]
    assert [some.timed.row(place) for place in range(2)] == [1, 3]
    assert of(base(3).drop(TIME)).timed.size == 0


def test_rows_are_numbered_in_the_series() -> None:
    """From the first row of all."""
    rows = of(base(4, **{TIME: [None, 1.0, 2.0, 3.0]}), Place(100, 3, 7.0), Place(90, 3, 7.0))
    assert rows.first_row == 100
    assert rows.all.row(2) == 102
    assert rows.timed.row(2) == 103


def test_those_that_are_wanted() -> None:
    """A part of them has its own place in the series."""
    part = of(counted(0, 0, 1, 1)).kept(np.array([True, False, False, True]), Place(10, 2, 0.0))
    assert part.values(STEPS).tolist() == [0.0, 1.0]
    assert part.continued
    assert part.first_run == 1
    assert part.after() == Place(12, 3, 1.0)


@pytest.mark.parametrize(
    ("counts", "before", "continued", "first_run", "begins", "after"),
    [
        ((0, 0, 1), Place(), False, 0, [True, False, True], Place(3, 2, 1.0)),
        ((0, 0, 1), Place(5, 4, 0.0), True, 3, [False, False, True], Place(8, 5, 1.0)),
        ((0, 0, 1), Place(5, 4, 2.0), False, 4, [True, False, True], Place(8, 6, 1.0)),
        ((2,), Place(5, 4, 2.0), True, 3, [False], Place(6, 4, 2.0)),
    ],
)
def test_steps_go_on(
    counts: tuple[int, ...], before: Place, continued: bool, first_run: int, begins: list[bool], after: Place
) -> None:
    """The first run of a block is the last one of the rows before where both have one label."""
    part = of(counted(*counts), before).all
    assert bool(part.continued) is continued
    assert part.first_run == first_run
    assert part.begins.tolist() == begins
    assert part.after() == after


def test_a_missing_label_goes_on_with_nothing() -> None:
    """Not even with another one."""
    part = of(counted(NAN, NAN), Place(1, 1, NAN)).all
    assert not part.continued
    assert part.begins.tolist() == [True, True]
    after = part.after()
    assert (after.rows, after.runs) == (3, 3)
    assert after.label is not None
    assert math.isnan(after.label)


def test_no_rows_change_no_place() -> None:
    """A block without rows, or without steps, has no label to tell."""
    before = Place(5, 4, 2.0)
    assert of(base(0), before).all.after() == before
    assert of(base(2).drop(STEPS), before).all.after() == Place(7)


def test_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in blocks, and both places are moved on behind each."""
    monkeypatch.setattr(rows_module, "BLOCK_ROWS", 4)
    frame = base(10, **{STEPS: [0] * 5 + [1] * 5, TIME: [0.0, None, *[float(row) for row in range(2, 10)]]})
    place, timed_place = Place(), Place()
    seen = [(rows.height, rows.first_row, rows.timed.size) for rows in blocks(frame, place, timed_place)]
    assert seen == [(4, 0, 3), (4, 4, 4), (2, 8, 2)]
    assert (place, timed_place) == (Place(10, 2, 1.0), Place(9, 2, 1.0))
    assert list(blocks(frame.clear(), place, timed_place)) == []


def test_a_block_keeps_its_own_place() -> None:
    """What is moved on later does not change what was seen."""
    place = Place()
    seen = [rows.all.before for rows in blocks(base(3), place, Place())]
    assert seen == [Place()]
    assert place == Place(3, 1, 0.0)


@given(st.lists(st.sampled_from([0, 0, 1, 2]), max_size=20), st.lists(st.integers(0, 20), max_size=4))
def test_steps_are_those_of_the_whole(counts: list[int], cuts: list[int]) -> None:
    """However rows are cut, each begins a step that begins one in the whole series, and steps are numbered on."""
    places = [0, *sorted(min(cut, len(counts)) for cut in cuts), len(counts)]
    frame = base(len(counts), **{STEPS: pl.Series(counts, dtype=pl.Int64)})
    place, begins, numbers = Place(), [], []
    for first, end in pairwise(places):
        part: Part = of(frame[first:end], place).all
        begins += part.begins.tolist()
        numbers += (part.first_run + part.runs.numbered()).tolist()
        place = part.after()
    runs = find_runs(np.array(counts, np.float64))
    assert np.flatnonzero(begins).tolist() == runs.starts.tolist()
    assert numbers == runs.numbered().tolist()
    assert (place.rows, place.runs) == (len(counts), runs.starts.size)
