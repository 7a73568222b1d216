"""The files of a file measurement: what there is, their content, and all of them as one archive."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cellkeep.domain.errors import BadRequestError, NotFoundError, UnusableDataError
from cellkeep.domain.measurements import MeasurementType
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import MeasurementRow

MOST_BYTES = 256 * 1000 * 1000
"""Of a file that is looked into; a store may have to fetch it whole for that."""


@dataclass(frozen=True)
class StoredFile:
    """A file that was sent.

    Attributes:
        name: as it was sent.
        key: where its content lies.
        content_type: told by its first bytes.
        size_bytes: how long it is.
        facts: of a picture its `width` and `height` in pixels.
    """

    name: str
    key: str
    content_type: str
    size_bytes: int
    facts: dict[str, Any]


def listed(work: UnitOfWork, measurement_id: str) -> Sequence[StoredFile]:
    """The files of a measurement, in the order in which they were sent.

    Raises:
        NotFoundError: there is no such measurement.
        BadRequestError: it is of another type.
    """
    row = work.measurements.row(measurement_id)
    if row.measurement_type != MeasurementType.file:
        raise BadRequestError(f"The measurement '{row.name}' is of type {row.measurement_type} and holds no files.")
    return _files(row)


def found(work: UnitOfWork, measurement_id: str, name: str) -> StoredFile:
    """One file; NotFoundError where there is none of that name."""
    for file in listed(work, measurement_id):
        if file.name == name:
            return file
    raise NotFoundError(f"The measurement '{measurement_id}' has no file named '{name}'.")


def opened(store: Store, file: StoredFile) -> AbstractContextManager[Path]:
    """The content, for as long as the context lasts; BlobNotFoundError where it was removed meanwhile.

    Raises:
        UnusableDataError: it is too large to be looked into.
    """
    if file.size_bytes > MOST_BYTES:
        raise UnusableDataError(
            f"'{file.name}' is larger than {MOST_BYTES // 1_000_000} MB and is not looked into. Download it."
        )
    return store.blobs.local_copy(file.key)


def head(store: Store, file: StoredFile, n_bytes: int) -> bytes:
    """The first bytes."""
    taken = bytearray()
    for piece in pieces(store, file):
        taken += piece
        if len(taken) >= n_bytes:
            break
    return bytes(taken[:n_bytes])


def pieces(store: Store, file: StoredFile) -> Iterator[bytes]:
    """The content in pieces that are never large; NotFoundError where it was removed meanwhile."""
    try:
        yield from store.blobs.pieces(file.key)
    except BlobNotFoundError:
        raise NotFoundError(f"The file '{file.name}' was removed meanwhile.") from None


def zipped(store: Store, files: Iterable[StoredFile], moment: datetime) -> Iterator[bytes]:
    """All files as one archive, in pieces: none of it is held, and nothing is compressed, since pictures are already.

    Args:
        store: where they lie.
        files: in this order.
        moment: what is written beside each as its time.
    """
    sink = _Sink()
    year, month, day, hour, minute, second, *_ = moment.utctimetuple()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, (year, month, day, hour, minute, second))
            with archive.open(entry, "w", force_zip64=file.size_bytes >= zipfile.ZIP64_LIMIT) as into:
                for piece in pieces(store, file):
                    into.write(piece)
                    yield from sink.taken()
    yield from sink.taken()


class _Sink:
    """What an archive writes to, that hands on what was written."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes, /) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        """Nor to let go of."""

    def taken(self) -> Iterator[bytes]:
        """What was written since, unless that is nothing."""
        written, self._written = bytes(self._written), bytearray()
        if written:
            yield written


def _files(row: MeasurementRow) -> list[StoredFile]:
    kept = [blob for blob in row.blobs if blob.role == "file"]
    return [StoredFile(each.filename, each.key, each.content_type, each.size_bytes, each.facts) for each in kept]
