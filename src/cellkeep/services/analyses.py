"""Analyses of measurements: the table is kept as it came."""

from pathlib import Path
from typing import Any

from cellkeep.domain.analyses import (
    MAX_VALUES,
    Analysis,
    AnalysisColumnSpec,
    AnalysisDraft,
    AnalysisPatch,
    AnalysisQuery,
    described,
    require_plotted,
)
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id
from cellkeep.services import keys, series, tables
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import AnalysisRow, MeasurementRow

_WHAT = "analysis table"


def list_of(work: UnitOfWork, asked: AnalysisQuery) -> Page[Analysis]:
    """The analyses of a measurement, or those of a project.

    Raises:
        BadRequestError: both are given, or neither.
    """
    if (asked.measurement_id is None) == (asked.project_id is None):
        raise BadRequestError("Say whose analyses: send either measurement_id or project_id.")
    if asked.measurement_id is not None:
        work.measurements.row(asked.measurement_id)
    if asked.project_id is not None:
        work.projects.row(asked.project_id)
    return work.analyses.list(asked)


def create(store: Store, caller: Caller, draft: AnalysisDraft, sent: Path) -> Analysis:
    """Keep a table of results about a measurement.

    Raises:
        NotFoundError: there is no such measurement.
        BadRequestError: a plot names a column that is not among those that are given.
        UnusableDataError: the file is not parquet, is damaged, or is too large.
    """
    with store.reading(caller) as work:
        _measurement(work, caller, draft)
    store.try_reading(sent, _WHAT, most_values=MAX_VALUES)
    schema = tables.inspect(sent, _WHAT, MAX_VALUES).schema
    columns = draft.columns or described((name, str(dtype)) for name, dtype in schema.items())
    if draft.columns:
        require_plotted(draft.plots or [], draft.columns)
    series.read_through(sent, _WHAT)
    analysis_id = new_id()
    key = keys.stored(caller.organization.id, analysis_id, "data.parquet", keys.ANALYSES)
    with tables.stored(store, {key: sent}), store.writing(caller) as work:
        measurement = _measurement(work, caller, draft)
        return work.analyses.create(measurement, draft, caller, id=analysis_id, key=key, columns=_plain(columns))


def update(work: UnitOfWork, caller: Caller, analysis_id: str, patch: AnalysisPatch) -> Analysis:
    """Change what is said of an analysis; its table never changes."""
    row = _writable(work, caller, analysis_id)
    changes = patch.changes_to(row)
    if "columns" in changes:
        changes["columns"] = _plain(patch.columns or [])
    if "plots" in changes:
        changes["plots"] = patch.plots or []
    if "metadata" in changes:
        changes["facts"] = changes.pop("metadata") or {}
    columns = changes.get("columns", row.columns)
    known = [AnalysisColumnSpec.model_validate(column) for column in columns]
    # Columns that the server found in the table all have a type; a plot may name those by any name it likes.
    given = "columns" in changes or any(column.dtype is None for column in known)
    if known and given and not changes.keys().isdisjoint({"columns", "plots"}):
        require_plotted(changes.get("plots", row.plots), known)
    return work.analyses.update(row, changes, patch.custom())


def delete(work: UnitOfWork, caller: Caller, analysis_id: str) -> None:
    """Remove an analysis with its table."""
    row = _writable(work, caller, analysis_id)
    work.discard([row.key])
    work.analyses.delete(analysis_id)


def download_url(store: Store, caller: Caller, analysis_id: str, base_url: str) -> str:
    """A link to the table, which polars reads by byte ranges."""
    with store.reading(caller) as work:
        return tables.link(store, work.analyses.row(analysis_id).key, base_url)


def _plain(columns: list[AnalysisColumnSpec]) -> list[dict[str, Any]]:
    return [column.model_dump() for column in columns]


def _measurement(work: UnitOfWork, caller: Caller, draft: AnalysisDraft) -> MeasurementRow:
    row = work.measurements.row(draft.measurement_id)
    caller.require_write(row.project_id)
    return row


def _writable(work: UnitOfWork, caller: Caller, analysis_id: str) -> AnalysisRow:
    row = work.analyses.row(analysis_id, lock=True)
    caller.require_write(row.project_id)
    return row
