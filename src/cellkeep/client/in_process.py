"""Requests that call an application of the same process: no socket, no other thread, and an event loop of their own."""

import asyncio
import threading
from typing import Any

import httpx2


class InProcess(httpx2.BaseTransport):
    """The way to an application, for an HTTP client that is given it. Safe to use from many threads, one at a time.

    Args:
        application: of ASGI, which nobody else calls: what it keeps belongs to this loop.
    """

    def __init__(self, application: Any) -> None:
        self._way = httpx2.ASGITransport(application, raise_app_exceptions=False)
        self._loop = asyncio.Runner()
        self._lock = threading.Lock()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, whole."""
        request.read()
        with self._lock:
            return self._loop.run(self._answered(request))

    def close(self) -> None:
        with self._lock:
            self._loop.close()

    async def _answered(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._way.handle_async_request(request)
        content = await answer.aread()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=content)
