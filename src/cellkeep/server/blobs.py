"""The signed links of a local blob store: GET, HEAD and byte ranges to read, PUT to write."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from cellkeep.domain.errors import ForbiddenError, NotFoundError
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.local_blobs import LocalBlobs, Method

_WRITE_BYTES = 4 * 1024 * 1024
"""Received bytes are handed to the disk in pieces of this size, off the event loop."""

_Expires = Annotated[int, Query()]
_Signature = Annotated[str, Query()]


class _LargeFileResponse(FileResponse):
    chunk_size = 4 * 1024 * 1024  # five times as fast as the usual 64 KiB


def blob_router(blobs: LocalBlobs) -> APIRouter:
    """The routes of one local store."""
    router = APIRouter(prefix="/blobs", include_in_schema=False)

    def require(method: Method, key: str, expires: int, signature: str) -> None:
        if not blobs.accepts(method, key, expires, signature):
            raise ForbiddenError("This link has expired or was not signed by this server. Ask for a new one.")

    @router.api_route("/{key:path}", methods=["GET", "HEAD"])
    def read_blob(key: str, expires: _Expires, signature: _Signature) -> FileResponse:
        require("GET", key, expires, signature)
        try:
            found = blobs.head(key)
        except BlobNotFoundError:
            found = None
        if found is None:
            raise NotFoundError("What this link led to has been removed.")
        return _LargeFileResponse(
            blobs.path(key),
            media_type="application/octet-stream",
            headers={
                # Never shown as a page of ours, whatever a person uploaded.
                "content-disposition": "attachment",
                "x-content-type-options": "nosniff",
                "cache-control": "private, max-age=3600, immutable",
            },
        )

    @router.put("/{key:path}")
    async def write_blob(key: str, expires: _Expires, signature: _Signature, request: Request) -> Response:
        require("PUT", key, expires, signature)
        await _receive(blobs, key, request)
        return Response(status_code=200)

    return router


async def _receive(blobs: LocalBlobs, key: str, request: Request) -> None:
    try:
        writing = blobs.overwriting(key)
        file = await run_in_threadpool(writing.__enter__)
    except BlobNotFoundError:
        raise NotFoundError("There is no such place.") from None
    pending = bytearray()
    try:
        async for piece in request.stream():
            pending += piece
            if len(pending) >= _WRITE_BYTES:
                await run_in_threadpool(file.write, bytes(pending))
                pending.clear()
        await run_in_threadpool(file.write, bytes(pending))
    except BaseException as error:
        if not await run_in_threadpool(writing.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await run_in_threadpool(writing.__exit__, None, None, None)
