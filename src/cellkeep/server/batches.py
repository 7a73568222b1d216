"""Cell batches."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.batches import BatchDraft, BatchPatch, CellBatch
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import batches

router = APIRouter(tags=["cell batches"])


@router.get("/cell_specifications/{spec_id}/cell_batches")
def list_batches(work: Reading, spec_id: str, asked: Annotated[ListQuery, Query()]) -> Page[CellBatch]:
    return batches.list_of(work, spec_id, asked)


@router.post("/cell_specifications/{spec_id}/cell_batches", status_code=status.HTTP_201_CREATED)
def create_batch(work: Writing, who: Who, spec_id: str, draft: BatchDraft) -> CellBatch:
    return batches.create(work, who, spec_id, draft)


@router.get("/cell_batches/{batch_id}")
def get_batch(work: Reading, batch_id: str) -> CellBatch:
    return work.batches.get(batch_id)


@router.patch("/cell_batches/{batch_id}")
def update_batch(work: Writing, who: Who, batch_id: str, patch: BatchPatch) -> CellBatch:
    return batches.update(work, who, batch_id, patch)


@router.delete("/cell_batches/{batch_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_batch(work: Writing, who: Who, batch_id: str) -> None:
    batches.delete(work, who, batch_id)
