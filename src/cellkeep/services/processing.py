"""Making the step and cycle tables of a stored series."""

import logging
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from cellkeep.domain.columns import CYCLE_COUNT, DataType
from cellkeep.domain.errors import CellkeepError, UnusableDataError
from cellkeep.domain.measurements import ProcessingStatus
from cellkeep.domain.quantities import in_unit
from cellkeep.services import keys, series
from cellkeep.services.blob_rows import blob_row
from cellkeep.storage.store import Store
from cellkeep.storage.tables import MeasurementRow
from cellkeep.summarise import Summary, cycles, needed_columns, summarise

_log = logging.getLogger(__name__)

STEPS_NEEDED_FOR_CYCLES = frozenset(
    {CYCLE_COUNT, "Discharge capacity [A.h]", "Charge capacity [A.h]", "Duration [s]", "Mean current [A]"}
)
"""Without these a person's own step table yields no cycle table, and the cycles of the series are taken."""


@dataclass(frozen=True)
class Outcome:
    """How processing ended."""

    status: ProcessingStatus
    steps: int = 0
    error: UnusableDataError | None = None
    """Set where the data itself is at fault."""


class Jobs(Protocol):
    """Something that processes measurements, here or elsewhere."""

    def submit(self, measurement_id: str) -> "Future[Outcome]":
        """Have the measurement processed."""


@dataclass(frozen=True)
class _Task:
    organization_id: str
    series_key: str
    steps_key: str | None
    data_type: DataType | None
    rated_capacity_ah: float | None


def process(store: Store, measurement_id: str) -> Outcome:
    """Summarise one series and set it `ready`, or `failed` with the reason. The series itself is never touched.

    Doing it twice, or in two places at once, ends in one pair of tables.
    """
    task = _claim(store, measurement_id)
    if task is None:
        return Outcome("ready")
    try:
        return _finish(store, measurement_id, task, _summarise(store, task))
    except UnusableDataError as error:
        _fail(store, measurement_id, error.message)
        return Outcome("failed", error=error)
    except Exception as error:  # noqa: BLE001  whatever it was, the data stays and the reason is recorded
        _log.exception("Processing of measurement %s failed.", measurement_id)
        reason = error.message if isinstance(error, CellkeepError) else f"{type(error).__name__}: {error}"
        _fail(store, measurement_id, f"The step table could not be made. The data is safe. {reason}")
        return Outcome("failed")


def _claim(store: Store, measurement_id: str) -> _Task | None:
    with store.writing() as work:
        row = work.measurements.find(measurement_id)
        if row is None or row.processing_status == "ready":
            return None
        row.processing_status = "running"
        found = {blob.role: blob.key for blob in row.blobs}
        ratings = work.specs.row(row.specification_id).ratings
        return _Task(
            row.organization_id,
            found["time_series"],
            found.get("steps"),
            row.data_type,  # type: ignore[arg-type]
            in_unit(ratings.get("capacity"), "A.h"),
        )


def _summarise(store: Store, task: _Task) -> Summary:
    with store.blobs.local_copy(task.series_key) as path:
        columns = needed_columns(series.inspect(path, task.data_type).columns)
        found = summarise(
            series.chunks(path, columns), rated_capacity_ah=task.rated_capacity_ah, data_type=task.data_type
        )
    if task.steps_key is None:
        return found
    with store.blobs.local_copy(task.steps_key) as path:
        given = series.read_table(path, "step table")
    return Summary(
        given, cycles(given) if set(given.columns) >= STEPS_NEEDED_FOR_CYCLES else found.cycles, found.n_rows
    )


def _finish(store: Store, measurement_id: str, task: _Task, summary: Summary) -> Outcome:
    made = {"cycles": (keys.CYCLES, summary.cycles)}
    if task.steps_key is None:
        made["steps"] = (keys.STEPS, summary.steps)
    rows = []
    with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
        for role, (leaf, table) in made.items():
            key = keys.stored(task.organization_id, measurement_id, leaf)
            path = Path(folder) / leaf
            table.write_parquet(path, compression="zstd")
            store.blobs.put(key, path)
            rows.append(blob_row(key, path, role=role, filename=leaf))
    with store.writing() as work:
        row = work.measurements.find(measurement_id)
        if row is None or row.processing_status == "ready":  # deleted, or done elsewhere meanwhile
            work.discard(blob.key for blob in rows)
            return Outcome("ready", row.step_count or 0 if row else 0)
        row.blobs = [*row.blobs, *rows]
        _set(row, "ready", None)
        row.row_count, row.step_count = summary.n_rows, summary.steps.height
    return Outcome("ready", summary.steps.height)


def _fail(store: Store, measurement_id: str, reason: str) -> None:
    with store.writing() as work:
        row = work.measurements.find(measurement_id)
        if row is not None and row.processing_status != "ready":
            _set(row, "failed", reason)


def _set(row: MeasurementRow, status: ProcessingStatus, error: str | None) -> None:
    row.processing_status, row.processing_error = status, error


def table(store: Store, key: str) -> pl.DataFrame:
    """A stored step or cycle table."""
    with store.blobs.local_copy(key) as path:
        return series.read_table(path, "table")
