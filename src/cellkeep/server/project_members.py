"""Who works in a project, and the roles there are."""

from fastapi import APIRouter, status

from cellkeep.domain.people import (
    PROJECT_ROLES,
    InviteResult,
    MemberChange,
    MemberInvitation,
    NewMember,
    ProjectMember,
    ProjectRoleInfo,
    role_of_id,
)
from cellkeep.server.context import Who, Writing
from cellkeep.services import project_members

router = APIRouter(tags=["people"])


@router.get("/roles/project")
def list_roles(_who: Who) -> list[ProjectRoleInfo]:
    return list(PROJECT_ROLES)


@router.post("/projects/{project_id}/members", status_code=status.HTTP_201_CREATED)
def add_member(work: Writing, who: Who, project_id: str, asked: NewMember) -> ProjectMember:
    return project_members.add(work, who, project_id, asked.user_id, role_of_id(asked.project_role_id))


@router.post("/projects/{project_id}/invites", status_code=status.HTTP_201_CREATED)
def invite_member(work: Writing, who: Who, project_id: str, asked: MemberInvitation) -> InviteResult:
    return project_members.invite(work, who, project_id, asked.email, role_of_id(asked.project_role_id))


@router.patch("/projects/{project_id}/members/{user_id}")
def update_member(work: Writing, who: Who, project_id: str, user_id: str, asked: MemberChange) -> ProjectMember:
    return project_members.update(work, who, project_id, user_id, role_of_id(asked.project_role_id))


@router.delete("/projects/{project_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_member(work: Writing, who: Who, project_id: str, user_id: str) -> None:
    project_members.remove(work, who, project_id, user_id)
