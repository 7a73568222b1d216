"""Property datasets of materials."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from cellkeep.domain.paging import Page
from cellkeep.domain.property_datasets import (
    DatasetDraft,
    DatasetPatch,
    DatasetQuery,
    FileKind,
    MaterialPropertyDataset,
)
from cellkeep.domain.tables import DownloadUrl
from cellkeep.server.context import BaseUrl, Ctx, Reading, Who, Writing
from cellkeep.server.forms import SentTable, in_words
from cellkeep.services import property_datasets, tables

router = APIRouter(prefix="/material_property_datasets", tags=["property datasets"])

_JSON = ("columns",)


@router.get("")
def list_datasets(work: Reading, asked: Annotated[DatasetQuery, Query()]) -> Page[MaterialPropertyDataset]:
    return property_datasets.list_of(work, asked)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=in_words(("material_id", "name"), ("project_id", "columns")),
)
def create_dataset(context: Ctx, who: Who, form: SentTable) -> MaterialPropertyDataset:
    draft = form.read(DatasetDraft, json_fields=_JSON)
    with tables.received(form.file) as sent:
        return property_datasets.create(context.store, who, draft, sent)


@router.get("/{dataset_id}")
def get_dataset(work: Reading, dataset_id: str) -> MaterialPropertyDataset:
    return work.property_datasets.get(dataset_id)


@router.patch("/{dataset_id}")
def update_dataset(context: Ctx, who: Who, dataset_id: str, patch: DatasetPatch) -> MaterialPropertyDataset:
    return property_datasets.update(context.store, who, dataset_id, patch)


@router.patch("/{dataset_id}/file", openapi_extra=in_words((), ("name", "columns")))
def replace_file(context: Ctx, who: Who, dataset_id: str, form: SentTable) -> MaterialPropertyDataset:
    patch = form.read(DatasetPatch, json_fields=_JSON)
    with tables.received(form.file) as sent:
        return property_datasets.update(context.store, who, dataset_id, patch, sent)


@router.delete("/{dataset_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_dataset(work: Writing, who: Who, dataset_id: str) -> None:
    property_datasets.delete(work, who, dataset_id)


@router.get("/{dataset_id}/data")
def get_data(context: Ctx, who: Who, dataset_id: str) -> dict[str, list[float | None]]:
    return property_datasets.data(context.store, who, dataset_id)


@router.get("/{dataset_id}/download-url")
def get_dataset_url(
    context: Ctx, who: Who, base_url: BaseUrl, dataset_id: str, kind: FileKind = "parquet"
) -> DownloadUrl:
    return DownloadUrl(url=property_datasets.download_url(context.store, who, dataset_id, kind, base_url))
