"""Service of cyclers: what is planned or under way, and what was done."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from cellkeep.domain.cyclers import IntervalDays
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.incidents import IncidentCategory
from cellkeep.domain.paging import MAX_LIMIT, Limit, Offset
from cellkeep.domain.records import Instant, Model, Sent, now

EventType = Literal["calibration", "preventive_maintenance", "firmware", "repair", "other"]

INCIDENT_CATEGORIES: dict[EventType, IncidentCategory] = {
    "calibration": "calibration",
    "preventive_maintenance": "maintenance",
    "firmware": "maintenance",
    "repair": "maintenance",
    "other": "other",
}
"""What the channels of a cycler are out for while it is serviced."""

_CLOCK_SKEW = timedelta(minutes=5)


class CyclerServiceEvent(Model):
    """Work on a cycler. It is under way while `performed_at` is null."""

    id: str
    cycler_id: str
    project_id: str
    event_type: EventType
    scheduled_for: Instant | None = None
    scheduled_until: Instant | None = None
    performed_at: Instant | None = None
    notes: str | None = None
    created_at: Instant
    created_by: str | None = None
    """Id of the user who took the cycler out, or who recorded the work afterwards."""
    performed_by: str | None = None
    """Id of the user who said that it is done."""


class ServiceStart(Sent):
    """Take a cycler out of service with all its channels."""

    event_type: EventType
    scheduled_for: Instant
    scheduled_until: Instant | None = None
    notes: str | None = None

    def require_span(self) -> None:
        """Raise BadRequestError where the end does not lie after the start."""
        if self.scheduled_until is not None and self.scheduled_until <= self.scheduled_for:
            raise BadRequestError(
                f"scheduled_until {self.scheduled_until.isoformat()} must lie after "
                f"scheduled_for {self.scheduled_for.isoformat()}."
            )


class ServiceCompletion(Sent):
    """Say that the work under way is done, or that some was done where none was under way."""

    event_type: EventType = "calibration"
    """Taken only where no event is open; an open one has its own."""
    performed_at: Instant | None = None
    notes: str | None = None
    calibration_interval_days: IntervalDays | None = None

    def done_at(self) -> datetime:
        """When it was done: now, unless said otherwise.

        Raises:
            BadRequestError: it lies in the future.
        """
        done = self.performed_at or now()
        if done > now() + _CLOCK_SKEW:
            raise BadRequestError(f"performed_at {done.isoformat()} lies in the future: record work once it is done.")
        return done


class ServiceEventQuery(BaseModel):
    """The history of a cycler is always newest first."""

    limit: Limit = MAX_LIMIT
    offset: Offset = 0
