"""Making the step and cycle tables of a stored series."""

import logging
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass
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
from cellkeep.domain.records import new_id
from cellkeep.services import keys, series
from cellkeep.services.blob_rows import blob_row
from cellkeep.storage.store import Store
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
    try:
        task = _claim(store, measurement_id)
        if task is None:
            return Outcome("ready")
        return _finish(store, measurement_id, task, _summarise(store, task))
    except UnusableDataError as error:
        _fail(store, measurement_id, error.message)
        return Outcome("failed")
    except Exception:  # noqa: BLE001  whatever it was, the data stays, and it is tried again at the next start
        incident = new_id()
        _log.exception("Incident %s: processing of measurement %s failed.", incident, measurement_id)
        reason = f"The step table could not be made (incident {incident}). The data is safe; the next start retries."
        _fail(store, measurement_id, reason, worth_retrying=True)
        return Outcome("failed")


def _claim(store: Store, measurement_id: str) -> _Task | None:
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
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
        # All columns, though the tables need few: what is said to be stored must be readable to its last value.
        chunks = series.chunks(path, series.inspect(path, task.data_type).columns)
        found = summarise(chunks, rated_capacity_ah=task.rated_capacity_ah, data_type=task.data_type)
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
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or row.processing_status == "ready":  # deleted, or done elsewhere meanwhile
            work.discard(blob.key for blob in rows)
            return Outcome("ready", row.step_count or 0 if row else 0)
        row.blobs = [*row.blobs, *rows]
        row.processing_status, row.processing_error, row.worth_retrying = "ready", None, False
        row.row_count, row.step_count = summary.n_rows, summary.steps.height
    return Outcome("ready", summary.steps.height)


def _fail(store: Store, measurement_id: str, reason: str, *, worth_retrying: bool = False) -> None:
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is not None and row.processing_status != "ready":
            row.processing_status, row.processing_error = "failed", reason
            row.worth_retrying = worth_retrying


def table(store: Store, key: str, first_rows: int | None = None) -> pl.DataFrame:
    """A stored step or cycle table, or its first rows."""
    with store.blobs.local_copy(key) as path:
        return series.read_table(path, "table", first_rows)
