"""What happens to a request before it is looked at.

Who has no key leaves, a compressed body is inflated, and no more are worked on at once than can be.
"""

import zlib
from collections.abc import Iterable

from anyio import CapacityLimiter
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cellkeep.domain.errors import BadRequestError, CellkeepError
from cellkeep.server.errors import answer
from cellkeep.services.accounts import no_key

_AT_ONCE = 32
"""Fewer than there are threads. A request holds a database connection while it waits for a thread, so with more
requests than threads those that hold one could wait for those that want one."""

_UNGUARDED = ("/healthz", "/blobs/", "/ui")
_KEY_HEADERS = frozenset({b"x-api-key", b"authorization"})
_LARGEST_BODY_BYTES = 64 * 1024 * 1024
"""Of JSON. Series and files are not sent in a body of the API."""


class Admission:
    """Lets requests in. Health checks, signed links and pages pass as they are; they see to themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(_UNGUARDED):
            await self._app(scope, receive, send)
            return
        if self._limiter is None:
            self._limiter = CapacityLimiter(_AT_ONCE)
        try:
            scope, receive = await _admitted(scope, receive)
        except CellkeepError as error:
            await answer(error)(scope, receive, send)
            return
        async with self._limiter:
            await self._app(scope, receive, send)


async def _admitted(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """The request with its body received and inflated, so that no place is held while a slow line sends.

    Forms, which may be larger, are left to those who read them piece by piece.
    """
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    if not any(name in _KEY_HEADERS for name, _ in headers):
        raise no_key()
    if any(name == b"content-type" and value.lower().startswith(b"multipart/") for name, value in headers):
        return scope, receive
    body = await _whole(receive)
    if any(name == b"content-encoding" and value.lower() == b"gzip" for name, value in headers):
        body = await run_in_threadpool(_inflated, body)
        headers = [(name, value) for name, value in headers if name not in {b"content-encoding", b"content-length"}]
    received: Message = {"type": "http.request", "body": body, "more_body": False}
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return received

    return {**scope, "headers": headers}, again


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequestError("The body breaks off.")
        body += message.get("body", b"")
        if len(body) > _LARGEST_BODY_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


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
