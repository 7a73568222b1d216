"""A crate that came from anywhere: what is in it is looked at and compared before anything is believed."""

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol
from zipfile import BadZipFile, ZipFile, ZipInfo

from cellkeep.client.crate.packing import PIECE_BYTES, Stored
from cellkeep.client.crate.places import path_of
from cellkeep.client.crate.records import METADATA
from cellkeep.domain.errors import UnusableDataError

_MOST_METADATA_BYTES = 512 * 1024 * 1024
_MOST_UNPACKED = 200
"""Times the size of the zip, and a gigabyte: no data of instruments shrinks to less."""
_ALWAYS_UNPACKED_BYTES = 10**9
_ENCRYPTED = 0x1
_DAMAGES = (BadZipFile, zlib.error, EOFError, NotImplementedError)
"""What a damaged zip raises while it is read."""


class Source(Protocol):
    """The files of a crate, by paths with `/`."""

    @property
    def sizes(self) -> Mapping[str, int]: ...

    def open(self, name: str) -> IO[bytes]: ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.sizes = dict(_files_below(root))

    def open(self, name: str) -> IO[bytes]:
        # Not through a link that somebody put there since the folder was looked at.
        descriptor = os.open(self._root.joinpath(*name.split("/")), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        return os.fdopen(descriptor, "rb")


class _Zip:
    def __init__(self, archive: ZipFile, size_bytes: int) -> None:
        self._archive = archive
        found = [info for info in archive.infolist() if not info.is_dir()]
        for info in found:
            _require_plain(info)
        names = [info.filename for info in found]
        if twice := {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set():
            raise UnusableDataError(f"The zip has two files '{min(twice)}', so it is not known which is meant.")
        self.sizes = {info.filename: info.file_size for info in found}
        if sum(self.sizes.values()) > _MOST_UNPACKED * size_bytes + _ALWAYS_UNPACKED_BYTES:
            raise UnusableDataError(
                f"The zip has {size_bytes:,} bytes and would become {sum(self.sizes.values()):,}. That is refused; "
                "if you trust it, unpack it and import the folder."
            )

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)


def is_crate(path: str | os.PathLike[str]) -> bool:
    """Whether a folder or a file is an RO-Crate: whether it has its metadata at its top."""
    found = Path(path)
    if found.is_dir():
        return (found / METADATA).is_file()
    if not found.is_file() or not zipfile.is_zipfile(found):
        return found.name.lower().endswith(".crate.zip")  # a damaged one is told as that
    try:
        with ZipFile(found) as archive:
            return METADATA in archive.NameToInfo
    except _DAMAGES:
        return False


class Opened:
    """A crate whose files are where its metadata says, all of them within it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.files = {each.name: each for each in _told_of(_metadata(source))}
        """What the metadata says of each file in it."""
        for told in self.files.values():
            self._require_there(told)

    def verify(self) -> None:
        """Read everything, and compare it with its checksum.

        Raises:
            UnusableDataError: a file is not what the metadata says.
        """
        for name in self.files:
            for _ in self.pieces(name):
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of a file; it fails at the end where that is not what the metadata says.

        Raises:
            UnusableDataError: it is damaged, or was changed.
        """
        told, digest, size = self.files[name], hashlib.sha256(), 0
        try:
            with self._source.open(name) as file:
                while piece := file.read(PIECE_BYTES):
                    size += len(piece)
                    if size > told.size_bytes:
                        break
                    digest.update(piece)
                    yield piece
        except _DAMAGES as error:
            raise _damaged(name, str(error)) from error
        if size != told.size_bytes or digest.hexdigest() != told.sha256:
            raise _damaged(name, "it is not what the metadata of the crate says, by its size or its SHA-256")

    def _require_there(self, told: Stored) -> None:
        size = self._source.sizes.get(told.name)
        if size is None:
            raise UnusableDataError(f"The crate has no file '{told.name}', which its metadata names.")
        if size != told.size_bytes:
            raise _damaged(told.name, f"it has {size:,} bytes and should have {told.size_bytes:,}")


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A crate in a folder or a zip.

    Raises:
        FileNotFoundError: there is nothing.
        UnusableDataError: it is none, it is damaged, or something in it leads outside.
    """
    if path.is_dir():
        yield Opened(_Folder(path))
        return
    size = path.stat().st_size
    try:
        archive = ZipFile(path)
    except _DAMAGES as error:
        raise UnusableDataError(f"'{path.name}' is no zip, or was cut off: {error}") from error
    with archive:
        yield Opened(_Zip(archive, size))


def _files_below(root: Path) -> Iterator[tuple[str, int]]:
    for folder, folders, files in os.walk(root, followlinks=False):
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.is_symlink():
                raise UnusableDataError(f"'{path.relative_to(root).as_posix()}' is a link, and may lead anywhere.")
        for name in files:
            path = Path(folder, name)
            yield path.relative_to(root).as_posix(), path.stat().st_size


def _require_plain(info: ZipInfo) -> None:
    """Refuse what is no file within the crate."""
    _require_within(info.orig_filename)
    _require_within(info.filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise UnusableDataError(f"'{info.filename}' is no plain file but a link or a device. That is refused.")
    if info.flag_bits & _ENCRYPTED:
        raise UnusableDataError(f"'{info.filename}' is encrypted.")


def _require_within(name: str) -> None:
    """Refuse a path that is not below the crate."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or ":" in parts[0]:
        raise UnusableDataError(f"The path {name!a} leads outside the crate. Nothing was taken in.")


def _metadata(source: Source) -> list[dict[str, Any]]:
    size = source.sizes.get(METADATA)
    if size is None:
        raise UnusableDataError(f"There is no '{METADATA}' in it, so it is no RO-Crate.")
    if size > _MOST_METADATA_BYTES:
        raise UnusableDataError(f"'{METADATA}' has {size:,} bytes, and at most {_MOST_METADATA_BYTES:,} are read.")
    try:
        with source.open(METADATA) as file:
            found = json.loads(file.read(size + 1))
        graph = found["@graph"]
    except (*_DAMAGES, ValueError, RecursionError, TypeError, KeyError) as error:
        raise _damaged(METADATA, f"it can not be read ({type(error).__name__}: {error})") from error
    return [each for each in graph if isinstance(each, dict)] if isinstance(graph, list) else []


def _told_of(graph: list[dict[str, Any]]) -> Iterator[Stored]:
    """The files that the metadata names."""
    for entity in graph:
        kinds = entity.get("@type")
        if "File" not in (kinds if isinstance(kinds, list) else [kinds]):
            continue
        name = path_of(str(entity.get("@id")))
        if name is None:
            continue
        _require_within(name)
        size, digest = str(entity.get("contentSize")), entity.get("sha256")
        if not size.isdecimal() or not isinstance(digest, str):
            raise UnusableDataError(f"The metadata says no size and no SHA-256 of '{name}', so it can not be verified.")
        yield Stored(name, int(size), digest.lower())


def _damaged(name: str, why: str) -> UnusableDataError:
    return UnusableDataError(f"'{name}' in the crate is damaged, or was changed: {why}. Nothing is made of it.")
