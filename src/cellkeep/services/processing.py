"""Making the step and cycle tables of a stored series, putting rows behind it, and having another take its place."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Finding, counted
from cellkeep.domain.measurements import ProcessingStatus
from cellkeep.domain.ratings import limits_of
from cellkeep.domain.records import new_id, now
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.services import origin, replacement, series
from cellkeep.services.blob_rows import ROWS, keys_by_role, rows_keys
from cellkeep.services.checking import timing_of
from cellkeep.services.making import make
from cellkeep.services.task import Checked, Made, NoTablesError, Task
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow

_log = logging.getLogger(__name__)


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


def process(store: Store, measurement_id: str) -> Outcome:
    """Summarise one series and set it `ready`, or `failed` with the reason. Stored rows are never touched.

    Rows to append are put behind the stored ones first, as a new series that takes the place of the old one together
    with its tables; and so does a series that was read anew. Tables that are to be made by other rules take the place
    of the old ones. Where that fails, the measurement is `ready` as it was, with the reason.

    Doing it twice, or in two places at once, ends in one pair of tables.
    """
    task = _claim(store, measurement_id)
    if task is None:
        return Outcome("ready")
    try:
        return _finish(store, measurement_id, task, make(store, measurement_id, task))
    except UnusableDataError as error:
        return _refuse(store, measurement_id, task, error)
    except Exception:  # noqa: BLE001  whatever it was, the data stays, and it is tried again
        incident = new_id()
        reason = _reason(task, incident)
        outcome = _fail(store, measurement_id, task, reason, worth_retrying=True)
        if outcome.status == "failed":
            _log.exception("Incident %s: processing of measurement %s failed.", incident, measurement_id)
        return outcome


def _refuse(store: Store, measurement_id: str, task: Task, error: UnusableDataError) -> Outcome:
    """End what the data does not allow, with what is wrong with it as the reason."""
    if task.cycles_key is not None:
        return _fail(store, measurement_id, task, f"{error.message} Nothing was changed.")
    found = error.found if isinstance(error, NoTablesError) else None
    errors = list(counted(each for each in found or () if each.severity == "error"))
    codes = f" The checks found: {', '.join(errors)}." if errors else ""
    return _fail(store, measurement_id, task, f"{error.message}{codes}", found=found)


def _reason(task: Task, incident: str) -> str:
    if task.extension_key is not None:
        return f"The rows could not be appended (incident {incident}). Nothing was changed; send them again."
    if task.replacement_key is not None:
        return f"The series could not be replaced (incident {incident}). Nothing was changed; read its files again."
    if task.cycles_key is not None:
        return f"The tables could not be made anew (incident {incident}). They are as they were; ask for it again."
    return f"The step table could not be made (incident {incident}). The data is safe; the next start retries."


def _claim(store: Store, measurement_id: str) -> Task | None:
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or row.processing_status == "ready":
            return None
        interrupted = row.processing_status == "running"
        row.processing_status = "running"
        found = keys_by_role(row)
        limits = limits_of(work.specs.row(row.specification_id).ratings)
        return Task(
            organization_id=row.organization_id,
            rows_keys=rows_keys(row),
            steps_key=found.get("steps"),
            cycles_key=found.get("cycles"),
            overview_key=found.get("overview"),
            extension_key=found.get("extension"),
            replacement_key=found.get(replacement.ROLE),
            n_rows=row.row_count,
            data_type=row.replacement["data_type"] if row.replacement else row.data_type,  # type: ignore[arg-type]
            rated_capacity_ah=limits.rated_capacity,
            voltage_window=limits.voltage_window,
            check_state=row.check_state.state if row.check_state else None,
            rules=_rules(row),
            has_own_steps=row.own_steps,
            interrupted=interrupted,
        )


def _finish(store: Store, measurement_id: str, task: Task, made: Made) -> Outcome:
    summary = made.summary
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or not _still_to_do(row, task):
            work.discard(blob.key for blob in made.blobs)
            return _overtaken(row)
        for blob in row.blobs:
            blob.sha256 = made.digests.get(blob.key, blob.sha256)
        if task.cycles_key is None:
            row.blobs = [*row.blobs, *made.blobs]
            row.own_steps = task.given_steps_key is not None
        else:
            _replace(work, row, task, made.blobs)
            _mark_replaced(row)
        row.processing_status, row.processing_error, row.worth_retrying = "ready", None, False
        row.row_count, row.step_count = summary.n_rows, summary.steps.height
        _keep_checks(work, row, made.checked)
    return Outcome("ready", summary.steps.height)


def _keep_checks(work: UnitOfWork, row: MeasurementRow, checked: Checked) -> None:
    row.time_span_s = checked.span_s
    # Start and end of the record as it is now: it may have been changed meanwhile.
    work.measurements.set_findings(row, [*checked.findings, *timing_of(row)])
    work.measurements.set_check_state(row, checked.state)


def _replace(work: UnitOfWork, row: MeasurementRow, task: Task, made: list[BlobRow]) -> None:
    """Have what was made take the place of the old, to which links still work for a while."""
    if task.replacement_key is not None:
        replacement.replace_series(work, row, made)
        return
    if task.extension_key is not None:
        row.extended_sha256 = next(blob.sha256 for blob in row.blobs if blob.key == task.extension_key)
        row.own_steps = False
        origin.come_true(row)
        work.discard([task.extension_key])
    roles = {"extension", *(blob.role for blob in made)} - {"appended"}
    if "time_series" in roles:  # it holds the rows that lay beside it
        roles |= set(ROWS)
    for blob in made:
        if blob.role == "appended":
            blob.position = len(rows_keys(row)) - 1
    before = work.measurements.replace_blobs(row, roles, made)
    work.objects.retire(key for key in before if key != task.extension_key)


def _mark_replaced(row: MeasurementRow) -> None:
    row.version += 1
    row.step_labels_validated = False  # of the new steps nobody has looked at any
    row.updated_at = now()


def _still_to_do(row: MeasurementRow, task: Task) -> bool:
    """Whether the row is as it was when the task was claimed, and nobody else has done it."""
    found = keys_by_role(row)
    same = (task.extension_key, task.cycles_key) == (found.get("extension"), found.get("cycles"))
    same &= task.replacement_key == found.get(replacement.ROLE)
    # The same rows may lie in other objects by now, but only those that were summarised before.
    same &= task.cycles_key is not None or task.rows_keys == rows_keys(row)
    return same and row.processing_status != "ready" and _rules(row) == task.rules


def _rules(row: MeasurementRow) -> SummaryRules:
    return SummaryRules.model_validate(row.summary_rules or {})


def _overtaken(row: MeasurementRow | None) -> Outcome:
    """How it ended for a task that was done elsewhere meanwhile, or whose measurement is gone."""
    return Outcome("ready", row.step_count or 0 if row else 0)


def _fail(
    store: Store,
    measurement_id: str,
    task: Task,
    reason: str,
    *,
    worth_retrying: bool = False,
    found: Sequence[Finding] | None = None,
) -> Outcome:
    with store.writing() as work:
        row = work.measurements.find(measurement_id, lock=True)
        if row is None or not _still_to_do(row, task):  # what was read may have gone with it
            return _overtaken(row)
        row.processing_error = reason
        if task.cycles_key is None:
            row.processing_status, row.worth_retrying = "failed", worth_retrying
            if found is not None:
                work.measurements.set_findings(row, found)
            return Outcome("failed")
        if task.extension_key is not None:
            row.blobs = [blob for blob in row.blobs if blob.key != task.extension_key]
            work.discard([task.extension_key, *filter(None, [row.extended_from])])
            row.extended_from, row.coming_provenance = None, None
        if task.replacement_key is not None:
            replacement.drop(work, row)
        row.processing_status, row.updated_at = "ready", now()
    return Outcome("failed")


def table(store: Store, key: str, first_rows: int | None = None) -> pl.DataFrame:
    """A stored step or cycle table, or its first rows."""
    with store.blobs.local_copy(key) as path:
        return series.read_table(path, "table", first_rows)
