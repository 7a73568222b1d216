"""Passwords: kept as scrypt hashes, and checked in the same time for everybody."""

import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

from cellkeep.domain.errors import ForbiddenError, InvalidError, UnauthorizedError
from cellkeep.domain.people import Caller, SignIn
from cellkeep.storage.store import Store

SHORTEST = 10
_LONGEST = 1024
_SALT_BYTES = 16
_HASH_BYTES = 32


class _Hash(NamedTuple):
    """What is kept: how hard it is to compute, the salt, and the outcome."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str, n: int, r: int, p: int, salt: bytes) -> Self:
        normal = unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
        memory = 128 * r * (n + p + 2)
        digest = hashlib.scrypt(normal, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=_HASH_BYTES)
        return cls(n, r, p, salt, digest)

    @classmethod
    def read(cls, text: str) -> Self:
        _, n, r, p, salt, digest = text.split(":")
        return cls(int(n), int(r), int(p), bytes.fromhex(salt), bytes.fromhex(digest))

    def __str__(self) -> str:
        return f"scrypt:{self.n}:{self.r}:{self.p}:{self.salt.hex()}:{self.digest.hex()}"

    def fits(self, password: str) -> bool:
        return hmac.compare_digest(self.of(password, *self[:4]).digest, self.digest)


_N, _R, _P = 2**15, 8, 3
"""32 MiB and some 0.2 s for each hash."""

_NOBODYS = _Hash(_N, _R, _P, secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_HASH_BYTES))
"""Compared with where there is no password, so that the answer takes as long."""

_HASHING = threading.BoundedSemaphore(2)
"""Hashes that are computed at once, for the sake of memory."""

_INSIDE = threading.BoundedSemaphore(8)
"""Who computes or waits for it; more are sent away, so that waiting never uses up all threads."""


def change(store: Store, user_id: str, password: str) -> None:
    """Give somebody a password, in place of any that they have. Their sessions end.

    Raises:
        InvalidError: it is too short or too long.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise InvalidError(f"A password has at least {SHORTEST} characters and at most {_LONGEST}: take a few words.")
    with _place():
        kept = _Hash.of(password, _N, _R, _P, secrets.token_bytes(_SALT_BYTES))
    with store.writing() as work:
        work.people.set_password(user_id, str(kept))


def change_own(store: Store, caller: Caller, present: str, password: str) -> SignIn:
    """Give somebody who is signed in another password. All their sessions end; they sign in anew by what is answered.

    Raises:
        UnauthorizedError: they have a password, and `present` is another; or they were shut out meanwhile.
        InvalidError: the new one is too short or too long.
        ForbiddenError: too many sign in at this moment.
    """
    with store.reading() as work:
        has_password = work.people.has_password(caller.user_id)
    if has_password:
        try:
            sign_in(store, caller.email, present)
        except UnauthorizedError:
            raise UnauthorizedError("The present password is another. Nothing was changed.") from None
    change(store, caller.user_id, password)
    with store.reading() as work:
        found = work.people.sign_in_of_user(caller.user_id)
    if found is None:
        raise UnauthorizedError("You were shut out meanwhile.")
    return found


def clear(store: Store, user_id: str) -> None:
    """Let a password sign somebody in no more. Their sessions end."""
    with store.writing() as work:
        work.people.set_password(user_id, None)


def sign_in(store: Store, email: str, password: str) -> SignIn:
    """Who signs in with a password; nothing tells whether it is the address or the password that is wrong.

    Raises:
        UnauthorizedError: they do not belong together.
        ForbiddenError: too many sign in at this moment.
    """
    with _place():
        with store.reading() as work:
            found = work.people.password_of(email)
        who, kept = (found[0], _Hash.read(found[1])) if found else (None, _NOBODYS)
        fits = kept.fits(password)
    if who is None or not fits:
        raise UnauthorizedError("No active person has this e-mail address and this password.")
    return who


@contextmanager
def _place() -> Iterator[None]:
    if not _INSIDE.acquire(blocking=False):
        raise ForbiddenError("Many people sign in at this moment. Try again in a few seconds.", status_code=503)
    try:
        with _HASHING:
            yield
    finally:
        _INSIDE.release()
