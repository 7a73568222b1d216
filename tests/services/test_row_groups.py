"""Row groups of one file, and behind them those of another."""

import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.services import row_groups
from cellkeep.services.parquet_footer import UnknownLayoutError
from cellkeep.services.row_groups import Head, add_tail, copy_head, head
from services.bench import series
from services.parquet_files import WRITERS, by_polars, by_pyarrow, varied

pq = pytest.importorskip("pyarrow.parquet", reason="it writes row groups of any sizes")


def grouped(path: Path, *sizes: int) -> Path:
    """A series with row groups of these sizes."""
    frame = series(sum(sizes))
    table = frame.to_arrow()
    with pq.ParquetWriter(path, table.schema) as writer:
        at = 0
        for size in sizes:
            writer.write_table(table.slice(at, size), row_group_size=max(size, 1))
            at += size
    assert group_sizes(path) == [*sizes]
    return path


def group_sizes(path: Path) -> list[int]:
    footer = pq.read_metadata(path)
    return [footer.row_group(at).num_rows for at in range(footer.num_row_groups)]


@pytest.mark.parametrize(
    ("sizes", "added", "groups"),
    [
        ((100, 41), 20, 2),
        ((100, 40), 20, 1),
        ((100, 40, 19), 5, 3),
        ((100, 40, 19), 10, 1),
        ((100, 40, 10), 5, 2),
        ((100, 40, 11, 5), 1, 4),
        ((100, 40, 10, 5), 1, 2),
        ((100, 10, 10, 10), 1, 1),
        ((99,), 10, 1),
    ],
)
def test_small_groups_stay_where_few_rows_are_added(
    tmp_path: Path, sizes: tuple[int, ...], added: int, groups: int
) -> None:
    """They are taken in as soon as what follows has half of their rows, and where they do not become ever smaller."""
    assert head(grouped(tmp_path / "table", *sizes), 100, added).groups == groups


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ((100, 100, 40), 2),
        ((100, 100, 99), 2),
        ((100, 100, 100), 3),
        ((1000,), 1),
        ((1000, 40), 1),
        ((50, 51, 100), 3),
        ((100, 49, 100, 100), 1),
        ((10, 10, 10, 10), 0),
        ((99,), 0),
        ((), 0),
    ],
)
def test_groups_stay_up_to_the_first_that_is_small(tmp_path: Path, sizes: tuple[int, ...], groups: int) -> None:
    """Half of a group is enough amid others, but a last one stays beside many new rows only when it is full."""
    path = grouped(tmp_path / "table", *sizes)
    found = head(path, 100, 100)
    assert (found.groups, found.rows) == (groups, sum(sizes[:groups]))
    content = path.read_bytes()
    rest = pq.read_metadata(path).serialized_size + 8
    if groups == len(sizes):
        assert found.end == len(content) - rest
    else:
        column = pq.read_metadata(path).row_group(groups).column(0)
        assert found.end in (column.dictionary_page_offset, column.data_page_offset)


def joined(first: Head, tail: Path, target: Path) -> pl.DataFrame:
    copy_head(first, target)
    add_tail(first, tail, target)
    return pl.read_parquet(target)


@pytest.mark.parametrize("tail", WRITERS.values(), ids=[f"tail by {name}" for name in WRITERS])
@pytest.mark.parametrize("write", [by_polars(), by_pyarrow(write_page_index=True)], ids=["polars", "pyarrow"])
def test_both_are_read_as_one(tmp_path: Path, write: object, tail: object) -> None:
    """Whoever wrote either: all rows, any window of them and those that a condition selects."""
    whole = varied(530).drop("clock", "zone")
    write(whole[:260], tmp_path / "first", 100)  # type: ignore[operator]
    tail(whole[200:], tmp_path / "tail", 70)  # type: ignore[operator]
    first = head(tmp_path / "first", 100, 100)
    target = tmp_path / "whole"
    assert first.rows == 200
    assert_frame_equal(joined(first, tmp_path / "tail", target), whole, check_exact=True)
    assert target.read_bytes()[: first.end] == (tmp_path / "first").read_bytes()[: first.end]
    assert_frame_equal(pl.DataFrame(pq.read_table(target)), pl.DataFrame(whole.to_arrow()), check_exact=True)
    scan = pl.scan_parquet(target)
    for start, length in ((0, 10), (190, 20), (205, 1), (195, 300), (529, 5), (-3, 2)):
        assert_frame_equal(scan.slice(start, length).collect(), whole[start:][:length])
    for condition in (pl.col("Time [s]") > 99.5, pl.col("Step count") == 7, pl.col("long text") == f"{300:>60}"):
        assert_frame_equal(scan.filter(condition).collect(), whole.filter(condition))


def test_the_footer_is_that_of_the_first(tmp_path: Path) -> None:
    """With what it says of its own, and row groups that are counted on."""
    table = series(200).to_arrow().replace_schema_metadata({"lab": "Süd", "pandas": "{}"})
    pq.write_table(table, tmp_path / "first", row_group_size=100, version="2.6")
    by_polars()(series(10), tmp_path / "tail", 100)
    joined(head(tmp_path / "first", 100, 100), tmp_path / "tail", tmp_path / "whole")
    before, after = pq.read_metadata(tmp_path / "first"), pq.read_metadata(tmp_path / "whole")
    assert (after.num_rows, after.num_row_groups) == (210, 3)
    assert after.metadata[b"lab"] == "Süd".encode()
    assert (after.metadata, after.created_by) == (before.metadata, before.created_by)
    assert after.format_version == before.format_version
    assert after.schema.equals(before.schema)


def test_other_columns_are_not_joined(tmp_path: Path) -> None:
    """Nobody reads the file as what it is not."""
    by_polars()(series(200), tmp_path / "first", 100)
    by_polars()(series(10).rename({"Voltage [V]": "U"}), tmp_path / "tail", 100)
    with pytest.raises(UnknownLayoutError, match="not written alike"):
        joined(head(tmp_path / "first", 100, 100), tmp_path / "tail", tmp_path / "whole")


@pytest.mark.parametrize("call", [None, lambda *given: 0, OSError])
def test_bytes_are_copied_where_the_system_can_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: object
) -> None:
    """It has no call for it, or the call does nothing, or fails between these two file systems."""

    def failing(*_: int) -> int:
        raise OSError

    monkeypatch.setattr(os, "copy_file_range", failing if call is OSError else call, raising=False)
    if call is None:
        monkeypatch.delattr(os, "copy_file_range")
    monkeypatch.setattr(row_groups, "_PIECE_BYTES", 1000)
    whole = varied(500)
    by_polars()(whole[:300], tmp_path / "first", 100)
    by_polars()(whole[300:], tmp_path / "tail", 100)
    assert_frame_equal(joined(head(tmp_path / "first", 100, 100), tmp_path / "tail", tmp_path / "whole"), whole)


def test_a_system_that_copies_by_parts_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last part may fail, and is copied by other means."""
    copy, calls = os.copy_file_range, iter(range(100))

    def partly(source: int, target: int, count: int) -> int:
        if next(calls) == 3:
            raise OSError
        return copy(source, target, min(count, 1000))

    monkeypatch.setattr(os, "copy_file_range", partly)
    whole = varied(500)
    by_polars()(whole[:300], tmp_path / "first", 100)
    by_polars()(whole[300:], tmp_path / "tail", 100)
    assert_frame_equal(joined(head(tmp_path / "first", 100, 100), tmp_path / "tail", tmp_path / "whole"), whole)


def test_a_file_that_became_shorter_is_noticed(tmp_path: Path) -> None:
    """Nothing is made up for bytes that are gone."""
    by_polars()(series(200), tmp_path / "first", 100)
    first = head(tmp_path / "first", 100, 100)
    os.truncate(tmp_path / "first", first.end - 1)
    with pytest.raises(OSError, match="ends 1 bytes too early"):
        copy_head(first, tmp_path / "whole")


def test_a_tail_without_rows_adds_none(tmp_path: Path) -> None:
    """It has a footer all the same."""
    by_polars()(series(200), tmp_path / "first", 100)
    by_polars()(series(0), tmp_path / "tail", 100)
    whole = joined(head(tmp_path / "first", 100, 100), tmp_path / "tail", tmp_path / "whole")
    assert_frame_equal(whole, series(200))


def test_an_empty_row_group_of_pyarrow_is_not_understood(tmp_path: Path) -> None:
    """Its values are said to begin before the file."""
    with pytest.raises(UnknownLayoutError, match=r"from byte .* over 0"):
        head(grouped(tmp_path / "table", 100, 0, 100), 100, 100)
