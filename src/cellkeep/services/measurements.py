"""Cell measurements once they are recorded: reading, changing, removing."""

import time
from dataclasses import dataclass
from typing import Any

import polars as pl

from cellkeep.domain.columns import CYCLE_COUNT
from cellkeep.domain.errors import BadRequestError, ConflictError, NotFoundError, NotReadyError
from cellkeep.domain.measurements import (
    CellMeasurement,
    CycleTable,
    MeasurementPatch,
    MeasurementQuery,
    MeasurementType,
    NoTables,
    ProjectMeasurementQuery,
    PropertiesDraft,
    Span,
    StepAndCycleTables,
)
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.services import channel_rules, checking, one_file, processing, tags
from cellkeep.services.blob_rows import keys_by_role
from cellkeep.services.processing import Jobs
from cellkeep.services.remembering import TABLES, Frame
from cellkeep.services.waiting import wait
from cellkeep.settings import CONFIRM_WAIT_S, SIGNED_GET_LIFETIME_S
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.measurements import measurement, rules_stored
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import MeasurementRow
from cellkeep.summarise import with_reference


def list_of_instance(work: UnitOfWork, instance_id: str, asked: MeasurementQuery) -> Page[CellMeasurement]:
    work.instances.row(instance_id)
    return work.measurements.list(instance_id, asked)


def list_of_project(work: UnitOfWork, asked: ProjectMeasurementQuery) -> Page[CellMeasurement]:
    work.projects.row(asked.project_id)
    return work.measurements.list_by_project(asked)


def create_properties(work: UnitOfWork, caller: Caller, instance_id: str, draft: PropertiesDraft) -> CellMeasurement:
    """Record key-value quantities of a cell."""
    instance = work.instances.row(instance_id)
    work.measurements.refuse_name(instance_id, draft.name)
    caller.require_write(instance.project_id)
    Span(start_time=draft.start_time, end_time=draft.end_time).checked()
    channel_rules.require_fit(work, channel_rules.Run.drafted(instance.project_id, draft.measurement_type, draft))
    row = work.measurements.add(
        instance,
        draft,
        caller,
        tags=tags.spelled(work, instance.project_id, draft.tags or []),
        measurement_type=MeasurementType.properties.value,
        processing_status="ready",
    )
    checking.look_at_timing(work, row)
    return measurement(row)


def change(
    store: Store,
    jobs: Jobs,
    caller: Caller,
    measurement_id: str,
    patch: MeasurementPatch,
    wait_s: float = CONFIRM_WAIT_S,
) -> CellMeasurement:
    """As `update`; and where its tables are to be made by other rules, have that done, if it comes in time."""
    deadline_s = time.monotonic() + wait_s
    with store.writing(caller) as work:
        changed = update(work, caller, measurement_id, patch)
    if "summary_rules" not in patch.model_fields_set or changed.processing_status == "ready":
        return changed
    return _made_anew(store, jobs, caller, measurement_id, deadline_s)


def make_tables(
    store: Store, jobs: Jobs, caller: Caller, measurement_id: str, wait_s: float = CONFIRM_WAIT_S
) -> CellMeasurement:
    """Have the tables of a series made anew, by its rules and the present rating of its cell, if it comes in time.

    Raises:
        BadRequestError: it is no time series.
        ConflictError: a person made its step table, or its tables are not there.
    """
    deadline_s = time.monotonic() + wait_s
    with store.writing(caller) as work:
        row = work.measurements.row(measurement_id, lock=True)
        caller.require_write(row.project_id)
        work.measurements.update(row, _to_be_made_anew(row), {})
    return _made_anew(store, jobs, caller, measurement_id, deadline_s)


def _made_anew(store: Store, jobs: Jobs, caller: Caller, measurement_id: str, deadline_s: float) -> CellMeasurement:
    wait(jobs, measurement_id, deadline_s)
    with store.reading(caller) as work:
        return work.measurements.get(measurement_id)


def update(work: UnitOfWork, caller: Caller, measurement_id: str, patch: MeasurementPatch) -> CellMeasurement:
    """Change what is said of a measurement; its data never changes.

    Raises:
        BadRequestError: rules for the tables of what is no time series.
        ConflictError: rules for tables that a person made, or that are not there.
    """
    row = work.measurements.row(measurement_id)
    caller.require_write(row.project_id)
    changes = patch.changes_to(row)
    channel_rules.lock_channel(work, row, changes)
    row = work.measurements.row(measurement_id, lock=True)
    Span(start_time=changes.get("start_time", row.start_time), end_time=changes.get("end_time", row.end_time)).checked()
    channel_rules.require_change_fits(work, row, changes)
    if "tags" in changes:
        changes["tags"] = tags.spelled(work, row.project_id, changes["tags"] or [])
    if "summary_rules" in changes:
        changes |= _rules_changed(row, changes["summary_rules"])
    changed = work.measurements.update(row, changes, patch.custom())
    if checking.is_unchecked(row) or not {"start_time", "end_time"} & changes.keys():
        return changed
    checking.look_at_timing(work, row)
    return measurement(row)


def _rules_changed(row: MeasurementRow, rules: SummaryRules | None) -> dict[str, Any]:
    """The columns that change with the rules: where they are others, the tables wait for being made anew."""
    kept = rules_stored(rules)
    if kept == row.summary_rules and row.processing_error is None:
        return {"summary_rules": kept}
    return {"summary_rules": kept, **_to_be_made_anew(row)}


def _to_be_made_anew(row: MeasurementRow) -> dict[str, Any]:
    """The columns that say that its tables wait for being made anew."""
    require_series(row)
    if row.processing_status != "ready":
        raise ConflictError(
            f"The tables of '{row.name}' are not ready ({row.processing_status}). Ask again when they are."
        )
    if row.own_steps is not False:
        whose = "was sent with the series" if row.own_steps else "was stored before it was known who made it"
        raise ConflictError(f"The step table of '{row.name}' {whose}, so it is not made anew before rows are appended.")
    return {"processing_status": "pending", "processing_error": None}


def delete(work: UnitOfWork, caller: Caller, measurement_id: str) -> None:
    """Remove a measurement with its data."""
    row = work.measurements.row(measurement_id, lock=True)  # or an extension could end in between
    caller.require_write(row.project_id)
    work.discard(work.objects.of_measurements(id=measurement_id))
    work.measurements.delete(measurement_id)


@dataclass(frozen=True)
class Links:
    """Makes links to stored objects of measurements that the caller sees."""

    store: Store
    caller: Caller
    base_url: str

    def time_series(self, measurement_id: str) -> str:
        with self.store.reading(self.caller) as work:
            row = work.measurements.row(measurement_id)
        require_series(row)
        return self.to(one_file.series_key(self.store, row))

    def steps(self, measurement_id: str) -> str:
        with self.store.reading(self.caller) as work:
            return self.to(ready_keys(work.measurements.row(measurement_id))["steps"])

    def file(self, measurement_id: str, filename: str) -> str:
        with self.store.reading(self.caller) as work:
            row = work.measurements.row(measurement_id)
            for blob in row.blobs:
                if blob.role == "file" and blob.filename == filename:
                    return self.to(blob.key)
        raise NotFoundError(f"The measurement '{row.name}' has no file named '{filename}'.")

    def to(self, key: str) -> str:
        """A link to an object that the caller was found to see."""
        return self.store.blobs.sign_get(key, lifetime_s=SIGNED_GET_LIFETIME_S, base_url=self.base_url)


def filenames(work: UnitOfWork, measurement_id: str) -> list[str]:
    """Names of the files of a file measurement, in the order they were sent."""
    row = work.measurements.row(measurement_id)
    if row.measurement_type != MeasurementType.file:
        raise BadRequestError(f"The measurement '{row.name}' is of type {row.measurement_type} and holds no files.")
    return [blob.filename for blob in row.blobs if blob.role == "file"]


def cycle_table(store: Store, caller: Caller, measurement_id: str, reference_cycle: int | None = None) -> CycleTable:
    """The cycle table, with retention and fade against a cycle of choice.

    Raises:
        BadRequestError: the table has no such cycle, or retention can not be told from it.
    """
    table = stored_tables(store, caller, measurement_id, "cycles")["cycles"]
    return CycleTable(cycles=_columns(table if reference_cycle is None else referred(table, reference_cycle)))


def referred(table: pl.DataFrame, reference_cycle: int) -> pl.DataFrame:
    """A cycle table with retention and fade against a cycle of choice; BadRequestError where it has no such cycle."""
    found = table[CYCLE_COUNT] if CYCLE_COUNT in table.columns else pl.Series([], dtype=pl.Int64)
    if reference_cycle not in found:
        there = f"it has {found[0]} to {found[-1]}" if found.len() else "it has none"
        raise BadRequestError(f"The table has no cycle {reference_cycle} that retention could refer to; {there}.")
    return with_reference(table, reference_cycle)


def step_and_cycle_tables(
    store: Store, caller: Caller, measurement_id: str, first_rows: int | None = None
) -> StepAndCycleTables:
    """Both tables, or the first rows of both."""
    tables = stored_tables(store, caller, measurement_id, "steps", "cycles", first_rows=first_rows)
    return StepAndCycleTables(**{role: _columns(table) for role, table in tables.items()})


def tables_if_any(store: Store, caller: Caller, measurement_id: str) -> StepAndCycleTables | NoTables:
    """Both tables; or that there are none, where they could not be made.

    Clients of the field read the details of all measurements of a cell in one call, and would show none of them if one
    were refused. While tables are being made it is refused all the same, since they keep an answer for an hour.
    """
    try:
        return step_and_cycle_tables(store, caller, measurement_id)
    except NotReadyError:
        with store.reading(caller) as work:
            row = work.measurements.row(measurement_id)
        if row.processing_status != "failed":
            raise
        return NoTables(processing_error=row.processing_error or "The tables could not be made.")


def stored_tables(
    store: Store, caller: Caller, measurement_id: str, *roles: str, first_rows: int | None = None
) -> dict[str, pl.DataFrame]:
    """Tables of one version of the series, by role."""
    with store.reading(caller) as work:
        found = ready_keys(work.measurements.row(measurement_id))
    try:
        return {role: _table(store, found[role], first_rows) for role in roles}
    except BlobNotFoundError:
        raise NotFoundError(f"The cell measurement '{measurement_id}' was removed meanwhile.") from None


def _table(store: Store, key: str, first_rows: int | None) -> pl.DataFrame:
    if first_rows is not None:
        return processing.table(store, key, first_rows)
    return TABLES.get(key, lambda: Frame(processing.table(store, key))).rows


def _columns(table: pl.DataFrame) -> dict[str, list[Any]]:
    floats = pl.col(pl.Float32, pl.Float64)
    # JSON has no NaN and no infinity.
    finite = table.with_columns(pl.when(floats.is_finite()).then(floats))
    return finite.to_dict(as_series=False)


def require_series(row: MeasurementRow) -> None:
    if row.measurement_type != MeasurementType.time_series:
        raise BadRequestError(
            f"The measurement '{row.name}' is of type {row.measurement_type}: it has no time series, steps or cycles."
        )


def ready_keys(row: MeasurementRow) -> dict[str, str]:
    """Keys of objects by role; while rows are being appended or tables made anew, those that were there before."""
    require_series(row)
    found = keys_by_role(row)
    if row.processing_status in {"pending", "running"} and "cycles" not in found:
        raise NotReadyError(f"The step table of '{row.name}' is still being made. Ask again in a moment.")
    if row.processing_status == "failed":
        raise NotReadyError(f"'{row.name}' has no step table: {row.processing_error}")
    return found
