"""Replacing the series of a measurement, since its files are read better now or its rows were mended.

It goes by initiate, send, confirm.

What is sent is verified before anything is recorded. Then it waits, as an object of the measurement, to take the place
of the series; until its tables are made, and if they can not be, everything is read as it was. What was replaced is
kept as an earlier version.
"""

import time

from cellkeep.domain.columns import DataType
from cellkeep.domain.errors import BadRequestError, CellkeepError, ConflictError
from cellkeep.domain.measurements import InitiatedUpload, MeasurementBundle, Span, UploadTarget
from cellkeep.domain.people import Caller
from cellkeep.domain.records import now
from cellkeep.domain.versions import ConfirmReplace, InitiateReplace
from cellkeep.services import channel_rules, keys, one_file, series
from cellkeep.services.answering import UNFINISHED, answered, doing_now
from cellkeep.services.blob_rows import blob_row, rows_keys
from cellkeep.services.digests import digest_of
from cellkeep.services.origin import READ_TOO
from cellkeep.services.processing import Jobs
from cellkeep.services.replacement import (
    ROLE,
    Waiting,
    changes_to,
    is_series,
    provenance_after,
    repairs_of,
    worked_on,
)
from cellkeep.settings import CONFIRM_WAIT_S, SIGNED_PUT_LIFETIME_S
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow

_TRIES = 20


def initiate(
    store: Store, caller: Caller, measurement_id: str, asked: InitiateReplace, *, base_url: str
) -> InitiatedUpload:
    """Say where to send the series.

    Raises:
        NotFoundError: there is no such measurement.
        ConflictError: it is no time series, or is being processed; or a person has worked on it, and it is not said
            that this is known.
    """
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
        caller.require_write(row.project_id)
        require_replaceable(row, force=asked.force)
    key = keys.staged_replacement(caller, measurement_id)
    url = store.blobs.sign_put(key, lifetime_s=SIGNED_PUT_LIFETIME_S, base_url=base_url)
    target = UploadTarget(filename=keys.TIME_SERIES, signed_url=url, path=key)
    return InitiatedUpload(measurement_id=measurement_id, uploads=[target])


def confirm(
    store: Store,
    jobs: Jobs,
    caller: Caller,
    measurement_id: str,
    asked: ConfirmReplace,
    *,
    wait_s: float = CONFIRM_WAIT_S,
) -> MeasurementBundle:
    """Verify the series and have it take the place of the present one; saying it again is answered the same.

    Where it is the present one, with the same repairs, or no series was sent, only the provenance is kept anew.

    Raises:
        NotFoundError: there is no such measurement.
        BadRequestError: nothing was sent.
        ConflictError: as `initiate`; or the record was changed after it was compared.
        UnusableDataError: what was sent can not become a series; nothing is changed.
    """
    deadline_s = time.monotonic() + wait_s  # from here on, since verifying takes its time too
    if asked.path is None:
        _keep_provenance(store, caller, measurement_id, asked)
    else:
        _take_over(store, caller, measurement_id, asked, asked.path)
    return answered(store, jobs, caller, measurement_id, deadline_s)


def _keep_provenance(store: Store, caller: Caller, measurement_id: str, asked: ConfirmReplace) -> None:
    """Of a series that is as it would be read now, say how it would be."""
    with store.writing(caller) as work:
        row = work.measurements.row(measurement_id, lock=True)
        caller.require_write(row.project_id)
        if asked.provenance is None:
            raise BadRequestError("Say of which files the series is read (provenance), or send the series (path).")
        said = asked.provenance.model_dump(mode="json")
        if row.provenance == said:
            return
        require_replaceable(row, force=asked.force)
        _require_unchanged(row, asked)
        present = row.provenance
        if present and not asked.force and _digests(present) != _digests(said):
            raise BadRequestError(f"'{row.name}' was read of other files. Send the series that these hold.")
        kept = {key: value for key, value in (row.provenance or {}).items() if key == READ_TOO}
        row.provenance, row.updated_at = {**said, **kept}, now()
        if "repairs" in asked.model_fields_set:
            row.repairs = repairs_of(asked)


def _digests(provenance: dict[str, list[dict[str, str]]]) -> list[str]:
    return [file["sha256"] for file in provenance["files"]]


def _take_over(store: Store, caller: Caller, measurement_id: str, asked: ConfirmReplace, staged: str) -> None:
    """Copy what was sent to a fresh key, verify it there, and make it an object of the measurement."""
    if (row := _row(store, caller, measurement_id)).replaced_from == staged:
        return  # it is in place, or waits to be
    if not keys.is_staged_replacement(staged, caller, measurement_id):
        raise BadRequestError(
            f"A series was not received: '{staged}' is no path that initiate-replace gave you for this measurement."
        )
    key = keys.stored(row.organization_id, measurement_id, keys.TIME_SERIES)
    try:
        store.blobs.copy(staged, key)
    except BlobNotFoundError:
        if (row := _row(store, caller, measurement_id)).replaced_from == staged:
            return
        require_replaceable(row, force=asked.force)
        raise _not_sent() from None
    try:
        sent, data_type = _verified(store, key, asked)
        for _ in range(_TRIES):
            if _attached(store, caller, measurement_id, asked, sent, data_type):
                break
        else:
            raise ConflictError("Others extend this series all the time. Read it again when they have ended.")
    except CellkeepError:
        # Ours are raised before the commit. After any other failure the record may name the object, so it stays too.
        store.remove([key, staged])
        raise


def _row(store: Store, caller: Caller, measurement_id: str) -> MeasurementRow:
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
        caller.require_write(row.project_id)
        return row


def _verified(store: Store, key: str, asked: ConfirmReplace) -> tuple[BlobRow, DataType | None]:
    with store.blobs.local_copy(key) as content:
        store.try_reading(content, "time series", most_values=0)  # the rest when its tables are made
        shape = series.inspect(content, asked.data_type)
        return blob_row(key, content, role=ROLE, filename=keys.TIME_SERIES), shape.data_type


def _attached(
    store: Store,
    caller: Caller,
    measurement_id: str,
    asked: ConfirmReplace,
    sent: BlobRow,
    data_type: DataType | None,
) -> bool:
    """Have the verified series wait for its turn; False where the present one does not lie in one file any more."""
    row = _row(store, caller, measurement_id)
    if row.processing_status == "ready" and is_series(row):
        one_file.series_key(store, row)  # as one file it can be kept
        _complete_digest(store, row, sent)
    with store.writing(caller) as work:
        channel_rules.lock_channel(work, row, changes_to(row, asked))
        row = work.measurements.row(measurement_id, lock=True)
        if row.replaced_from == asked.path or _waits(row, sent):
            work.discard([sent.key])
            return True
        require_replaceable(row, force=asked.force)
        if len(rows_keys(row)) > 1:
            return False
        if _is_present(row, asked, sent):
            row.provenance, row.replaced_from = provenance_after(row, asked), asked.path
            work.discard([sent.key, asked.path or ""])
        else:
            _require_unchanged(row, asked)
            _let_wait(work, row, asked, caller, sent, data_type)
        row.updated_at = now()
    return True


def _let_wait(
    work: UnitOfWork,
    row: MeasurementRow,
    asked: ConfirmReplace,
    caller: Caller,
    sent: BlobRow,
    data_type: DataType | None,
) -> None:
    changes = changes_to(row, asked)
    Span(start_time=changes.get("start_time", row.start_time), end_time=row.end_time).checked()
    channel_rules.require_change_fits(work, row, changes)
    row.replacement = Waiting.of(row, asked, caller, data_type).model_dump(mode="json")
    row.replaced_from = asked.path
    row.blobs = [*row.blobs, sent]
    row.processing_status, row.processing_error = "pending", None
    work.discard([asked.path or ""])


def _waits(row: MeasurementRow, sent: BlobRow) -> bool:
    """Whether the same series waits already."""
    return any(blob.role == ROLE and blob.sha256 == sent.sha256 for blob in row.blobs)


def _is_present(row: MeasurementRow, asked: ConfirmReplace, sent: BlobRow) -> bool:
    """Whether this is what is stored, in its rows and in what is said of it."""
    same = any(blob.role == "time_series" and blob.sha256 == sent.sha256 for blob in row.blobs)
    return same and repairs_of(asked) == row.repairs and not changes_to(row, asked)


def _complete_digest(store: Store, row: MeasurementRow, sent: BlobRow) -> None:
    """Compute the digest of the present series, where it may be that of what was sent and nobody knows."""
    for blob in row.blobs:
        if blob.role == "time_series" and blob.sha256 is None and blob.size_bytes == sent.size_bytes:
            sha256 = digest_of(store, blob.key) or ""
            with store.writing() as work:
                work.measurements.set_digest(blob.key, sha256)


def require_replaceable(row: MeasurementRow, *, force: bool) -> None:
    """Refuse, and say why, what can not be replaced now; with `force` also where a person has worked on it.

    Raises:
        ConflictError: it is no time series, is being processed, or could not be.
    """
    if not is_series(row):
        raise ConflictError(
            f"The measurement '{row.name}' is of type {row.measurement_type}: only a time series is read again or "
            "mended."
        )
    if row.processing_status in UNFINISHED:
        raise ConflictError(f"'{row.name}' is {doing_now(row)}. Wait until its processing_status is 'ready'.")
    if row.processing_status == "failed":
        raise ConflictError(
            f"'{row.name}' could not be processed and is not read again or mended: {row.processing_error}"
        )
    if not force and (why := worked_on(row)):
        raise ConflictError(
            f"{why}. To read it again would replace that, so nothing was changed. Say force to do it all the same; "
            "what there is now stays as an earlier version."
        )


def _require_unchanged(row: MeasurementRow, asked: ConfirmReplace) -> None:
    if row.updated_at != asked.seen_at:
        mended, read = "it was mended. Look at it as it is now", "its files were read. Read them again"
        done = mended if asked.provenance is None else read
        raise ConflictError(f"'{row.name}' was changed by others while {done}.")


def _not_sent() -> BadRequestError:
    return BadRequestError(
        f"'{keys.TIME_SERIES}' was not received. PUT it to the signed URL that initiate-replace gave, then confirm.",
        detail={"missing": keys.TIME_SERIES},
    )
