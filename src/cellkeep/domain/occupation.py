"""When a channel is taken, and when it is free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum


class By(IntEnum):
    """What takes a channel."""

    run = 0
    plan = 1
    outage = 2


@dataclass(frozen=True)
class Taken:
    """A time for which a channel is taken.

    Attributes:
        by: kind of what takes it.
        name: what takes it, as messages say it.
        start: when it begins.
        end: when it ends, which is free again; None where nobody knows.
    """

    by: By
    name: str
    start: datetime
    end: datetime | None

    def overlaps(self, start: datetime, end: datetime | None) -> bool:
        """Whether the two times, both without their end, have a moment in common; None is for ever."""
        return (self.end is None or start < self.end) and (end is None or self.start < end)

    def __str__(self) -> str:
        until = "with no known end" if self.end is None else f"until {self.end.isoformat()}"
        return f"{self.name}, from {self.start.isoformat()} {until}"


def earliest_start(taken: Iterable[Taken], after: datetime, duration: timedelta) -> datetime | None:
    """The first moment from which a channel is free for so long, or None where there is none that can be told."""
    start = after
    for each in sorted(taken, key=lambda found: found.start):
        if each.overlaps(start, start + duration):
            if each.end is None:
                return None
            start = max(start, each.end)
    return start
