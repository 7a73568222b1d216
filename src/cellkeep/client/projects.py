"""Projects."""

from typing import Any, Unpack

from cellkeep.client.resource import Filters, Resource, create_or_get, list_params, read, read_page
from cellkeep.client.transport import segment
from cellkeep.domain.paging import Page
from cellkeep.domain.projects import Project


class Projects(Resource):
    """`client.project`."""

    def create(self, data: dict[str, Any] | None = None) -> Project:
        """Create a project from `name` and, if wanted, `description`.

        Raises:
            ConflictError: the organization has a project of that name.
        """
        return read(Project, self._transport.post("/projects", data or {}))

    def create_or_get(self, data: dict[str, Any]) -> Project:
        """Create a project, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(data), self.get)

    def get(self, project_id: str) -> Project:
        """The project; NotFoundError where there is none that you see."""
        return read(Project, self._transport.get(f"/projects/{segment(project_id)}"))

    def list(self, limit: int | None = None, offset: int | None = None, **filters: Unpack[Filters]) -> Page[Project]:
        """The projects you see, newest first."""
        return read_page(Project, self._transport.get("/projects", list_params(limit, offset, filters)))

    def update(self, project_id: str, data: dict[str, Any]) -> Project:
        """Change the given keys; null clears."""
        return read(Project, self._transport.patch(f"/projects/{segment(project_id)}", data))

    def delete(self, project_id: str) -> None:
        """Remove a project with everything in it."""
        self._transport.delete(f"/projects/{segment(project_id)}")
