"""Few rows that look like many."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellkeep.summarise.downsample import downsample, least_points
from summarise.numbers import FLOATS, numbers

quick = settings(max_examples=100, deadline=None)


@quick
@given(frame=numbers(300), more=st.integers(0, 60), over=st.booleans())
def test_extremes_and_ends_are_always_chosen(frame: pl.DataFrame, more: int, over: bool) -> None:
    """No more rows than asked for, in order, with the first, the last, and the extremes of each column."""
    y = frame.select(pl.selectors.numeric()).columns
    x = y.pop() if over and len(y) > 1 else None
    most = least_points(len(y)) + more
    chosen = downsample(frame, y, most, x)
    assert (np.diff(chosen) > 0).all()
    assert len(chosen) == frame.height if frame.height <= most else len(chosen) <= most
    assert (chosen[0], chosen[-1]) == (0, frame.height - 1)
    for name in y:
        column = frame[name].alias("column")
        known = column.fill_nan(None) if column.dtype.is_float() else column
        found = known[chosen]
        assert (found.min(), found.max()) == (known.min(), known.max())


@quick
@given(x=st.lists(FLOATS, min_size=30, max_size=200), points=st.integers(4, 40), scale=st.integers(-300, 300))
def test_any_axis(x: list[float | None], points: int, scale: int) -> None:
    """An axis that stays, runs back, or has gaps, and values of any size, never end in an error."""
    frame = pl.DataFrame({"x": pl.Series(x, dtype=pl.Float64), "y": np.sin(np.arange(len(x))) * 10.0**scale})
    for axis in (frame, frame.sort("x"), frame.with_columns(pl.lit(1.7e9).alias("x"))):
        chosen = downsample(axis, ["y"], points, "x")
        assert len(chosen) <= points or axis.height <= points
        assert chosen[-1] == axis.height - 1


def test_most_of_what_is_asked_for_is_used() -> None:
    """Of noise almost as many points come back as are asked for, for one column and shared between three."""
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"t": np.arange(100_000.0), **{name: rng.normal(size=100_000) for name in "abc"}})
    for y in (["a"], ["a", "b", "c"]):
        assert 1900 < len(downsample(frame, y, 2000, "t")) <= 2000


def test_a_spike_stays() -> None:
    """Single rows that stand out are chosen, wherever they are."""
    y = np.zeros(50_000)
    spikes = [1, 777, 25_000, 49_998]
    y[spikes] = [1.0, -1.0, 0.5, 0.7]
    chosen = downsample(pl.DataFrame({"y": y}), ["y"], 200)
    assert set(spikes) <= set(chosen.tolist())


def test_what_nothing_speaks_for_is_spread_evenly() -> None:
    """On a straight line the rows that are left to be chosen lie apart, so that it is told all along."""
    chosen = downsample(pl.DataFrame({"y": np.arange(1001.0)}), ["y"], 11)
    assert chosen.size >= 8
    assert np.diff(chosen).max() <= 250


@quick
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=70, max_size=300), more=st.integers(2, 60))
def test_every_stretch_keeps_its_extremes(values: list[float], more: int) -> None:
    """Nothing exceeds what is chosen within two stretches of rows around it."""
    y = np.array(values)
    chosen = downsample(pl.DataFrame({"y": y}), ["y"], least_points(1) + more)
    stretch = y.size // (more // 2) + 1
    for row in range(y.size):
        near = y[chosen[(chosen > row - 2 * stretch) & (chosen < row + 2 * stretch)]]
        assert near.min() <= y[row] <= near.max()


def test_columns_that_only_rise_leave_the_points_to_others() -> None:
    """Of many cycles each keeps its cut-off voltages, though time and counts are drawn too."""
    row = np.arange(120_000)
    frame = pl.DataFrame({
        "Time [s]": row * 1.0,
        "Step count": row // 500,
        "Cycle count": row // 1000,
        "Voltage [V]": 3.5 + 0.7 * np.sin(row * 2 * np.pi / 1000),
    })  # fmt: skip
    rows = frame[downsample(frame, frame.columns[1:], 700, "Time [s]")]
    assert rows["Cycle count"].n_unique() == 120
    for (_,), cycle in rows.group_by("Cycle count"):
        voltage = cycle["Voltage [V]"]
        assert (voltage.min(), voltage.max()) == (pytest.approx(2.8, abs=0.01), pytest.approx(4.2, abs=0.01))


def test_columns_that_only_rise_are_told_where_nothing_swings() -> None:
    """A slow rise over all rows is drawn rightly, though another column has values at the end alone."""
    row = np.arange(100_000)
    rise = 20 / (1 + np.exp(-(row - 50_000) / 4_000))
    late = pl.when(pl.col("row") >= 99_000).then(pl.col("row").sin())
    frame = pl.DataFrame({"row": row, "rise": rise}).with_columns(late.alias("late"))
    chosen = downsample(frame, ["rise", "late"], 900, "row")
    assert np.abs(np.interp(row, chosen, rise[chosen]) - rise).max() < 0.05


def test_dates_are_an_axis() -> None:
    """Times are compared as numbers."""
    when = pl.datetime_range(pl.datetime(2026, 1, 1), pl.datetime(2026, 1, 2), "1m", eager=True).alias("when")
    frame = pl.DataFrame({"when": when, "y": np.sin(np.arange(when.len()))})
    assert 44 <= len(downsample(frame, ["y"], 50, "when")) <= 50


def test_rows_are_spread_evenly_where_nothing_is_drawn() -> None:
    """Without a column of numbers nothing but the number of the row can tell."""
    frame = pl.DataFrame({"text": ["a"] * 1001})
    assert downsample(frame, [], 11).tolist() == [*range(0, 1001, 100)]


def test_too_few_points_are_refused() -> None:
    """Fewer than must be chosen is a mistake of the caller."""
    with pytest.raises(ValueError, match="need 6"):
        downsample(pl.DataFrame({"a": [1], "b": [2]}), ["a", "b"], 5)


def test_the_package_is_loaded_by_those_who_use_it() -> None:
    """A client that downsamples nothing does without it."""
    code = (
        "import sys, cellkeep, cellkeep.client, cellkeep.summarise.downsample; assert 'tsdownsample' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
