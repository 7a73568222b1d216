"""What the pages answer: HTML out of templates, JSON, and failures as pages; all under one strict policy."""

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from cellkeep.domain.errors import CellkeepError, UnauthorizedError
from cellkeep.services.sessions import PAGE_HEADER
from cellkeep.web import assets, words
from cellkeep.web.site import View

P = ParamSpec("P")

_LONG_BYTES: Final = 64 * 1024

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Address:
    """The address of the page, of which links to other states of it are made."""

    path: str
    query: list[tuple[str, str]]

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.query if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]

    def having(self, **changed: Any) -> str:
        """The same page with other parameters; None takes one away. A page of a list begins anew unless it is named."""
        gone = {*changed, "page"}
        kept = [pair for pair in self.query if pair[0] not in gone]
        return self._to(self.path, [*kept, *((key, value) for key, value in changed.items() if value is not None)])

    def whole_as(self, ending: str) -> str:
        """All of a list, whichever page this is of, as a file."""
        return self._to(f"{self.path}.{ending}", [pair for pair in self.query if pair[0] != "page"])

    def to(self, path: str, **query: Any) -> str:
        """Another page, in the same project."""
        project = self.get("project")
        given = [*([("project", project)] if project else []), *query.items()]
        return self._to(path, [(key, value) for key, value in given if value is not None])

    @staticmethod
    def _to(path: str, query: Iterable[tuple[str, Any]]) -> str:
        text = urlencode(list(query), quote_via=quote)
        return f"{path}?{text}" if text else path


_templates = Environment(
    loader=PackageLoader("cellkeep.web"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals |= {"asset": assets.asset, "plotly": assets.plotly, "styles_of_plotly": assets.styles_of_plotly}
_templates.filters |= words.FILTERS


def page(
    request: Request, template: str, view: View | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page out of a template; without a view nobody is signed in."""
    address = Address(request.url.path, parse_qsl(request.url.query, keep_blank_values=False))
    content = _templates.get_template(template).render(values, view=view, here=address, status=status)
    return HTMLResponse(content, status_code=status, headers=HEADERS)


def as_json(content: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status_code=status, headers=HEADERS)


def compressed(request: Request, answer: Response) -> Response:
    """An answer that is long, as it goes over a slow line."""
    if len(answer.body) < _LONG_BYTES or "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    headers = {**answer.headers, "content-encoding": "gzip", "vary": "accept-encoding"}
    del headers["content-length"]
    return Response(gzip.compress(bytes(answer.body), 1), answer.status_code, headers)


def shows_errors(route: Callable[P, Response]) -> Callable[P, Response]:
    """Have a person see a failure as a page, and a script as JSON; a stranger is led to where one signs in."""

    @wraps(route)
    def shown(*args: P.args, **kwargs: P.kwargs) -> Response:
        request = kwargs["request"]
        assert isinstance(request, Request)  # noqa: S101  every route of a page takes it
        try:
            return route(*args, **kwargs)
        except CellkeepError as error:
            status = error.status_code or 500
            if "text/html" not in request.headers.get("accept", "*/*") and PAGE_HEADER in request.headers:
                return as_json(error.body(), status)
            if isinstance(error, UnauthorizedError) and "text/html" in request.headers.get("accept", ""):
                return _to_sign_in(request)
            return page(request, "error.html", status=status, message=error.message)

    return shown


def _to_sign_in(request: Request) -> RedirectResponse:
    here = quote(request.scope["path"]) + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/ui/login?next={quote(here, safe='')}", status_code=303, headers=HEADERS)
