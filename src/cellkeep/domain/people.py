"""Who is calling, and what they may see and change; the people of an organization and their roles."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator

from cellkeep.domain.errors import BadRequestError, ForbiddenError
from cellkeep.domain.records import Instant, Model, Sent

OrganizationRole = Literal["Admin", "Member"]
ProjectRole = Literal["Project Admin", "Project Contributor", "Project Viewer"]

_LONGEST_EMAIL = 254


def folded_email(text: str) -> str:
    """The form in which an e-mail address is kept and compared: without case and surrounding white space."""
    return unicodedata.normalize("NFC", text.strip().lower())


def _plausible(text: str) -> str:
    email = folded_email(text)
    name, at, host = email.partition("@")
    printable = email.isprintable() and not any(map(str.isspace, email))
    if not (name and at and host and "@" not in host and printable and len(email) <= _LONGEST_EMAIL):
        raise ValueError(f"'{text[:80]}' is no e-mail address like jane@lab.org.")
    return email


Email = Annotated[str, AfterValidator(_plausible)]
"""Something@somewhere, kept in lower case, so that one address is one person however it is typed."""


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

    def may_write(self, project_id: str) -> bool:
        """Whether the caller may change records of the project."""
        return self.is_admin or self.project_roles.get(project_id) in {"Project Admin", "Project Contributor"}

    def require_write(self, project_id: str) -> None:
        """Raise ForbiddenError unless the caller may change records of the project."""
        if not self.may_write(project_id):
            raise ForbiddenError("You can read this project but not change it: ask for the role Project Contributor.")

    def require_project_admin(self, project_id: str) -> None:
        """Raise ForbiddenError unless the caller administers the project."""
        if not self.is_admin and self.project_roles.get(project_id) != "Project Admin":
            raise ForbiddenError("Only an admin of the project can do this.")

    def require_admin(self) -> None:
        """Raise ForbiddenError unless the caller administers the organization."""
        if not self.is_admin:
            raise ForbiddenError("Only an admin of the organization can do this.")


class SignIn(Model):
    """Somebody who is signed in to the pages."""

    user_id: str
    epoch: int
    """How often all sessions of the person had been ended by then."""
    session: str = ""
    """The secret of the session, once one was opened."""


OpenedBy = Literal["link", "password", "key"]
"""By what somebody signed in to the pages."""

EndedBy = Literal["use", "password", "safety"]
"""Why a login link is of no use any more: it was used, its person got a password, or lost one, a key, or the way in."""


class PageSession(Model):
    """Somebody who is signed in to the pages in one browser."""

    opened_at: Instant
    opened_by: OpenedBy
    is_this: bool
    """Whether it is the one of who asks."""


class EndedLink(Model):
    """A login link that signs nobody in any more."""

    ended_at: Instant
    ended_by: EndedBy


class Me(Model):
    """What `GET /users/me` answers."""

    id: str
    email: str
    authorized_organization: Organization
    organizations: list[Organization]


class ProjectRoleInfo(Model):
    """A role that a person can have in a project."""

    id: str
    name: ProjectRole
    description: str | None = None


PROJECT_ROLES: tuple[ProjectRoleInfo, ...] = (
    ProjectRoleInfo(
        id="project-admin",
        name="Project Admin",
        description="Reads and changes everything in the project, and says who its members are.",
    ),
    ProjectRoleInfo(
        id="project-contributor",
        name="Project Contributor",
        description="Reads and changes everything in the project.",
    ),
    ProjectRoleInfo(id="project-viewer", name="Project Viewer", description="Reads everything in the project."),
)
"""The same on every server, for ever: programs keep these ids."""


def role_of_id(role_id: str) -> ProjectRole:
    """The role of an id.

    Raises:
        BadRequestError: there is none.
    """
    for role in PROJECT_ROLES:
        if role.id == role_id:
            return role.name
    known = ", ".join(f"'{role.id}'" for role in PROJECT_ROLES)
    raise BadRequestError(f"There is no project role with the id '{role_id}'. The ids are {known}.")


def id_of_role(name: str) -> str:
    """The id of a role."""
    return next(role.id for role in PROJECT_ROLES if role.name == name)


class NamedRole(Model):
    name: OrganizationRole


class ProjectMembership(Model):
    """What somebody is in one project."""

    project_id: str
    project_role_id: str


class OrganizationMember(Model):
    """A person of the organization."""

    id: str
    email: str
    is_active: bool = True
    """False once an admin has deactivated the person: their keys open nothing until they are reactivated."""
    created_at: Instant
    organization_role: NamedRole
    user_project_roles: list[ProjectMembership] = []
    """In the projects that the caller sees."""

    @property
    def role(self) -> OrganizationRole:
        return self.organization_role.name

    @property
    def projects(self) -> list[ProjectMembership]:
        return self.user_project_roles


class ProjectMember(ProjectMembership):
    """Somebody's place in one project."""

    user_id: str


class InviteResult(Model):
    """What an invitation led to."""

    user_id: str
    invite_sent: bool = False
    """This server sends no mail: an admin makes the person a key and hands it over."""
    already_member: bool = False
    role_name: str | None = None
    """The role they have now."""


class Invitation(Sent):
    """Take a person into the organization."""

    email: Email
    role_name: OrganizationRole = "Member"


class RoleChange(Sent):
    role_name: OrganizationRole


class Activation(Sent):
    is_active: bool


class NewMember(Sent):
    """Give a person of the organization a role in a project."""

    user_id: str
    project_role_id: str


class MemberInvitation(Sent):
    """The same for an e-mail address, whether or not the organization knows it yet."""

    email: Email
    project_role_id: str


class MemberChange(Sent):
    project_role_id: str


class ApiKey(Model):
    """What is known of a key. The key itself is not kept."""

    id: str
    email: str
    label: str
    created_at: Instant
