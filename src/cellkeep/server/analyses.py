"""Analyses of measurements."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.analyses import Analysis, AnalysisDraft, AnalysisPatch, AnalysisQuery
from cellkeep.domain.paging import Page
from cellkeep.domain.tables import DownloadUrl
from cellkeep.server.context import BaseUrl, Ctx, Reading, Who, Writing
from cellkeep.server.forms import SentTable, in_words
from cellkeep.services import analyses, tables

router = APIRouter(prefix="/analyses", tags=["analyses"])

_JSON = ("columns", "plots", "metadata")


@router.get("")
def list_analyses(work: Reading, asked: Annotated[AnalysisQuery, Query()]) -> Page[Analysis]:
    return analyses.list_of(work, asked)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=in_words(("measurement_id", "name", "analysis_type"), (*_JSON, "notes")),
)
def create_analysis(context: Ctx, who: Who, form: SentTable) -> Analysis:
    draft = form.read(AnalysisDraft, json_fields=_JSON)
    with tables.received(form.file) as sent:
        return analyses.create(context.store, who, draft, sent)


@router.get("/{analysis_id}")
def get_analysis(work: Reading, analysis_id: str) -> Analysis:
    return work.analyses.get(analysis_id)


@router.patch("/{analysis_id}")
def update_analysis(work: Writing, who: Who, analysis_id: str, patch: AnalysisPatch) -> Analysis:
    return analyses.update(work, who, analysis_id, patch)


@router.delete("/{analysis_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_analysis(work: Writing, who: Who, analysis_id: str) -> None:
    analyses.delete(work, who, analysis_id)


@router.get("/{analysis_id}/download-url")
def get_analysis_url(context: Ctx, who: Who, base_url: BaseUrl, analysis_id: str) -> DownloadUrl:
    return DownloadUrl(url=analyses.download_url(context.store, who, analysis_id, base_url))
