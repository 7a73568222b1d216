"""The page `/ui/upload`, and what its script asks."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.people import Caller
from cellkeep.readers.detection import readers
from cellkeep.web.answers import as_json, page, shows_errors
from cellkeep.web.site import Site
from cellkeep.web.upload.asking import answers, require_own_page, sent
from cellkeep.web.upload.desk import Desk, may_write
from cellkeep.web.upload.figures import figure_of
from cellkeep.web.upload.receiving import Receiving
from cellkeep.web.upload.records import How, Target, Upload
from cellkeep.web.upload.staging import LARGEST_BYTES, MOST_FILES
from cellkeep.web.upload.targets import TARGETS, ZONES

_WRITE_BYTES = 4 * 1024 * 1024
_FILES = "/ui/upload/files"
_MOST_PLACES = 5000
"""Of each kind. One beyond is found by its whole name all the same."""


def routes(site: Site, desk: Desk) -> APIRouter:
    """The routes of the page."""
    router = APIRouter()

    @router.get("/ui/upload")
    @shows_errors
    def upload(request: Request) -> Response:
        view = site.view(request)
        writable = [each for each in view.projects if view.who.is_admin or each.id in _written(view.who)]
        return page(
            request,
            "upload.html",
            view,
            writable=writable,
            chosen=view.project or (writable[0] if writable else None),
            largest=LARGEST_BYTES,
            most=MOST_FILES,
            readers=readers(),
            formats=_formats(),
            targets=[each._asdict() for each in TARGETS],
            zones=ZONES,
        )

    @router.get("/ui/upload/places")
    @shows_errors
    def where(request: Request, project: str) -> Response:
        who = site.caller(request)
        with site.store.reading(who) as work:
            found = work.projects.get(project)
            chosen = {"id": found.id, "name": found.name, "zone": found.zone}
            return as_json({**chosen, **work.places.of(project, _MOST_PLACES).model_dump()})

    _reading(router, site, desk)
    _writing(router, site, desk)
    return router


def _reading(router: APIRouter, site: Site, desk: Desk) -> None:
    @router.get(_FILES)
    @shows_errors
    def files(request: Request) -> Response:
        who = site.caller(request)
        waiting = desk.staging.listed(who.user_id)
        with site.store.reading(who) as work:
            known = work.raw_data.measurements_with(each.sha256 for each in waiting)
        told = [{**_told(each), "there": known.get(each.sha256, {})} for each in waiting]
        return as_json({"files": told, "may_write": may_write(who)})

    @router.get(_FILES + "/{upload_id}")
    @shows_errors
    def file(request: Request, upload_id: str) -> Response:
        found, look = desk.found(site.caller(request), upload_id)
        return as_json({**_told(found), "look": look and look.model_dump(mode="json")})

    @router.get(_FILES + "/{upload_id}/figure")
    @shows_errors
    def figure(request: Request, upload_id: str, which: str = "before", theme: str = "") -> Response:
        found, _ = desk.found(site.caller(request), upload_id)
        folder = desk.staging.folder(found.user_id, found.id)
        return as_json(figure_of(folder, mended=which == "after", dark=theme == "dark"))


def _writing(router: APIRouter, site: Site, desk: Desk) -> None:
    async def asker(request: Request) -> Caller:
        require_own_page(request, site)
        return await run_in_threadpool(site.caller, request)

    @router.post(_FILES)
    @answers
    async def receive(request: Request, name: str) -> Response:
        who = await asker(request)
        arriving = await run_in_threadpool(desk.begin, who, name, _size(request))
        upload = await _received(request, arriving, desk)
        return as_json(_told(upload), 201)

    @router.post(_FILES + "/{upload_id}/reading")
    @answers
    async def read(request: Request, upload_id: str) -> Response:
        who, how = await asker(request), await sent(request, How)
        return as_json(_told(await run_in_threadpool(desk.read, who, upload_id, how)))

    @router.post(_FILES + "/{upload_id}/storing")
    @answers
    async def store(request: Request, upload_id: str) -> Response:
        who, target = await asker(request), await sent(request, Target)
        return as_json(_told(await run_in_threadpool(desk.store, who, upload_id, target)))

    @router.delete(_FILES + "/{upload_id}")
    @answers
    async def remove(request: Request, upload_id: str) -> Response:
        who = await asker(request)
        await run_in_threadpool(desk.remove, who, upload_id)
        return Response(status_code=204)


async def _received(request: Request, arriving: Receiving, desk: Desk) -> Upload:
    """The body on disk, piece by piece and off the event loop."""
    pending = bytearray()
    try:
        async for piece in request.stream():
            pending += piece
            if len(pending) >= _WRITE_BYTES:
                await run_in_threadpool(arriving.write, bytes(pending))
                pending.clear()
        await run_in_threadpool(arriving.write, bytes(pending))
        return await run_in_threadpool(desk.finish, arriving)
    except BaseException:
        await run_in_threadpool(arriving.give_up)
        raise


def _formats() -> dict[str, str]:
    """The readers by their titles, each of which names one: of two with the same, the longer name says the rest."""
    made: dict[str, str] = {}
    for name, title in readers().items():
        made[name] = f"{title} ({name.rpartition('-')[2]})" if title in made.values() else title
    return made


def _size(request: Request) -> int:
    told = request.headers.get("content-length", "")
    if not told.isdecimal():
        raise BadRequestError("Say how large the file is: the header content-length is missing.")
    return int(told)


def _told(upload: Upload) -> dict[str, Any]:
    """What a page gets of a file in a list."""
    return upload.model_dump(mode="json", exclude={"user_id"})


def _written(who: Caller) -> set[str]:
    return {project for project, role in who.project_roles.items() if role != "Project Viewer"}
