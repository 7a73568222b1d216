"""Who is calling, and what they may see and change."""

from typing import Literal

from cellkeep.domain.errors import ForbiddenError
from cellkeep.domain.records import Model

OrganizationRole = Literal["Admin", "Member"]
ProjectRole = Literal["Project Admin", "Project Contributor", "Project Viewer"]


class Organization(Model):
    id: str
    name: str


class Caller(Model):
    """A person behind a request. An organization Admin reaches every project of the organization."""

    user_id: str
    email: str
    organization: Organization
    organization_role: OrganizationRole = "Member"
    project_roles: dict[str, ProjectRole] = {}
    """Role by project id; projects that are not named are not seen."""

    @property
    def is_admin(self) -> bool:
        return self.organization_role == "Admin"

    def require_write(self, project_id: str) -> None:
        """Raise ForbiddenError unless the caller may change records of the project."""
        if not self.is_admin and self.project_roles.get(project_id) not in {
            "Project Admin",
            "Project Contributor",
        }:
            raise ForbiddenError("You can read this project but not change it: ask for the role Project Contributor.")

    def require_project_admin(self, project_id: str) -> None:
        """Raise ForbiddenError unless the caller administers the project."""
        if not self.is_admin and self.project_roles.get(project_id) != "Project Admin":
            raise ForbiddenError("Only an admin of the project can do this.")

    def require_admin(self) -> None:
        """Raise ForbiddenError unless the caller administers the organization."""
        if not self.is_admin:
            raise ForbiddenError("Only an admin of the organization can do this.")


class Me(Model):
    """What `GET /users/me` answers."""

    id: str
    email: str
    authorized_organization: Organization
    organizations: list[Organization]
