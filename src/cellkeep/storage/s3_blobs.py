"""Blobs in a bucket of S3 or of any server that speaks it."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import S3Store

from cellkeep.storage.blobs import BlobExistsError, BlobInfo, BlobNotFoundError

_SCAN_S = 300.0
_PARTS_AT_ONCE = 4
_LARGE_BYTES = 64 * 1024 * 1024
"""A larger file is sent in parts, because it is held in memory otherwise. A crash amid parts leaves some in the bucket
that only a lifecycle rule removes, so smaller ones are sent at once."""

_DELETE_BATCH = 1000
"""As many keys as S3 removes in one call."""

_PIECE_BYTES = 8 * 1024 * 1024

_COPY_TIMEOUT = timedelta(minutes=15)
"""A server copies 5 GB in one call, and says nothing before it is done."""


class S3Blobs:
    """Objects under a prefix of a bucket.

    Args:
        url: `s3://bucket/prefix`. Credentials, region and endpoint come from the usual `AWS_*` variables.
    """

    def __init__(self, url: str) -> None:
        # Servers on a plain address are reached without TLS only where the endpoint itself says so.
        self._store = S3Store.from_url(url, client_options={"allow_http": True})
        self._patient = S3Store.from_url(url, client_options={"allow_http": True, "timeout": _COPY_TIMEOUT})

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            yield Path(folder)

    def put(self, key: str, source: bytes | Path) -> None:
        if self.head(key):  # some servers do not know the condition that `create` sends
            raise BlobExistsError(key)
        if isinstance(source, Path) and source.stat().st_size > _LARGE_BYTES:
            self._store.put(key, source, max_concurrency=_PARTS_AT_ONCE)
            return
        try:
            self._store.put(key, source, mode="create", use_multipart=False)
        except AlreadyExistsError:
            raise BlobExistsError(key) from None

    def copy(self, source: str, target: str) -> None:
        try:
            self._patient.copy(source, target)
        except FileNotFoundError:
            raise BlobNotFoundError(source) from None

    def get(self, key: str) -> bytes:
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError:
            raise BlobNotFoundError(key) from None

    def pieces(self, key: str) -> Iterator[bytes]:
        # By ranges: each is a short request that is tried again by itself.
        if (found := self.head(key)) is None:
            raise BlobNotFoundError(key)
        for start in range(0, found.size_bytes, _PIECE_BYTES):
            try:
                yield bytes(self._store.get_range(key, start=start, length=_PIECE_BYTES))
            except FileNotFoundError:
                raise BlobNotFoundError(key) from None

    def end(self, key: str, size_bytes: int) -> bytes:
        if (found := self.head(key)) is None:
            raise BlobNotFoundError(key)
        length = min(size_bytes, found.size_bytes)
        if not length:
            return b""
        try:
            return bytes(self._store.get_range(key, start=found.size_bytes - length, length=length))
        except FileNotFoundError:
            raise BlobNotFoundError(key) from None

    def head(self, key: str) -> BlobInfo | None:
        try:
            found = self._store.head(key)
        except FileNotFoundError:
            return None
        return BlobInfo(key, found["size"], found["last_modified"])

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        for page in self._store.list(prefix):
            for found in page:
                yield BlobInfo(found["path"], found["size"], found["last_modified"])

    def delete(self, keys: Iterable[str]) -> None:
        pending = list(keys)
        for start in range(0, len(pending), _DELETE_BATCH):
            try:
                self._store.delete(pending[start : start + _DELETE_BATCH])
            except FileNotFoundError:
                continue

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            path = Path(folder) / "blob"
            try:
                with path.open("wb") as file:
                    for piece in self._store.get(key).stream(min_chunk_size=4 * 1024 * 1024):
                        file.write(piece)
            except FileNotFoundError:
                raise BlobNotFoundError(key) from None
            yield path

    def scannable(self, key: str) -> str:
        return self.sign_get(key, lifetime_s=_SCAN_S, base_url="")

    def sign_get(self, key: str, *, lifetime_s: float, base_url: str) -> str:  # noqa: ARG002
        return obstore.sign(self._store, "GET", key, timedelta(seconds=lifetime_s))

    def sign_put(self, key: str, *, lifetime_s: float, base_url: str) -> str:  # noqa: ARG002
        return obstore.sign(self._store, "PUT", key, timedelta(seconds=lifetime_s))
