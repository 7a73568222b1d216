"""A series that grew by pieces is the same as one that came whole, to the last bit of every table."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.domain.people import Caller
from cellkeep.services import series, stitching
from cellkeep.services.stitching import stitch, verify
from cellkeep.storage.store import Store
from cellkeep.summarise import Summary, reading, summarise
from services.bench import bench
from summarise.series import broken_series, cycling

Growth = tuple[pl.DataFrame, list[int]]


def in_sequence(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with steps that are counted one by one."""
    changed = pl.col("Step count") != pl.col("Step count").shift(1)
    return frame.with_columns(changed.fill_null(value=False).cum_sum().cast(pl.Int64).alias("Step count"))


@st.composite
def growing(draw: st.DrawFn) -> Growth:
    """A series with anything missing, and where it is cut: amid steps and cycles, and between them."""
    frame = in_sequence(draw(broken_series()))
    row = pl.int_range(frame.height)
    extra = {
        "cycles": pl.Series("Cycle count", frame["Step count"] // 3),
        "pair": pl.Series("Discharge capacity [A.h]", [0.1 * n for n in range(frame.height)]),
        "impedance": pl.when(row % 7 == 3).then(1e3 / (row + 1)).alias("Frequency [Hz]"),
        "own": pl.format("row {}", row).alias("Remark"),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(extra)), unique=True))
    frame = frame.with_columns(extra[name] for name in chosen)
    if "pair" in chosen:
        frame = frame.with_columns((pl.col("Discharge capacity [A.h]") / 3).alias("Charge capacity [A.h]"))
    return frame, sorted(draw(st.sets(st.integers(1, max(frame.height - 1, 1)), max_size=6)))


def summary(path: Path, data_type: Literal["eis", "ocp"] | None = None) -> Summary:
    return summarise(series.chunks([path], series.inspect(path, data_type).columns), rated_capacity_ah=2.0)


@settings(max_examples=60, deadline=None)
@given(
    growing(), st.sampled_from([7, 40, 1 << 22]), st.sampled_from([3, 64, 65_536]), st.sampled_from([2, 11, 131_072])
)
def test_grown_by_pieces_or_whole_is_the_same(growth: Growth, values: int, block: int, group: int) -> None:
    """Rows, steps and cycles are equal in every bit and type, however the reading and the storing cut them, too."""
    frame, cuts = growth
    pieces = [frame[start:end] for start, end in pairwise([0, *cuts, frame.height]) if end > start]
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(series, "processing_bytes", lambda: 8 * values)
        patch.setattr(reading, "BLOCK_ROWS", block)
        patch.setattr(stitching, "ROW_GROUP_ROWS", group)
        folder = Path(name)
        frame.write_parquet(folder / "whole")
        pieces[0].write_parquet(folder / "grown-0", row_group_size=group)
        for number, piece in enumerate(pieces[1:], 1):
            piece.write_parquet(folder / "sent")
            verify([str(folder / f"grown-{number - 1}")], folder / "sent")
            stitch([folder / f"grown-{number - 1}", folder / "sent"], folder / f"grown-{number}")
        grown, whole = summary(folder / f"grown-{len(pieces) - 1}"), summary(folder / "whole")
        assert_frame_equal(pl.read_parquet(folder / f"grown-{len(pieces) - 1}"), frame, check_exact=True)
    assert_frame_equal(grown.steps, whole.steps, check_exact=True)
    assert_frame_equal(grown.cycles, whole.cycles, check_exact=True)
    assert grown.n_rows == frame.height


@pytest.mark.parametrize("cuts", [(61,), (92, 174), (174,), (10, 61, 62, 100, 300), (1, 2, 3, 347)])
def test_a_stored_series_that_grew_has_the_tables_of_one_that_came_whole(
    store: Store, admin: Caller, cuts: tuple[int, ...]
) -> None:
    """Through create and extend, cut amid steps, between steps or cycles: rows are equal, tables to rounding."""
    at, frame = bench(store, admin), cycling()
    whole = at.create("Whole", frame).id
    first, *rest = [frame[start:end] for start, end in pairwise([0, *cuts, frame.height])]
    grown = at.create("Grown", first).id
    for piece in rest:
        bundle = at.append(grown, piece)
    assert (bundle.steps_created, bundle.row_count) == (8, frame.height)
    for role in ("time_series", "steps", "cycles"):
        exact = role == "time_series"
        assert_frame_equal(
            at.table(grown, role), at.table(whole, role), check_exact=exact, rel_tol=1e-12, abs_tol=1e-14
        )
