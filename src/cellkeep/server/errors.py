"""Every failure leaves as one body: `{"error_code", "message", "detail"}`."""

import errno
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cellkeep.domain.errors import CellkeepError, InvalidError, ServerError, error_class
from cellkeep.domain.records import new_id

_log = logging.getLogger(__name__)

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def install(app: FastAPI) -> None:
    """Have the application render our errors, malformed requests, unknown routes and accidents alike."""
    app.add_exception_handler(CellkeepError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(_Accidents)


def answer(error: CellkeepError, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response of a failure."""
    return JSONResponse(error.body(), status_code=error.status_code or 500, headers=headers)


def _known(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CellkeepError)  # noqa: S101  registered for this class
    return answer(error)


def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class
    places = [{key: found[key] for key in ("loc", "msg", "type")} for found in error.errors()]
    return answer(InvalidError("; ".join(map(_sentence, places)), detail=places))


def _sentence(place: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in place["loc"] if part != "body")
    return f"{where or 'body'}: {place['msg']}"


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class
    message = f"{request.method} {request.url.path}: {error.detail}."
    kind = error_class(error.status_code, None)
    return answer(kind(message, status_code=error.status_code), dict(error.headers or {}))


class _Accidents:
    """Answers what nobody expected, and keeps the connection: raised further, it would be closed without a word."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            await _accident(Request(scope), error)(scope, receive, send)


def _accident(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return answer(ServerError("The server's disk is full. Nothing of this request was kept.", status_code=507))
    if isinstance(error, RecursionError):
        return answer(InvalidError("The body is nested too deeply."))
    incident = new_id()
    _log.error("Incident %s at %s %s", incident, request.method, request.url.path, exc_info=error)
    message = f"The server failed at this request. Its log tells why under incident {incident}."
    return answer(ServerError(message, detail={"incident": incident}), {"x-correlation-id": incident})
