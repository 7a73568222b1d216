"""How many requests are worked on at once."""

from anyio import CapacityLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

_AT_ONCE = 32
"""Fewer than there are threads. A request holds a database connection while it waits for a thread, so with more
requests than threads those that hold one could wait for those that want one."""

_FREE = ("/healthz", "/blobs/")


class Admission:
    """Lets requests wait, holding nothing, until there is room; health checks and signed links never wait."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        if self._limiter is None:
            self._limiter = CapacityLimiter(_AT_ONCE)
        async with self._limiter:
            await self._app(scope, receive, send)
