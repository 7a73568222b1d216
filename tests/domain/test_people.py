"""Who may see and change what."""

import pytest

from cellkeep.domain.errors import ForbiddenError
from cellkeep.domain.people import Caller, Organization, ProjectRole

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
