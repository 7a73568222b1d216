"""How much is looked into at a time: to unpack something takes memory, and anybody may send what takes a lot of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cellkeep.domain.errors import NotReadyError

_AT_ONCE: Final = threading.BoundedSemaphore(2)
_PATIENCE_S: Final = 30.0


@contextmanager
def few_at_once(name: str) -> Iterator[None]:
    """Wait until few others are being looked into.

    Raises:
        NotReadyError: that takes too long.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise NotReadyError(f"The server is busy with other files. Ask for '{name}' again in a moment.")
    try:
        yield
    finally:
        _AT_ONCE.release()
