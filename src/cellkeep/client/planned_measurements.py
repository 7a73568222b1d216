"""Planned measurements: what is to be tested next, where and when."""

from collections.abc import Sequence
from typing import Any, Unpack

from cellkeep.client.resource import Filters, Resource, create_or_get, given, list_params, read, read_page
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.paging import Page
from cellkeep.domain.planned_measurements import AutoScheduleAssignment, AutoScheduleProposal, PlannedMeasurement
from cellkeep.domain.projects import Project

_Plans = list[PlannedMeasurement]  # inside the class `list` is the method


class PlannedMeasurements(Resource):
    """`client.planned_measurement`. Without `project_id` each call is about the client's project."""

    def __init__(self, transport: Transport, project_id: str | None) -> None:
        super().__init__(transport)
        self._project_id = project_id

    def create(self, data: dict[str, Any], project_id: str | None = None) -> PlannedMeasurement:
        """Ask for a measurement, or schedule it at once.

        Args:
            data: `name`, `protocol_id` and `cell_specification_id`; while its `status` is `requested`, as it is unless
                given, `estimated_duration_seconds`; if it is `scheduled`, `channel_id`, `planned_start_time` and
                `planned_end_time`. As wanted, `cell_instance_id` and `notes`; further keys are kept.
            project_id: the project.

        Raises:
            ConflictError: the project has one of that name, or the channel is taken at that time.
            BadRequestError: something that the status needs is missing.
        """
        return read(PlannedMeasurement, self._transport.post(self._all(project_id), data))

    def create_or_get(self, data: dict[str, Any], project_id: str | None = None) -> PlannedMeasurement:
        """Create it, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(data, project_id), lambda found: self.get(found, project_id))

    def get(self, planned_measurement_id: str, project_id: str | None = None) -> PlannedMeasurement:
        return read(PlannedMeasurement, self._transport.get(self._one(planned_measurement_id, project_id)))

    def list(
        self,
        project_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        *,
        status: str | None = None,
        channel_id: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[PlannedMeasurement]:
        """The planned measurements of a project, newest first.

        Args:
            project_id: the project.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            status: `requested`, `scheduled`, `in_progress`, `completed` or `cancelled`.
            channel_id: on this channel.
            **filters: see `Filters`; `order_by` may be `planned_start_time` and others too.
        """
        params = {"status": status, "channel_id": channel_id, **list_params(limit, offset, filters)}
        return read_page(PlannedMeasurement, self._transport.get(self._all(project_id), params))

    def update(
        self, planned_measurement_id: str, data: dict[str, Any], project_id: str | None = None
    ) -> PlannedMeasurement:
        """Change the given keys; null clears.

        Raises:
            ConflictError: the channel is taken at that time.
        """
        return read(PlannedMeasurement, self._transport.patch(self._one(planned_measurement_id, project_id), data))

    def delete(self, planned_measurement_id: str, project_id: str | None = None) -> None:
        self._transport.delete(self._one(planned_measurement_id, project_id))

    def schedule(
        self,
        planned_measurement_id: str,
        channel_id: str,
        planned_start_time: str,
        planned_end_time: str,
        project_id: str | None = None,
    ) -> PlannedMeasurement:
        """Give it a channel from a start to before an end, both in ISO 8601.

        Raises:
            ConflictError: the channel is taken at that time.
        """
        place = {
            "status": "scheduled",
            "channel_id": channel_id,
            "planned_start_time": planned_start_time,
            "planned_end_time": planned_end_time,
        }
        return self.update(planned_measurement_id, place, project_id)

    def cancel(self, planned_measurement_id: str, project_id: str | None = None) -> PlannedMeasurement:
        """Give it up; its channel is free again."""
        return self.update(planned_measurement_id, {"status": "cancelled"}, project_id)

    def auto_schedule_proposal(
        self,
        planned_measurement_ids: Sequence[str],
        start_after: str | None = None,
        project_id: str | None = None,
    ) -> AutoScheduleProposal:
        """Find the earliest channel for each, in this order. Nothing is stored: look at it, then apply it.

        Args:
            planned_measurement_ids: requested measurements; the first ones choose first.
            start_after: nothing starts before this ISO 8601 time; now, unless given.
            project_id: the project.

        Returns:
            An assignment for each; `unscheduled_reason` says why there is none for one.
        """
        body = {"planned_measurement_ids": [*planned_measurement_ids], **given(start_after=start_after)}
        return read(AutoScheduleProposal, self._transport.post(f"{self._all(project_id)}/auto_schedule_proposal", body))

    def apply_auto_schedule_proposal(
        self, assignments: Sequence[AutoScheduleAssignment | dict[str, Any]], project_id: str | None = None
    ) -> _Plans:
        """Schedule all assignments of a proposal, or none; leave out those without a place (`is_scheduled`).

        Raises:
            ScheduleStaleError: a plan was changed, or a channel was taken, since the proposal was made.
        """
        path = f"{self._all(project_id)}/apply_auto_schedule_proposal"
        answer = self._transport.post(path, {"assignments": [*assignments]})
        return [read(PlannedMeasurement, one) for one in answer]

    def _all(self, project_id: str | None) -> str:
        return f"/projects/{segment(project_id or self._project_id or self._only_project())}/planned_measurements"

    def _one(self, planned_measurement_id: str, project_id: str | None) -> str:
        return f"{self._all(project_id)}/{segment(planned_measurement_id)}"

    def _only_project(self) -> str:
        found = read_page(Project, self._transport.get("/projects", {"limit": 2}))
        if found.total == 1:
            return found[0].id
        raise InvalidError(
            f"You see {found.total} projects, so say which one: pass project_id, or set CELLKEEP_PROJECT_ID."
        )
