"""Who is signed in: a cookie that names the user and is signed by this server."""

import hashlib
import hmac
import time

COOKIE = "cellkeep_session"
_MOST_DIGITS = 12
LIFETIME_S = 14 * 24 * 3600


def seal(user_id: str, secret: bytes) -> str:
    """The cookie of a user."""
    expires = int(time.time()) + LIFETIME_S
    return f"{user_id}.{expires}.{_signature(user_id, expires, secret)}"


def unseal(cookie: str | None, secret: bytes) -> str | None:
    """The user a cookie names, if this server signed it and it still holds."""
    user_id, _, rest = (cookie or "").partition(".")
    expires, _, signature = rest.partition(".")
    if not expires.isdecimal() or len(expires) > _MOST_DIGITS or int(expires) < time.time():
        return None
    expected = _signature(user_id, int(expires), secret)
    return user_id if hmac.compare_digest(expected.encode(), signature.encode()) else None


def _signature(user_id: str, expires: int, secret: bytes) -> str:
    return hmac.new(secret, f"session\n{user_id}\n{expires}".encode(), hashlib.sha256).hexdigest()
