"""Cell specifications."""

from cellkeep.domain.people import Caller
from cellkeep.domain.specs import CellSpecification, SpecDraft, SpecPatch
from cellkeep.services.projects import only_project
from cellkeep.storage.store import UnitOfWork


def create(work: UnitOfWork, caller: Caller, draft: SpecDraft) -> CellSpecification:
    project_id = work.projects.row(draft.project_id).id if draft.project_id else only_project(work)
    work.specs.refuse_name(project_id, draft.name)
    caller.require_write(project_id)
    return work.specs.create(project_id, draft, caller)


def update(work: UnitOfWork, caller: Caller, spec_id: str, patch: SpecPatch) -> CellSpecification:
    row = work.specs.row(spec_id)
    caller.require_write(row.project_id)
    changes = patch.changes_to(row)
    return work.specs.update(spec_id, patch, changes, caller)


def delete(work: UnitOfWork, caller: Caller, spec_id: str) -> None:
    """Remove a specification with its cells and their measurements."""
    caller.require_write(work.specs.row(spec_id).project_id)
    work.discard(work.objects.of_measurements(specification_id=spec_id))
    work.specs.delete(spec_id)
