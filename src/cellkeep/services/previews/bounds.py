"""How much is looked into at a time: to unpack something takes memory, and anybody may send what takes a lot of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cellkeep.domain.errors import NotReadyError

_AT_ONCE: Final = threading.BoundedSemaphore(2)
_INSIDE: Final = threading.BoundedSemaphore(16)
"""Who looks or waits for it; more are sent away, so that waiting never uses up all threads."""
_PATIENCE_S: Final = 30.0


@contextmanager
def few_at_once(name: str) -> Iterator[None]:
    """Wait until few others are being looked into.

    Raises:
        NotReadyError: that takes too long, or too many wait already.
    """
    if not _INSIDE.acquire(blocking=False):
        raise _busy(name)
    try:
        if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
            raise _busy(name)
        try:
            yield
        finally:
            _AT_ONCE.release()
    finally:
        _INSIDE.release()


def _busy(name: str) -> NotReadyError:
    return NotReadyError(f"The server is busy with other files. Ask for '{name}' again in a moment.")
