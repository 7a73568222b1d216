"""Appending rows to the series of a test that is still running: initiate, send, confirm.

What is sent is verified against the stored series before anything is recorded. Then it waits, as an object of the
measurement, to be put behind the series; until that is done, and if it fails, everything is read as it was.
"""

import time
from pathlib import Path

from cellkeep.domain.errors import BadRequestError, CellkeepError, ConflictError
from cellkeep.domain.measurements import InitiatedUpload, MeasurementBundle, MeasurementType, UploadTarget
from cellkeep.domain.people import Caller
from cellkeep.domain.records import now
from cellkeep.services import keys, stitching
from cellkeep.services.answering import UNFINISHED, answered, doing_now
from cellkeep.services.blob_rows import blob_row, rows_keys
from cellkeep.services.digests import digest_of
from cellkeep.services.origin import Origin
from cellkeep.services.processing import Jobs
from cellkeep.services.removal import not_found_once_removed
from cellkeep.settings import CONFIRM_WAIT_S, SIGNED_PUT_LIFETIME_S
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store
from cellkeep.storage.tables import BlobRow, MeasurementRow

_TRIES = 20


def initiate(store: Store, caller: Caller, measurement_id: str, *, base_url: str) -> InitiatedUpload:
    """Say where to send the rows to append.

    Raises:
        NotFoundError: there is no such measurement.
        ConflictError: it is no time series, or the test has ended, or it is being processed.
    """
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
        caller.require_write(row.project_id)
        _require_extendable(row)
    key = keys.staged_extension(caller, measurement_id)
    url = store.blobs.sign_put(key, lifetime_s=SIGNED_PUT_LIFETIME_S, base_url=base_url)
    target = UploadTarget(filename=keys.EXTENSION, signed_url=url, path=key)
    return InitiatedUpload(measurement_id=measurement_id, uploads=[target])


def confirm(
    store: Store,
    jobs: Jobs,
    caller: Caller,
    measurement_id: str,
    path: str | None = None,
    *,
    origin: Origin | None = None,
    wait_s: float = CONFIRM_WAIT_S,
) -> MeasurementBundle:
    """Verify what was sent and append it; saying it again appends nothing twice and is answered the same.

    What this person sent stays in staging for that: it is known again by its digest, until other rows are appended.
    What is refused does not stay.

    Args:
        store: where everything is kept.
        jobs: what appends.
        caller: who says it.
        measurement_id: the series.
        path: where the rows were sent to. Where it is None, those are meant that this person has sent and not confirmed
            yet, or else those confirmed last.
        origin: of which files the whole series is read then, of one that is read of files.
        wait_s: how long to wait until they are appended.

    Raises:
        NotFoundError: there is no such measurement.
        BadRequestError: nothing was sent.
        ConflictError: the measurement can not be extended, or not now; or different rows were sent, and it is not said
            which are meant. All of these are dropped.
        UnusableDataError: the rows do not carry the stored series on; nothing is changed.
    """
    deadline_s = time.monotonic() + wait_s  # from here on, since verifying takes its time too
    _take_over(store, caller, measurement_id, path, origin)
    return answered(store, jobs, caller, measurement_id, deadline_s)


def _take_over(store: Store, caller: Caller, measurement_id: str, path: str | None, origin: Origin | None) -> None:
    """Copy what was sent to a fresh key, verify it there, and make it an object of the measurement."""
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
        caller.require_write(row.project_id)
    if path is not None and path == row.extended_from:
        return  # they are appended, or are being appended
    staged = _named(caller, measurement_id, path) if path is not None else _only(store, caller, row)
    key = keys.stored(row.organization_id, measurement_id, keys.EXTENSION)
    try:
        store.blobs.copy(staged, key)
    except BlobNotFoundError:
        _require_extendable(row)
        raise _not_sent(path) from None
    try:
        with store.blobs.local_copy(key) as content:
            sent = blob_row(key, content, role="extension", filename=keys.EXTENSION)
            for _ in range(_TRIES):
                if _attached(store, caller, measurement_id, sent, content, staged, origin):
                    return
        raise ConflictError("Others extend this series all the time. Append when they have ended.")
    except CellkeepError:
        # Ours are raised before the commit. After any other failure the record may name the object, so it stays too.
        # Who does not say which rows are meant must not be told, for those that are refused, how others fared before.
        store.remove([key, staged] if path is not None else [key, *_sent(store, caller, measurement_id)])
        raise


def _named(caller: Caller, measurement_id: str, path: str) -> str:
    if not keys.is_staged_extension(path, caller, measurement_id):
        raise BadRequestError(f"'{path}' is no path that initiate-extend gave you for this measurement.")
    return path


def _only(store: Store, caller: Caller, row: MeasurementRow) -> str:
    """Where the rows lie that are confirmed without a path: at the only place with rows that were not confirmed yet.

    Where there is none, those are meant that were confirmed last.
    """
    sent = _sent(store, caller, row.id)
    fresh = sorted(sent - {row.extended_from})
    if len(fresh) > 1 and len({digest_of(store, key) for key in fresh}) > 1:
        store.remove([*sent])
        raise ConflictError(
            f"Rows were sent {len(fresh)} times, and this does not say which are to be appended. All were dropped, and "
            "nothing was changed. Append them one after the other."
        )
    if not sent:
        _require_extendable(row)
        raise _not_sent()
    store.remove(fresh[1:])
    return fresh[0] if fresh else sent.pop()


def _sent(store: Store, caller: Caller, measurement_id: str) -> set[str]:
    """The places with rows that this person has sent. A client in this process writes beside them."""
    found = (blob.key for blob in store.blobs.list(keys.staged_extensions(caller, measurement_id)))
    return {key for key in found if keys.is_staged_extension(key, caller, measurement_id)}


def _attached(
    store: Store,
    caller: Caller,
    measurement_id: str,
    sent: BlobRow,
    content: Path,
    staged: str,
    origin: Origin | None,
) -> bool:
    """Have the verified rows wait for being appended; False where the series is another one by now."""
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
    verified_for = None
    if not _known(row, sent):
        _require_extendable(row)
        _verify(store, caller, row, content)
        verified_for = rows_keys(row), row.extended_from
        if row.extended_from not in {None, staged}:
            # Before the commit: what outlives it would be taken for rows that were not confirmed yet.
            store.blobs.delete([row.extended_from])
    with store.writing(caller) as work:
        row = work.measurements.row(measurement_id, lock=True)
        if _known(row, sent):
            work.discard([sent.key])
            row.extended_from = row.extended_from or staged
            if row.extended_from != staged:
                work.discard([staged])  # they were sent before, to another place
            return True
        _require_extendable(row)
        if (rows_keys(row), row.extended_from) != verified_for:
            return False
        row.extended_from = staged
        row.coming_provenance = origin.model_dump(mode="json") if origin else None
        row.blobs = [*row.blobs, sent]
        row.processing_status, row.processing_error = "pending", None
        row.updated_at = now()
    return True


def _verify(store: Store, caller: Caller, row: MeasurementRow, path: Path) -> None:
    store.try_reading(path, "table of rows to append")
    with not_found_once_removed(store, row.id, caller):
        stitching.verify([store.blobs.scannable(key) for key in rows_keys(row)], path)


def _require_extendable(row: MeasurementRow) -> None:
    if row.measurement_type != MeasurementType.time_series:
        raise ConflictError(
            f"The measurement '{row.name}' is of type {row.measurement_type}: only a time series can be extended."
        )
    if row.end_time is not None:
        raise ConflictError(
            f"The test '{row.name}' ended at {row.end_time.isoformat()}, so no rows follow. "
            "If it is still running, clear its end_time first."
        )
    if row.processing_status in UNFINISHED:
        raise ConflictError(
            f"'{row.name}' is {doing_now(row)}. Wait until its processing_status is 'ready', then append."
        )
    if row.processing_status == "failed":
        raise ConflictError(f"'{row.name}' could not be processed and can not be extended: {row.processing_error}")


def _known(row: MeasurementRow, sent: BlobRow) -> bool:
    """Whether exactly these rows were appended last, or are being appended now."""
    under_way = [blob.sha256 for blob in row.blobs if blob.role == "extension"]
    return sent.sha256 in (under_way or [row.extended_sha256])


def _not_sent(path: str | None = None) -> BadRequestError:
    gone = "" if path is None else f" Where it was sent to '{path}', its rows were appended or dropped; see row_count."
    return BadRequestError(
        f"'{keys.EXTENSION}' was not received. PUT it to the signed URL that initiate-extend gave, then confirm.{gone}",
        detail={"missing": keys.EXTENSION},
    )
