"""Parts of a stored series, in the form that is asked for."""

from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from cellkeep.domain.files import PARQUET
from cellkeep.domain.people import Caller
from cellkeep.domain.time_series import RowFormat, SeriesQuery
from cellkeep.server.context import Ctx, Who
from cellkeep.services import time_series
from cellkeep.services.patience import sent_patiently
from cellkeep.storage.store import Store

router = APIRouter(tags=["cell measurements"])

_MEDIA_TYPES: dict[RowFormat, str] = {
    "json": "application/json",
    "arrow": "application/vnd.apache.arrow.file",
    "arrow_stream": "application/vnd.apache.arrow.stream",
    "parquet": PARQUET,
    "csv": "text/csv; charset=utf-8",
}
_PIECE_BYTES = 4 * 1024 * 1024


@router.get("/cell_measurements/{measurement_id}/time_series", response_class=Response)
def read_time_series(context: Ctx, who: Who, measurement_id: str, asked: Annotated[SeriesQuery, Query()]) -> Response:
    """Rows and columns of a series, or a picture of many rows by a few."""
    return _part(context.store, who, measurement_id, asked)


@router.post("/cell_measurements/{measurement_id}/time_series/query", response_class=Response)
def query_time_series(context: Ctx, who: Who, measurement_id: str, asked: SeriesQuery) -> Response:
    """The same for what is too long for an address, such as thousands of steps."""
    return _part(context.store, who, measurement_id, asked)


def _part(store: Store, who: Caller, measurement_id: str, asked: SeriesQuery) -> Response:
    media_type = _MEDIA_TYPES[asked.format]
    with ExitStack() as opened:
        file = opened.enter_context(TemporaryFile(prefix="cellkeep-"))
        time_series.write_part(store, who, measurement_id, asked, file)
        size = file.tell()
        file.seek(0)
        if size <= _PIECE_BYTES:
            return Response(file.read(), media_type=media_type)
        opened.pop_all()
        return _OpenFile(file, size, media_type)


class _OpenFile(StreamingResponse):
    """Sends a file piece by piece, and closes it also where nobody listens any more."""

    def __init__(self, file: IO[bytes], size: int, media_type: str) -> None:
        pieces = iter(lambda: file.read(_PIECE_BYTES), b"")
        super().__init__(pieces, media_type=media_type, headers={"content-length": str(size)})
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = super().__call__
        await sent_patiently(lambda patient: answer(scope, receive, patient), send, self._file.close)
