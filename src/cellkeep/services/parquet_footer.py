"""The footer of a parquet file, and the same footer for a file in which the row groups lie elsewhere.

Numbers of fields are those of `parquet.thrift` of Apache Parquet. What a footer says beyond them is of no known
meaning, and might tell where something lies, so such a footer is not taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cellkeep.services.thrift_compact import (
    I16,
    I64,
    MalformedError,
    Struct,
    number,
    numbered,
    read_struct,
    read_structs,
    structs,
    write_struct,
)

MAGIC = b"PAR1"
TRAILER_BYTES = 8
"""The last bytes of the file: the length of the footer before them, and the magic word."""
LARGEST_BYTES = 32 * 1024 * 1024
"""Of a footer that is read here, at some MB in a second. An upload with a larger one is refused."""
_MOST_GROUPS = 1 << 15
"""As many have an ordinal, which has 16 bits."""

_SCHEMA, _ROWS, _ROW_GROUPS, _COLUMN_ORDERS = 2, 3, 4, 7
_NEEDED_OF_FILE, _KNOWN_OF_FILE = {1, 2, 3, 4}, {*range(1, 8)}
"""Those beyond say how the file is encrypted."""

_CHILDREN, _FIELD_ID = 5, 9

_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _ORDINAL = 1, 3, 5, 7
_NEEDED_OF_GROUP, _KNOWN_OF_GROUP = {1, 2, 3}, {*range(1, 8)}

_CHUNK_OFFSET, _CHUNK = 2, 3
_PAGE_INDEXES = {4, 5, 6, 7}
_NEEDED_OF_CHUNK, _KNOWN_OF_CHUNK = {2, 3}, {2, 3, *_PAGE_INDEXES}
"""The first says that values lie in another file; those beyond, how they are encrypted."""

_COMPRESSED_SIZE, _DATA_OFFSET, _DICTIONARY_OFFSET = 7, 9, 11
_BLOOM_FILTER = {14, 15}
_NEEDED_OF_VALUES, _KNOWN_OF_VALUES = {1, 2, 3, 4, 5, 6, 7, 9}, {*range(1, 18)} - {10}
"""Nothing writes the tenth, an index page of old, so nobody knows how long one is."""


class UnknownLayoutError(Exception):
    """It is not understood where everything lies in a parquet file."""


@dataclass(frozen=True)
class RowGroup:
    """Where a row group lies, and what the footer says of it.

    Attributes:
        rows: how many it has.
        start: where its first byte is in the file.
        end: where its last byte was passed.
        entry: what the footer says, without page indexes and bloom filters.
    """

    rows: int
    start: int
    end: int
    entry: bytes


@dataclass(frozen=True)
class Footer:
    """What the footer of a file says.

    Attributes:
        start: where it begins in the file.
        fields: all but the row groups.
        groups: the row groups, one behind the other in the file.
    """

    start: int
    fields: Struct
    groups: list[RowGroup]


def read_footer(path: Path, *, moved_bytes: int = 0, moved_groups: int = 0) -> Footer:
    """What the footer of a parquet file says, as it would be said where row groups lie further behind.

    Page indexes and bloom filters are left out. They lie outside of the row groups, readers need neither, and some take
    a file to be damaged in which only some row groups have an index.

    Args:
        path: the file.
        moved_bytes: what is added to all places that the entries of the row groups name.
        moved_groups: how many row groups come to lie before the first.

    Raises:
        UnknownLayoutError: it is no parquet file, or is encrypted, or says anything that is not known, or names a
            place that is not in the file.
        OSError: it can not be read.
    """
    data, start = _last_bytes(path)
    groups = _Groups(start, moved_bytes, moved_groups)
    try:
        fields, end = read_struct(data, inner={_ROW_GROUPS: groups.read})
        if end != len(data):
            raise UnknownLayoutError(f"The footer has {len(data)} bytes, of which {end} are understood.")
        _require(fields, _NEEDED_OF_FILE, _KNOWN_OF_FILE, "The footer")
        _require_consistent(fields, groups)
    except MalformedError as error:
        raise UnknownLayoutError(f"The footer is malformed. {error}") from error
    del fields[_ROW_GROUPS]
    return Footer(start, fields, groups.found)


def written(footer: Footer, groups: Iterable[RowGroup]) -> bytes:
    """The end of a file with these row groups, which for the rest is as that footer says."""
    rows, entries = 0, []
    for group in groups:
        rows += group.rows
        entries.append(group.entry)
    whole = write_struct({**footer.fields, _ROWS: numbered(I64, rows), _ROW_GROUPS: structs(entries)})
    return whole + len(whole).to_bytes(4, "little") + MAGIC


def alike(one: Footer, other: Footer) -> bool:
    """Whether row groups of either can be in a file with the columns of the other: same types, order and statistics."""
    return _columns(one.fields) == _columns(other.fields) and (
        one.fields.get(_COLUMN_ORDERS) == other.fields.get(_COLUMN_ORDERS)
    )


def _last_bytes(path: Path) -> tuple[bytes, int]:
    """The footer, and where it begins."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(len(MAGIC))
        file.seek(max(size - TRAILER_BYTES, 0))
        trailer = file.read(TRAILER_BYTES)
        length = int.from_bytes(trailer[:4], "little")
        start = size - TRAILER_BYTES - length
        if first != MAGIC or trailer[4:] != MAGIC or start < len(MAGIC) or length > LARGEST_BYTES:
            raise UnknownLayoutError(f"Of {size} bytes there is no footer of up to {LARGEST_BYTES}.")
        file.seek(start)
        return file.read(length), start


@dataclass
class _Groups:
    """Reads the row groups of a footer one by one, and writes the entry of each anew."""

    footer_start: int
    moved_bytes: int
    moved_groups: int
    found: list[RowGroup] = field(default_factory=list)
    widths: set[int] = field(default_factory=set)
    _start: int = 0
    _end: int = len(MAGIC)

    def read(self, data: bytes, at: int) -> tuple[bytes, int]:
        _, at = read_structs(data, at, self._group)
        return b"", at

    def _group(self, data: bytes, at: int) -> tuple[bytes, int]:
        behind = self._end
        self._start = self.footer_start
        fields, at = read_struct(data, at, {_COLUMNS: self._columns})
        _require(fields, _NEEDED_OF_GROUP, _KNOWN_OF_GROUP, "A row group")
        rows = number(fields[_GROUP_ROWS])
        if rows < 0 or self._start < behind:
            raise UnknownLayoutError("Row groups do not lie one behind the other.")
        self._move(fields, _GROUP_OFFSET)
        if _ORDINAL in fields:
            self._set_ordinal(fields)
        self.found.append(RowGroup(rows, self._start, self._end, write_struct(fields)))
        return b"", at

    def _set_ordinal(self, fields: Struct) -> None:
        ordinal = self.moved_groups + number(fields[_ORDINAL])
        if ordinal < _MOST_GROUPS:
            fields[_ORDINAL] = numbered(I16, ordinal)
        else:
            del fields[_ORDINAL]

    def _columns(self, data: bytes, at: int) -> tuple[bytes, int]:
        chunks, at = read_structs(data, at, self._chunk)
        self.widths.add(len(chunks))
        return structs(chunks)[1], at

    def _chunk(self, data: bytes, at: int) -> tuple[bytes, int]:
        fields, at = read_struct(data, at, {_CHUNK: self._values})
        _require(fields, _NEEDED_OF_CHUNK, _KNOWN_OF_CHUNK, "A column")
        for index in _PAGE_INDEXES & fields.keys():
            del fields[index]
        if self.moved_bytes:
            fields[_CHUNK_OFFSET] = numbered(I64, 0)  # some writers put the entry there too, and it would be wrong
        return write_struct(fields), at

    def _values(self, data: bytes, at: int) -> tuple[bytes, int]:
        fields, behind = read_struct(data, at)
        _require(fields, _NEEDED_OF_VALUES, _KNOWN_OF_VALUES, "A column")
        first = number(fields[_DATA_OFFSET])
        start = number(fields[_DICTIONARY_OFFSET]) if _DICTIONARY_OFFSET in fields else first
        end = start + number(fields[_COMPRESSED_SIZE])
        if not len(MAGIC) <= start <= first <= end <= self.footer_start:
            raise UnknownLayoutError(f"A column is said to lie from byte {start} over {first} to {end}.")
        self._start, self._end = min(self._start, start), max(self._end, end)
        if not self.moved_bytes and fields.keys().isdisjoint(_BLOOM_FILTER):
            return data[at:behind], behind
        for part in _BLOOM_FILTER & fields.keys():
            del fields[part]
        self._move(fields, _DATA_OFFSET)
        self._move(fields, _DICTIONARY_OFFSET)
        return write_struct(fields), behind

    def _move(self, fields: Struct, place: int) -> None:
        if place in fields:
            fields[place] = numbered(I64, number(fields[place]) + self.moved_bytes)


def _require(fields: Struct, needed: set[int], known: set[int], what: str) -> None:
    if not needed <= fields.keys() <= known:
        raise UnknownLayoutError(f"{what} has the fields {sorted(fields)}; known are {sorted(known)}.")


def _require_consistent(fields: Struct, groups: _Groups) -> None:
    root, *others = _elements(fields) or [{}]
    leaves = sum(_CHILDREN not in element for element in others)
    rows = sum(group.rows for group in groups.found)
    if _CHILDREN not in root or number(fields[_ROWS]) != rows or groups.widths - {leaves}:
        raise UnknownLayoutError(f"The row groups have {rows} rows of {groups.widths} columns, unlike the file.")


def _elements(fields: Struct) -> list[Struct]:
    """The nodes of the schema, root first."""
    found: list[Struct] = []

    def element(data: bytes, at: int) -> tuple[bytes, int]:
        fields, at = read_struct(data, at)
        found.append(fields)
        return b"", at

    read_structs(fields[_SCHEMA][1], 0, element)
    return found


def _columns(fields: Struct) -> list[Struct]:
    """The nodes of the schema, without what is of no meaning: the name of the root, and numbers of columns."""
    root, *others = _elements(fields)
    nodes = [{_CHILDREN: root[_CHILDREN]}, *others]
    return [{key: value for key, value in node.items() if key != _FIELD_ID} for node in nodes]
