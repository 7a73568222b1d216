"""The people of an organization, and what it uses."""

from collections.abc import Sequence

from fastapi import APIRouter, status

from cellkeep.domain.people import Activation, Invitation, InviteResult, OrganizationMember, RoleChange
from cellkeep.domain.usage import OrganizationUsage
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import organization

router = APIRouter(prefix="/organizations", tags=["people"])


@router.get("/current/usage")
def get_usage(work: Reading) -> OrganizationUsage:
    return organization.usage(work)


@router.get("/{organization_id}/users")
def list_users(work: Reading, who: Who, organization_id: str) -> Sequence[OrganizationMember]:
    return organization.members(work, who, organization_id)


@router.post("/{organization_id}/users/by-email", status_code=status.HTTP_201_CREATED)
def invite_user(work: Writing, who: Who, organization_id: str, asked: Invitation) -> InviteResult:
    return organization.invite(work, who, organization_id, asked.email, asked.role_name)


@router.patch("/{organization_id}/users/{user_id}/role")
def set_role(work: Writing, who: Who, organization_id: str, user_id: str, asked: RoleChange) -> OrganizationMember:
    return organization.set_role(work, who, organization_id, user_id, asked.role_name)


@router.patch("/{organization_id}/users/{user_id}")
def set_active(work: Writing, who: Who, organization_id: str, user_id: str, asked: Activation) -> OrganizationMember:
    return organization.set_active(work, who, organization_id, user_id, active=asked.is_active)


@router.post("/{organization_id}/users/{user_id}/resend-invite")
def invite_again(work: Writing, who: Who, organization_id: str, user_id: str) -> InviteResult:
    return organization.invite_again(work, who, organization_id, user_id)


@router.delete("/{organization_id}/users/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_user(work: Writing, who: Who, organization_id: str, user_id: str) -> None:
    organization.remove(work, who, organization_id, user_id)
