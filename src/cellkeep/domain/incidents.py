"""Incidents: the times during which a channel could not be used."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from cellkeep.domain.paging import Offset, at_most
from cellkeep.domain.records import Instant, Model, now

IncidentCategory = Literal["hardware_failure", "maintenance", "calibration", "decommissioned", "other"]

PLANNED_CATEGORIES: frozenset[IncidentCategory] = frozenset({"maintenance", "calibration"})
"""Reasons that come with a visit, so that a date must be given."""

_LONGEST_PAGE = 100


class ChannelIncident(Model):
    """One outage of a channel. It lasts while `resolved_at` is null."""

    id: str
    channel_id: str
    project_id: str
    service_event_id: str | None = None
    """The service of the whole cycler that took the channel out, where it was one."""
    category: IncidentCategory = "other"
    notes: str | None = None
    service_scheduled_at: Instant | None = None
    service_scheduled_until: Instant | None = None
    """When the channel should be back."""
    started_at: Instant
    resolved_at: Instant | None = None
    resolution_notes: str | None = None
    started_by: str | None = None
    """Id of the user who took the channel out."""
    resolved_by: str | None = None
    is_estimated: bool = False
    """Whether `started_at` is only a guess."""

    @property
    def is_overdue_to_return(self) -> bool:
        """Whether the channel is out still, though it should be back by now."""
        until = self.service_scheduled_until
        return self.resolved_at is None and until is not None and until < now()


class IncidentQuery(BaseModel):
    """The history of a channel is always newest first, 20 at a time unless asked otherwise."""

    limit: Annotated[int, at_most(_LONGEST_PAGE), Field(ge=1, le=_LONGEST_PAGE)] = 20
    offset: Offset = 0
