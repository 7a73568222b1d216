"""One pass over chunks, wherever they are cut."""

import weakref
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.summarise import reading, steps, summarise, summary
from summarise.reference import assert_same, slow_steps
from summarise.series import broken_series, cycling

quick = settings(max_examples=40, deadline=None)


def cut(frame: pl.DataFrame, places: list[int]) -> list[pl.DataFrame]:
    edges = [0, *sorted(place % (frame.height + 1) for place in places), frame.height]
    return [frame.slice(start, stop - start) for start, stop in pairwise(edges)]


@quick
@given(frame=broken_series())
def test_plain_reference(frame: pl.DataFrame) -> None:
    """The step table says of every step what a plain look at its rows says."""
    assert_same(steps(frame), slow_steps(frame))


@quick
@given(frame=broken_series(), places=st.lists(st.integers(0, 400), max_size=12))
def test_any_cut(frame: pl.DataFrame, places: list[int]) -> None:
    """Chunks of any size, empty ones too, give the tables of the uncut series."""
    whole, chunked = summarise([frame]), summarise(cut(frame, places))
    assert_frame_equal(chunked.steps, whole.steps, rel_tol=1e-9, abs_tol=1e-11)
    assert_frame_equal(chunked.cycles, whole.cycles, rel_tol=1e-9, abs_tol=1e-11)
    assert chunked.n_rows == frame.height


@quick
@given(frame=broken_series())
def test_one_row_chunks(frame: pl.DataFrame) -> None:
    """Chunks of one row give the tables of the uncut series."""
    chunked = summarise(frame.slice(row, 1) for row in range(frame.height))
    assert_frame_equal(chunked.steps, steps(frame), rel_tol=1e-9, abs_tol=1e-11)


@quick
@given(frame=broken_series(), rows=st.integers(1, 9))
def test_small_blocks_and_early_tidying(frame: pl.DataFrame, rows: int) -> None:
    """Neither the size of a block nor when the pieces are put together shows in the tables."""
    whole = steps(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK_ROWS", rows)
        patch.setattr(summary, "_LOOSE_FRAGMENTS", rows)
        chunked = summarise(cut(frame, [2, 3, 5, 7, 11, 13])).steps
    assert_frame_equal(chunked, whole, rel_tol=1e-9, abs_tol=1e-11)


@pytest.mark.parametrize("single", ["Capacity [A.h]", "Energy [W.h]"])
@quick
@given(frame=broken_series(), places=st.lists(st.integers(0, 400), max_size=12))
def test_any_cut_of_a_single_column(single: str, frame: pl.DataFrame, places: list[int]) -> None:
    """The increments of a single capacity or energy are split alike wherever the series is cut."""
    frame = frame.rename({"Temperature [degC]": single})
    assert_frame_equal(summarise(cut(frame, places)).steps, steps(frame), rel_tol=1e-9, abs_tol=1e-10)


@quick
@given(frame=broken_series(), places=st.lists(st.integers(0, 400), max_size=12))
def test_any_cut_of_directional_columns(frame: pl.DataFrame, places: list[int]) -> None:
    """Directional capacities, frequency and the series' own cycles come out alike wherever it is cut."""
    frame = frame.with_columns(
        pl.col("Temperature [degC]").alias("Discharge capacity [A.h]"),
        pl.col("Voltage [V]").alias("Charge capacity [A.h]"),
        pl.col("Temperature [degC]").alias("Frequency [Hz]"),
        (pl.col("Step count") // 2).alias("Cycle count"),
        pl.col("Step count").alias("Frame"),
    )
    assert_frame_equal(summarise(cut(frame, places)).steps, steps(frame), rel_tol=1e-9, abs_tol=1e-11)


def test_compact_while_running() -> None:
    """A hundred thousand short steps and cuts keep their order and their rows."""
    rows = np.arange(200_000)
    frame = pl.DataFrame({
        "Time [s]": rows * 1.0,
        "Voltage [V]": rows * 1e-6,
        "Current [A]": np.ones(rows.size),
        "Step count": rows // 2,
    })  # fmt: skip
    table = summarise(frame.slice(start, 30_001) for start in range(0, rows.size, 30_001)).steps
    assert table["Start index"].to_list() == rows[::2].tolist()
    assert table["End index"].to_list() == rows[1::2].tolist()
    assert table["Step count"].to_list() == list(range(100_000))
    assert np.allclose(table["Discharge capacity [A.h]"].to_numpy(), 1 / 3600)


def test_no_rows() -> None:
    """A series without rows gives empty tables with the columns and types of one that has rows."""
    frame = cycling().with_columns(pl.lit(25.0).alias("Temperature [degC]"))
    full, empty = summarise([frame]), summarise([frame.clear()])
    assert empty.n_rows == 0
    assert empty.steps.schema == full.steps.schema
    assert empty.cycles.schema == full.cycles.schema
    assert empty.steps.height == empty.cycles.height == 0


@pytest.mark.parametrize("chunks", [[], [pl.DataFrame()]])
def test_no_columns(chunks: list[pl.DataFrame]) -> None:
    """Nothing at all gives empty tables with the columns that every series has."""
    empty, full = summarise(chunks), summarise([cycling()])
    assert empty.steps.schema == full.steps.schema
    assert empty.cycles.schema == full.cycles.schema


def test_empty_chunk_without_columns() -> None:
    """Chunks without rows are passed over wherever they stand, whatever columns they have."""
    frame = cycling()
    summed = summarise([pl.DataFrame(), frame.clear(), frame, pl.DataFrame(), frame.clear()])
    assert_frame_equal(summed.steps, steps(frame))


def test_chunks_are_let_go() -> None:
    """Not more than one chunk is held: it is gone when the next one is fetched."""
    frame, held = cycling(), []

    def fetch() -> Iterator[pl.DataFrame]:
        for start in range(0, frame.height, 50):
            assert not [chunk for chunk in held if chunk() is not None]
            part = [frame.slice(start, 50)]
            held.append(weakref.ref(part[0]))
            yield part.pop()

    assert summarise(fetch()).n_rows == frame.height
