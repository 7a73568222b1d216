"""Scripts and styles: our own, and the script of plotly out of its Python package; each under an address of its own.

An address holds a digest of the content, or the version, so that a browser keeps what it has for ever.
"""

import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from typing import Final

from fastapi import APIRouter, Request, Response

from cellkeep.domain.errors import NotFoundError

_KEPT = "public, max-age=31536000, immutable"
_TYPES: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
_PLOTLY = "plotly.min.js"
_STYLE_ID = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')
_QUICK = 6
"""Level of compression: a higher one takes seconds for the script of plotly, and saves next to nothing."""


@dataclass(frozen=True)
class _Asset:
    content: bytes
    compressed: bytes
    media_type: str


def asset(name: str) -> str:
    """The address of one of our own files."""
    if name not in _own():
        raise KeyError(name)
    return f"/ui/static/{_digest()}/{name}"


@cache
def plotly() -> str:
    """The address of the script of plotly."""
    return f"/ui/static/plotly-{metadata.version('plotly')}/{_PLOTLY}"


@cache
def styles_of_plotly() -> Sequence[str]:
    """Ids of style elements that the script of plotly would put into a page which has no element of that id.

    The policy of our pages lets no script do so. Maps, which these are for, are not drawn.
    """
    return sorted({found.decode() for found in _STYLE_ID.findall(_plotly().content)})


def routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/ui/static/{place}/{name}")
    def static(request: Request, place: str, name: str) -> Response:
        found = _plotly() if f"/ui/static/{place}/{name}" == plotly() else _own().get(name)
        if found is None or (name != _PLOTLY and place != _digest()):
            raise NotFoundError("There is no such file. A page that was open before an update needs to be loaded anew.")
        headers = {"cache-control": _KEPT, "vary": "accept-encoding", "x-content-type-options": "nosniff"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(found.compressed, media_type=found.media_type, headers=headers)
        return Response(found.content, media_type=found.media_type, headers=headers)

    return router


@cache
def _own() -> dict[str, _Asset]:
    folder = resources.files("cellkeep.web") / "static"
    return {file.name: _asset(file.name, file.read_bytes()) for file in folder.iterdir() if file.is_file()}


@cache
def _digest() -> str:
    whole = hashlib.sha256()
    for name, found in sorted(_own().items()):
        whole.update(name.encode() + b"\0" + hashlib.sha256(found.content).digest())
    return whole.hexdigest()[:16]


@cache
def _plotly() -> _Asset:
    return _asset(_PLOTLY, (resources.files("plotly") / "package_data" / _PLOTLY).read_bytes())


def _asset(name: str, content: bytes) -> _Asset:
    return _Asset(content, gzip.compress(content, _QUICK, mtime=0), _TYPES[name.rpartition(".")[2]])
