"""Addresses that lead elsewhere: content that is downloaded, and places as clients name them."""

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cellkeep.domain.versions import SeriesPart, VersionNumber
from cellkeep.services import raw_data, versions
from cellkeep.web.answers import HEADERS, shows_errors
from cellkeep.web.site import Site


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    def root() -> RedirectResponse:
        return RedirectResponse("/ui/")

    @router.get("/ui")
    def without_slash() -> RedirectResponse:
        return RedirectResponse("/ui/")

    _to_content(router, site)
    _from_elsewhere(router)
    return router


def _to_content(router: APIRouter, site: Site) -> None:
    """What is downloaded only when somebody asks for it."""

    @router.get("/ui/measurements/{measurement_id}/time_series")
    @shows_errors
    def time_series(request: Request, measurement_id: str) -> Response:
        # Only when somebody asks for it, since a file with all rows may have to be written first.
        return RedirectResponse(site.links(request).time_series(measurement_id), headers=HEADERS)

    @router.get("/ui/measurements/{measurement_id}/steps")
    @shows_errors
    def steps(request: Request, measurement_id: str) -> Response:
        return RedirectResponse(site.links(request).steps(measurement_id), headers=HEADERS)

    @router.get("/ui/measurements/{measurement_id}/versions/{number}/{part}")
    @shows_errors
    def version(request: Request, measurement_id: str, number: VersionNumber, part: SeriesPart) -> Response:
        return RedirectResponse(versions.link(site.links(request), measurement_id, number, part), headers=HEADERS)

    @router.get("/ui/raw_data/{raw_data_id}")
    @shows_errors
    def raw_file(request: Request, raw_data_id: str) -> Response:
        links = site.links(request)
        return RedirectResponse(raw_data.link(links.store, links.caller, raw_data_id, links.base_url), headers=HEADERS)


def _from_elsewhere(router: APIRouter) -> None:
    """The places that `client.urls` names: ours, and the official client's where IONWORKS_APP_URL says `…/ui`."""

    @router.get("/ui/projects/{project_id}/data/measurements/{measurement_id}")
    def linked_measurement(project_id: str, measurement_id: str) -> RedirectResponse:  # noqa: ARG001
        return RedirectResponse(f"/ui/measurements/{quote(measurement_id, safe='')}")

    @router.get("/ui/projects/{project_id}/data/specs")
    def linked_specs(project_id: str) -> RedirectResponse:
        return _lead("/ui/specs", project=project_id)

    @router.get("/ui/projects/{project_id}/data/specs/{spec_id}/instances")
    def linked_cells(project_id: str, spec_id: str) -> RedirectResponse:
        return _lead("/ui/cells", project=project_id, spec=spec_id)

    @router.get("/ui/projects/{project_id}/materials/{material_id}")
    def linked_material(project_id: str, material_id: str) -> RedirectResponse:
        return _lead("/ui/specs", project=project_id, material=material_id)

    @router.get("/ui/projects/{project_id}/studies/{study_id}")
    def linked_study(project_id: str, study_id: str) -> RedirectResponse:
        return _lead("/ui/measurements", project=project_id, study=study_id)

    @router.get("/ui/projects/{project_id}")
    @router.get("/ui/projects/{project_id}/{place:path}")
    def linked_project(project_id: str, place: str = "") -> RedirectResponse:  # noqa: ARG001
        return _lead("/ui/", project=project_id)


def _lead(path: str, **query: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode(query, quote_via=quote)}")
