"""The series in one file, for those who read it by a link: rows that lie beside it are put behind it when one asks."""

import threading
from weakref import WeakValueDictionary

from cellkeep.domain.errors import NotFoundError, ServerError
from cellkeep.services import keys
from cellkeep.services.blob_rows import ROWS, rows_keys, table_row
from cellkeep.services.removal import not_found_once_removed
from cellkeep.services.stitching import stitch
from cellkeep.settings import CONFIRM_WAIT_S, MAX_WAITING_LINKS
from cellkeep.storage.store import Store
from cellkeep.storage.tables import BlobRow, MeasurementRow

_waiting = threading.BoundedSemaphore(MAX_WAITING_LINKS)
_under_way: WeakValueDictionary[str, "_Turn"] = WeakValueDictionary()
_looking = threading.Lock()


def series_key(store: Store, row: MeasurementRow) -> str:
    """The object that holds all rows of a series.

    Where some lie beside it, it is written anew and takes their place, also while more are being appended.

    Raises:
        NotFoundError: the measurement is gone.
        ServerError: others have it written, and that takes long, or many wait for such files. Clients ask again by
            themselves for some seconds.
    """
    if len(rows_keys(row)) == 1:
        return rows_keys(row)[0]
    turn = _turn(row.id)
    if not turn.taken():
        raise ServerError(
            f"The series '{row.name}' is being put into one file. Ask again in a moment.", status_code=503
        )
    try:
        row = _row(store, row.id)
        return rows_keys(row)[0] if len(rows_keys(row)) == 1 else _joined(store, row)
    finally:
        turn.end()


class _Turn:
    """Whose turn it is to write the file of a series; there as long as anybody writes or waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def taken(self) -> bool:
        """Whether it is one's turn: at once, where nobody writes; or after a while, where not too many wait."""
        if self._lock.acquire(blocking=False):
            return True
        if not _waiting.acquire(blocking=False):
            return False
        try:
            return self._lock.acquire(timeout=CONFIRM_WAIT_S)
        finally:
            _waiting.release()

    def end(self) -> None:
        self._lock.release()


def _turn(measurement_id: str) -> _Turn:
    with _looking:
        return _under_way.setdefault(measurement_id, _Turn())


def _row(store: Store, measurement_id: str) -> MeasurementRow:
    with store.reading() as work:
        return work.measurements.row(measurement_id)


def _joined(store: Store, row: MeasurementRow) -> str:
    found, key = rows_keys(row), keys.stored(row.organization_id, row.id, keys.TIME_SERIES)
    with store.blobs.workspace() as folder:
        target = folder / keys.TIME_SERIES
        with not_found_once_removed(store, row.id), store.local_copies(found) as files:
            stitch(files, target)
        store.blobs.put(key, target)
        whole = table_row(key, target.stat().st_size, role="time_series", filename=keys.TIME_SERIES)
    try:
        _put_in_place(store, row.id, found, whole)
    except BaseException:
        if not _is_named(store, row.id, key):
            store.remove([key])
        raise
    return key


def _is_named(store: Store, measurement_id: str, key: str) -> bool:
    """Whether a record names the object, or may do so, since the database can not be asked."""
    try:
        return key in rows_keys(_row(store, measurement_id))
    except NotFoundError:
        return False
    except Exception:  # noqa: BLE001  databases fail in ways of their own, and the failure that led here is told
        return True


def _put_in_place(store: Store, measurement_id: str, found: tuple[str, ...], whole: BlobRow) -> None:
    """Have the object take the place of those that it was made of; where others have, it is for this reader alone."""
    with store.writing() as work:
        row = work.measurements.row(measurement_id, lock=True)
        if rows_keys(row) == found:
            work.objects.retire(work.measurements.replace_blobs(row, set(ROWS), [whole]))
        else:
            work.objects.retire([whole.key])
