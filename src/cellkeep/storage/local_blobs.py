"""Blobs in a folder, with links signed by HMAC that our own server answers."""

import hashlib
import hmac
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import quote, urlencode

from obstore.store import LocalStore

from cellkeep.storage.blobs import INCOMING, STAGING, BlobExistsError, BlobInfo, BlobNotFoundError

Method = Literal["GET", "PUT"]
_INCOMING = f"{STAGING}/{INCOMING}"
"""Files being written; below staging, so that a sweep takes what a crash left there."""


_LASTING_FOLDERS = 2
"""`staging/<organization>` and the like are written to all the time, so they are not removed when empty."""

_TRIES = 10

_PIECE_BYTES = 1024 * 1024


class LocalBlobs:
    """Objects as files under one folder.

    Args:
        root: the folder, made if it is not there.
        secret: key of the signatures; links outlive a restart where it stays the same.
    """

    def __init__(self, root: Path, secret: bytes) -> None:
        self._root = root.resolve()
        (self._root / _INCOMING).mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(self._root)
        self._secret = secret

    @property
    def root(self) -> Path:
        return self._root

    def path(self, key: str) -> Path:
        """Where the object lies, or would lie; BlobNotFoundError for a key that leads out of the folder."""
        parts = key.split("/")
        if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
            raise BlobNotFoundError(key)
        return self._root.joinpath(*parts)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        # Where a file that is put needs no copy.
        with tempfile.TemporaryDirectory(dir=self._root / _INCOMING) as folder:
            yield Path(folder)

    def put(self, key: str, source: bytes | Path) -> None:
        if isinstance(source, Path) and self._root / _INCOMING in source.parents:
            with source.open("rb") as file:
                os.fsync(file.fileno())
            self._link_new(source, key)
            return
        with self._incoming() as (incoming, file):
            if isinstance(source, bytes):
                file.write(source)
            else:
                with source.open("rb") as content:
                    shutil.copyfileobj(content, file, _PIECE_BYTES)
            _finish(file)
            self._link_new(incoming, key)

    def _link_new(self, source: Path, key: str) -> None:
        path = self.path(key)
        try:
            _settle(path, lambda: os.link(source, path))
        except FileExistsError:
            raise BlobExistsError(key) from None
        self._to_disk(path)

    @contextmanager
    def overwriting(self, key: str) -> Iterator[BinaryIO]:
        """Write an object piece by piece: it appears whole, on disk, when the context ends without an error."""
        path = self.path(key)
        with self._incoming() as (incoming, file):
            yield file
            _finish(file)
            _settle(path, lambda: incoming.replace(path))
            self._to_disk(path)

    def copy(self, source: str, target: str) -> None:
        # A hard link: writers replace files and never change them, so both keys are independent from here on.
        origin, path = self.path(source), self.path(target)
        if not origin.is_file():
            raise BlobNotFoundError(source)
        try:
            os.utime(origin)  # the copy is as young as the copying, so that no sweep takes it for abandoned
            _settle(path, lambda: os.link(origin, path))
        except FileNotFoundError:
            raise BlobNotFoundError(source) from None
        except FileExistsError:
            raise BlobExistsError(target) from None
        self._to_disk(path)

    def get(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            raise BlobNotFoundError(key) from None

    def pieces(self, key: str) -> Iterator[bytes]:
        try:
            with self.path(key).open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    yield piece
        except (FileNotFoundError, IsADirectoryError):
            raise BlobNotFoundError(key) from None

    def end(self, key: str, size_bytes: int) -> bytes:
        try:
            with self.path(key).open("rb") as file:
                file.seek(max(file.seek(0, os.SEEK_END) - size_bytes, 0))
                return file.read()
        except (FileNotFoundError, IsADirectoryError):
            raise BlobNotFoundError(key) from None

    def head(self, key: str) -> BlobInfo | None:
        try:
            found = self._store.head(key) if self.path(key).is_file() else None
        except FileNotFoundError:
            return None
        return BlobInfo(key, found["size"], found["last_modified"]) if found else None

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        for page in self._store.list(prefix):
            for found in page:
                yield BlobInfo(found["path"], found["size"], found["last_modified"])

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self.path(key)
            path.unlink(missing_ok=True)
            with suppress(OSError):  # folders that are now empty go too; those of an organization stay
                for folder in path.parents:
                    if len(folder.relative_to(self._root).parts) <= _LASTING_FOLDERS:
                        break
                    folder.rmdir()

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        path = self.path(key)
        if not path.is_file():
            raise BlobNotFoundError(key)
        yield path

    def scannable(self, key: str) -> str:
        return str(self.path(key))

    def sign_get(self, key: str, *, lifetime_s: float, base_url: str) -> str:
        return self._link("GET", key, lifetime_s, base_url)

    def sign_put(self, key: str, *, lifetime_s: float, base_url: str) -> str:
        return self._link("PUT", key, lifetime_s, base_url)

    def accepts(self, method: Method, key: str, expires: int, signature: str) -> bool:
        """Whether a link with these parts was signed here and still holds."""
        return expires >= time.time() and hmac.compare_digest(
            self._signature(method, key, expires).encode(), signature.encode(errors="replace")
        )

    @contextmanager
    def _incoming(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A file that nobody sees yet, gone when the context ends."""
        incoming = self._root / _INCOMING / secrets.token_hex(16)
        try:
            with incoming.open("xb") as file:
                yield incoming, file
        finally:
            incoming.unlink(missing_ok=True)

    def _to_disk(self, path: Path) -> None:
        """Make a file, and the way to it from the root, survive a power cut."""
        for place in (path, *path.parents):
            if place.is_dir() and os.name == "nt":
                continue
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if place == self._root:
                return

    def _link(self, method: Method, key: str, lifetime_s: float, base_url: str) -> str:
        expires = int(time.time() + lifetime_s) + 1
        query = urlencode({"expires": expires, "signature": self._signature(method, key, expires)})
        return f"{base_url.rstrip('/')}/blobs/{quote(key)}?{query}"

    def _signature(self, method: Method, key: str, expires: int) -> str:
        return hmac.new(self._secret, f"{method}\n{key}\n{expires}".encode(), hashlib.sha256).hexdigest()


class FolderBlobs(LocalBlobs):
    """The same folder for a client in the same process: its links are the files themselves."""

    def _link(self, method: Method, key: str, lifetime_s: float, base_url: str) -> str:  # noqa: ARG002
        return self.path(key).as_uri()


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(path: Path, place: Callable[[], object]) -> None:
    """Do `place` in the folder of `path`; again, should a deletion beside it take the empty folder away meanwhile."""
    for attempt in range(1, _TRIES + 1):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            place()
        except FileNotFoundError:
            if attempt == _TRIES:
                raise
        else:
            return
