"""Where figures are asked for."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request, Response

from cellkeep.domain.errors import NotFoundError
from cellkeep.web.answers import HEADERS, shows_errors
from cellkeep.web.figures import curves, cycling, findings, impedance, series, trends
from cellkeep.web.figures.asked import Asked
from cellkeep.web.figures.drawn import Drawing, Drawn, Wanted
from cellkeep.web.naming import as_csv_file, file_name
from cellkeep.web.site import Site
from cellkeep.web.words import client

FIGURES: Mapping[str, Drawing] = {
    "time_series": series.time_series,
    "findings": findings.findings,
    "cycles": cycling.cycles,
    "voltage_capacity": curves.voltage_capacity,
    "incremental_capacity": curves.incremental_capacity,
    "differential_voltage": curves.differential_voltage,
    "pulses": curves.pulses,
    "nyquist": impedance.nyquist,
    "bode": impedance.bode,
    "trend": trends.trend,
}
"""By the name in the address."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    def drawn(request: Request, measurement_id: str, kind: str) -> tuple[Drawn, str]:
        """A figure, and what a file of it is called."""
        if (draw := FIGURES.get(kind)) is None:
            raise NotFoundError(f"There is no figure '{kind[:100]}'; there are {', '.join(FIGURES)}.")
        who = site.caller(request)
        with site.store.reading(who) as work:
            record = work.measurements.get(measurement_id)
            cell = work.instances.get(record.cell_instance_id)
        name = file_name(cell.name, record.name, kind)
        return draw(Wanted(site.store, who, record, Asked.of(request.url.query))), name

    @router.get("/ui/measurements/{measurement_id}/figures/{kind}.csv")
    @shows_errors
    def table(request: Request, measurement_id: str, kind: str) -> Response:
        found, name = drawn(request, measurement_id, kind)
        return as_csv_file(found.csv(), name)

    @router.get("/ui/measurements/{measurement_id}/figures/{kind}")
    @shows_errors
    def figure(request: Request, measurement_id: str, kind: str) -> Response:
        found, name = drawn(request, measurement_id, kind)
        lines = f"{_beginning(site.base_url(request))}{found.python}"
        return Response(replace(found, python=lines).json(name), media_type="application/json", headers=HEADERS)

    return router


def _beginning(base_url: str) -> str:
    """What lines of Python begin with, for whoever pastes them into an empty notebook."""
    return f"import cellkeep\nfrom cellkeep import plots\n\n{client(base_url)}\n"
