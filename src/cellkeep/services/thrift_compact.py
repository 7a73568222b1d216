"""Thrift's compact protocol, in which the footer of a parquet file is written: as much as it takes to change one.

A struct is read as its fields, and every value stays the bytes it was written in. So what is not known is written back
as it was. Layout: `doc/specs/thrift-compact-protocol.md` of Apache Thrift.
"""

from collections.abc import Callable, Iterable, Mapping

_TRUE, _FALSE, _I8, I16, I32, I64, _DOUBLE, BINARY, LIST, _SET, _MAP, STRUCT, _UUID = range(1, 14)
_BARE = (_TRUE, _FALSE)
"""Fields without a value behind their header."""
_SIZES = {_TRUE: 1, _FALSE: 1, _I8: 1, _DOUBLE: 8, _UUID: 16}
"""Bytes of a value, where they do not depend on the value; of booleans within a list."""
_DEEPEST = 16
"""Values within one another. A footer has eight; without a limit, some bytes could make the reading overflow."""
_LAST_FIELD = (1 << 15) - 1
"""Numbers of fields have 16 bits. Without a limit, some bytes could make millions of them."""
_LONGEST_NUMBER = 10
"""Bytes of a number of 64 bits, seven in each."""


class MalformedError(ValueError):
    """The bytes are not what they are read as."""


Field = tuple[int, bytes]
"""A value as it was written: the protocol's code for its type, and its bytes without the header of the field."""

Struct = dict[int, Field]
"""The fields of a struct by their number."""

Inner = Callable[[bytes, int], tuple[bytes, int]]
"""Takes the bytes and where a value begins; gives the bytes to have in its place, and where the value ended."""


def read_struct(data: bytes, at: int = 0, inner: Mapping[int, Inner] | None = None) -> tuple[Struct, int]:
    """The fields of the struct that begins at `at`, and where it ends.

    Args:
        data: what holds it.
        at: where it begins.
        inner: by number, for fields that hold structs, what reads them.

    Raises:
        MalformedError: it is no struct, has a field twice, or does not end.
    """
    inner = inner or {}
    fields: Struct = {}
    number = 0
    try:
        while header := data[at]:
            kind = header & 0x0F
            if header > 0x0F:
                number, start = number + (header >> 4), at + 1
            else:
                number, start = _read_zigzag(data, at + 1)
            if number in fields or number > _LAST_FIELD:
                raise MalformedError(f"Field {number} is there twice, or is none.")
            if number in inner:
                if kind not in (LIST, STRUCT):
                    raise MalformedError(f"Field {number} is of type {kind} instead of structs.")
                raw, at = inner[number](data, start)
            else:
                at = start if kind in _BARE else _end(data, start, kind, 0)
                raw = data[start:at]
            fields[number] = kind, raw
    except IndexError:
        raise MalformedError("The bytes end within a struct.") from None
    return fields, at + 1


def read_structs(data: bytes, at: int, inner: Inner) -> tuple[list[bytes], int]:
    """What `inner` gives for each struct of the list that begins at `at`, and where the list ends.

    Raises:
        MalformedError: it is no list of structs.
    """
    try:
        size, kind, at = _list_header(data, at)
    except IndexError:
        raise MalformedError("The bytes end before a list.") from None
    if kind != STRUCT and size:
        raise MalformedError(f"A list holds values of type {kind} where structs belong.")
    found = []
    for _ in range(size):
        raw, at = inner(data, at)
        found.append(raw)
    return found, at


def write_struct(fields: Mapping[int, Field]) -> bytes:
    """The bytes of a struct with these fields."""
    parts, before = [], 0
    for number in sorted(fields):
        kind, raw = fields[number]
        step = number - before
        parts += [bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + _write_zigzag(number), raw]
        before = number
    return b"".join(parts) + b"\0"


def structs(written: Iterable[bytes]) -> Field:
    """A list of structs, each of which is written already."""
    parts = list(written)
    size = len(parts)
    header = bytes([size << 4 | STRUCT]) if size < 15 else bytes([15 << 4 | STRUCT]) + _write_varint(size)
    return LIST, header + b"".join(parts)


def number(field: Field) -> int:
    """The value of an integer of more than 8 bits.

    Raises:
        MalformedError: it is something else.
    """
    kind, raw = field
    if not I16 <= kind <= I64:
        raise MalformedError(f"A value is of type {kind} where a number belongs.")
    return _read_zigzag(raw, 0)[0]


def numbered(kind: int, value: int) -> Field:
    """An integer of this type."""
    return kind, _write_zigzag(value)


def _end(data: bytes, at: int, kind: int, depth: int) -> int:
    """Where the value that begins at `at` ends. It is run for every value of a footer, so it calls little."""
    if kind == BINARY:
        length, at = _read_varint(data, at)
        return at + length
    if I16 <= kind <= I64:
        while data[at] > 0x7F:
            at += 1
        return at + 1
    if depth > _DEEPEST:
        raise MalformedError(f"More than {_DEEPEST} values lie within one another.")
    if kind == STRUCT:
        return _struct_end(data, at, depth + 1)
    if kind in (LIST, _SET):
        size, kind, at = _list_header(data, at)
        return _all_end(data, at, size, (kind,), depth + 1)
    if kind == _MAP:
        return _map_end(data, at, depth + 1)
    if kind not in _SIZES:
        raise MalformedError(f"There is no type {kind} of values.")
    return at + _SIZES[kind]


def _struct_end(data: bytes, at: int, depth: int) -> int:
    while header := data[at]:
        at += 1
        if header < 0x10:
            at = _end(data, at, I16, depth)
        kind = header & 0x0F
        if kind not in _BARE:
            at = _end(data, at, kind, depth)
    return at + 1


def _map_end(data: bytes, at: int, depth: int) -> int:
    size, at = _read_varint(data, at)
    if not size:
        return at
    return _all_end(data, at + 1, size, (data[at] >> 4, data[at] & 0x0F), depth)


def _all_end(data: bytes, at: int, size: int, kinds: tuple[int, ...], depth: int) -> int:
    if all(kind in _SIZES for kind in kinds):
        return at + size * sum(_SIZES[kind] for kind in kinds)
    for _ in range(size):
        for kind in kinds:
            at = _end(data, at, kind, depth)
    return at


def _list_header(data: bytes, at: int) -> tuple[int, int, int]:
    """How many values of which type, and where the first begins."""
    size, kind = data[at] >> 4, data[at] & 0x0F
    at += 1
    if size == 0x0F:
        size, at = _read_varint(data, at)
    return size, kind, at


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_NUMBER):
        byte = data[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise MalformedError("A number has more than 64 bits.")


def _read_zigzag(data: bytes, at: int) -> tuple[int, int]:
    value, at = _read_varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _write_zigzag(value: int) -> bytes:
    """Small numbers of either sign become small numbers without one."""
    return _write_varint(value << 1 if value >= 0 else (-value << 1) - 1)


def _write_varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
