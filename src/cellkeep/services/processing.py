"""Making the step and cycle tables of a stored series, and putting rows behind it."""

import logging
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from cellkeep.domain.columns import (
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    CYCLE_COUNT,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
    DataType,
)
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.measurements import ProcessingStatus
from cellkeep.domain.quantities import in_unit
from cellkeep.domain.records import new_id, now
from cellkeep.services import keys, series
from cellkeep.services.blob_rows import blob_row, sha256_of
from cellkeep.services.stitching import stitch
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow
from cellkeep.summarise import Summary, cycles, summarise

_log = logging.getLogger(__name__)

STEPS_NEEDED_FOR_CYCLES = frozenset(
    {
        CYCLE_COUNT,
        DISCHARGE_CAPACITY,
        CHARGE_CAPACITY,
        DISCHARGE_ENERGY,
        CHARGE_ENERGY,
        "Start time [s]",
        "Duration [s]",
        "Min voltage [V]",
        "Max voltage [V]",
        "Mean current [A]",
    }
)
"""Without these a person's own step table yields no cycle table, and the cycles of the series are taken."""


@dataclass(frozen=True)
class Outcome:
    """How processing ended."""

    status: ProcessingStatus
    steps: int = 0


class Jobs(Protocol):
    """Something that does what takes long, here or elsewhere."""

    def submit(self, measurement_id: str) -> "Future[Outcome]":
        """Have the measurement processed."""

    def complete_digests(self) -> None:
        """Have the digests computed that no confirm has waited for."""


@dataclass(frozen=True)
class _Task:
    organization_id: str
    series_key: str
    steps_key: str | None
    extension_key: str | None
    data_type: DataType | None
    rated_capacity_ah: float | None
    interrupted: bool
    """Whether it was begun before, and perhaps ended the process that did it."""


def process(store: Store, measurement_id: str) -> Outcome:
    """Summarise one series and set it `ready`, or `failed` with the reason. Stored rows are never touched.

    Rows to append are put behind the stored ones first, as a new series that takes the place of the old one together
    with its tables. Where that fails, the measurement is `ready` as it was, with the reason.

    Doing it twice, or in two places at once, ends in one pair of tables.
    """
    task = _claim(store, measurement_id)
    if task is None:
        return Outcome("ready")
    try:
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            return _finish(store, measurement_id, task, _made(store, measurement_id, task, Path(folder)))
    except UnusableDataError as error:
        unchanged = "" if task.extension_key is None else " Nothing was changed."
        return _fail(store, measurement_id, task, f"{error.message}{unchanged}")
    except Exception:  # noqa: BLE001  whatever it was, the data stays, and it is tried again
        incident = new_id()
        if task.extension_key is None:
            reason = (
                f"The step table could not be made (incident {incident}). The data is safe; the next start retries."
            )
        else:
            reason = f"The rows could not be appended (incident {incident}). Nothing was changed; send them again."
        outcome = _fail(store, measurement_id, task, reason, worth_retrying=True)
        if outcome.status == "failed":
            _log.exception("Incident %s: processing of measurement %s failed.", incident, measurement_id)
        return outcome


def _claim(store: Store, measurement_id: str) -> _Task | None:
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or row.processing_status == "ready":
            return None
        interrupted = row.processing_status == "running"
        row.processing_status = "running"
        found = {blob.role: blob.key for blob in row.blobs}
        extension = found.get("extension")
        ratings = work.specs.row(row.specification_id).ratings
        return _Task(
            row.organization_id,
            found["time_series"],
            found.get("steps") if extension is None else None,  # a table of the old rows says nothing of the new
            extension,
            row.data_type,  # type: ignore[arg-type]
            in_unit(ratings.get("capacity"), "A.h"),
            interrupted,
        )


@dataclass(frozen=True)
class _Made:
    """What a task has made.

    Attributes:
        blobs: rows for the objects that are new.
        summary: the tables.
        digests: SHA-256 by key of what was sent, and read whole for the first time.
    """

    blobs: list[BlobRow]
    summary: Summary
    digests: dict[str, str]


def _made(store: Store, measurement_id: str, task: _Task, folder: Path) -> _Made:
    """All that this task makes, stored under fresh keys; of what fails nothing is left."""
    files: dict[str, Path] = {}
    digests: dict[str, str] = {}
    if task.extension_key is None:
        with store.blobs.local_copy(task.series_key) as path:
            store.try_reading(path, "time series")
            summary = _summarise(task, path)
            digests[task.series_key] = sha256_of(path)
        if task.steps_key is not None:
            with store.blobs.local_copy(task.steps_key) as path:
                summary = _with_own_steps(store, path, summary)
                digests[task.steps_key] = sha256_of(path)
    else:
        files["time_series"] = folder / keys.TIME_SERIES
        with store.blobs.local_copy(task.series_key) as stored, store.blobs.local_copy(task.extension_key) as sent:
            if task.interrupted:  # what was sent is tried where it is confirmed, and the stored series was read
                store.try_reading(sent, "table of rows to append")
            stitch(stored, sent, files["time_series"])
        summary = _summarise(task, files["time_series"])
    files["cycles"] = folder / keys.CYCLES
    summary.cycles.write_parquet(files["cycles"], compression="zstd")
    if task.steps_key is None:
        files["steps"] = folder / keys.STEPS
        summary.steps.write_parquet(files["steps"], compression="zstd")
    fresh = {role: keys.stored(task.organization_id, measurement_id, path.name) for role, path in files.items()}
    try:
        for role, path in files.items():
            store.blobs.put(fresh[role], path)
    except BaseException:
        store.remove(list(fresh.values()))
        raise
    rows = [blob_row(fresh[role], path, role=role, filename=path.name) for role, path in files.items()]
    return _Made(rows, summary, digests)


def _summarise(task: _Task, path: Path) -> Summary:
    # All columns, though the tables need few: what is said to be stored must be readable to its last value.
    chunks = series.chunks(path, series.inspect(path, task.data_type).columns)
    return summarise(chunks, rated_capacity_ah=task.rated_capacity_ah, data_type=task.data_type)


def _with_own_steps(store: Store, path: Path, found: Summary) -> Summary:
    """The tables where the person who sent the series sent its steps too."""
    store.try_reading(path, "step table")
    given = series.read_table(path, "step table")
    has_enough = set(given.columns) >= STEPS_NEEDED_FOR_CYCLES
    return replace(found, steps=given, cycles=cycles(given) if has_enough else found.cycles)


def _finish(store: Store, measurement_id: str, task: _Task, made: _Made) -> Outcome:
    summary = made.summary
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or not _still_to_do(row, task):
            work.discard(blob.key for blob in made.blobs)
            return _overtaken(row)
        if task.extension_key is None:
            for blob in row.blobs:
                blob.sha256 = made.digests.get(blob.key, blob.sha256)
            row.blobs = [*row.blobs, *made.blobs]
        else:
            _replace(work, row, task.extension_key, made.blobs)
        row.processing_status, row.processing_error, row.worth_retrying = "ready", None, False
        row.row_count, row.step_count = summary.n_rows, summary.steps.height
    return Outcome("ready", summary.steps.height)


def _replace(work: UnitOfWork, row: MeasurementRow, extension_key: str, made: list[BlobRow]) -> None:
    """Have the longer series and its tables take the place of the old, to which links still work for a while."""
    row.extended_sha256 = next(blob.sha256 for blob in row.blobs if blob.key == extension_key)
    before = work.measurements.set_blobs(row, made)
    work.objects.retire(key for key in before if key != extension_key)
    work.discard([extension_key])
    row.version += 1
    row.step_labels_validated = False  # of the new steps nobody has looked at any
    row.updated_at = now()


def _still_to_do(row: MeasurementRow, task: _Task) -> bool:
    """Whether the row is as it was when the task was claimed, and nobody else has done it."""
    found = {blob.role: blob.key for blob in row.blobs}
    same = (found.get("time_series"), found.get("extension")) == (task.series_key, task.extension_key)
    return same and row.processing_status != "ready" and (task.extension_key is not None or "cycles" not in found)


def _overtaken(row: MeasurementRow | None) -> Outcome:
    """How it ended for a task that was done elsewhere meanwhile, or whose measurement is gone."""
    return Outcome("ready", row.step_count or 0 if row else 0)


def _fail(store: Store, measurement_id: str, task: _Task, reason: str, *, worth_retrying: bool = False) -> Outcome:
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or not _still_to_do(row, task):  # what was read may have gone with it
            return _overtaken(row)
        row.processing_error = reason
        if task.extension_key is None:
            row.processing_status, row.worth_retrying = "failed", worth_retrying
            return Outcome("failed")
        row.blobs = [blob for blob in row.blobs if blob.key != task.extension_key]
        work.discard([task.extension_key])
        row.processing_status, row.updated_at = "ready", now()
    return Outcome("failed")


def table(store: Store, key: str, first_rows: int | None = None) -> pl.DataFrame:
    """A stored step or cycle table, or its first rows."""
    with store.blobs.local_copy(key) as path:
        return series.read_table(path, "table", first_rows)
