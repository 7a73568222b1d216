"""What clients of the field can ask of other servers and not of this one, which keeps data and runs nothing.

These answers are final: they are no accident, and asking again does not help.
"""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import APIRouter

from cellkeep.domain.errors import NotOfferedError
from cellkeep.server.context import Who

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_READ_SERIES = "read the measured data with `client.cell_measurement.time_series`"


class Area(NamedTuple):
    """Things that are not offered.

    Attributes:
        what: they are called.
        instead: what a person can do.
        paths: where they are asked for.
        below: whether everything below these paths is meant too.
    """

    what: str
    instead: str
    paths: tuple[str, ...]
    below: bool = True


AREAS = (
    Area(
        "Simulation models",
        f"{_READ_SERIES} and run a simulator of your own on it",
        (
            "/models",
            "/parameterized_models",
            "/cells/{spec_id}/parameterized_models",
            "/discovery/pybamm_models",
            "/discovery/ionworks_models",
        ),
    ),
    Area(
        "Model builders",
        "read what is known of a cell with `client.cell_spec.get`",
        ("/model_builders",),
    ),
    Area(
        "Model builders",
        "read what is known of a cell with `client.cell_spec.get`",
        ("/cell_specifications/{spec_id}/resolved", "/cell_specifications/{spec_id}/builder_readiness"),
        below=False,
    ),
    Area(
        "Simulations",
        f"run a simulator of your own, and {_READ_SERIES} to compare",
        ("/simulations", "/projects/{project_id}/studies/{study_id}/simulations"),
    ),
    Area(
        "Saved protocols and protocol tools",
        "keep what was run in `protocol` of the measurement, as an object of any form",
        ("/experiment_templates", "/protocols"),
    ),
    Area(
        "Pipelines and optimizations",
        f"{_READ_SERIES} and keep results with `client.analysis.create`",
        ("/pipelines", "/simple_pipelines", "/optimizations"),
    ),
    Area(
        "Equivalent-circuit fits",
        f"{_READ_SERIES}, fit on your own machine, and keep the result with `client.analysis.create`",
        ("/ecm",),
    ),
    Area(
        "Background jobs",
        "wait for the tables of a measurement with `client.cell_measurement.wait_for_processing`",
        ("/jobs",),
    ),
    Area("Downloads for agents", "read `client.capabilities()` and `/openapi.json`", ("/agent",)),
)


def _refusing(area: Area) -> Callable[[Who], None]:
    message = f"{area.what} are not offered: this server keeps battery data. Instead, {area.instead}."

    def refuse(_who: Who) -> None:
        raise NotOfferedError(message)

    return refuse


def _routes() -> APIRouter:
    router = APIRouter()
    for area in AREAS:
        refuse = _refusing(area)
        for path in area.paths:
            for each in (path, f"{path}/{{rest:path}}") if area.below else (path,):
                router.add_api_route(each, refuse, methods=_METHODS, include_in_schema=False)
    return router


router = _routes()
"""Included last, so that it never stands in front of a route that is there."""
