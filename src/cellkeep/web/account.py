"""The page of who is signed in: another password, and where else they are signed in."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cellkeep.domain.errors import CellkeepError, ForbiddenError, InvalidError, UnauthorizedError
from cellkeep.services import passwords, sessions
from cellkeep.web.answers import HEADERS, page, shows_errors
from cellkeep.web.forms import SmallForm
from cellkeep.web.sign_in import let_in
from cellkeep.web.site import Site

_PLACE = "/ui/account"
_SAID = {
    "password": "Your password is set. You are signed out everywhere but here.",
    "sessions": "You are signed out everywhere but here.",
}


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get(_PLACE)
    @shows_errors
    def show(request: Request, done: str = "") -> Response:
        return _shown(site, request, said=_SAID.get(done, ""))

    @router.post(f"{_PLACE}/password")
    @shows_errors
    def set_password(request: Request, sent: SmallForm) -> Response:
        sessions.refuse_elsewhere(request.headers, site.public_url)
        who = site.caller(request)
        try:
            wanted = _typed_twice(sent)
            with site.attempt(request, who.email):
                changed = passwords.change_own(site.store, who, sent.get("present", ""), wanted)
        except (UnauthorizedError, InvalidError, ForbiddenError) as error:
            return _shown(site, request, error)
        return let_in(site, request, changed, "password", f"{_PLACE}?done=password")

    @router.post(f"{_PLACE}/sessions")
    @shows_errors
    def end_others(request: Request) -> Response:
        sessions.refuse_elsewhere(request.headers, site.public_url)
        sessions.end_others(site.store, request.cookies.get(sessions.COOKIE), site.secret)
        return RedirectResponse(f"{_PLACE}?done=sessions", status_code=303, headers=HEADERS)

    return router


def _typed_twice(sent: dict[str, str]) -> str:
    if sent.get("password") != sent.get("again"):
        raise InvalidError("The two new passwords differ. Nothing was changed.")
    return sent.get("password", "")


def _shown(site: Site, request: Request, error: CellkeepError | None = None, said: str = "") -> Response:
    view = site.view(request)
    with site.store.reading() as work:
        has_password = work.people.has_password(view.who.user_id)
    return page(
        request,
        "account.html",
        view,
        status=error.status_code or 400 if error else 200,
        message=error.message if error else "",
        said=said,
        has_password=has_password,
        shortest=passwords.SHORTEST,
        sessions=sessions.listed(site.store, request.cookies.get(sessions.COOKIE), site.secret),
    )
