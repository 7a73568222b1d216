"""Planned measurements: tests that somebody wants, and the channel and time they are given."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Draft, Instant, Model, Name, Record, Sent

LONGEST_PLAN_S = 20 * 366 * 24 * 3600

Seconds = Annotated[int, Field(gt=0, le=LONGEST_PLAN_S)]


class PlannedMeasurementStatus(StrEnum):
    requested = "requested"
    scheduled = "scheduled"
    in_progress = "in_progress"
    completed = "completed"
    cancelled = "cancelled"


RESERVING: frozenset[PlannedMeasurementStatus] = frozenset(
    {PlannedMeasurementStatus.scheduled, PlannedMeasurementStatus.in_progress}
)
"""In these a plan keeps its channel for its time."""

RESERVATION = ("channel_id", "planned_start_time", "planned_end_time")


class PlannedMeasurement(Record):
    project_id: str
    status: PlannedMeasurementStatus
    protocol_id: str | None = None
    cell_specification_id: str | None = None
    cell_instance_id: str | None = None
    channel_id: str | None = None
    planned_start_time: Instant | None = None
    planned_end_time: Instant | None = None
    estimated_duration_seconds: int | None = None
    notes: str | None = None
    requested_by_email: str | None = None
    scheduled_by_email: str | None = None


class PlannedPatch(Draft):
    name: Name | None = None
    status: PlannedMeasurementStatus | None = None
    protocol_id: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """Named by whoever keeps the protocols; it is not looked up here."""
    cell_specification_id: str | None = None
    cell_instance_id: str | None = None
    channel_id: str | None = None
    planned_start_time: Instant | None = None
    planned_end_time: Instant | None = None
    estimated_duration_seconds: Seconds | None = None
    notes: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name", "status", "protocol_id", "cell_specification_id")
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {
        "project_id",
        "requested_by_email",
        "scheduled_by_email",
    }


class PlannedDraft(PlannedPatch):
    name: Name
    status: PlannedMeasurementStatus = PlannedMeasurementStatus.requested


PlannedOrder = Literal[
    "name",
    "created_at",
    "updated_at",
    "status",
    "planned_start_time",
    "planned_end_time",
    "estimated_duration_seconds",
]


class PlannedQuery(ListQuery):
    status: PlannedMeasurementStatus | None = None
    channel_id: str | None = None
    order_by: PlannedOrder = "created_at"  # type: ignore[assignment]


def require_complete(plan: Mapping[str, Any]) -> None:
    """Raise BadRequestError where a plan lacks what its status needs, or ends before it starts."""
    status = plan["status"]
    needed: tuple[str, ...] = ()
    if status == PlannedMeasurementStatus.requested:
        needed = ("estimated_duration_seconds",)
    elif status in RESERVING:
        needed = RESERVATION
    require_given(plan, *needed, why=f"A planned measurement that is {status}")
    require_span(plan.get("planned_start_time"), plan.get("planned_end_time"))


def require_span(start: datetime | None, end: datetime | None) -> None:
    """Raise BadRequestError where a plan does not end after it starts."""
    if start is not None and end is not None and end <= start:
        raise BadRequestError(
            f"planned_end_time {end.isoformat()} must lie after planned_start_time {start.isoformat()}."
        )


def require_given(plan: Mapping[str, Any], *needed: str, why: str) -> None:
    """Raise BadRequestError that names those of the keys that have no value."""
    if missing := [key for key in needed if plan.get(key) is None]:
        raise BadRequestError(f"{why} needs {', '.join(missing)}.", detail={"missing": missing})


class ProposalRequest(Sent):
    """Which planned measurements to find a place for; those that come first choose first."""

    planned_measurement_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]
    start_after: Instant | None = None
    """Nothing starts earlier; a time that is past is taken as now."""


class AutoScheduleAssignment(Model):
    """A place for one planned measurement, or the reason why there is none."""

    planned_measurement_id: str
    planned_measurement_name: str
    planned_measurement_updated_at: Instant
    """The plan as it was when the place was found; once it is changed, the place is not given any more."""
    channel_id: str | None = None
    channel_name: str | None = None
    cycler_name: str | None = None
    planned_start_time: Instant | None = None
    planned_end_time: Instant | None = None
    unscheduled_reason: str | None = None

    @property
    def is_scheduled(self) -> bool:
        """Whether a place was found, so that it can be applied."""
        return None not in {self.channel_id, self.planned_start_time, self.planned_end_time}


class AutoScheduleProposal(Model):
    """A place for each planned measurement that was asked about. Nothing is stored by it."""

    generated_at: Instant
    assignments: list[AutoScheduleAssignment]


class ChosenAssignment(Sent):
    """An assignment of a proposal that is to be applied."""

    planned_measurement_id: str
    planned_measurement_updated_at: Instant
    channel_id: str | None = None
    planned_start_time: Instant | None = None
    planned_end_time: Instant | None = None

    def place(self) -> tuple[str, datetime, datetime]:
        """Channel, start and end.

        Raises:
            BadRequestError: there is none, or the end does not lie after the start.
        """
        if self.channel_id is None or self.planned_start_time is None or self.planned_end_time is None:
            raise BadRequestError(
                f"The assignment of '{self.planned_measurement_id}' has no channel or no time. "
                "Apply only those for which is_scheduled is true."
            )
        require_span(self.planned_start_time, self.planned_end_time)
        return self.channel_id, self.planned_start_time, self.planned_end_time


class ApplyProposal(Sent):
    assignments: Annotated[list[ChosenAssignment], Field(max_length=1000)]
