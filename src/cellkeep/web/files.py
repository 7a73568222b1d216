"""The page of a file measurement: a gallery, one file at a time in a viewer, and all of them as an archive.

What people sent never runs in our origin: pictures are painted anew, texts are shown as text, and a document opens
apart, in a sandbox without a script.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.services import measurement_files
from cellkeep.services.measurement_files import StoredFile
from cellkeep.services.previews import arrays, images
from cellkeep.web.answers import HEADERS, page, shows_errors
from cellkeep.web.file_viewer import PDF, SIZES, array_picture, gallery_of, viewer_of
from cellkeep.web.naming import disposition, file_name
from cellkeep.web.site import Site, View

_APART: Final = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "private, max-age=604800, immutable",
}
"""Of what was made from a file: its content never changes under its address."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()
    _whole(router, site)
    _painted(router, site)
    return router


def files_page(
    site: Site, request: Request, view: View, record: CellMeasurement, values: Mapping[str, Any]
) -> Response:
    """The page of one record.

    Args:
        site: where the files are.
        request: what is asked for: `file` opens one in the viewer, `page` is which picture of it.
        view: who looks.
        record: the measurement.
        values: what the page of any measurement shows.
    """
    with site.store.reading(view.who) as work:
        files = measurement_files.listed(work, record.id)
    place = f"/ui/measurements/{quote(record.id, safe='')}"
    wanted = request.query_params.get("file")
    shown = {
        "place": place,
        "files": gallery_of(files, place),
        "total_bytes": sum(file.size_bytes for file in files),
        "viewer": viewer_of(site.store, files, place, wanted, request.query_params.get("page", "")),
        "picture_of": array_picture,
        "quoted": repr(wanted),
    }
    return page(request, "files.html", view, **{**values, **shown})


def _whole(router: APIRouter, site: Site) -> None:
    """Files as they were sent."""

    @router.get("/ui/measurements/{measurement_id}/files.zip")
    @shows_errors
    def archive(request: Request, measurement_id: str) -> Response:
        with site.store.reading(site.caller(request)) as work:
            record, files = work.measurements.get(measurement_id), measurement_files.listed(work, measurement_id)
            cell = work.instances.get(record.cell_instance_id)
        named = disposition("attachment", f"{file_name(cell.name, record.name)}.zip")
        headers = {**HEADERS, "content-disposition": named}
        content = measurement_files.zipped(site.store, files, record.created_at)
        return StreamingResponse(content, media_type="application/zip", headers=headers)

    @router.get("/ui/measurements/{measurement_id}/files/{name}")
    @shows_errors
    def download(request: Request, measurement_id: str, name: str) -> Response:
        return RedirectResponse(site.links(request).file(measurement_id, name), headers=HEADERS)

    @router.get("/ui/measurements/{measurement_id}/files/{name}/open")
    @shows_errors
    def document(request: Request, measurement_id: str, name: str) -> Response:
        file = _file(site, request, measurement_id, name)
        if file.content_type != PDF:
            raise BadRequestError(f"'{name}' is no PDF, and nothing else is opened in a browser. Download it.")
        content = measurement_files.pieces(site.store, file)
        headers = {**_APART, "content-disposition": disposition("inline", name), "content-length": str(file.size_bytes)}
        return StreamingResponse(content, media_type=PDF, headers=headers)


def _painted(router: APIRouter, site: Site) -> None:
    """Pictures of what files hold."""

    @router.get("/ui/measurements/{measurement_id}/files/{name}/picture")
    @shows_errors
    def picture(
        request: Request,
        measurement_id: str,
        name: str,
        size: Literal["thumb", "view", "full"] = "view",
        page: int = 1,
    ) -> Response:
        file = _file(site, request, measurement_id, name)
        with measurement_files.opened(site.store, file) as path:
            content = images.picture(path, name, SIZES[size], page)
        return Response(content, media_type=images.WEBP, headers=_APART)

    @router.get("/ui/measurements/{measurement_id}/files/{name}/array")
    @shows_errors
    def array(request: Request, measurement_id: str, name: str, array: str = "", page: int = 1) -> Response:
        file = _file(site, request, measurement_id, name)
        with measurement_files.opened(site.store, file) as path:
            content = arrays.picture(path, name, array, page)
        return Response(content, media_type=images.WEBP, headers=_APART)


def _file(site: Site, request: Request, measurement_id: str, name: str) -> StoredFile:
    with site.store.reading(site.caller(request)) as work:
        return measurement_files.found(work, measurement_id, name)
