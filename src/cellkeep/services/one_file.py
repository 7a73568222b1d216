"""The series in one file, for those who read it by a link: rows that lie beside it are put behind it when one asks."""

import threading
from contextlib import ExitStack

from cellkeep.domain.errors import NotFoundError
from cellkeep.services import keys
from cellkeep.services.blob_rows import ROWS, rows_keys, table_row
from cellkeep.services.series import UNREADABLE
from cellkeep.services.stitching import stitch
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store
from cellkeep.storage.tables import BlobRow, MeasurementRow

_LOCKS = tuple(threading.Lock() for _ in range(64))
"""Of those who ask for the same series at once, one writes the file."""


def series_key(store: Store, measurement_id: str) -> str:
    """The object that holds all rows of a series.

    Where some lie beside it, it is written anew and takes their place, also while more are being appended.

    Raises:
        NotFoundError: the measurement is gone.
    """
    row = _row(store, measurement_id)
    if len(rows_keys(row)) > 1:
        with _LOCKS[hash(measurement_id) % len(_LOCKS)]:
            row = _row(store, measurement_id)
            if len(rows_keys(row)) > 1:
                return _joined(store, row)
    return rows_keys(row)[0]


def _row(store: Store, measurement_id: str) -> MeasurementRow:
    with store.reading() as work:
        return work.measurements.row(measurement_id)


def _joined(store: Store, row: MeasurementRow) -> str:
    found, key = rows_keys(row), keys.stored(row.organization_id, row.id, keys.TIME_SERIES)
    with store.blobs.workspace() as folder, ExitStack() as stack:
        target = folder / keys.TIME_SERIES
        try:
            stitch([stack.enter_context(store.blobs.local_copy(part)) for part in found], target)
        except (BlobNotFoundError, *UNREADABLE):
            _row(store, row.id)  # not found, where it was removed while it was read
            raise
        store.blobs.put(key, target)
        whole = table_row(key, target.stat().st_size, role="time_series", filename=keys.TIME_SERIES)
    try:
        _put_in_place(store, row.id, found, whole)
    except NotFoundError:
        store.remove([key])
        raise
    return key


def _put_in_place(store: Store, measurement_id: str, found: tuple[str, ...], whole: BlobRow) -> None:
    """Have the object take the place of those that it was made of; where others have, it is for this reader alone."""
    with store.writing() as work:
        row = work.measurements.row(measurement_id, lock=True)
        if rows_keys(row) == found:
            work.objects.retire(work.measurements.replace_blobs(row, set(ROWS), [whole]))
        else:
            work.objects.retire([whole.key])
