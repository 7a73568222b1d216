"""The web pages under `/ui/`: made by the server, with a small script of our own where a page needs one."""

from fastapi import APIRouter

from cellkeep.services.processing import Jobs
from cellkeep.storage.store import Store
from cellkeep.web import (
    assets,
    batches,
    cells,
    compare,
    files,
    home,
    lab,
    leading,
    lists,
    measurement,
    properties,
    search,
    sign_in,
    specs,
)
from cellkeep.web.figures import routes as figures
from cellkeep.web.site import Site
from cellkeep.web.upload import routes as upload
from cellkeep.web.upload.desk import Desk

_PAGES = (
    sign_in,
    home,
    lists,
    specs,
    batches,
    cells,
    measurement,
    lab,
    properties,
    files,
    figures,
    compare,
    search,
    leading,
)


def pages(store: Store, jobs: Jobs, secret: bytes, public_url: str | None, desk: Desk) -> APIRouter:
    """The routes of the pages of one store."""
    site = Site(store, jobs, secret, public_url)
    router = APIRouter(include_in_schema=False)
    router.include_router(assets.routes())
    for page in _PAGES:
        router.include_router(page.routes(site))
    router.include_router(upload.routes(site, desk))
    return router


__all__ = ["pages"]
