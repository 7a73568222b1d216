"""Cell specifications."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.paging import Page
from cellkeep.domain.specs import CellSpecification, SpecDraft, SpecPatch, SpecQuery
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import specs

router = APIRouter(prefix="/cell_specifications", tags=["cell specifications"])


@router.get("")
def list_specs(work: Reading, asked: Annotated[SpecQuery, Query()]) -> Page[CellSpecification]:
    return work.specs.list(asked)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_spec(work: Writing, who: Who, draft: SpecDraft) -> CellSpecification:
    return specs.create(work, who, draft)


@router.get("/{spec_id}")
def get_spec(work: Reading, spec_id: str) -> CellSpecification:
    return work.specs.get(spec_id)


@router.patch("/{spec_id}")
def update_spec(work: Writing, who: Who, spec_id: str, patch: SpecPatch) -> CellSpecification:
    return specs.update(work, who, spec_id, patch)


@router.delete("/{spec_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_spec(work: Writing, who: Who, spec_id: str) -> None:
    specs.delete(work, who, spec_id)
