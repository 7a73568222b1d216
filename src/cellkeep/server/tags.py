"""Tags of measurements. These routes come before those that take a measurement's id in the same place."""

from typing import Annotated

from fastapi import APIRouter, Query

from cellkeep.domain.paging import Limit, Page
from cellkeep.domain.tags import TagChange, TagChanged, TagUsage
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import tags

router = APIRouter(prefix="/cell_measurements/tags", tags=["tags"])


@router.get("")
def list_tags(
    work: Reading, project_id: str, q: str | None = None, limit: Annotated[Limit, Query()] = 50
) -> Page[TagUsage]:
    return tags.usage(work, project_id, q, limit)


@router.post("/bulk")
def change_tags(work: Writing, who: Who, asked: TagChange) -> TagChanged:
    return TagChanged(updated_count=tags.change(work, who, asked))
