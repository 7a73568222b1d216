"""Sites."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.paging import Page
from cellkeep.domain.sites import Site, SiteDraft, SitePatch, SiteQuery
from cellkeep.server.context import Reading, Who, Writing
from cellkeep.services import sites

router = APIRouter(prefix="/sites", tags=["sites"])


@router.get("")
def list_sites(work: Reading, asked: Annotated[SiteQuery, Query()]) -> Page[Site]:
    return work.sites.list(asked)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_site(work: Writing, who: Who, draft: SiteDraft) -> Site:
    return sites.create(work, who, draft)


@router.get("/{site_id}")
def get_site(work: Reading, site_id: str) -> Site:
    return work.sites.get(site_id)


@router.patch("/{site_id}")
def update_site(work: Writing, who: Who, site_id: str, patch: SitePatch) -> Site:
    return sites.update(work, who, site_id, patch)


@router.delete("/{site_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_site(work: Writing, who: Who, site_id: str) -> None:
    sites.delete(work, who, site_id)
