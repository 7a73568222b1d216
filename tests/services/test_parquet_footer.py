"""The footer of a parquet file, and what is understood of it."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cellkeep.services.parquet_footer import MAGIC, UnknownLayoutError, alike, read_footer, written
from cellkeep.services.thrift_compact import BINARY, I16, I64, Struct, number, numbered
from services.bench import parquet, series
from services.parquet_files import WRITERS, Write, by_pyarrow, footer_changed, nested, varied, write_encrypted

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet", reason="it reads footers independently")

every_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())


@every_writer
def test_it_says_what_pyarrow_says(tmp_path: Path, write: Write) -> None:
    """Rows of each group, and where its first and last byte are."""
    write(nested(1050), tmp_path / "table", 200)
    theirs = pq.read_metadata(tmp_path / "table")
    footer = read_footer(tmp_path / "table")
    assert footer.start == (tmp_path / "table").stat().st_size - 8 - theirs.serialized_size
    groups = [theirs.row_group(at) for at in range(theirs.num_row_groups)]
    assert [group.rows for group in footer.groups] == [group.num_rows for group in groups]
    for ours, group in zip(footer.groups, groups, strict=True):
        columns = [group.column(at) for at in range(group.num_columns)]
        starts = [c.dictionary_page_offset if c.has_dictionary_page else c.data_page_offset for c in columns]
        assert ours.start == min(starts)
        assert ours.end == max(s + c.total_compressed_size for s, c in zip(starts, columns, strict=True))


@every_writer
def test_row_groups_are_read_where_they_were_moved(tmp_path: Path, write: Write) -> None:
    """With the footer for it, polars and pyarrow read the same from a file in which all lies 1000 bytes further on."""
    path, moved = tmp_path / "table", tmp_path / "moved"
    write(nested(1050), path, 200)
    footer = read_footer(path, moved_bytes=1000, moved_groups=7)
    content = path.read_bytes()[len(MAGIC) : footer.groups[-1].end]
    moved.write_bytes(MAGIC + bytes(1000) + content + written(footer, footer.groups))
    assert_frame_equal(pl.read_parquet(moved), pl.read_parquet(path), check_exact=True)
    theirs = [pl.DataFrame(pq.read_table(file)) for file in (moved, path)]
    assert_frame_equal(*theirs, check_exact=True)
    before, after = pq.read_metadata(path), pq.read_metadata(moved)
    assert (after.created_by, after.metadata, after.num_rows) == (before.created_by, before.metadata, 1050)
    assert after.schema.equals(before.schema)
    for at in range(before.num_row_groups):
        for column in range(before.num_columns):
            old, new = before.row_group(at).column(column), after.row_group(at).column(column)
            assert new.data_page_offset == old.data_page_offset + 1000
            assert new.statistics == old.statistics
            assert new.file_offset == 0
            assert not new.has_column_index
            assert not new.has_offset_index
            assert new.bloom_filter_offset is None


@every_writer
def test_row_groups_in_their_place_are_read_without_indexes(tmp_path: Path, write: Write) -> None:
    """Only references to page indexes and bloom filters are gone from the footer."""
    write(nested(1050), tmp_path / "table", 200)
    footer = read_footer(tmp_path / "table")
    content = (tmp_path / "table").read_bytes()

    def without(*gone: int) -> Callable[[Struct], None]:
        return lambda fields: [fields.pop(key, None) for key in gone]  # type: ignore[return-value]

    plain = footer_changed(footer_changed(content, "chunk", without(4, 5, 6, 7)), "values", without(14, 15))
    assert content[: footer.start] + written(footer, footer.groups) == plain


def test_ordinals_are_counted_on_for_as_long_as_they_fit(tmp_path: Path) -> None:
    """They have 16 bits, and may be missing."""
    by_pyarrow()(series(300), tmp_path / "table", 100)
    content = footer_changed(
        (tmp_path / "table").read_bytes(), "group", lambda fields: fields.__setitem__(7, numbered(I16, 2))
    )
    (tmp_path / "table").write_bytes(content)
    ordinals: list[int | None] = []

    def note(fields: Struct) -> None:
        ordinals.append(number(fields[7]) if 7 in fields else None)

    for moved in (1, 32_765, 32_766):
        footer = read_footer(tmp_path / "table", moved_bytes=1, moved_groups=moved)
        footer_changed(written(footer, footer.groups[:1]), "group", note)
    assert ordinals == [3, 32_767, None]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PAR1",
        b"PAR1PAR1",
        b"no table at all",
        parquet(series())[:-1],
        parquet(series())[1:],
        b"QAR1" + parquet(series())[4:],
        parquet(series())[:-4] + b"PARE",
        parquet(series())[:-8] + b"\xff\xff\xff\xff" + b"PAR1",
        parquet(series())[:-8] + b"\x00\x00\x00\x00" + b"PAR1",
        parquet(series())[:-8] + b"\x07\x00\x00\x00" + b"PAR1",
        parquet(series())[:-8] + (len(parquet(series())) - 11).to_bytes(4, "little") + b"PAR1",
        b"PAR1" + b"\x1c" * 5000 + (5000).to_bytes(4, "little") + b"PAR1",
        b"PAR1" + bytes([0x15, 2, 0x19, 0x0C, 0x16, 0, 0x19, 0x0C, 0]) + (9).to_bytes(4, "little") + b"PAR1",
    ],
)
def test_what_has_no_footer_is_not_understood(tmp_path: Path, content: bytes) -> None:
    """Nothing, half a file, another magic word, a length beyond the file, depth without end, a schema without root."""
    (tmp_path / "table").write_bytes(content)
    with pytest.raises(UnknownLayoutError):
        read_footer(tmp_path / "table")


def test_a_footer_larger_than_any_is_not_read(tmp_path: Path) -> None:
    """The length is looked at first."""
    with (tmp_path / "table").open("wb") as file:
        file.write(MAGIC)
        file.seek(2**40)
        file.write((2**25 + 1).to_bytes(4, "little") + MAGIC)
    with pytest.raises(UnknownLayoutError, match="no footer of up to"):
        read_footer(tmp_path / "table")


def put(key: int, value: int) -> Callable[[Struct], None]:
    return lambda fields: fields.__setitem__(key, numbered(I64, value))


def drop(key: int) -> Callable[[Struct], object]:
    return lambda fields: fields.pop(key)


def text(key: int, value: bytes) -> Callable[[Struct], None]:
    return lambda fields: fields.__setitem__(key, (BINARY, bytes([len(value)]) + value))


ODD: dict[str, tuple[str, Callable[[Struct], object]]] = {
    **{f"unknown in {where}": (where, put(99, 4)) for where in ("file", "group", "chunk", "values")},
    **{f"file without {key}": ("file", drop(key)) for key in (1, 2, 3, 4)},
    **{f"group without {key}": ("group", drop(key)) for key in (1, 2, 3)},
    **{f"values without {key}": ("values", drop(key)) for key in (1, 2, 3, 4, 5, 6, 7, 9)},
    "chunk without values": ("chunk", drop(3)),
    "a row less in the file": ("file", put(3, 299)),
    "a row less in each group": ("group", put(3, 99)),
    "less than no rows": ("group", put(3, -100)),
    "text for a number of rows": ("group", text(3, b"a")),
    "a number for a schema": ("file", put(2, 1)),
    "a number for row groups": ("file", put(4, 1)),
    "a number for columns": ("group", put(1, 4)),
    "values in another file": ("chunk", text(1, b"other")),
    "an encrypted column": ("chunk", put(8, 0)),
    "an encrypted entry": ("chunk", text(9, b"")),
    "an index page": ("values", put(10, 4)),
    "values before the file": ("values", put(9, -5)),
    "values in the magic word": ("values", put(9, 0)),
    "all values in one place": ("values", put(9, 4)),
    "values behind the footer": ("values", put(9, 2**40)),
    "values beyond any file": ("values", put(9, 2**62)),
    "a dictionary before the file": ("values", put(11, 3)),
    "a dictionary behind its values": ("values", put(11, 2**40)),
    "more bytes than there are": ("values", put(7, 2**40)),
    "less than no bytes": ("values", put(7, -1)),
}


@pytest.mark.parametrize(("where", "change"), ODD.values(), ids=ODD.keys())
def test_what_a_footer_should_not_say_is_not_understood(
    tmp_path: Path, where: str, change: Callable[[Struct], object]
) -> None:
    """Unknown fields, missing ones, other files, encryption, places outside of the file, groups over one another."""
    by_pyarrow()(series(300), tmp_path / "table", 100)
    (tmp_path / "table").write_bytes(footer_changed((tmp_path / "table").read_bytes(), where, change))
    with pytest.raises(UnknownLayoutError):
        read_footer(tmp_path / "table")


@pytest.mark.parametrize("plaintext_footer", [True, False])
def test_an_encrypted_file_is_not_understood(tmp_path: Path, plaintext_footer: bool) -> None:
    """Whether the footer is encrypted as well or not."""
    write_encrypted(series(300), tmp_path / "table", plaintext_footer=plaintext_footer)
    with pytest.raises(UnknownLayoutError):
        read_footer(tmp_path / "table")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_footer_is_understood_or_not(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever bytes are wrong, no other failure comes of it, and no row group lies outside of the file."""
    path = tmp_path_factory.getbasetemp() / "damaged"
    content = bytearray(parquet(series(300), row_group_size=100))
    length = int.from_bytes(content[-8:-4], "little")
    for at in data.draw(st.lists(st.integers(-8 - length, -9), min_size=1, max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        footer = read_footer(path)
    except UnknownLayoutError:
        return
    places = [4, *(place for group in footer.groups for place in (group.start, group.end)), footer.start]
    assert places == sorted(places)


def test_columns_written_otherwise_are_not_alike(tmp_path: Path) -> None:
    """Name, type, whether it may be missing, order, number; not what the root is called or who wrote it."""

    def footer(frame: pl.DataFrame, write: Write = WRITERS["polars"]) -> Path:
        write(frame, tmp_path / "other", 100)
        return tmp_path / "other"

    frame = varied(300).drop("clock", "zone")
    WRITERS["polars"](frame, tmp_path / "table", 100)
    ours = read_footer(tmp_path / "table")
    for write in WRITERS.values():
        assert alike(ours, read_footer(footer(frame[:10], write)))
    for other in (
        frame.rename({"text": "Text"}),
        frame.cast({"small": pl.Int32}),
        frame.cast({"small": pl.UInt16}),
        frame.cast({"took": pl.Int32}),
        frame.cast({"text": pl.Binary}),
        frame.cast({"day": pl.Int32}),
        frame.drop("text"),
        frame.select(cs.by_name(frame.columns[::-1])),
        frame.with_columns(more=1),
        frame.with_columns(pl.struct("text")),
        frame.with_columns(pl.concat_list("text")),
    ):
        assert not alike(ours, read_footer(footer(other)))
    required = footer_changed(parquet(frame), "file", lambda fields: fields.pop(7))
    (tmp_path / "other").write_bytes(required)
    assert not alike(ours, read_footer(tmp_path / "other"))


def test_a_column_that_must_have_values_is_not_alike(tmp_path: Path) -> None:
    """Its pages do not say which values are missing, so they can not be among those that do."""
    table = series(300).to_arrow()
    required = table.cast(pa.schema([field.with_nullable(False) for field in table.schema]))
    pq.write_table(required, tmp_path / "required")
    pq.write_table(table, tmp_path / "table")
    assert not alike(read_footer(tmp_path / "required"), read_footer(tmp_path / "table"))
