"""The page of one measurement."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from cellkeep.domain.errors import NotReadyError
from cellkeep.domain.measurements import CellMeasurement, MeasurementType
from cellkeep.services import checking, measurements
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.origin import origin_of
from cellkeep.web.site import Site, View
from cellkeep.web.tables import CYCLE_HEADINGS, STEP_HEADINGS, cells

_SHOWN_ROWS = 200


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/measurements/{measurement_id}")
    @shows_errors
    def measurement(request: Request, measurement_id: str) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            record = work.measurements.get(measurement_id)
            values = {
                "record": record,
                "cell": work.instances.get(record.cell_instance_id),
                "spec": work.specs.get(record.specification_id),
                "findings": [] if record.finding_counts is None else checking.found(work, measurement_id).findings,
                **origin_of(work, record),
            }
        links = measurements.Links(site.store, view.who, view.base_url)
        files = {name: links.file(measurement_id, name) for name in record.file_metadata or {}}
        return page(request, "measurement.html", view, **values, files=files, **_series_parts(site, view, record))

    return router


def _series_parts(site: Site, view: View, record: CellMeasurement) -> dict[str, Any]:
    if record.measurement_type != MeasurementType.time_series:
        return {"tables": None, "not_ready": None, "downloads": {}}
    place = f"/ui/measurements/{quote(record.id, safe='')}"
    downloads = {"time series": f"{place}/time_series"}
    try:
        found = measurements.step_and_cycle_tables(site.store, view.who, record.id, _SHOWN_ROWS)
    except NotReadyError as error:
        return {"downloads": downloads, "not_ready": error.message, "tables": None}
    tables = {
        "steps": (STEP_HEADINGS, cells(found.steps, STEP_HEADINGS)),
        "cycles": (CYCLE_HEADINGS, cells(found.cycles, CYCLE_HEADINGS)),
    }
    return {"downloads": {**downloads, "steps": f"{place}/steps"}, "not_ready": None, "tables": tables}
