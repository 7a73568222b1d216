"""Row groups of two parquet files in one, without a look at their values."""

import os
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from itertools import pairwise
from pathlib import Path

from cellkeep.services.parquet_footer import MAGIC, Footer, UnknownLayoutError, alike, read_footer, written

_PIECE_BYTES = 1024 * 1024
"""Held in memory at once where the system can not copy by itself."""

_TAKEN_IN = 2
"""A small row group is written anew with what follows where it has at most so many times its rows."""


@dataclass(frozen=True)
class Head:
    """The beginning of a parquet file, whose row groups can stay as they are.

    Attributes:
        path: the file.
        footer: its footer.
        groups: how many of its row groups belong to the head.
        rows: how many rows they have.
        end: where in the file the head ends.
    """

    path: Path
    footer: Footer
    groups: int
    rows: int
    end: int


def head(path: Path, group_rows: int, added_rows: int) -> Head:
    """The row groups that can stay, where some rows are to be put behind them.

    Small ones at the end are taken in by what follows, unless they have more than twice its rows: then writing them
    anew again and again would cost more than reading one group more. So of many small additions a few groups are left,
    each less than half as large as the one before, and no row is written anew more often than these are many.

    Args:
        path: a parquet file.
        group_rows: how many rows a row group should have. Half as many are enough for one to stay wherever it is.
        added_rows: how many rows are to be added.

    Raises:
        UnknownLayoutError: it is not understood where everything lies in the file.
        OSError: it can not be read.
    """
    footer = read_footer(path)
    sizes = [group.rows for group in footer.groups]
    count = len(sizes)
    while count and sizes[count - 1] < group_rows and sizes[count - 1] <= _TAKEN_IN * added_rows:
        count -= 1
        added_rows += sizes[count]
    enough = (group_rows + 1) // 2
    pairs = enumerate(pairwise(sizes[:count]))
    count = next((at for at, (one, after) in pairs if one < enough and one <= _TAKEN_IN * after), count)
    end = footer.groups[count].start if count < len(sizes) else footer.start
    return Head(path, footer, count, sum(sizes[:count]), end)


def copy_head(first: Head, target: Path) -> None:
    """Begin a file with the bytes of the head. The operating system copies them where it can.

    Raises:
        OSError: reading or writing fails.
    """
    with first.path.open("rb", buffering=0) as source, target.open("wb", buffering=0) as file:
        _copy(source, file, first.end)


def add_tail(first: Head, tail: Path, target: Path) -> None:
    """Put all row groups of another file behind the head in a file that begins with it, and end it with their footer.

    For the rest the footer says what that of the head says.

    Raises:
        UnknownLayoutError: it is not understood where everything lies in the other file, or it has other columns.
        OSError: reading or writing fails.
    """
    added = read_footer(tail, moved_bytes=first.end - len(MAGIC), moved_groups=first.groups)
    if not alike(first.footer, added):
        raise UnknownLayoutError("The columns are not written alike in both files.")
    with tail.open("rb", buffering=0) as source, target.open("r+b", buffering=0) as file:
        source.seek(len(MAGIC))
        file.seek(first.end)
        _copy(source, file, max((group.end for group in added.groups), default=len(MAGIC)) - len(MAGIC))
        _write(file, written(first.footer, [*first.footer.groups[: first.groups], *added.groups]))


def _copy(source: FileIO, target: FileIO, count: int) -> None:
    """Copy so many bytes, from where the one file stands to where the other stands."""
    count -= _copied_by_system(source, target, count)
    while count:
        piece = source.read(min(count, _PIECE_BYTES))
        if not piece:
            raise OSError(f"'{source.name}' ends {count} bytes too early.")
        _write(target, piece)
        count -= len(piece)


def _copied_by_system(source: FileIO, target: FileIO, count: int) -> int:
    """How many of so many bytes the system could copy: all, on Linux, and at once where files may share them."""
    copied = 0
    with suppress(AttributeError, OSError):  # it has no such call, or not between these two places
        while copied < count and (more := os.copy_file_range(source.fileno(), target.fileno(), count - copied)):
            copied += more
    return copied


def _write(file: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
