"""Rows behind a stored series, however its file is laid out: row groups stay as they are, or all is written anew."""

import logging
from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.services import row_groups, stitching
from cellkeep.services.stitching import stitch, verify
from cellkeep.services.thrift_compact import BINARY, I64, Struct, numbered
from services.bench import series
from services.parquet_files import WRITERS, Write, by_polars, by_pyarrow, footer_changed, nested, varied

pq = pytest.importorskip("pyarrow.parquet", reason="it tells how a parquet file is built")

Change = Callable[[Struct], object]


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stitching, "ROW_GROUP_ROWS", 100)


def group_sizes(path: Path) -> list[int]:
    footer = pq.read_metadata(path)
    return [footer.row_group(at).num_rows for at in range(footer.num_row_groups)]


def stitched(folder: Path, sent: pl.DataFrame) -> Path:
    """The file in which `sent` follows what is stored."""
    sent.write_parquet(folder / "sent")
    verify([str(folder / "stored")], folder / "sent")
    stitch([folder / "stored", folder / "sent"], folder / "whole")
    assert {path.name for path in folder.iterdir()} == {"stored", "sent", "whole"}
    return folder / "whole"


def copied_groups(folder: Path) -> int:
    """How many row groups of the longer series are bytes of the stored one, in their place."""
    before, after = ((folder / name).read_bytes() for name in ("stored", "whole"))
    footer = pq.read_metadata(folder / "whole")
    starts = []
    for at in range(footer.num_row_groups):
        columns = [footer.row_group(at).column(number) for number in range(footer.num_columns)]
        starts.append(min(c.dictionary_page_offset or c.data_page_offset for c in columns))
    return sum(before[:end] == after[:end] for end in starts[1:])


def require_windows(path: Path, whole: pl.DataFrame, *starts: int) -> None:
    """Any window and any selection of the rows is that of the frame."""
    scan = pl.scan_parquet(path, glob=False)
    for start in (0, *starts, whole.height - 1):
        assert_frame_equal(scan.slice(start, 7).collect(), whole[start : start + 7], check_exact=True)
        chosen = pl.col("Time [s]").is_between(start * 0.5, start * 0.5 + 3)
        assert_frame_equal(scan.filter(chosen).collect(), whole.filter(chosen), check_exact=True)
    assert_frame_equal(scan.tail(3).collect(), whole.tail(3), check_exact=True)


@pytest.mark.parametrize("frame", [varied, nested])
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_whoever_wrote_the_series_it_goes_on(tmp_path: Path, write: Write, frame: Callable[..., pl.DataFrame]) -> None:
    """All values and types stay, windows and selections are right, whether row groups could be copied or not."""
    whole = frame(580)
    write(whole[:450], tmp_path / "stored", 100)
    path = stitched(tmp_path, whole[450:])
    assert_frame_equal(pl.read_parquet(path, glob=False), whole, check_exact=True)
    require_windows(path, whole, 98, 396, 447)


@pytest.mark.parametrize(
    "write",
    [write for name, write in WRITERS.items() if name != "polars, as it comes"],
    ids=[name for name in WRITERS if name != "polars, as it comes"],
)
def test_full_row_groups_are_not_touched(tmp_path: Path, write: Write) -> None:
    """Their bytes are copied, and only rows of the last go into a new one, with those that follow."""
    whole = varied(580).drop("clock", "zone")
    write(whole[:450], tmp_path / "stored", 100)
    path = stitched(tmp_path, whole[450:])
    assert group_sizes(path) == [100, 100, 100, 100, 100, 80]
    assert copied_groups(tmp_path) == 4
    codecs = {name: pq.read_metadata(path).row_group(at).column(0).compression for name, at in (("old", 3), ("new", 4))}
    assert codecs["new"] == "ZSTD"
    assert codecs["old"] == pq.read_metadata(tmp_path / "stored").row_group(0).column(0).compression


def test_few_rows_many_times_over_make_few_row_groups(tmp_path: Path) -> None:
    """Full ones, and behind them some that become ever smaller; the file is hardly larger than if all came at once."""
    whole = varied(420)
    by_polars()(whole[:201], tmp_path / "stored", 100)
    for at in range(201, 420, 3):
        path = stitched(tmp_path, whole[at : at + 3])
        path.replace(tmp_path / "stored")
        assert_no_small_group_amid(tmp_path / "stored", 100)
    assert len(group_sizes(tmp_path / "stored")) <= 8
    assert_frame_equal(pl.read_parquet(tmp_path / "stored"), whole, check_exact=True)
    by_polars()(whole, tmp_path / "once", 100)
    assert (tmp_path / "stored").stat().st_size < 1.6 * (tmp_path / "once").stat().st_size


def assert_no_small_group_amid(path: Path, size: int) -> None:
    """Each row group is half full at least, or has more than twice the rows of the next."""
    for one, after in pairwise(group_sizes(path)):
        assert one >= (size + 1) // 2 or one > 2 * after


def test_larger_row_groups_of_others_stay(tmp_path: Path) -> None:
    """They are no reason to write all anew; what follows comes in groups of our size."""
    whole = series(1500)
    by_pyarrow()(whole[:1250], tmp_path / "stored", 1000)
    assert group_sizes(stitched(tmp_path, whole[1250:])) == [1000, 250, 100, 100, 50]
    assert_frame_equal(pl.read_parquet(tmp_path / "whole"), whole)


def test_a_wider_type_is_given_to_all_rows(tmp_path: Path) -> None:
    """A column has one type in all row groups, so they are written anew."""
    whole = series(500).cast({"Time [s]": pl.Int64})
    by_polars()(whole[:450], tmp_path / "stored", 100)
    sent = whole[450:].with_columns(pl.col("Time [s]") + 0.5)
    path = stitched(tmp_path, sent)
    assert pl.read_parquet(path)["Time [s]"].to_list() == [*map(float, range(450)), *sent["Time [s]"]]
    assert group_sizes(path) == [100] * 5


def test_new_rows_take_the_stored_type(tmp_path: Path) -> None:
    """Where it holds them exactly, row groups can stay."""
    whole = varied(500).drop("clock", "zone")
    by_polars()(whole[:450], tmp_path / "stored", 100)
    sent = whole[450:].cast({"small": pl.Float64, "kind": pl.String, "state": pl.String, "Step count": pl.Float64})
    assert_frame_equal(pl.read_parquet(stitched(tmp_path, sent)), whole, check_exact=True)
    assert copied_groups(tmp_path) == 4


ODD: dict[str, tuple[str, Change]] = {
    "something unknown of the file": ("file", lambda fields: fields.update({50: numbered(I64, 1)})),
    "something unknown of the values": ("values", lambda fields: fields.update({50: (BINARY, b"\x01a")})),
    "no order of columns": ("file", lambda fields: fields.pop(7)),
    "an index page": ("values", lambda fields: fields.update({10: numbered(I64, 4)})),
}


@pytest.mark.parametrize(("where", "change"), ODD.values(), ids=ODD.keys())
def test_what_is_not_understood_is_written_anew(tmp_path: Path, where: str, change: Change) -> None:
    """The rows are the same; only the time it takes is not."""
    whole = series(500)
    by_polars(compression="snappy")(whole[:450], tmp_path / "stored", 100)
    stored = tmp_path / "stored"
    stored.write_bytes(footer_changed(stored.read_bytes(), where, change))
    assert_frame_equal(pl.read_parquet(stitched(tmp_path, whole[450:])), whole)
    assert {pq.read_metadata(tmp_path / "whole").row_group(at).column(0).compression for at in range(5)} == {"ZSTD"}


def without_rows(_first: object, _tail: Path, target: Path) -> None:
    series(450).write_parquet(target)


def with_other_columns(_first: object, _tail: Path, target: Path) -> None:
    series(500).rename({"Voltage [V]": "U"}).write_parquet(target)


def with_another_value(_first: object, _tail: Path, target: Path) -> None:
    row = pl.int_range(pl.len())
    wrong = pl.col("Voltage [V]") + pl.when(row == 470).then(1e-9).otherwise(0)
    series(500).with_columns(wrong).write_parquet(target)


def with_nothing(_first: object, _tail: Path, target: Path) -> None:
    target.write_bytes(b"PAR1")


def not_at_all(_first: object, _tail: Path, _target: Path) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("wrong", [without_rows, with_other_columns, with_another_value, with_nothing, not_at_all])
def test_what_is_not_read_as_it_should_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wrong: Callable[..., None]
) -> None:
    """Were the copied row groups no whole with the others, they would not take the place of the series."""
    monkeypatch.setattr(row_groups, "add_tail", wrong)
    by_polars()(series(500)[:450], tmp_path / "stored", 100)
    assert_frame_equal(pl.read_parquet(stitched(tmp_path, series(500)[450:])), series(500))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "copying its row groups failed" in caplog.text


@settings(deadline=None, max_examples=40)
@given(
    rows=st.integers(1, 60),
    size=st.integers(1, 15),
    group=st.integers(1, 40),
    write=st.sampled_from(sorted(WRITERS)),
    pieces=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    windows=st.lists(st.integers(0, 60), max_size=3),
    names=st.lists(st.sampled_from(sorted(set(nested(1).columns) - {"Time [s]", "Step count"})), unique=True),
)
def test_any_layout_grows_into_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory,
    rows: int,
    size: int,
    group: int,
    write: str,
    pieces: list[int],
    windows: list[int],
    names: list[str],
) -> None:
    """However the rows are grouped and come, all of them, any window and any selection are right."""
    ends = [*accumulate([rows, *pieces])]
    whole = nested(ends[-1])[["Time [s]", "Step count", *names]]
    folder = tmp_path_factory.mktemp("grown")
    WRITERS[write](whole[:rows], folder / "stored", group)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stitching, "ROW_GROUP_ROWS", size)
        for start, end in pairwise(ends):
            stitched(folder, whole[start:end]).replace(folder / "stored")
    assert_frame_equal(pl.read_parquet(folder / "stored", glob=False), whole, check_exact=True)
    require_windows(folder / "stored", whole, *(window for window in windows if window < whole.height))
    assert_no_small_group_amid(folder / "stored", size)
