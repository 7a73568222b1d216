"""Cell batches."""

from cellkeep.domain.batches import BatchDraft, BatchPatch, CellBatch
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.storage.store import UnitOfWork


def list_of(work: UnitOfWork, spec_id: str, asked: ListQuery) -> Page[CellBatch]:
    work.specs.row(spec_id)
    return work.batches.list(spec_id, asked)


def create(work: UnitOfWork, caller: Caller, spec_id: str, draft: BatchDraft) -> CellBatch:
    spec = work.specs.row(spec_id)
    work.batches.refuse_name(spec_id, draft.name)
    caller.require_write(spec.project_id)
    return work.batches.create(spec, draft, caller)


def update(work: UnitOfWork, caller: Caller, batch_id: str, patch: BatchPatch) -> CellBatch:
    row = work.batches.row(batch_id)
    caller.require_write(row.project_id)
    changes = patch.changes_to(row)
    return work.batches.update(batch_id, patch, changes)


def delete(work: UnitOfWork, caller: Caller, batch_id: str) -> None:
    """Remove a lot; its cells stay and belong to none."""
    caller.require_write(work.batches.row(batch_id).project_id)
    work.batches.delete(batch_id)
