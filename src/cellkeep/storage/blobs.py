"""Where bytes live: a narrow protocol, and how a store is chosen by its URL.

Content under a key never changes once a record names the key. Clients send to keys under `staging/`, which may be
overwritten until they are confirmed; what is confirmed is copied to a fresh key that no link can write to.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

STAGING = "staging"
INCOMING = ".incoming"
"""Below staging: what a local store has not received whole."""


@dataclass(frozen=True)
class BlobInfo:
    """An object as the store lists it."""

    key: str
    size_bytes: int
    modified_at: datetime


class BlobNotFoundError(LookupError):
    """No object has this key."""


class BlobExistsError(ValueError):
    """An object already has this key, and objects are not overwritten."""


class BlobStore(Protocol):
    """What a store of objects must do; `cellkeep.testing.blobs.BlobStoreContract` says it in tests."""

    def workspace(self) -> AbstractContextManager[Path]:
        """A folder for files that are to be put, gone when the context ends. They must not be changed once they are."""

    def put(self, key: str, source: bytes | Path) -> None:
        """Store bytes or a file's content durably.

        Raises:
            BlobExistsError: the key is taken.
        """

    def copy(self, source: str, target: str) -> None:
        """Give the content a second, independent key, durably.

        Raises:
            BlobNotFoundError: there is no such source.
        """

    def get(self, key: str) -> bytes:
        """All bytes; BlobNotFoundError where there are none."""

    def pieces(self, key: str) -> Iterator[bytes]:
        """All bytes in pieces that are never large; BlobNotFoundError where there are none."""

    def end(self, key: str, size_bytes: int) -> bytes:
        """The last bytes, or all of a shorter object; BlobNotFoundError where there is none."""

    def head(self, key: str) -> BlobInfo | None:
        """Size and age, or None where there is no such object."""

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        """All objects under `prefix/`."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; keys without one are passed over."""

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        """A readable file with the content, for as long as the context lasts. It must not be changed.

        Raises:
            BlobNotFoundError: there is no such object.
        """

    def scannable(self, key: str) -> str:
        """A path, or a link that works for a few minutes, from which a reader of tables takes only what it needs."""

    def sign_get(self, key: str, *, lifetime_s: float, base_url: str) -> str:
        """A link that reads the object without further credentials, by GET, HEAD and byte ranges."""

    def sign_put(self, key: str, *, lifetime_s: float, base_url: str) -> str:
        """A link that writes the object without further credentials; it may be used again and overwrites."""
