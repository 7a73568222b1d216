"""Signing in by a link, a password or a key, and signing out."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from cellkeep.domain.errors import CellkeepError, ForbiddenError, UnauthorizedError
from cellkeep.domain.people import OpenedBy, SignIn
from cellkeep.services import accounts, passwords, sessions
from cellkeep.web.answers import HEADERS, page, shows_errors
from cellkeep.web.forms import SmallForm
from cellkeep.web.site import Site

_FIRST_PAGE = "/ui/"
_LINK_ENDED = "/ui/?told=link"
"""The first page, which says there that a link signs nobody in any more."""
_NOT_LED_TO = ("/ui/login", "/ui/logout")


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/login")
    @shows_errors
    def show(request: Request, token: str = "", wanted: Annotated[str, Query(alias="next")] = "") -> Response:
        if token:
            try:
                return let_in(site, request, accounts.use_login_token(site.store, token), "link", own_page(wanted))
            except UnauthorizedError as error:
                if not _is_signed_in(site, request):
                    return _form(request, wanted, error)
                return RedirectResponse(_LINK_ENDED, status_code=303, headers=HEADERS)
        if _is_signed_in(site, request):
            return RedirectResponse(own_page(wanted), status_code=303, headers=HEADERS)
        return _form(request, wanted)

    @router.post("/ui/login")
    @shows_errors
    def sign_in(request: Request, sent: SmallForm) -> Response:
        sessions.refuse_elsewhere(request.headers, site.public_url)
        wanted, email = sent.get("next", ""), sent.get("email", "")
        try:
            by: OpenedBy = "key" if "key" in sent else "password"
            return let_in(site, request, _who(site, request, sent), by, own_page(wanted))
        except (UnauthorizedError, ForbiddenError) as error:
            return _form(request, wanted, error, email)

    @router.post("/ui/logout")
    @shows_errors
    def sign_out(request: Request) -> Response:
        sessions.refuse_elsewhere(request.headers, site.public_url)
        sessions.end(site.store, request.cookies.get(sessions.COOKIE), site.secret)
        answer = RedirectResponse("/ui/login", status_code=303, headers=HEADERS)
        answer.delete_cookie(sessions.COOKIE, httponly=True, samesite="lax", secure=_is_secure(site, request))
        return answer

    return router


def own_page(wanted: str) -> str:
    """The page that somebody wanted, if it is one of ours to look at; else the first one."""
    path = unquote(wanted.partition("?")[0].partition("#")[0])
    is_plain = wanted.isprintable() and not any(part in path for part in ("//", "/.", "\\"))
    return wanted if is_plain and path.startswith("/ui/") and not path.startswith(_NOT_LED_TO) else _FIRST_PAGE


def _who(site: Site, request: Request, sent: dict[str, str]) -> SignIn:
    if "key" in sent:  # too long to be guessed, so tries are not counted
        return accounts.sign_in_with_key(site.store, sent["key"].strip())
    email = sent.get("email", "")
    with site.attempt(request, email):
        return passwords.sign_in(site.store, email, sent.get("password", ""))


def let_in(site: Site, request: Request, who: SignIn, by: OpenedBy, page_of_ours: str) -> Response:
    """Open a session in the browser that asks, in place of any there, and lead on."""
    sessions.end(site.store, request.cookies.get(sessions.COOKIE), site.secret)
    answer = RedirectResponse(page_of_ours, status_code=303, headers=HEADERS)
    answer.set_cookie(
        sessions.COOKIE,
        sessions.begin(site.store, who, site.secret, by),
        max_age=sessions.LIFETIME_S,
        httponly=True,
        samesite="lax",
        secure=_is_secure(site, request),
    )
    return answer


def _form(request: Request, wanted: str, error: CellkeepError | None = None, email: str = "") -> Response:
    status = error.status_code if error and error.status_code else 200
    message = error.message if error else ""
    answer = page(request, "login.html", status=status, message=message, wanted=own_page(wanted), email=email)
    if error and error.detail:
        answer.headers["retry-after"] = str(error.detail["retry_after_s"])
    return answer


def _is_signed_in(site: Site, request: Request) -> bool:
    try:
        site.caller(request)
    except UnauthorizedError:
        return False
    return True


def _is_secure(site: Site, request: Request) -> bool:
    return site.base_url(request).startswith("https:")
