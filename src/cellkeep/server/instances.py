"""Cell instances."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.instances import CellInstance, InstanceDraft, InstancePatch, InstanceQuery
from cellkeep.domain.paging import Page
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import instances

router = APIRouter(tags=["cell instances"])


@router.get("/cell_specifications/{spec_id}/cell_instances")
def list_instances(work: Reading, spec_id: str, asked: Annotated[InstanceQuery, Query()]) -> Page[CellInstance]:
    return instances.list_of(work, spec_id, asked)


@router.post("/cell_specifications/{spec_id}/cell_instances", status_code=status.HTTP_201_CREATED)
def create_instance(work: Writing, who: Who, spec_id: str, draft: InstanceDraft) -> CellInstance:
    return instances.create(work, who, spec_id, draft)


@router.get("/cell_instances/{instance_id}")
def get_instance(work: Reading, instance_id: str) -> CellInstance:
    return work.instances.get(instance_id)


@router.patch("/cell_instances/{instance_id}")
def update_instance(work: Writing, who: Who, instance_id: str, patch: InstancePatch) -> CellInstance:
    return instances.update(work, who, instance_id, patch)


@router.delete("/cell_instances/{instance_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_instance(work: Writing, who: Who, instance_id: str) -> None:
    instances.delete(work, who, instance_id)
