"""Failures below `/ui` that no page has answered itself, such as an unknown address: a person sees them as a page."""

import json

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cellkeep.services.sessions import PAGE_HEADER
from cellkeep.web.answers import page

_BAD = 400
_KEPT = frozenset({b"x-correlation-id", b"retry-after", b"allow"})
_UNROUTED = ": Not Found."


class FailuresAsPages:
    """Turns the failures that the application answers as JSON into pages, where a person asks; scripts get the JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_of_person(scope):
            await self._app(scope, receive, _Turned(scope, receive, send))
        else:
            await self._app(scope, receive, send)


class _Turned:
    """Sends what is answered on; a failure it keeps until it is whole, and sends a page instead."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._failed: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_failure(message):
            self._failed = message
        elif self._failed is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._failed)

    async def _send_page(self, failed: Message) -> None:
        answer = _shown(Request(self._scope), failed["status"], bytes(self._body))
        answer.raw_headers.extend(pair for pair in failed["headers"] if pair[0] in _KEPT)
        await answer(self._scope, self._receive, self._send)


def _is_of_person(scope: Scope) -> bool:
    if scope["type"] != "http" or not (scope["path"] == "/ui" or scope["path"].startswith("/ui/")):
        return False
    headers = Request(scope).headers
    return "text/html" in headers.get("accept", "") and PAGE_HEADER not in headers


def _is_failure(start: Message) -> bool:
    kind: bytes = dict(start["headers"]).get(b"content-type", b"")
    return start["status"] >= _BAD and kind.startswith(b"application/json")


def _shown(request: Request, status: int, body: bytes) -> HTMLResponse:
    message = str(json.loads(body).get("message", ""))
    if message.endswith(_UNROUTED):
        message = f"There is no page at {request.url.path}."
    return page(request, "error.html", status=status, message=message)
