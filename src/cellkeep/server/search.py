"""Search over everything the caller sees."""

from typing import Annotated

from fastapi import APIRouter, Query

from cellkeep.domain.search import SearchQuery, SearchResponse
from cellkeep.server.context import Reading
from cellkeep.services import search as searching

router = APIRouter(tags=["search"])


@router.get("/search")
def search(work: Reading, asked: Annotated[SearchQuery, Query()]) -> SearchResponse:
    return searching.search(work, asked)
