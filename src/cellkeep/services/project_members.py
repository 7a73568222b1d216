"""Who works in a project, and as what."""

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.people import Caller, InviteResult, ProjectMember, ProjectRole, id_of_role
from cellkeep.services.organization import refuse_deactivated
from cellkeep.storage.store import UnitOfWork


def add(work: UnitOfWork, caller: Caller, project_id: str, user_id: str, role: ProjectRole) -> ProjectMember:
    """Give a person of the organization a role in the project, in place of any that they have there.

    Raises:
        NotFoundError: there is no such project, or nobody of that id in the organization.
        ConflictError: the person is deactivated.
    """
    _begin(work, caller, project_id)
    user = work.members.row(user_id)
    refuse_deactivated(user.email, active=user.is_active)
    return _given(work, project_id, user_id, role)


def invite(work: UnitOfWork, caller: Caller, project_id: str, email: str, role: ProjectRole) -> InviteResult:
    """The same by e-mail address. Whoever the organization does not know becomes a member of it.

    Raises:
        NotFoundError: there is no such project.
        ConflictError: the person is deactivated, or is in another organization.
    """
    _begin(work, caller, project_id)
    user = work.members.find(email)
    if user is not None:
        refuse_deactivated(user.email, active=user.is_active)
    user_id = user.id if user else work.members.add(email, "Member")
    already_member = work.members.role_in(project_id, user_id) is not None
    _given(work, project_id, user_id, role)
    return InviteResult(user_id=user_id, already_member=already_member, role_name=role)


def update(work: UnitOfWork, caller: Caller, project_id: str, user_id: str, role: ProjectRole) -> ProjectMember:
    """Change what somebody is in the project."""
    _begin(work, caller, project_id)
    _require_member(work, project_id, user_id)
    return _given(work, project_id, user_id, role)


def remove(work: UnitOfWork, caller: Caller, project_id: str, user_id: str) -> None:
    """Take somebody out of the project; what they made stays."""
    _begin(work, caller, project_id)
    _require_member(work, project_id, user_id)
    work.members.leave(project_id, user_id)


def _begin(work: UnitOfWork, caller: Caller, project_id: str) -> None:
    work.projects.row(project_id)
    caller.require_project_admin(project_id)
    work.members.one_at_a_time()


def _require_member(work: UnitOfWork, project_id: str, user_id: str) -> None:
    if work.members.role_in(project_id, work.members.row(user_id).id) is None:
        raise NotFoundError(f"The person with the id '{user_id}' is not a member of this project.")


def _given(work: UnitOfWork, project_id: str, user_id: str, role: ProjectRole) -> ProjectMember:
    work.people.add_member(project_id, user_id, role)
    return ProjectMember(project_id=project_id, user_id=user_id, project_role_id=id_of_role(role))
