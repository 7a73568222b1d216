"""The web pages under `/ui/`: made by the server, with a small script of our own where a page needs one."""

from fastapi import APIRouter

from cellkeep.web import (
    account,
    assets,
    batches,
    cells,
    compare,
    downloads,
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
from cellkeep.web.mending import routes as mending
from cellkeep.web.site import Site
from cellkeep.web.upload import routes as upload
from cellkeep.web.upload.desk import Desk

_RECORDS = (lists, specs, batches, cells, measurement, properties, files, figures, mending, downloads)
_PAGES = (sign_in, account, home, *_RECORDS, compare, lab, search, leading)


def pages(site: Site, desk: Desk) -> APIRouter:
    """The routes of the pages of one store."""
    router = APIRouter(include_in_schema=False)
    router.include_router(assets.routes())
    for page in _PAGES:
        router.include_router(page.routes(site))
    router.include_router(upload.routes(site, desk))
    return router


__all__ = ["pages"]
