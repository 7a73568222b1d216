"""Signing in by a link that is used once."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cellkeep.services import accounts
from cellkeep.web import session
from cellkeep.web.answers import HEADERS, shows_errors
from cellkeep.web.site import Site


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/login")
    @shows_errors
    def login(request: Request, token: str = "") -> Response:
        cookie = session.seal(accounts.use_login_token(site.store, token), site.secret)
        answer = RedirectResponse("/ui/", status_code=303, headers=HEADERS)
        answer.set_cookie(
            session.COOKIE,
            cookie,
            max_age=session.LIFETIME_S,
            httponly=True,
            samesite="lax",
            secure=site.base_url(request).startswith("https:"),
        )
        return answer

    return router
