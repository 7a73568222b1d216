"""The page of a specification: what it says of its cells, and which there are."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.browsing import BatchBrowse, CellBrowse, MeasurementBrowse
from cellkeep.domain.specs import SLOTS
from cellkeep.services import sight
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.site import Site

_LISTED = 50


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/specs/{spec_id}")
    @shows_errors
    def spec(request: Request, spec_id: str) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            record = work.specs.get(spec_id)
            values: dict[str, Any] = {
                "record": record,
                "components": {slot: part for slot in SLOTS if (part := getattr(record, slot))},
                "cells": work.browsing.cells(CellBrowse(spec=spec_id, sort="name", per_page=_LISTED)),
                "batches": work.browsing.batches(BatchBrowse(spec=spec_id, sort="name", per_page=_LISTED)),
                "measured": work.browsing.measurements(MeasurementBrowse(spec=spec_id, per_page=1)).total,
                "sight": sight.of_project(work, record.project_id),
            }
        return page(request, "spec.html", view, **values)

    return router
