"""Bringing bytes in: initiate, send, confirm.

Nothing is recorded until the bytes are stored and verified. Initiate leaves no trace; what was sent lies in staging,
where it may be overwritten; confirm gives it a key that no link can write to, verifies it there, and makes the
record last. Whatever breaks in between leaves only objects that nothing names, which a sweep removes.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cellkeep.domain.errors import BadRequestError, CellkeepError, ConflictError, UnusableDataError
from cellkeep.domain.files import told_apart
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
from cellkeep.services import checking, keys, series, tags
from cellkeep.services.blob_rows import blob_row, table_row
from cellkeep.services.channel_rules import ChannelTakenError, Run, require_fit
from cellkeep.services.footers import footer_of
from cellkeep.services.processing import Jobs
from cellkeep.services.waiting import wait
from cellkeep.settings import CONFIRM_WAIT_S, SIGNED_PUT_LIFETIME_S
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.measurements import findings_of, measurement
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow

_TRIES = 20
_WHAT = {"time_series": "time series", "steps": "step table"}
_ROLES = {keys.TIME_SERIES: "time_series", keys.STEPS: "steps"}


def initiate(
    store: Store, caller: Caller, instance_id: str, asked: InitiateUpload, *, base_url: str
) -> InitiatedUpload:
    """Say where to send the parts of a new measurement.

    Raises:
        NotFoundError: there is no such cell.
        ConflictError: the cell has a measurement of that name.
        BadRequestError: a file name can not be stored, or it can not be on its channel.
    """
    leaves = _leaves(asked.measurement_type, asked.filenames)
    with store.reading(caller) as work:
        project_id = work.instances.row(instance_id).project_id
        work.measurements.refuse_name(instance_id, asked.measurement.name)
        caller.require_write(project_id)
        run = Run.drafted(project_id, asked.measurement_type, asked.measurement)
        require_fit(work, run, lock=False)  # before anything is sent; it is asked again at the confirm
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
    Span(start_time=asked.measurement.start_time, end_time=asked.measurement.end_time).checked()
    deadline_s = time.monotonic() + wait_s  # from here on, since verifying takes its time too
    for _ in range(_TRIES):
        with suppress(_GoneError):
            return _confirm(store, jobs, caller, measurement_id, asked, deadline_s)
    raise ConflictError("Others confirm and refuse the same upload all the time. Initiate an upload of your own.")


class _GoneError(Exception):
    """The record was refused and removed through another confirm of the same upload, while this one looked at it."""


def _confirm(
    store: Store, jobs: Jobs, caller: Caller, measurement_id: str, asked: ConfirmUpload, deadline_s: float
) -> MeasurementBundle:
    present = _confirmed_before(store, caller, measurement_id, asked)
    if present is None:
        try:
            present = _record(store, caller, measurement_id, asked)
        except (BadRequestError, ConflictError) as error:
            # The same confirm, sent twice, may have taken the parts and the name a moment ago.
            present = _confirmed_before(store, caller, measurement_id, asked)
            if present is None:
                if not isinstance(error, ConflictError) or isinstance(error, ChannelTakenError):
                    raise
                if error.existing_id in {None, measurement_id}:
                    raise _GoneError from error
                raise
    settled = present.processing_status == "ready"
    if not settled:
        ended = present.processing_status == "failed"
        outcome = None if ended else wait(jobs, measurement_id, deadline_s)
        settled = outcome is None or outcome.status != "ready"
        if settled:
            _settle(store, measurement_id, gave_up=outcome is None and not ended)
    bundle = _bundle(store, caller, measurement_id)
    if not settled and bundle.processing_status != "ready":
        raise _GoneError  # what was processed is gone, and another confirm has begun anew
    # Not before: what was refused is refused again, for the same reason, to whoever lost the answer.
    leaves = _leaves(asked.measurement_type, asked.filenames)
    store.remove([keys.staged(caller, measurement_id, leaf) for _, leaf in leaves])
    return bundle


def _settle(store: Store, measurement_id: str, *, gave_up: bool) -> None:
    """Refuse useless data as if it had never come, unless somebody was told that it is stored."""
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or (not gave_up and row.processing_status != "failed"):
            raise _GoneError
        useless = row.processing_status == "failed" and not row.worth_retrying
        reason = row.processing_error or ""
        found = [each.model_dump() for each in findings_of(row)]
        refused = useless and not row.answered
        if refused:
            work.discard([blob.key for blob in row.blobs])
            work.measurements.delete(measurement_id)
        else:
            row.answered = True
    if refused:
        raise UnusableDataError(reason, detail={"findings": found} if found else None)


def _leaves(measurement_type: str, filenames: Sequence[str] | None) -> list[tuple[str, str]]:
    """File name and storage name of each part."""
    if measurement_type == "time_series":
        return [(keys.TIME_SERIES, keys.TIME_SERIES), (keys.STEPS, keys.STEPS)]
    names = told_apart(filenames or [])
    return [(name, keys.file_leaf(position, name)) for position, name in enumerate(names)]


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


@dataclass
class _Parts:
    """What was sent, as it is taken over."""

    rows: list[BlobRow] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    """What the content tells about the measurement, as columns of its row."""


def _record(store: Store, caller: Caller, measurement_id: str, asked: ConfirmUpload) -> CellMeasurement:
    """Take the parts over, verify them, and write the row."""
    with store.reading(caller) as work:
        work.measurements.refuse_name(asked.cell_instance_id, asked.measurement.name)
        require_fit(work, _run(work, measurement_id, asked), lock=False)  # before anything is copied
    parts = _Parts()
    try:
        _take_over(store, caller, measurement_id, asked, parts)
        with store.writing(caller) as work:
            return measurement(_add(work, caller, measurement_id, asked, parts))
    except CellkeepError:
        # Ours are raised before the commit. After any other failure the record may stand, so its objects stay too.
        store.remove(parts.stored)
        raise


def _add(work: UnitOfWork, caller: Caller, measurement_id: str, asked: ConfirmUpload, parts: _Parts) -> MeasurementRow:
    instance = work.instances.row(asked.cell_instance_id)
    if (present := work.measurements.find(measurement_id)) is not None:
        work.discard(parts.stored)  # the same confirm, sent twice, was faster
        return present
    require_fit(work, _run(work, measurement_id, asked))
    row = work.measurements.add(
        instance,
        asked.measurement,
        caller,
        tags=tags.spelled(work, instance.project_id, asked.measurement.tags or []),
        blobs=parts.rows,
        id=measurement_id,
        measurement_type=asked.measurement_type,
        **parts.facts,
    )
    if asked.measurement_type == "file":  # a series is checked when it is processed
        checking.look_at_timing(work, row)
    return row


def _run(work: UnitOfWork, measurement_id: str, asked: ConfirmUpload) -> Run | None:
    project_id = work.instances.row(asked.cell_instance_id).project_id
    return Run.drafted(project_id, asked.measurement_type, asked.measurement, measurement_id)


def _take_over(store: Store, caller: Caller, measurement_id: str, asked: ConfirmUpload, parts: _Parts) -> None:
    """Copy what was sent to fresh keys, and verify it there, where nobody can change it any more."""
    for position, (filename, leaf) in enumerate(_leaves(asked.measurement_type, asked.filenames)):
        source = keys.staged(caller, measurement_id, leaf)
        target = keys.stored(caller.organization.id, measurement_id, leaf)
        try:
            store.blobs.copy(source, target)
        except BlobNotFoundError:
            if leaf == keys.STEPS:  # offered, but steps are usually made here
                continue
            raise _not_sent(filename) from None
        parts.stored.append(target)
        if (role := _ROLES.get(leaf)) is not None:
            if (found := store.blobs.head(target)) is None:
                raise _not_sent(filename)
            # The footer alone: all the rest is tried and read by the processing, which may take its time.
            with footer_of(store.blobs, found, _WHAT[role]) as path:
                store.try_reading(path, _WHAT[role], most_values=0)
                parts.facts |= _verified(role, path, asked, parts)
            parts.rows.append(table_row(found.key, found.size_bytes, role=role, filename=filename, position=position))
            continue
        parts.facts = {"processing_status": "ready"}
        with store.blobs.local_copy(target) as path:
            parts.rows.append(blob_row(target, path, role="file", filename=filename, position=position))


def _verified(role: str, path: Path, asked: ConfirmUpload, parts: _Parts) -> dict[str, Any]:
    if role == "steps":
        series.inspect_steps(path, parts.facts["row_count"])
        return {}
    shape = series.inspect(path, asked.measurement.data_type)
    return {
        "processing_status": "pending",
        "answered": False,
        "row_count": shape.n_rows,
        "data_type": shape.data_type,
    }


def _not_sent(filename: str) -> BadRequestError:
    return BadRequestError(
        f"'{filename}' was not received. PUT it to the signed URL that initiate-upload gave, then confirm.",
        detail={"missing": filename},
    )


def _bundle(store: Store, caller: Caller, measurement_id: str) -> MeasurementBundle:
    with store.reading(caller) as work:
        row = work.measurements.find(measurement_id)
        if row is None:
            raise _GoneError
        found = measurement(row).model_dump()
        # A client takes an answered `failed` for success; it learns of a failure by asking once more.
        if row.processing_status == "failed":
            found["processing_status"] = "pending"
        return MeasurementBundle(**found, steps_created=row.step_count or 0)
