"""Runs of equal neighbours, and columns as numbers."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.runs import Floats, Runs, as_floats, find_runs, previous


@given(st.lists(st.integers(0, 2)))
def test_runs_cover_all(labels: list[int]) -> None:
    """Runs lie end to end, are uniform, and neighbours differ."""
    runs = find_runs(np.array(labels, np.int64))
    assert np.array_equal(
        np.concatenate([np.arange(s, e + 1) for s, e in zip(runs.starts, runs.ends, strict=True)] or [[]]),
        np.arange(len(labels)),
    )
    values = [set(labels[start : end + 1]) for start, end in zip(runs.starts, runs.ends, strict=True)]
    assert all(len(value) == 1 for value in values)
    assert all(one != other for one, other in pairwise(values))


def test_recurring_label() -> None:
    """A label that comes back later starts a new run."""
    runs = find_runs(np.array([1, 1, 2, 2, 1]))
    assert runs.starts.tolist() == [0, 2, 4]
    assert runs.lengths.tolist() == [2, 2, 1]


@pytest.mark.parametrize("labels", [[], [1.0], [math.nan], [math.nan, math.nan], [-0.0, 0.0]])
def test_odd_labels(labels: list[float]) -> None:
    """NaN is equal to none, itself included; 0 has no sign; and of no labels there are no runs."""
    runs = find_runs(np.array(labels, np.float64))
    assert runs.lengths.tolist() == ([2] if labels == [0.0, 0.0] else [1] * len(labels))
    assert runs.starts.dtype == runs.lengths.dtype == np.intp


@given(st.lists(st.integers(1, 5)))
def test_runs_of_given_lengths(lengths: list[int]) -> None:
    """They follow each other from 0 on, and each place has the number of its run."""
    runs = Runs.of_lengths(np.array(lengths, np.intp))
    assert runs.numbered().tolist() == [number for number, length in enumerate(lengths) for _ in range(length)]
    assert [end + 1 for end in runs.ends.tolist()] == np.cumsum(lengths, dtype=int).tolist()
    again = find_runs(runs.numbered())
    assert (again.starts.tolist(), again.lengths.tolist()) == (runs.starts.tolist(), runs.lengths.tolist())


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        (pl.Int8, [1, None]),
        (pl.UInt64, [1, None]),
        (pl.Float32, [1.0, math.nan]),
        (pl.Decimal(5, 2), [1, None]),
        (pl.Int128, [1, None]),
        (pl.Boolean, [True, None]),
    ],
)
def test_columns_as_numbers(dtype: Any, values: list[Any]) -> None:
    """What has no value is NaN, whatever the type of the column."""
    floats = as_floats(pl.Series(values, dtype=dtype))
    assert floats.dtype == np.float64
    assert str(floats.tolist()) == "[1.0, nan]"


def test_a_column_without_a_type() -> None:
    """It has no values, and is as long as it is."""
    assert str(as_floats(pl.Series([None, None])).tolist()) == "[nan, nan]"
    assert as_floats(pl.Series([], dtype=pl.Null)).tolist() == []


def test_a_column_in_pieces() -> None:
    """It is one array."""
    series = pl.concat([pl.Series([1, 2]), pl.Series([3])], rechunk=False)
    assert series.n_chunks() == 2
    assert as_floats(series).tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(("last", "expected"), [(None, [1.0, 1.0, 2.0]), (0.5, [0.5, 1.0, 2.0])])
def test_the_value_before_each(last: float | None, expected: list[float]) -> None:
    """Before the first of all there is itself."""
    values: Floats = as_floats(pl.Series([1.0, 2.0, 3.0]))
    assert previous(values, last).tolist() == expected
