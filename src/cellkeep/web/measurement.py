"""The page of one measurement."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.measurements import MeasurementType
from cellkeep.services import checking, sight
from cellkeep.web import series_page
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.downloads import TURNED, WORDS
from cellkeep.web.figures.asked import Asked
from cellkeep.web.files import files_page
from cellkeep.web.origin import origin_of
from cellkeep.web.properties import properties_page
from cellkeep.web.site import Site


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/measurements/{measurement_id}")
    @shows_errors
    def measurement(request: Request, measurement_id: str) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            record = work.measurements.get(measurement_id)
            values: dict[str, Any] = {
                "record": record,
                "cell": work.instances.get(record.cell_instance_id),
                "spec": work.specs.get(record.specification_id),
                "sight": sight.of_project(work, record.project_id),
                "formats": WORDS,
                "turned": TURNED,
                **origin_of(work, record),
            }
            is_series = record.measurement_type == MeasurementType.time_series
            if not is_series:  # a view of its own shows those of a series
                checked = record.finding_counts is not None
                values["findings"] = checking.found(work, measurement_id).findings if checked else []
        if is_series:
            shown = series_page.parts(site.store, view.who, record, Asked.of(request.url.query))
            return page(request, "series.html", view, **values, **shown)
        if record.measurement_type == MeasurementType.properties:
            return properties_page(site, request, view, record, values)
        return files_page(site, request, view, record, values)

    return router
