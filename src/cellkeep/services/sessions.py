"""Who is signed in to the pages: a cookie that names a person and a session, and is signed by this server."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from cellkeep.domain.errors import ForbiddenError, UnauthorizedError
from cellkeep.domain.people import Caller, OpenedBy, PageSession, SignIn
from cellkeep.domain.records import now
from cellkeep.storage.store import Store

COOKIE = "cellkeep_session"
PAGE_HEADER = "x-cellkeep-page"
"""With the value 1 it says that a script of our own pages asks; one elsewhere can not have a browser send it."""

LIFETIME_S = 14 * 24 * 3600


def begin(store: Store, sign_in: SignIn, secret: bytes, by: OpenedBy) -> str:
    """Open a session for somebody who signed in; its cookie."""
    opened = sign_in.model_copy(update={"session": secrets.token_hex(16)})
    with store.writing() as work:
        work.people.open_session(opened, now() + timedelta(seconds=LIFETIME_S), by)
    return seal(opened, secret)


def end(store: Store, cookie: str | None, secret: bytes) -> None:
    """End the session of a cookie, for whoever else has the cookie too."""
    if sign_in := unseal(cookie, secret):
        with store.writing() as work:
            work.people.end_session(sign_in.session)


def seal(sign_in: SignIn, secret: bytes) -> str:
    """The cookie of a session."""
    said = f"{sign_in.user_id}.{sign_in.epoch}.{int(time.time()) + LIFETIME_S}.{sign_in.session}"
    return f"{said}.{_signature(said, secret)}"


def unseal(cookie: str | None, secret: bytes) -> SignIn | None:
    """Whom a cookie names, if this server signed it and it has not expired."""
    said, _, signature = (cookie or "").rpartition(".")
    if not hmac.compare_digest(_signature(said, secret).encode(), signature.encode(errors="replace")):
        return None
    user_id, epoch, expires, *session = said.split(".")
    if not session or time.time() > int(expires):  # it was made before sessions were kept, or is over
        return None
    return SignIn(user_id=user_id, epoch=int(epoch), session=session[0])


def caller(store: Store, cookie: str | None, secret: bytes) -> Caller:
    """The person whose session the cookie is.

    Raises:
        UnauthorizedError: there is none, it has expired, or it was ended.
    """
    sign_in = unseal(cookie, secret)
    with store.reading() as work:
        found = work.people.caller_of_sign_in(sign_in) if sign_in else None
    if found is None:
        raise UnauthorizedError("You are not signed in, or no longer: sign in at /ui/login.")
    return found


def listed(store: Store, cookie: str | None, secret: bytes) -> Sequence[PageSession]:
    """Where the person is signed in whose session the cookie is."""
    sign_in = unseal(cookie, secret)
    with store.reading() as work:
        return work.people.sessions(sign_in) if sign_in else []


def end_others(store: Store, cookie: str | None, secret: bytes) -> None:
    """End all sessions of the person whose session the cookie is, but for that one."""
    caller(store, cookie, secret)
    if sign_in := unseal(cookie, secret):
        with store.writing() as work:
            work.people.end_other_sessions(sign_in)


def refuse_elsewhere(headers: Mapping[str, str], public_url: str | None) -> None:
    """Refuse what the page of another site has a browser send.

    Args:
        headers: of the request, by their names in lower case.
        public_url: the address of this server, where it has another than the request names.

    Raises:
        ForbiddenError: the browser says that it is so.
    """
    if _is_from_elsewhere(headers, public_url):
        raise ForbiddenError(
            "This was sent by a page of another site. Should it have been one of this server's own, "
            "then CELLKEEP_PUBLIC_URL has to tell the server its address."
        )


def _is_from_elsewhere(headers: Mapping[str, str], public_url: str | None) -> bool:
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return True
    origin = headers.get("origin", "").lower()
    if not origin or origin.partition("://")[2] == headers.get("host", "").lower():
        return False
    return origin != _origin(public_url)


def _origin(url: str | None) -> str | None:
    parts = urlsplit((url or "").lower())
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


def _signature(said: str, secret: bytes) -> str:
    return hmac.new(secret, f"session\n{said}".encode(errors="replace"), hashlib.sha256).hexdigest()
