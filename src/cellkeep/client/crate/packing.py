"""Where the files of a crate go while it is written: a folder, or a zip as a stream."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from cellkeep.client.export_files import fresh, fresh_folder

PIECE_BYTES = 1024 * 1024
_TRIED_BYTES = 64 * 1024
_WORTH_PACKING = 0.8
"""Of its size a piece must become at most so much, or the file is stored as it is."""
_BEFORE_ZIP_BEGAN = (1980, 1, 1, 0, 0, 0)
"""The same time for every file: no two exports would be equal otherwise."""
_MODE = 0o100644 << 16
_FOLDER_MODE = 0o40755 << 16 | 0x10
_UNIX = 3


class Stored(NamedTuple):
    """A file of a crate."""

    name: str
    size_bytes: int
    sha256: str


class Package(Protocol):
    """Takes files one after the other."""

    def add(self, name: str, pieces: Iterable[bytes]) -> Stored:
        """Write a file under a path with `/`."""
        ...

    def folder(self, name: str) -> None:
        """Say that there is a folder, before what is in it."""
        ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, name: str, pieces: Iterable[bytes]) -> Stored:
        path = self._root.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            return _copied(name, pieces, file)

    def folder(self, name: str) -> None:
        self._root.joinpath(*name.split("/")).mkdir(parents=True, exist_ok=True)


class _Zip:
    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, pieces: Iterable[bytes]) -> Stored:
        coming = iter(pieces)
        first = next(coming, b"")
        info = ZipInfo(name, _BEFORE_ZIP_BEGAN)
        packed = not name.endswith(".parquet") and _shrinks(first)
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr, info.create_system = _MODE, _UNIX
        with self._archive.open(info, "w", force_zip64=True) as file:
            return _copied(name, chain([first], coming), file)

    def folder(self, name: str) -> None:
        info = ZipInfo(f"{name}/", _BEFORE_ZIP_BEGAN)
        info.external_attr, info.create_system = _FOLDER_MODE, _UNIX
        self._archive.writestr(info, b"")


def _shrinks(first: bytes) -> bool:
    tried = first[:_TRIED_BYTES]
    return len(zlib.compress(tried, 1)) <= _WORTH_PACKING * len(tried)


def _copied(name: str, pieces: Iterable[bytes], file: IO[bytes]) -> Stored:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return Stored(name, size, digest.hexdigest())


def pieces_of(path: Path) -> Iterator[bytes]:
    """The content of a file, of which little is in memory at once."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


@contextmanager
def packing(target: Path, *, overwrite: bool) -> Iterator[Package]:
    """A zip where the name says so, or else a folder. It has its name once it is whole, and is gone where that fails.

    Raises:
        FileExistsError: it is there already. A zip may be replaced, a folder never is.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.name.lower().endswith(".zip"):
        with fresh(target, overwrite=overwrite) as temporary, ZipFile(temporary, "x") as archive:
            yield _Zip(archive)
    else:
        with fresh_folder(target) as temporary:
            yield _Folder(temporary)
