"""Who may see and change what."""

import pytest
from pydantic import TypeAdapter, ValidationError

from cellkeep.domain.errors import BadRequestError, ForbiddenError
from cellkeep.domain.people import PROJECT_ROLES, Caller, Email, Organization, ProjectRole, id_of_role, role_of_id

LAB = Organization(id="o", name="Lab")


def member(role: ProjectRole | None) -> Caller:
    roles: dict[str, ProjectRole] = {"p": role} if role else {}
    return Caller(user_id="u", email="u@lab", organization=LAB, project_roles=roles)


@pytest.mark.parametrize(
    ("role", "writes", "administers"),
    [
        ("Project Admin", True, True),
        ("Project Contributor", True, False),
        ("Project Viewer", False, False),
        (None, False, False),
    ],
)
def test_a_role_is_for_one_project(role: ProjectRole | None, writes: bool, administers: bool) -> None:
    """Each role allows what it says in its own project, and nothing in another."""
    caller = member(role)
    assert allowed(caller.require_write, "p") is writes
    assert allowed(caller.require_project_admin, "p") is administers
    assert not allowed(caller.require_write, "q")
    assert not allowed(caller.require_project_admin, "q")
    with pytest.raises(ForbiddenError):
        caller.require_admin()


def test_an_admin_of_the_organization_may_everything() -> None:
    """An admin changes and administers every project without a role in it."""
    admin = Caller(user_id="a", email="a@lab", organization=LAB, organization_role="Admin")
    admin.require_write("p")
    admin.require_project_admin("p")
    admin.require_admin()


def allowed(require: object, project_id: str) -> bool:
    assert callable(require)
    try:
        require(project_id)
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("jane@lab.org", "jane@lab.org"),
        (" Jane.Doe+x@LAB.org\t", "jane.doe+x@lab.org"),
        ("admin@localhost", "admin@localhost"),
        ("JÜRGEN@labor.de", "jürgen@labor.de"),
        ("ju\u0308rgen@labor.de", "jürgen@labor.de"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    """Case, surrounding white space and the way an umlaut is composed make no other address."""
    assert TypeAdapter(Email).validate_python(typed) == kept


@pytest.mark.parametrize("typed", ["", "@", "a", "a@", "@b", "a@b@c", "a b@c", "a\u200b@b", "a" * 253 + "@b"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    """There must be one @ with something on either side, all of it visible."""
    with pytest.raises(ValidationError, match="no e-mail address"):
        TypeAdapter(Email).validate_python(typed)


def test_a_role_has_one_id() -> None:
    """Names and ids stand for each other, and an unknown id is answered with those that are known."""
    assert [role_of_id(id_of_role(role.name)) for role in PROJECT_ROLES] == [role.name for role in PROJECT_ROLES]
    with pytest.raises(BadRequestError, match="'project-viewer'"):
        role_of_id("Project Viewer")
