"""Projects."""

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import Project, ProjectDraft, ProjectPatch
from cellkeep.services import organization
from cellkeep.storage.store import UnitOfWork


def create(work: UnitOfWork, caller: Caller, draft: ProjectDraft) -> Project:
    """Make a project; its maker administers it."""
    organization.require_admin(work, caller, "make a project")
    project = work.projects.create(draft, caller)
    work.people.add_member(project.id, caller.user_id, "Project Admin")
    return project


def update(work: UnitOfWork, caller: Caller, project_id: str, patch: ProjectPatch) -> Project:
    row = work.projects.row(project_id)
    caller.require_project_admin(project_id)
    changes = patch.changes_to(row)
    return work.projects.update(project_id, patch, changes)


def delete(work: UnitOfWork, caller: Caller, project_id: str) -> None:
    """Remove a project with everything in it."""
    work.projects.row(project_id)
    caller.require_project_admin(project_id)
    work.discard(work.objects.of_project(project_id))
    work.projects.delete(project_id)


def only_project(work: UnitOfWork) -> str:
    """The id of the caller's project, where there is just one to choose.

    Raises:
        BadRequestError: there is none, or there are several.
    """
    found = work.projects.list(ListQuery(limit=2))
    if found.total == 1:
        return found.items[0].id
    raise BadRequestError(
        f"You see {found.total} projects, so say which one: send project_id, or set CELLKEEP_PROJECT_ID "
        "(IONWORKS_PROJECT_ID for the official client)."
    )
