"""Thrift's compact protocol: what is read is written back to the byte, and nothing odd is taken."""

import struct
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellkeep.services.thrift_compact import (
    I16,
    I32,
    I64,
    STRUCT,
    MalformedError,
    number,
    numbered,
    read_struct,
    read_structs,
    structs,
    write_struct,
)
from services.bench import parquet, series

Value = tuple[int, Any]
"""The code of a type, and what is encoded."""


def varint(value: int) -> bytes:
    """Seven bits in each byte, the lowest first, and a mark on all but the last."""
    groups = [value >> shift & 0x7F for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([group | 0x80 for group in groups[:-1]] + groups[-1:])


def zigzag(value: int) -> bytes:
    return varint((value << 1) ^ (value >> 63) if value < 0 else value << 1)


def of_list(items: Any) -> bytes:
    inner, values = items
    size = bytes([len(values) << 4 | inner]) if len(values) < 15 else bytes([0xF0 | inner]) + varint(len(values))
    return size + b"".join(encoded((inner, value)) for value in values)


def of_map(items: Any) -> bytes:
    key, of, pairs = items
    header = varint(len(pairs)) + (bytes([key << 4 | of]) if pairs else b"")
    return header + b"".join(encoded((key, a)) + encoded((of, b)) for a, b in pairs)


def encoded(value: Value) -> bytes:
    """A value outside of a field's header, as the specification has it."""
    kind, content = value
    byte = {kind: lambda value: bytes([value]) for kind in (1, 2, 3)}
    whole = dict.fromkeys((4, 5, 6), zigzag)
    binary = {7: lambda value: struct.pack("<d", value), 8: lambda value: varint(len(value)) + value, 13: bytes}
    return {**byte, **whole, **binary, 9: of_list, 10: of_list, 11: of_map, 12: fields}[kind](content)


def fields(content: dict[int, Value]) -> bytes:
    """A struct."""
    written, before = b"", 0
    for key, (kind, value) in sorted(content.items()):
        step = key - before
        written += bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + zigzag(key)
        written += b"" if kind in (1, 2) else encoded((kind, value))
        before = key
    return written + b"\0"


PLAIN: dict[int, st.SearchStrategy[Any]] = {
    2: st.sampled_from([0, 1]),
    3: st.integers(0, 255),
    4: st.integers(-(2**15), 2**15 - 1),
    5: st.integers(-(2**31), 2**31 - 1),
    6: st.integers(-(2**63), 2**63 - 1),
    7: st.floats(),
    8: st.binary(max_size=200),
    13: st.binary(min_size=16, max_size=16),
}


def values(depth: int) -> st.SearchStrategy[Value]:
    """Values of every type, in one another at most so deep."""
    plain = st.one_of([st.tuples(st.just(kind), of) for kind, of in PLAIN.items()])
    if not depth:
        return plain
    kinds = st.sampled_from(sorted(PLAIN))
    lists = kinds.flatmap(lambda kind: st.tuples(st.just(kind), st.lists(PLAIN[kind], max_size=20)))
    maps = st.tuples(kinds, kinds).flatmap(
        lambda pair: st.tuples(
            st.just(pair[0]), st.just(pair[1]), st.lists(st.tuples(PLAIN[pair[0]], PLAIN[pair[1]]), max_size=4)
        )
    )
    many = st.tuples(st.just(12), st.lists(contents(depth - 1), max_size=17))
    return st.one_of(
        plain,
        st.tuples(st.sampled_from([9, 10]), lists),
        st.tuples(st.just(9), many),
        st.tuples(st.just(11), maps),
        st.tuples(st.just(12), contents(depth - 1)),
    )


def contents(depth: int = 2) -> st.SearchStrategy[dict[int, Value]]:
    return st.dictionaries(st.one_of(st.integers(1, 40), st.integers(-(2**15), 2**15 - 1)), values(depth), max_size=6)


@given(contents(), st.binary(max_size=5))
def test_whatever_was_read_is_written_back(content: dict[int, Value], behind: bytes) -> None:
    """All types and numbers of fields keep their bytes, and what follows the struct is not touched."""
    whole = fields(content)
    found, end = read_struct(b"\xff" + whole + behind, 1)
    assert end == len(whole) + 1
    assert write_struct(found) == whole
    assert {key: kind for key, (kind, _) in found.items()} == {key: kind for key, (kind, _) in content.items()}
    for key, (kind, raw) in found.items():
        assert raw == (b"" if kind in (1, 2) else encoded(content[key]))


@given(st.sampled_from([I16, I32, I64]), st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_the_same_after_it_was_written(kind: int, value: int) -> None:
    """Also those below zero."""
    assert number(numbered(kind, value)) == value
    assert numbered(kind, value)[1] == zigzag(value)


def test_numbers_are_written_as_the_specification_has_it() -> None:
    """Its examples: 50399 takes the bytes DF 89 03, and 0 to 4 stand for 0, -1, 1, -2, 2."""
    assert numbered(I64, -25200)[1] == bytes([0xDF, 0x89, 0x03])
    assert [number((I32, bytes([byte]))) for byte in range(5)] == [0, -1, 1, -2, 2]


@given(st.lists(contents(1), max_size=20))
def test_structs_are_read_one_by_one(items: list[dict[int, Value]]) -> None:
    """Short lists and long ones; what stands for each comes back in their order."""
    kind, raw = structs(fields(item) for item in items)
    assert raw == encoded((9, (12, items)))

    def inner(data: bytes, at: int) -> tuple[bytes, int]:
        found, end = read_struct(data, at)
        return write_struct(found), end

    assert read_structs(raw, 0, inner) == ([fields(item) for item in items], len(raw))
    assert read_struct(fields({1: (kind, (12, items))}))[0] == {1: (kind, raw)}


def test_fields_can_be_exchanged_while_they_are_read() -> None:
    """What reads a field says what stands in its place, and all else stays."""
    whole = fields({1: (5, 7), 3: (12, {1: (8, b"old")}), 9: (2, None)})

    def renamed(data: bytes, at: int) -> tuple[bytes, int]:
        found, end = read_struct(data, at)
        return write_struct({**found, 2: numbered(I32, 1)}), end

    found, _ = read_struct(whole, inner={3: renamed})
    assert write_struct(found) == fields({1: (5, 7), 3: (12, {1: (8, b"old"), 2: (5, 1)}), 9: (2, None)})


def footer() -> bytes:
    content = parquet(series(500), row_group_size=100)
    return content[-8 - int.from_bytes(content[-8:-4], "little") : -8]


def test_a_footer_is_the_same_after_it_was_written() -> None:
    """To the byte."""
    found, end = read_struct(footer())
    assert end == len(footer())
    assert write_struct(found) == footer()


def test_what_ends_early_is_malformed() -> None:
    """Wherever it ends, whole or while a list is read."""
    whole = footer()

    def inner(data: bytes, at: int) -> tuple[bytes, int]:
        return b"", read_struct(data, at)[1]

    def groups(data: bytes, at: int) -> tuple[bytes, int]:
        return b"", read_structs(data, at, inner)[1]

    for length in range(len(whole)):
        with pytest.raises(MalformedError):
            read_struct(whole[:length])
        with pytest.raises(MalformedError):
            read_struct(whole[:length], inner={2: groups, 4: groups})


@given(st.binary(max_size=300))
def test_any_bytes_are_a_struct_or_malformed(data: bytes) -> None:
    """Nothing else comes of them, and what is a struct is one as well when it was written."""
    try:
        found, end = read_struct(data)
    except MalformedError:
        return
    assert 0 < end <= len(data)
    assert read_struct(write_struct(found))[0] == found


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"\x1c" * 100_000, "within one another"),
        (b"\x19" * 100_000, "within one another"),
        (b"\x1b" + b"\x01\xbb" * 100_000, "within one another"),
        (b"\x15\x02\x05\x02\x04\x00", "Field 1 is there twice"),
        (b"\xf5\x02" * 2185, "Field 32775 is"),
        (b"\x05" + zigzag(32_768) + b"\x02", "Field 32768 is"),
        (b"\x1e\x00\x00", "no type 14"),
        (b"\x10\x00", "no type 0"),
        (b"\x16" + b"\xff" * 11 + b"\x00", "within a struct|64 bits"),
        (b"\x18" + b"\xff" * 11 + b"\x00", "64 bits"),
        (b"\x19\xf8\xff\xff\xff\xff\x07\x00", "within a struct"),
        (b"\x19\xfc\xff\xff\xff\xff\x07" + b"\x00" * 1000, "within a struct"),
        (b"\x19\xf3\xff\xff\xff\xff\x07\x00", "within a struct"),
        (b"\x18\xff\xff\xff\xff\x07\x00", "within a struct"),
    ],
)
def test_odd_bytes_are_malformed(data: bytes, match: str) -> None:
    """Depth without end, sizes beyond the bytes, types that do not exist."""
    with pytest.raises(MalformedError, match=match):
        read_struct(data)


def test_a_list_without_end_takes_no_memory() -> None:
    """Bytes that say they are many values are not made into as many objects."""
    data = b"\x19\xfc" + varint(200_000) + b"\0" * 200_000 + b"\0"
    tracemalloc.start()
    found, _ = read_struct(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found[1][1]) == 200_004
    assert peak < 800_000


def test_types_other_than_those_asked_for_are_malformed() -> None:
    """Text is no number, numbers are no structs."""
    with pytest.raises(MalformedError, match="type 8 where a number"):
        number((8, b"\x01a"))
    with pytest.raises(MalformedError, match="type 5 where structs"):
        read_structs(encoded((9, (5, [1]))), 0, lambda data, at: (b"", at))
    with pytest.raises(MalformedError, match="Field 1 is of type 5"):
        read_struct(fields({1: (5, 1)}), inner={1: lambda data, at: (b"", at)})
    with pytest.raises(MalformedError, match="before a list"):
        read_structs(b"", 0, lambda data, at: (b"", at))
    assert STRUCT == 12
