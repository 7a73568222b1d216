"""The page of a lot: its cells beside each other."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.as_built import spreads
from cellkeep.domain.browsing import CellBrowse
from cellkeep.services import sight
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.site import Site

_MOST_CELLS = 500


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/batches/{batch_id}")
    @shows_errors
    def batch(request: Request, batch_id: str) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            record = work.batches.get(batch_id)
            spec = work.specs.get(record.cell_specification_id)
            cells = work.browsing.cells(CellBrowse(batch=batch_id, sort="name", per_page=_MOST_CELLS))
            values: dict[str, Any] = {
                "record": record,
                "spec": spec,
                "cells": cells,
                "spreads": spreads(spec, work.instances.among([line.id for line in cells])),
                "sight": sight.of_project(work, record.project_id),
            }
        return page(request, "batch.html", view, **values)

    return router
