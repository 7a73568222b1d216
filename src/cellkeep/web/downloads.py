"""A time series and its tables as files, in every format that `client.export` writes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Final, Literal

import polars as pl
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from cellkeep.client import Client
from cellkeep.client.exporting import FORMATS, ExportFormat
from cellkeep.domain.errors import BadRequestError, ServerError
from cellkeep.domain.measurements import MeasurementType
from cellkeep.services.patience import sent_patiently
from cellkeep.web.answers import HEADERS, shows_errors
from cellkeep.web.naming import disposition, file_name
from cellkeep.web.site import Site

WORDS: Final[Mapping[ExportFormat, str]] = {
    "bdf.csv": "Battery Data Format, CSV",
    "bdf.gz": "Battery Data Format, packed",
    "bdf.parquet": "Battery Data Format, parquet",
    "csv": "columns as they are, CSV",
    "csv.gz": "columns as they are, CSV, packed",
    "parquet": "stored file, parquet",
}
"""What a page calls the formats."""
TURNED: Final = frozenset(name for name in FORMATS if name.startswith("bdf"))
"""Those in which current has the other sign: positive on charge."""
_PIECE_BYTES = 1024 * 1024
_TURN_S = 30.0
_turns = BoundedSemaphore(4)
_MEDIA_TYPES: Final = {".csv": "text/csv; charset=utf-8", ".gz": "application/gzip"}
_OTHER_TYPE: Final = "application/vnd.apache.parquet"

Table = Literal["steps", "cycles"]
Kind = Literal["csv", "parquet"]
Write = Callable[[Client, Path], Path]
"""Writes a file into a folder, and tells where it is."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/measurements/{measurement_id}/export")
    @shows_errors
    def export(request: Request, measurement_id: str, format: str = FORMATS[0]) -> Response:  # noqa: A002
        if (chosen := next((each for each in FORMATS if each == format), None)) is None:
            raise BadRequestError(f"There is no export format '{format[:50]}'. There are {', '.join(FORMATS)}.")
        return _written(site, request, lambda client, folder: _exported(client, measurement_id, folder, chosen))

    @router.get("/ui/measurements/{measurement_id}/{table}.{kind}")
    @shows_errors
    def table(request: Request, measurement_id: str, table: Table, kind: Kind) -> Response:
        return _written(site, request, lambda client, folder: _tabled(client, measurement_id, folder, table, kind))

    return router


def _exported(client: Client, measurement_id: str, folder: Path, chosen: ExportFormat) -> Path:
    """The series; where the Battery Data Format has no form for it, as plain CSV or parquet."""
    record = client.cell_measurement.get(measurement_id)
    if record.measurement_type != MeasurementType.time_series:
        raise BadRequestError(f"'{record.name}' is no time series, and is not written as {chosen}.")
    return client.export(measurement_id, folder, chosen)[0]


def _tabled(client: Client, measurement_id: str, folder: Path, table: Table, kind: Kind) -> Path:
    record = client.cell_measurement.get(measurement_id)
    cell = client.cell_instance.get(record.cell_instance_id)
    frame = pl.DataFrame(getattr(client.cell_measurement, table)(measurement_id))
    path = folder / f"{file_name(cell.name, record.name, table)}.{kind}"
    if kind == "csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path)
    return path


def _written(site: Site, request: Request, write: Write) -> Response:
    """The answer with a file, which goes once it is sent, and where it can not be."""
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="cellkeep-", ignore_cleanup_errors=True)))
        with site.client(request) as client, _turn():
            path = write(client, folder)
        return Sent(path, held.pop_all())


@contextmanager
def _turn() -> Iterator[None]:
    """One of few at once to have a file written.

    Raises:
        ServerError: others have some written, and that takes long.
    """
    if not _turns.acquire(timeout=_TURN_S):
        raise ServerError("Others have many files written just now. Try again in a minute.", status_code=503)
    try:
        yield
    finally:
        _turns.release()


class Sent(StreamingResponse):
    """Sends a file piece by piece, and lets go of it also where nobody listens any more."""

    def __init__(self, path: Path, held: ExitStack) -> None:
        named = disposition("attachment", path.name)
        headers = {**HEADERS, "content-disposition": named, "content-length": str(path.stat().st_size)}
        media_type = _MEDIA_TYPES.get(path.suffix, _OTHER_TYPE)
        super().__init__(_pieces(path), media_type=media_type, headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = super().__call__
        await sent_patiently(lambda patient: answer(scope, receive, patient), send, self._held.close)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(_PIECE_BYTES), b"")
