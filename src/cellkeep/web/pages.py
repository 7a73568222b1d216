"""The pages: sign in, the list of measurements, one measurement."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, select_autoescape

from cellkeep.domain.errors import CellkeepError, NotReadyError, UnauthorizedError
from cellkeep.domain.measurements import MeasurementType, ProjectMeasurementQuery
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.people import Caller
from cellkeep.domain.versions import SeriesPart, VersionNumber
from cellkeep.services import accounts, checking, measurements, raw_data, versions
from cellkeep.storage.store import Store
from cellkeep.web import session
from cellkeep.web.origin import origin_of
from cellkeep.web.tables import CYCLE_HEADINGS, STEP_HEADINGS, cells

P = ParamSpec("P")

_SHOWN_PER_PROJECT = 50
_SHOWN_ROWS = 200

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}

_templates = Environment(loader=PackageLoader("cellkeep.web"), autoescape=select_autoescape(["html"]))


def pages(store: Store, secret: bytes, public_url: str | None) -> APIRouter:
    """The routes of the pages of one store."""
    router = APIRouter(include_in_schema=False)

    def caller(request: Request) -> Caller:
        user_id = session.unseal(request.cookies.get(session.COOKIE), secret)
        with store.reading() as work:
            found = work.people.caller_of_user(user_id) if user_id else None
        if found is None:
            raise UnauthorizedError("Open the login link that `cellkeep serve` prints when it starts.")
        return found

    @router.get("/")
    def root() -> RedirectResponse:
        return RedirectResponse("/ui/")

    @router.get("/ui")
    def without_slash() -> RedirectResponse:
        return RedirectResponse("/ui/")

    @router.get("/ui/login")
    @_shows_errors
    def login(request: Request, token: str = "") -> Response:
        cookie = session.seal(accounts.use_login_token(store, token), secret)
        answer = RedirectResponse("/ui/", status_code=303, headers=_HEADERS)
        answer.set_cookie(
            session.COOKIE,
            cookie,
            max_age=session.LIFETIME_S,
            httponly=True,
            samesite="lax",
            secure=_base_url(request, public_url).startswith("https:"),
        )
        return answer

    @router.get("/ui/")
    @_shows_errors
    def home(request: Request, q: str = "") -> Response:
        who = caller(request)
        with store.reading(who) as work:
            projects = work.projects.list(ListQuery(order_by="name", order="asc"))
            found = {
                project: work.measurements.list_by_project(
                    ProjectMeasurementQuery(project_id=project.id, q=q or None, limit=_SHOWN_PER_PROJECT)
                )
                for project in projects
            }
            cells = work.instances.names(m.cell_instance_id for page in found.values() for m in page)
        return _page("home.html", who=who, found=found, cells=cells, q=q, url=_base_url(request, public_url))

    @router.get("/ui/measurements/{measurement_id}")
    @_shows_errors
    def measurement(request: Request, measurement_id: str) -> Response:
        who = caller(request)
        with store.reading(who) as work:
            record = work.measurements.get(measurement_id)
            cell = work.instances.get(record.cell_instance_id)
            spec = work.specs.get(record.specification_id)
            found = [] if record.finding_counts is None else checking.found(work, measurement_id).findings
            origin = origin_of(work, record)
        links = measurements.Links(store, who, _base_url(request, public_url))
        parts: dict[str, Any] = {}
        if record.measurement_type == MeasurementType.time_series:
            parts = _series_parts(store, who, measurement_id, links)
        files = {name: links.file(measurement_id, name) for name in record.file_metadata or {}}
        return _page(
            "measurement.html",
            who=who,
            record=record,
            cell=cell,
            spec=spec,
            files=files,
            findings=found,
            **origin,
            **parts,
        )

    def links_of(request: Request) -> measurements.Links:
        return measurements.Links(store, caller(request), _base_url(request, public_url))

    _lead_to_content(router, links_of)
    _lead_from_elsewhere(router)
    return router


def _base_url(request: Request, public_url: str | None) -> str:
    return public_url or str(request.base_url).rstrip("/")


def _lead_to_content(router: APIRouter, links_of: Callable[[Request], measurements.Links]) -> None:
    """What is downloaded only when somebody asks for it."""

    @router.get("/ui/measurements/{measurement_id}/time_series")
    @_shows_errors
    def time_series(request: Request, measurement_id: str) -> Response:
        # Only when somebody asks for it, since a file with all rows may have to be written first.
        return RedirectResponse(links_of(request).time_series(measurement_id), headers=_HEADERS)

    @router.get("/ui/measurements/{measurement_id}/versions/{number}/{part}")
    @_shows_errors
    def version(request: Request, measurement_id: str, number: VersionNumber, part: SeriesPart) -> Response:
        return RedirectResponse(versions.link(links_of(request), measurement_id, number, part), headers=_HEADERS)

    @router.get("/ui/raw_data/{raw_data_id}")
    @_shows_errors
    def raw_file(request: Request, raw_data_id: str) -> Response:
        links = links_of(request)
        link = raw_data.link(links.store, links.caller, raw_data_id, links.base_url)
        return RedirectResponse(link, headers=_HEADERS)


def _lead_from_elsewhere(router: APIRouter) -> None:
    """The places that `client.urls` names: ours, and the official client's where IONWORKS_APP_URL says `…/ui`."""

    @router.get("/ui/projects/{project_id}/data/measurements/{measurement_id}")
    def linked_measurement(project_id: str, measurement_id: str) -> RedirectResponse:  # noqa: ARG001
        return RedirectResponse(f"/ui/measurements/{quote(measurement_id, safe='')}")

    @router.get("/ui/projects/{place:path}")
    def linked_place(place: str) -> RedirectResponse:  # noqa: ARG001
        return RedirectResponse("/ui/")


def _series_parts(store: Store, who: Caller, measurement_id: str, links: measurements.Links) -> dict[str, Any]:
    series = f"/ui/measurements/{quote(measurement_id, safe='')}/time_series"
    parts: dict[str, Any] = {"downloads": {"time series": series}}
    try:
        tables = measurements.step_and_cycle_tables(store, who, measurement_id, _SHOWN_ROWS)
    except NotReadyError as error:
        return {**parts, "not_ready": error.message}
    parts["downloads"]["steps"] = links.steps(measurement_id)
    return {
        **parts,
        "step_headings": STEP_HEADINGS,
        "steps": cells(tables.steps, STEP_HEADINGS),
        "cycle_headings": CYCLE_HEADINGS,
        "cycles": cells(tables.cycles, CYCLE_HEADINGS),
    }


def _shows_errors(route: Callable[P, Response]) -> Callable[P, Response]:
    """Have a person see a failure as a page."""

    @wraps(route)
    def shown(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return route(*args, **kwargs)
        except CellkeepError as error:
            return _page("error.html", status=error.status_code or 500, who=None, message=error.message)

    return shown


def _page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(values), status_code=status, headers=_HEADERS)
