"""Raw files: initiate, send, confirm, and what is done with them afterwards.

As with measurements, nothing is recorded before the bytes are stored and verified, and what is stored never changes:
confirm copies what was sent to a key that no link can write to, verifies it there, and makes the record last.
"""

import math
import time
from collections.abc import Iterable

from cellkeep.domain.errors import BadRequestError, CellkeepError, ConflictError
from cellkeep.domain.files import require_filename
from cellkeep.domain.measurements import UploadTarget
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.raw_data import (
    ConfirmRawDataUpload,
    InitiatedRawDataUpload,
    InitiateRawDataUpload,
    ProjectRawDataQuery,
    RawData,
    RawDataPatch,
    RawDataQuery,
)
from cellkeep.domain.records import new_id
from cellkeep.services import keys
from cellkeep.services.digests import digest_of
from cellkeep.services.processing import Jobs
from cellkeep.settings import CONFIRM_WAIT_S, SIGNED_GET_LIFETIME_S, SIGNED_PUT_LIFETIME_S
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.raw_data import raw_data
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import RawDataRow


def initiate(store: Store, caller: Caller, asked: InitiateRawDataUpload, *, base_url: str) -> InitiatedRawDataUpload:
    """Say where to send a new file.

    Raises:
        NotFoundError: there is no such project.
        BadRequestError: the file name is none.
    """
    require_filename(asked.filename)
    with store.reading(caller) as work:
        _require_project(work, caller, asked.project_id)
    raw_data_id = new_id()
    key = keys.staged(caller, raw_data_id, keys.CONTENT)
    url = store.blobs.sign_put(key, lifetime_s=SIGNED_PUT_LIFETIME_S, base_url=base_url)
    target = UploadTarget(filename=asked.filename, signed_url=url, path=key)
    return InitiatedRawDataUpload(raw_data_id=raw_data_id, uploads=[target])


def confirm(
    store: Store,
    jobs: Jobs,
    caller: Caller,
    raw_data_id: str,
    asked: ConfirmRawDataUpload,
    *,
    wait_s: float = CONFIRM_WAIT_S,
) -> RawData:
    """Verify what was sent and make the record; saying it again is answered the same.

    A digest that the sender says is always verified. One that nobody said, and that can not be computed within
    `wait_s`, is left to the background: the sender would not wait for the answer.

    Raises:
        NotFoundError: there is no such project, or no such upload.
        BadRequestError: nothing was sent, or other bytes than were meant; nothing is recorded.
        ConflictError: the upload was confirmed for another project, or the digest can not be compared yet.
    """
    deadline_s = time.monotonic() + wait_s
    require_filename(asked.filename)
    staged = keys.staged(caller, raw_data_id, keys.CONTENT)
    found = _confirmed_before(store, caller, raw_data_id, asked)
    if found is None:
        try:
            found = _record(store, caller, raw_data_id, staged, asked, deadline_s)
        except (BadRequestError, ConflictError):
            # The same confirm, sent twice, may have taken the bytes or the id a moment ago.
            found = _confirmed_before(store, caller, raw_data_id, asked)
            if found is None:
                raise
    store.remove([staged])
    if found.sha256 is None:
        jobs.complete_digests()
    return found


def _confirmed_before(store: Store, caller: Caller, raw_data_id: str, asked: ConfirmRawDataUpload) -> RawData | None:
    with store.reading(caller) as work:
        _require_project(work, caller, asked.project_id)
        row = work.raw_data.find(raw_data_id)
        return None if row is None else _the_same(row, asked)


def _the_same(row: RawDataRow, asked: ConfirmRawDataUpload) -> RawData:
    """The record, if it is what is being confirmed."""
    if row.project_id != asked.project_id:
        raise ConflictError(f"The upload '{row.id}' was confirmed for another project.")
    _require_size(asked, row.size_bytes)
    if row.sha256 is not None:
        _require_digest(asked, row.sha256)
    elif asked.sha256 is not None:
        raise ConflictError(f"'{asked.filename}' is stored, and its SHA-256 is being computed. Confirm again later.")
    return raw_data(row)


def _record(
    store: Store, caller: Caller, raw_data_id: str, staged: str, asked: ConfirmRawDataUpload, deadline_s: float
) -> RawData:
    key = keys.stored(caller.organization.id, raw_data_id, keys.CONTENT, keys.RAW_DATA)
    try:
        store.blobs.copy(staged, key)
    except BlobNotFoundError:
        raise _not_sent(asked.filename) from None
    try:
        size_bytes, sha256 = _verified(store, key, asked, deadline_s)
        with store.writing(caller) as work:
            _require_project(work, caller, asked.project_id)
            if (present := work.raw_data.find(raw_data_id)) is not None:
                work.discard([key])  # the same confirm, sent twice, was faster
                return _the_same(present, asked)
            row = work.raw_data.add(asked, caller, id=raw_data_id, key=key, size_bytes=size_bytes, sha256=sha256)
            return raw_data(row)
    except CellkeepError:
        # Ours are raised before the commit. After any other failure the record may stand, so its object stays too.
        store.remove([key])
        raise


def _verified(store: Store, key: str, asked: ConfirmRawDataUpload, deadline_s: float) -> tuple[int, str | None]:
    """Size of the stored content, and its digest where that is known in time; both must be what the sender says."""
    if (head := store.blobs.head(key)) is None:
        raise _not_sent(asked.filename)
    _require_size(asked, head.size_bytes)
    sha256 = digest_of(store, key, math.inf if asked.sha256 else deadline_s)
    if sha256 is not None:
        _require_digest(asked, sha256)
    return head.size_bytes, sha256


def _require_size(asked: ConfirmRawDataUpload, size_bytes: int) -> None:
    if asked.size_bytes != size_bytes:
        raise BadRequestError(
            f"'{asked.filename}' should be {asked.size_bytes} bytes, but {size_bytes} bytes were received. "
            "Send it again to a new upload.",
            detail={"said": asked.size_bytes, "received": size_bytes},
        )


def _require_digest(asked: ConfirmRawDataUpload, sha256: str) -> None:
    if asked.sha256 is not None and asked.sha256 != sha256:
        raise BadRequestError(
            f"'{asked.filename}' should have the SHA-256 {asked.sha256}, but what was received has {sha256}. "
            "Send it again to a new upload.",
            detail={"said": asked.sha256, "received": sha256},
        )


def _require_project(work: UnitOfWork, caller: Caller, project_id: str) -> None:
    work.projects.row(project_id)
    caller.require_write(project_id)


def _not_sent(filename: str) -> BadRequestError:
    return BadRequestError(
        f"'{filename}' was not received. PUT it to the signed URL that initiate-upload gave, then confirm.",
        detail={"missing": filename},
    )


def list_of_project(work: UnitOfWork, asked: ProjectRawDataQuery) -> Page[RawData]:
    work.projects.row(asked.project_id)
    return work.raw_data.list_by_project(asked.project_id, asked)


def link(store: Store, caller: Caller, raw_data_id: str, base_url: str) -> str:
    """A link to the content that holds for a while without further credentials."""
    with store.reading(caller) as work:
        key = work.raw_data.row(raw_data_id).key
    return store.blobs.sign_get(key, lifetime_s=SIGNED_GET_LIFETIME_S, base_url=base_url)


def update(work: UnitOfWork, caller: Caller, raw_data_id: str, patch: RawDataPatch) -> RawData:
    """Change what is said of a file; its content never changes."""
    row = work.raw_data.row(raw_data_id, lock=True)
    caller.require_write(row.project_id)
    changes = patch.changes_to(row)
    return work.raw_data.update(row, patch, changes)


def delete(work: UnitOfWork, caller: Caller, raw_data_id: str) -> None:
    """Remove a file with its content. The measurements it belongs to stay."""
    row = work.raw_data.row(raw_data_id, lock=True)
    caller.require_write(row.project_id)
    work.discard([row.key])
    work.raw_data.delete(raw_data_id)


def attach(work: UnitOfWork, caller: Caller, measurement_id: str, raw_data_ids: Iterable[str]) -> None:
    """Say that these files belong to a measurement: all of them, or none. Saying it again changes nothing.

    Raises:
        NotFoundError: there is no such measurement or file.
        BadRequestError: a file is of another project than the measurement.
    """
    measurement = work.measurements.row(measurement_id, lock=True)
    caller.require_write(measurement.project_id)
    rows = work.raw_data.rows(raw_data_ids)
    for row in rows:
        if row.project_id != measurement.project_id:
            raise BadRequestError(
                f"The file '{row.name}' ({row.id}) is of another project than the measurement '{measurement.name}'. "
                "Nothing was attached."
            )
    work.raw_data.attach(measurement_id, [row.id for row in rows])


def detach(work: UnitOfWork, caller: Caller, measurement_id: str, raw_data_id: str) -> None:
    """Say that a file does not belong to a measurement. Where it does not anyway, nothing changes, and that is fine."""
    measurement = work.measurements.row(measurement_id)
    caller.require_write(measurement.project_id)
    work.raw_data.detach(measurement_id, raw_data_id)


def list_of_measurement(work: UnitOfWork, measurement_id: str, asked: RawDataQuery) -> Page[RawData]:
    work.measurements.row(measurement_id)
    return work.raw_data.list_by_measurement(measurement_id, asked)


def measurement_ids(work: UnitOfWork, raw_data_id: str, *, limit: int, offset: int) -> Page[str]:
    """Ids of the measurements that a file belongs to."""
    work.raw_data.row(raw_data_id)
    return work.raw_data.measurement_ids(raw_data_id, limit=limit, offset=offset)
