"""The page of a cell: what it is, how it was built, and what was measured on it, when."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.as_built import comparisons
from cellkeep.domain.browsing import MeasurementBrowse
from cellkeep.domain.specs import SLOTS
from cellkeep.services import sight
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.site import Site
from cellkeep.web.timeline import timeline

_MOST_MEASUREMENTS = 500


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/cells/{cell_id}")
    @shows_errors
    def cell(request: Request, cell_id: str) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            record = work.instances.get(cell_id)
            spec = work.specs.get(record.cell_specification_id)
            newest = MeasurementBrowse(cell=cell_id, sort="started", per_page=_MOST_MEASUREMENTS)
            found = work.browsing.measurements(newest)
            values: dict[str, Any] = {
                "record": record,
                "spec": spec,
                "components": {slot: part for slot in SLOTS if (part := getattr(spec, slot))},
                "compared": comparisons(spec, record),
                "found": found,
                "timeline": timeline(found.items),
                "sight": sight.of_project(work, record.project_id),
            }
        return page(request, "cell.html", view, **values)

    return router
