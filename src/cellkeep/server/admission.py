"""What happens to a request before it is looked at.

Who has neither a key nor a session of the pages leaves before anything is read of them, bodies are received whole and
within bounds, and no more requests are worked on at once than can be.
"""

import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import IO, Self

from anyio import CapacityLimiter
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cellkeep.domain.errors import BadRequestError, CellkeepError
from cellkeep.domain.people import Caller
from cellkeep.server.errors import answer
from cellkeep.services import sessions

CALLER = "cellkeep.caller"
"""Where a request carries whose it is."""

LARGEST_FORM_BYTES = 256 * 1024 * 1024
"""Of a table with what is said of it. Series, which may be larger, are sent to signed links."""

_AT_ONCE = 32
"""Fewer than there are threads. A request holds a database connection while it waits for a thread, so with more
requests than threads those that hold one could wait for those that want one."""

_UNGUARDED = ("/healthz", "/blobs/", "/ui")
_FORMS = ("/material_property_datasets", "/analyses")
"""Below these a form may be sent: some more than fits into memory many times over."""
_LARGEST_BODY_BYTES = 16 * 1024 * 1024
"""Of JSON, which takes many times its size once it is parsed. Series and files are not sent in a body of the API."""
_PIECE_BYTES = 1024 * 1024

Headers = Iterable[tuple[bytes, bytes]]

Known = Callable[[str | None], Caller]
"""Tells whose a key, or the cookie of a session, is; or raises UnauthorizedError."""


class Admission:
    """Lets requests in. Health checks, signed links and pages pass as they are; they see to themselves."""

    def __init__(
        self, app: ASGIApp, authenticate: Known, by_session: Known | None = None, public_url: str | None = None
    ) -> None:
        self._app = app
        self._authenticate = authenticate
        self._by_session = by_session
        self._public_url = public_url
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(_UNGUARDED):
            await self._app(scope, receive, send)
            return
        if self._limiter is None:
            self._limiter = CapacityLimiter(_AT_ONCE)
        try:
            caller = await run_in_threadpool(self._caller, scope)
            # No place is held while a slow line sends.
            async with _received({**scope, CALLER: caller}, receive) as whole, _Place(self._limiter) as place:
                await self._app(*whole, place.left_by(send))
        except CellkeepError as error:  # those of the application it answers itself
            await answer(error)(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller:
        """Whose key the request carries; or, where it carries none and a page asks, who is signed in."""
        key, asked = _key(scope["headers"]), HTTPConnection(scope)
        if key or self._by_session is None or asked.headers.get(sessions.PAGE_HEADER) != "1":
            return self._authenticate(key)
        sessions.refuse_elsewhere(asked.headers, self._public_url)
        return self._by_session(asked.cookies.get(sessions.COOKIE))


class _Place:
    """One of the places for requests, which is left as soon as the answer begins: no slow line holds one by reading."""

    def __init__(self, limiter: CapacityLimiter) -> None:
        self._limiter = limiter
        self._is_held = False

    async def __aenter__(self) -> Self:
        await self._limiter.acquire_on_behalf_of(self)
        self._is_held = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def left_by(self, send: Send) -> Send:
        async def leaving(message: Message) -> None:
            self._leave()
            await send(message)

        return leaving

    def _leave(self) -> None:
        if self._is_held:
            self._is_held = False
            self._limiter.release_on_behalf_of(self)


@asynccontextmanager
async def _received(scope: Scope, receive: Receive) -> AsyncIterator[tuple[Scope, Receive]]:
    """The request with its body here: in memory and inflated, or, where it is a form, on disk."""
    headers: Headers = scope["headers"]
    if _is_form(scope):
        with tempfile.SpooledTemporaryFile(max_size=_PIECE_BYTES, prefix="cellkeep-") as form:
            await _spool(receive, form)
            yield scope, _pieces_of(form, receive)
        return
    body = await _whole(receive)
    if _value(headers, b"content-encoding").lower() == "gzip":
        body = await run_in_threadpool(_inflated, body)
        scope = {**scope, "headers": _without(headers, {b"content-encoding", b"content-length"})}
    yield scope, _once(body, receive)


def _key(headers: Headers) -> str | None:
    if key := _value(headers, b"x-api-key"):
        return key
    scheme, _, token = _value(headers, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _is_form(scope: Scope) -> bool:
    return scope["path"].startswith(_FORMS) and _value(scope["headers"], b"content-type").lower().startswith(
        "multipart/"
    )


def _value(headers: Headers, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), "")


def _without(headers: Headers, unwanted: set[bytes]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name not in unwanted]


def _once(body: bytes, receive: Receive) -> Receive:
    """What was received, and then whatever else comes, such as that the client is gone."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


def _pieces_of(form: IO[bytes], receive: Receive) -> Receive:
    """The same of a body that was spooled."""
    is_left = True

    async def again() -> Message:
        nonlocal is_left
        if not is_left:
            return await receive()
        piece = await run_in_threadpool(form.read, _PIECE_BYTES)
        is_left = len(piece) == _PIECE_BYTES
        return {"type": "http.request", "body": piece, "more_body": is_left}

    return again


async def _spool(receive: Receive, form: IO[bytes]) -> None:
    received = 0
    async for piece in _arriving(receive):
        received += len(piece)
        if received > LARGEST_FORM_BYTES:
            raise BadRequestError(f"The form is larger than {LARGEST_FORM_BYTES} bytes.", status_code=413)
        await run_in_threadpool(form.write, piece)
    form.seek(0)


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    async for piece in _arriving(receive):
        body += piece
        if len(body) > _LARGEST_BODY_BYTES:
            raise _too_large()
    return bytes(body)


async def _arriving(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequestError("The body breaks off.")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def _inflated(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        inflated = unpacking.decompress(body, _LARGEST_BODY_BYTES)
    except zlib.error as error:
        raise BadRequestError(f"The body says that it is compressed with gzip, and is not: {error}.") from error
    if unpacking.unconsumed_tail:
        raise _too_large()
    if not unpacking.eof:
        raise BadRequestError("The compressed body breaks off.")
    return inflated


def _too_large() -> BadRequestError:
    return BadRequestError(f"The body is larger than {_LARGEST_BODY_BYTES} bytes.", status_code=413)
