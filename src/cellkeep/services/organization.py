"""The people of an organization, and what it uses."""

from collections.abc import Sequence

from cellkeep.domain.errors import ConflictError, ForbiddenError, NotFoundError
from cellkeep.domain.people import Caller, InviteResult, OrganizationMember, OrganizationRole
from cellkeep.domain.records import now
from cellkeep.domain.usage import OrganizationUsage, month_of
from cellkeep.storage.store import UnitOfWork

_NAMED_ADMINS = 3


def require_admin(work: UnitOfWork, caller: Caller, task: str) -> None:
    """Raise ForbiddenError unless the caller administers the organization; it says whom to ask."""
    if not caller.is_admin:
        admins = " or ".join(work.members.active_admins()[:_NAMED_ADMINS])
        raise ForbiddenError(f"Only an admin of the organization can {task}: ask {admins}.")


def require_own(caller: Caller, organization_id: str) -> None:
    """Raise NotFoundError for any other organization than the caller's."""
    if organization_id != caller.organization.id:
        raise NotFoundError(f"There is no organization with the id '{organization_id}'.")


def usage(work: UnitOfWork) -> OrganizationUsage:
    """What the organization keeps. Nothing is metered, so the rest is zero."""
    start, end = month_of(now())
    return OrganizationUsage(period_start=start, period_end=end, storage=work.members.storage())


def members(work: UnitOfWork, caller: Caller, organization_id: str) -> Sequence[OrganizationMember]:
    require_own(caller, organization_id)
    return work.members.list(caller)


def invite(work: UnitOfWork, caller: Caller, organization_id: str, email: str, role: OrganizationRole) -> InviteResult:
    """Take a person into the organization. Whoever is in it already keeps their role.

    Raises:
        ConflictError: the person was deactivated, or is in another organization.
    """
    _begin(work, caller, organization_id, "take people in")
    user = work.members.find(email)
    if user is None:
        return InviteResult(user_id=work.members.add(email, role), role_name=role)
    refuse_deactivated(user.email, active=user.is_active)
    return InviteResult(user_id=user.id, already_member=True, role_name=user.organization_role)


def invite_again(work: UnitOfWork, caller: Caller, organization_id: str, user_id: str) -> InviteResult:
    """Say once more that the person is in: no mail is sent by this server."""
    _begin(work, caller, organization_id, "invite people")
    user = work.members.row(user_id)
    refuse_deactivated(user.email, active=user.is_active)
    return InviteResult(user_id=user.id, already_member=True, role_name=user.organization_role)


def set_role(
    work: UnitOfWork, caller: Caller, organization_id: str, user_id: str, role: OrganizationRole
) -> OrganizationMember:
    """Make somebody an admin, or a member again.

    Raises:
        ConflictError: nobody active would administer the organization any more.
    """
    _begin(work, caller, organization_id, "change roles")
    user = work.members.row(user_id)
    if role != "Admin":
        _refuse_last_admin(work, user.email, "made a member")
    work.members.set_role(user, role)
    return work.members.get(user_id)


def set_active(
    work: UnitOfWork, caller: Caller, organization_id: str, user_id: str, *, active: bool
) -> OrganizationMember:
    """Shut somebody out with all their keys and end their sessions, or let them in again with the same keys.

    Raises:
        ConflictError: nobody active would administer the organization any more.
    """
    _begin(work, caller, organization_id, "deactivate and reactivate people")
    user = work.members.row(user_id)
    if not active:
        _refuse_last_admin(work, user.email, "deactivated")
        work.people.end_sessions(user_id)
    work.members.set_active(user, active)
    return work.members.get(user_id)


def remove(work: UnitOfWork, caller: Caller, organization_id: str, user_id: str) -> None:
    """Remove a person with their keys and roles. What they made stays, and keeps their name.

    Raises:
        ConflictError: nobody active would administer the organization any more.
    """
    _begin(work, caller, organization_id, "remove people")
    user = work.members.row(user_id)
    _refuse_last_admin(work, user.email, "removed")
    work.members.remove(user)


def refuse_deactivated(email: str, *, active: bool) -> None:
    """Raise ConflictError for somebody who has been shut out."""
    if not active:
        raise ConflictError(f"{email} was deactivated. An admin of the organization can reactivate them.")


def _begin(work: UnitOfWork, caller: Caller, organization_id: str, task: str) -> None:
    require_own(caller, organization_id)
    require_admin(work, caller, task)
    work.members.one_at_a_time()


def _refuse_last_admin(work: UnitOfWork, email: str, done: str) -> None:
    if list(work.members.active_admins()) == [email]:
        raise ConflictError(
            f"{email} is the last active admin of the organization and can not be {done}. Make another one first."
        )
