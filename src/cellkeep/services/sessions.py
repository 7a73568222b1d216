"""Who is signed in to the pages: a cookie that names a person and is signed by this server."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from cellkeep.domain.errors import ForbiddenError, UnauthorizedError
from cellkeep.domain.people import Caller, SignIn
from cellkeep.storage.store import Store

COOKIE = "cellkeep_session"
PAGE_HEADER = "x-cellkeep-page"
"""With the value 1 it says that a script of our own pages asks; one elsewhere can not have a browser send it."""

LIFETIME_S = 14 * 24 * 3600
_MOST_DIGITS = 12


def seal(sign_in: SignIn, secret: bytes) -> str:
    """The cookie of somebody who signed in."""
    said = f"{sign_in.user_id}.{sign_in.epoch}.{int(time.time()) + LIFETIME_S}"
    return f"{said}.{_signature(said, secret)}"


def unseal(cookie: str | None, secret: bytes) -> SignIn | None:
    """Whom a cookie names, if this server signed it and it has not expired."""
    said, _, signature = (cookie or "").rpartition(".")
    if not hmac.compare_digest(_signature(said, secret).encode(), signature.encode(errors="replace")):
        return None
    user_id, epoch, expires = said.split(".")
    return SignIn(user_id=user_id, epoch=int(epoch)) if time.time() <= int(expires) else None


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
