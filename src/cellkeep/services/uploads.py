"""Bringing bytes in: initiate, send, confirm.

Nothing is recorded until the bytes are stored and verified. Initiate leaves no trace; what was sent lies in staging,
where it may be overwritten; confirm gives it a key that no link can write to, verifies it there, and makes the
record last. Whatever breaks in between leaves only objects that nothing names, which a sweep removes.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as StillRunning
from contextlib import contextmanager, suppress

from cellkeep.domain.errors import BadRequestError, ConflictError
from cellkeep.domain.files import require_filenames
from cellkeep.domain.measurements import (
    CellMeasurement,
    ConfirmUpload,
    InitiatedUpload,
    InitiateUpload,
    MeasurementBundle,
    Span,
    UploadTarget,
)
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id
from cellkeep.services import keys, series, tags
from cellkeep.services.blob_rows import blob_row
from cellkeep.services.processing import Jobs, Outcome
from cellkeep.settings import CONFIRM_WAIT_S, MAX_WAITING_CONFIRMS, SIGNED_PUT_LIFETIME_S
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.measurements import measurement
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow

_waiting = threading.BoundedSemaphore(MAX_WAITING_CONFIRMS)


def initiate(
    store: Store, caller: Caller, instance_id: str, asked: InitiateUpload, *, base_url: str
) -> InitiatedUpload:
    """Say where to send the parts of a new measurement.

    Raises:
        NotFoundError: there is no such cell.
        ConflictError: the cell has a measurement of that name.
        BadRequestError: a file name can not be stored, or is given twice.
    """
    leaves = _leaves(asked.measurement_type, asked.filenames)
    with store.reading(caller) as work:
        caller.require_write(work.instances.row(instance_id).project_id)
        work.measurements.refuse_name(instance_id, asked.measurement.name)
    measurement_id = new_id()
    targets = []
    for filename, leaf in leaves:
        key = keys.staged(caller, measurement_id, leaf)
        url = store.blobs.sign_put(key, lifetime_s=SIGNED_PUT_LIFETIME_S, base_url=base_url)
        targets.append(UploadTarget(filename=filename, signed_url=url, path=key))
    return InitiatedUpload(measurement_id=measurement_id, uploads=targets)


def confirm(
    store: Store,
    jobs: Jobs,
    caller: Caller,
    measurement_id: str,
    asked: ConfirmUpload,
    *,
    wait_s: float = CONFIRM_WAIT_S,
) -> MeasurementBundle:
    """Verify what was sent and make the record; saying it again is answered the same.

    A series that is summarised within `wait_s` comes back `ready`; a longer one comes back `pending`.

    Raises:
        NotFoundError: there is no such cell, or no such upload.
        ConflictError: the cell has a measurement of that name, or the id is of another cell.
        UnusableDataError: the series can not be read or lacks what a step table needs; nothing is stored.
    """
    asked_span = Span(start_time=asked.measurement.start_time, end_time=asked.measurement.end_time)
    asked_span.checked()
    present = _confirmed_before(store, caller, measurement_id, asked)
    if present is None:
        try:
            present = _record(store, caller, measurement_id, asked)
        except (BadRequestError, ConflictError):
            # The same confirm, sent twice, may have taken the parts and the name a moment ago.
            present = _confirmed_before(store, caller, measurement_id, asked)
            if present is None:
                raise
    if present.processing_status in {"ready", "failed"}:
        return _bundle(store, caller, measurement_id)
    outcome = _wait(jobs, measurement_id, wait_s)
    if outcome is not None and outcome.error is not None:
        # Nobody was told that it is stored, so it can be refused as if it had not been.
        with store.writing(caller) as work:
            work.discard(work.measurements.keys(id=measurement_id))
            work.measurements.delete(measurement_id)
        raise outcome.error
    return _bundle(store, caller, measurement_id)


def _leaves(measurement_type: str, filenames: Sequence[str] | None) -> list[tuple[str, str]]:
    """File name and storage name of each part."""
    if measurement_type == "time_series":
        return [(keys.TIME_SERIES, keys.TIME_SERIES), (keys.STEPS, keys.STEPS)]
    require_filenames(filenames or [])
    return [(name, keys.file_leaf(position)) for position, name in enumerate(filenames or [])]


def _confirmed_before(
    store: Store, caller: Caller, measurement_id: str, asked: ConfirmUpload
) -> CellMeasurement | None:
    with store.reading(caller) as work:
        caller.require_write(work.instances.row(asked.cell_instance_id).project_id)
        row = work.measurements.find(measurement_id)
        if row is None:
            return None
        if row.cell_instance_id != asked.cell_instance_id:
            raise ConflictError(f"The measurement '{measurement_id}' belongs to another cell.")
        return measurement(row)


def _record(store: Store, caller: Caller, measurement_id: str, asked: ConfirmUpload) -> CellMeasurement:
    """Take the parts over, verify them, and write the row."""
    with store.reading(caller) as work:
        work.measurements.refuse_name(asked.cell_instance_id, asked.measurement.name)
    with _taken_over(store, caller, measurement_id, asked) as (parts, staged):
        facts = _verified_facts(store, asked, parts)
        with store.writing(caller) as work:
            row = _add(work, caller, measurement_id, asked, parts, facts)
            work.discard(staged)
            return measurement(row)


def _add(
    work: UnitOfWork,
    caller: Caller,
    measurement_id: str,
    asked: ConfirmUpload,
    parts: list[BlobRow],
    facts: dict[str, object],
) -> MeasurementRow:
    instance = work.instances.row(asked.cell_instance_id)
    if (present := work.measurements.find(measurement_id)) is not None:
        work.discard(part.key for part in parts)  # the same confirm, sent twice, was faster
        return present
    return work.measurements.add(
        instance,
        asked.measurement,
        caller,
        tags=tags.spelled(work, instance.project_id, asked.measurement.tags or []),
        blobs=parts,
        id=measurement_id,
        measurement_type=asked.measurement_type,
        **facts,
    )


@contextmanager
def _taken_over(
    store: Store, caller: Caller, measurement_id: str, asked: ConfirmUpload
) -> Iterator[tuple[list[BlobRow], list[str]]]:
    """The parts under fresh keys; removed again if the context ends with an error."""
    parts: list[BlobRow] = []
    taken: list[str] = []
    staged: list[str] = []
    role = "time_series" if asked.measurement_type == "time_series" else "file"
    try:
        for position, (filename, leaf) in enumerate(_leaves(asked.measurement_type, asked.filenames)):
            source = keys.staged(caller, measurement_id, leaf)
            target = keys.stored(caller.organization.id, measurement_id, leaf)
            try:
                store.blobs.copy(source, target)
            except BlobNotFoundError:
                if leaf == keys.STEPS:  # offered, but steps are usually made here
                    continue
                raise _not_sent(filename) from None
            taken.append(target)
            staged.append(source)
            part_role = "steps" if leaf == keys.STEPS else role
            with store.blobs.local_copy(target) as path:
                parts.append(blob_row(target, path, role=part_role, filename=filename, position=position))
        yield parts, staged
    except BaseException:
        with suppress(OSError):
            store.blobs.delete(taken)
        raise


def _not_sent(filename: str) -> BadRequestError:
    return BadRequestError(
        f"'{filename}' was not received. PUT it to the signed URL that initiate-upload gave, then confirm.",
        detail={"missing": filename},
    )


def _verified_facts(store: Store, asked: ConfirmUpload, parts: list[BlobRow]) -> dict[str, object]:
    if asked.measurement_type == "file":
        return {"processing_status": "ready"}
    for part in parts:
        if part.role == "steps":
            with store.blobs.local_copy(part.key) as path:
                series.read_table(path, "step table")
    with store.blobs.local_copy(parts[0].key) as path:
        shape = series.inspect(path, asked.measurement.data_type)
    return {"processing_status": "pending", "row_count": shape.n_rows, "data_type": shape.data_type}


def _wait(jobs: Jobs, measurement_id: str, wait_s: float) -> Outcome | None:
    """The outcome, if it comes in time and not too many others are waiting already."""
    future = jobs.submit(measurement_id)
    if not _waiting.acquire(blocking=False):
        return None
    try:
        return future.result(timeout=wait_s)
    except StillRunning:
        return None
    finally:
        _waiting.release()


def _bundle(store: Store, caller: Caller, measurement_id: str) -> MeasurementBundle:
    with store.reading(caller) as work:
        row = work.measurements.row(measurement_id)
        found = measurement(row).model_dump()
        # A client takes an answered `failed` for success; it learns of a failure by asking once more.
        if row.processing_status == "failed":
            found["processing_status"] = "pending"
        return MeasurementBundle(**found, steps_created=row.step_count or 0)
