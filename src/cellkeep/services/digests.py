"""Digests of stored objects that nobody needed when they were written."""

import hashlib
import logging
import math
import time

from cellkeep.domain.errors import NotFoundError
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store

_log = logging.getLogger(__name__)


def digest_of(store: Store, key: str, deadline_s: float = math.inf) -> str | None:
    """The SHA-256 of an object as hexadecimal digits, or None where it takes longer."""
    digest = hashlib.sha256()
    for piece in store.blobs.pieces(key):
        if time.monotonic() > deadline_s:
            return None
        digest.update(piece)
    return digest.hexdigest()


def complete_digests(store: Store) -> None:
    """Compute the digests that no confirm and no processing has waited for.

    A file that can not be read is left to the next time.
    """
    with store.reading() as work:
        files = dict(work.raw_data.without_digest())
        series = work.measurements.without_digest()
    for raw_data_id, key in files.items():
        _complete(store, key, raw_data_id)
    for key in series:
        _complete(store, key)


def _complete(store: Store, key: str, raw_data_id: str | None = None) -> None:
    try:
        sha256 = digest_of(store, key) or ""
        with store.writing() as work:
            if raw_data_id is None:
                work.measurements.set_digest(key, sha256)
            else:
                work.raw_data.row(raw_data_id, lock=True).sha256 = sha256
    except (BlobNotFoundError, NotFoundError):
        pass  # it was removed meanwhile
    except Exception:  # noqa: BLE001  stores fail in ways of their own, and the other files need not wait
        _log.exception("The digest of the stored object %s can not be computed now.", key)
