"""Projects, and who works in them."""

from collections.abc import Sequence
from typing import Any, Unpack

from pydantic import RootModel

from cellkeep.client.resource import Filters, Resource, create_or_get, list_params, read, read_page
from cellkeep.client.transport import segment
from cellkeep.domain.paging import Page
from cellkeep.domain.people import InviteResult, ProjectRoleInfo
from cellkeep.domain.projects import Project

_CONTRIBUTOR = "Project Contributor"


class _Roles(RootModel[list[ProjectRoleInfo]]):
    pass


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

    def update(self, project_id: str, data: dict[str, Any] | None = None) -> Project:
        """Change the given keys; null clears."""
        return read(Project, self._transport.patch(f"/projects/{segment(project_id)}", data or {}))

    def delete(self, project_id: str) -> None:
        """Remove a project with everything in it."""
        self._transport.delete(f"/projects/{segment(project_id)}")

    def roles(self) -> Sequence[ProjectRoleInfo]:
        """The roles a person can have in a project."""
        return read(_Roles, self._transport.get("/roles/project")).root

    def add_member(self, project_id: str, user_id: str, role: str = _CONTRIBUTOR) -> None:
        """Give a person of the organization a role in the project, in place of any that they have there.

        Args:
            project_id: the project.
            user_id: the person; see `client.organization.members`.
            role: name of the role in any case, or its id.

        Raises:
            ValueError: there is no such role.
            ConflictError: the person is deactivated.
        """
        body = {"user_id": user_id, "project_role_id": self._role_id(role)}
        self._transport.post(f"/projects/{segment(project_id)}/members", body)

    def invite_member(self, project_id: str, email: str, role: str = _CONTRIBUTOR) -> InviteResult:
        """The same by e-mail address; whoever the organization does not know becomes a member of it.

        No mail is sent: a new person needs a key, from `cellkeep key create --email …` on the server's machine.
        """
        body = {"email": email, "project_role_id": self._role_id(role)}
        return read(InviteResult, self._transport.post(f"/projects/{segment(project_id)}/invites", body))

    def update_member(self, project_id: str, user_id: str, role: str) -> None:
        """Change what somebody is in the project; it holds from their next request on."""
        body = {"project_role_id": self._role_id(role)}
        self._transport.patch(_member(project_id, user_id), body)

    def remove_member(self, project_id: str, user_id: str) -> None:
        """Take somebody out of the project; what they made stays."""
        self._transport.delete(_member(project_id, user_id))

    def _role_id(self, role: str) -> str:
        known = self.roles()
        for each in known:
            if role.casefold() in {each.id.casefold(), each.name.casefold()}:
                return each.id
        names = ", ".join(f"'{each.name}'" for each in known)
        raise ValueError(f"There is no project role '{role}'. The roles are {names}.")


def _member(project_id: str, user_id: str) -> str:
    return f"/projects/{segment(project_id)}/members/{segment(user_id)}"
