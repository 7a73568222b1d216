"""Studies, and the measurements that belong to them."""

from typing import Any, Literal

from cellkeep.client.resource import InProject, name_filter, read, read_page
from cellkeep.client.transport import segment
from cellkeep.domain.paging import Page
from cellkeep.domain.studies import Study


class Studies(InProject):
    """`client.study`. Every call works in the named project, else in the client's own, else in the only one."""

    def create(self, data: dict[str, Any] | None = None, project_id: str | None = None) -> Study:
        """Create a study from `name` and, if wanted, `description`; its name may be that of another one."""
        return read(Study, self._transport.post(self._below(project_id), data or {}))

    def get(self, study_id: str, project_id: str | None = None) -> Study:
        """The study, with the number of its measurements."""
        return read(Study, self._transport.get(self._at(study_id, project_id)))

    def list(
        self,
        project_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        *,
        name: str | None = None,
        name_exact: str | None = None,
        order_by: str | None = None,
        order: Literal["asc", "desc"] | None = None,
    ) -> Page[Study]:
        """The studies of a project, newest first; by part of the name in any case, or by the whole name."""
        params = {
            "limit": limit,
            "offset": offset,
            "name": name_filter(name, name_exact),
            "order_by": order_by,
            "order": order,
        }
        return read_page(Study, self._transport.get(self._below(project_id), params))

    def update(self, study_id: str, data: dict[str, Any] | None = None, project_id: str | None = None) -> Study:
        """Change the given keys; null clears."""
        return read(Study, self._transport.patch(self._at(study_id, project_id), data or {}))

    def delete(self, study_id: str, project_id: str | None = None) -> None:
        """Remove a study; its measurements stay."""
        self._transport.delete(self._at(study_id, project_id))

    def assign_measurement(self, study_id: str, measurement_id: str, project_id: str | None = None) -> dict[str, Any]:
        """Make a measurement of the same project one of the study; doing it again changes nothing."""
        path = f"{self._at(study_id, project_id)}/measurements/{segment(measurement_id)}"
        answer: dict[str, Any] = self._transport.post(path, {}, again=True)
        return answer

    def list_measurements(
        self, study_id: str, project_id: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> dict[str, Any]:
        """The measurements of a study, newest first, as `{"items": [records], "count", "total"}`."""
        params = {"limit": limit, "offset": offset}
        answer: dict[str, Any] = self._transport.get(f"{self._at(study_id, project_id)}/measurements", params)
        return answer

    def remove_measurement(self, study_id: str, measurement_id: str, project_id: str | None = None) -> None:
        """Take a measurement out of the study; it stays itself."""
        self._transport.delete(f"{self._at(study_id, project_id)}/measurements/{segment(measurement_id)}")

    def _below(self, project_id: str | None) -> str:
        return f"/projects/{segment(self._project(project_id))}/studies"

    def _at(self, study_id: str, project_id: str | None) -> str:
        return f"{self._below(project_id)}/{segment(study_id)}"
