"""What a check is: rows in, one block after the other, and findings out."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from cellkeep.domain.columns import DataType
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.validate.rows import Rows

MOST_OF_A_KIND = 1000
"""Of the same finding at so many steps each is told; the others are counted in the last."""


@dataclass(frozen=True)
class Asked:
    """What is known of a series beside its rows, and how closely it is to be looked at.

    Attributes:
        columns: names of all its columns.
        data_type: its kind.
        strict: whether the checks run that have to be asked for.
        skip: names of checks that do not run.
        rated_capacity: of the cell [A.h].
        voltage_window: lowest and highest voltage of the cell [V].
    """

    columns: Sequence[str]
    data_type: DataType | None = None
    strict: bool = False
    skip: Collection[str] = ()
    rated_capacity: float | None = None
    voltage_window: tuple[float, float] | None = None

    @cached_property
    def present(self) -> frozenset[str]:
        """The columns, to be looked up in."""
        return frozenset(self.columns)

    @property
    def told_columns(self) -> list[str]:
        """The columns, as many of them as a finding can tell."""
        return list(self.columns[:MOST_OF_A_KIND])

    @property
    def capacity(self) -> float | None:
        """The rated capacity, if it is one."""
        return self.rated_capacity if self.rated_capacity is not None and self.rated_capacity > 0 else None


@dataclass(frozen=True)
class Timing:
    """When the test ran, as its record says: the values as they were given."""

    start_time: datetime | str | None = None
    end_time: datetime | str | None = None
    now: datetime | None = None


class Check(ABC):
    """One check of a series. Its fields are all that it knows of the rows so far: plain values, which can be kept."""

    codes: ClassVar[tuple[Code, ...]]
    """What it may find."""
    name: ClassVar[str | None] = None
    """The name by which it can be skipped; only strict checks have one."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Columns without which it finds nothing."""

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        """Whether it can find anything in such a series."""
        return asked.present.issuperset(cls.reads)

    @abstractmethod
    def add(self, rows: Rows) -> None:
        """Look at the next rows."""

    @classmethod
    def begin(cls, asked: Asked) -> Self:  # noqa: ARG003  some need nothing of it
        """The check before the first row."""
        return cls()

    def close(self) -> None:  # noqa: B027  most have it there all the time
        """Put all that is known in the fields. No rows are added afterwards."""

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """What is wrong with the rows so far."""


@dataclass
class Several:
    """Payloads of one kind of finding: the first thousand, and the number of all."""

    payloads: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(self, places: Collection[int] | np.ndarray[Any, Any], payload: Any) -> None:
        """One payload for each place; it is made only of those that are kept."""
        room = MOST_OF_A_KIND - len(self.payloads)
        self.payloads.extend(payload(int(place)) for place, _ in zip(places, range(room), strict=False))
        self.count += len(places)

    def and_at(self, place: int, payload: Any) -> Self:
        """The same and one more."""
        longer = type(self)(list(self.payloads), self.count)
        longer.add([place], payload)
        return longer

    def findings(self, code: Code, say: Any) -> Iterator[Finding]:
        """The findings; the last one tells how many were left out."""
        for number, payload in enumerate(self.payloads, 1):
            left = self.count - number if number == len(self.payloads) else 0
            more = f" (So it is {left:,} more times.)" if left else ""
            yield found(code, say(payload) + more, **payload).model_copy(update={"more": left})


def native(value: float, *, whole: bool = False) -> float | int:
    """A number as Python has it: whole where the column holds whole numbers."""
    return int(value) if whole and np.isfinite(value) else float(value)
