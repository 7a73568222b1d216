"""Keeping in memory what was read of objects, which never change, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import polars as pl


class Sized(Protocol):
    """Something that tells how much memory it takes."""

    @property
    def n_bytes(self) -> int: ...


@dataclass(frozen=True)
class Place:
    """Where a stored object is read.

    Attributes:
        key: its name, under which its content never changes.
        path: where a reader of tables finds it: a path, or a link that works for a while.
    """

    key: str
    path: str


@dataclass(frozen=True)
class Frame:
    """Rows that are kept."""

    rows: pl.DataFrame

    @property
    def n_bytes(self) -> int:
        return int(self.rows.estimated_size())


T = TypeVar("T", bound=Sized)


class Remembered(Generic[T]):
    """The values that were used last, by key. Safe to use from many threads.

    Args:
        most_bytes: as much is kept at most; a larger value is made each time.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of the key, made where it is not remembered. Two threads may both make it."""
        with self._lock:
            if (known := self._values.get(key)) is not None:
                self._values.move_to_end(key)
                return known
        made = make()
        with self._lock:
            if key not in self._values and made.n_bytes <= self._most_bytes:
                self._values[key] = made
                self._bytes += made.n_bytes
                while self._bytes > self._most_bytes:
                    _, dropped = self._values.popitem(last=False)
                    self._bytes -= dropped.n_bytes
        return made


_TABLES_BYTES = 64 * 1024 * 1024
"""Those of some hundred long tests."""
TABLES: Remembered[Frame] = Remembered(_TABLES_BYTES)
"""Step and cycle tables by the key of their object: who looks at a test asks for the same ones again and again."""
