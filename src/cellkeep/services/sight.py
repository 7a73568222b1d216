"""Who sees a record, and why."""

from cellkeep.domain.sight import Sight
from cellkeep.storage.store import UnitOfWork


def of_project(work: UnitOfWork, project_id: str) -> Sight:
    """The people who see the records of a project; whoever sees these may know who else does.

    Raises:
        NotFoundError: the viewer does not see the project.
    """
    project = work.projects.row(project_id)
    return Sight(project_id=project.id, project_name=project.name, people=work.members.seeing(project_id))
