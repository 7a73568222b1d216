"""Cell instances."""

from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.errors import BadRequestError, ConflictError, NotFoundError
from cellkeep.domain.instances import CellInstance, InstanceDraft, InstancePatch, InstanceQuery
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import SpecRow


def list_of(work: UnitOfWork, spec_id: str, asked: InstanceQuery) -> Page[CellInstance]:
    work.specs.row(spec_id)
    return work.instances.list(spec_id, asked)


def create(work: UnitOfWork, caller: Caller, spec_id: str, draft: InstanceDraft) -> CellInstance:
    """Make a cell, and the lot it names in `batch` if that is new."""
    spec = work.specs.row(spec_id)
    work.instances.refuse_name(spec_id, draft.name)
    caller.require_write(spec.project_id)
    return work.instances.create(spec, draft, _batch_id(work, caller, spec, draft), caller)


def update(work: UnitOfWork, caller: Caller, instance_id: str, patch: InstancePatch) -> CellInstance:
    row = work.instances.row(instance_id)
    caller.require_write(row.project_id)
    changes = patch.changes_to(row)
    if changes.pop("batch", None) is not None or patch.batch_id is not None:
        spec = work.specs.row(row.cell_specification_id)
        changes["batch_id"] = _batch_id(work, caller, spec, patch)
    return work.instances.update(instance_id, patch, changes)


def delete(work: UnitOfWork, caller: Caller, instance_id: str) -> None:
    """Remove a cell with its measurements."""
    caller.require_write(work.instances.row(instance_id).project_id)
    work.discard(work.objects.of_measurements(cell_instance_id=instance_id))
    work.instances.delete(instance_id)


def _batch_id(work: UnitOfWork, caller: Caller, spec: SpecRow, draft: InstancePatch) -> str | None:
    if draft.batch_id is not None:
        _require_batch(work, draft.batch_id, spec.id)
        return draft.batch_id
    if draft.batch is None:
        return None
    if (found := work.batches.named(spec.id, draft.batch)) is not None:
        return found.id
    try:
        return work.batches.create(spec, BatchDraft(name=draft.batch), caller).id
    except ConflictError as error:  # somebody else made it a moment ago
        return error.existing_id


def _require_batch(work: UnitOfWork, batch_id: str, spec_id: str) -> None:
    try:
        belongs = work.batches.row(batch_id).cell_specification_id == spec_id
    except NotFoundError:
        belongs = False
    if not belongs:
        raise BadRequestError(f"batch_id '{batch_id}' is not a batch of the specification '{spec_id}' of this cell.")
