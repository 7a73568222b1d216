"""Analyses of measurements."""

from typing import Any

from cellkeep.domain.analyses import Analysis, AnalysisDraft, AnalysisQuery
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import AnalysisRow, MeasurementRow
from cellkeep.storage.tables.results import SOURCES

_PLAIN = ("measurement_id", "project_id", "analysis_type", "columns", "plots", "notes", *SOURCES)


class Analyses(Repository[AnalysisRow]):
    table = AnalysisRow
    noun = "analysis"
    parent = "measurement_id"

    def get(self, analysis_id: str) -> Analysis:
        return _analysis(self.row(analysis_id))

    def list(self, asked: AnalysisQuery) -> Page[Analysis]:
        query = self._visible()
        if asked.measurement_id is not None:
            query = query.where(AnalysisRow.measurement_id == asked.measurement_id)
        if asked.project_id is not None:
            query = query.where(AnalysisRow.project_id == asked.project_id)
        rows, total = self._page(query, asked)
        return Page(items=[_analysis(row) for row in rows], count=len(rows), total=total)

    def create(self, measurement: MeasurementRow, draft: AnalysisDraft, caller: Caller, **facts: Any) -> Analysis:
        """Write a new analysis; `facts` are further columns, among them where its table lies."""
        row = AnalysisRow(
            name=draft.name,
            measurement_id=measurement.id,
            project_id=measurement.project_id,
            analysis_type=draft.analysis_type,
            plots=draft.plots or [],
            facts=draft.metadata or {},
            notes=draft.notes,
            **{**stamp(caller, draft.custom()), **facts},
        )
        self._insert(row)
        return _analysis(row)

    def update(self, row: AnalysisRow, changes: dict[str, Any], custom: dict[str, Any]) -> Analysis:
        self._change(row, changes, custom)
        self._session.flush()
        return _analysis(row)


def _analysis(row: AnalysisRow) -> Analysis:
    plain = {key: getattr(row, key) for key in _PLAIN}
    return Analysis.model_validate({**stamped(row), **plain, "metadata": row.facts})
