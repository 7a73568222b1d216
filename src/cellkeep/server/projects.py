"""Projects."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.projects import Project, ProjectDraft, ProjectPatch
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import projects

router = APIRouter(prefix="/projects", tags=["projects"])


@router.get("")
def list_projects(work: Reading, asked: Annotated[ListQuery, Query()]) -> Page[Project]:
    return work.projects.list(asked)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_project(work: Writing, who: Who, draft: ProjectDraft) -> Project:
    return projects.create(work, who, draft)


@router.get("/{project_id}")
def get_project(work: Reading, project_id: str) -> Project:
    return work.projects.get(project_id)


@router.patch("/{project_id}")
def update_project(work: Writing, who: Who, project_id: str, patch: ProjectPatch) -> Project:
    return projects.update(work, who, project_id, patch)


@router.delete("/{project_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_project(work: Writing, who: Who, project_id: str) -> None:
    projects.delete(work, who, project_id)
