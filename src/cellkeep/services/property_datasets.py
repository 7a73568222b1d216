"""Property datasets of materials.

Two objects are kept of each: the file as it was sent, and the numbers in it, which are made from that file by the
column specs. Neither changes: another file, or other columns, lie under new keys, and the old ones stay as long as
links to them may be held.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from cellkeep.domain.errors import BadRequestError, ConflictError, NotFoundError
from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.property_datasets import (
    MAX_VALUES,
    ColumnSpec,
    DatasetDraft,
    DatasetPatch,
    DatasetQuery,
    FileKind,
    MaterialPropertyDataset,
    columns_of,
    require_columns,
)
from cellkeep.domain.records import new_id
from cellkeep.services import keys, tables
from cellkeep.services.numbers import numbers
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.store import Store, UnitOfWork
from cellkeep.storage.tables import MaterialRow, PropertyDatasetRow

_WHAT = "property dataset"
_TRIES = 20


def list_of(work: UnitOfWork, asked: DatasetQuery) -> Page[MaterialPropertyDataset]:
    work.materials.row(asked.material_id)
    if asked.project_id is not None:
        work.projects.row(asked.project_id)
    return work.property_datasets.list(asked)


def create(store: Store, caller: Caller, draft: DatasetDraft, sent: Path) -> MaterialPropertyDataset:
    """Keep a new table about a material.

    Raises:
        NotFoundError: there is no such material.
        BadRequestError: the material is of another project, or a column can not be taken from the file.
        UnusableDataError: the file is not parquet, or too large.
    """
    with store.reading(caller) as work:
        _material(work, caller, draft)
    dataset_id = new_id()
    organization_id = caller.organization.id
    with _made(store, organization_id, dataset_id, draft.columns, sent) as made, store.writing(caller) as work:
        return work.property_datasets.create(_material(work, caller, draft), draft, caller, id=dataset_id, **made)


def update(
    store: Store, caller: Caller, dataset_id: str, patch: DatasetPatch, sent: Path | None = None
) -> MaterialPropertyDataset:
    """Change the name or the columns, or replace the file by the one that is sent.

    Columns say what is taken from the file, by what name and in what unit; without them they stay as they are.

    Raises:
        BadRequestError: a column can not be taken from the file.
        UnusableDataError: the file is not parquet, or too large.
    """
    for _ in range(_TRIES):
        with suppress(_ChangedError):
            return _updated(store, caller, dataset_id, patch, sent)
    raise ConflictError("Others change this dataset all the time. Try again.")


def _updated(
    store: Store, caller: Caller, dataset_id: str, patch: DatasetPatch, sent: Path | None
) -> MaterialPropertyDataset:
    with store.reading(caller) as work:
        row = _writable(work, caller, dataset_id)
        before, organization_id = _Content.of(row), row.organization_id
        changes = {key: value for key, value in patch.changes_to(row).items() if key != "columns"}
    with (
        _not_replaced(store, caller, dataset_id, before),
        _remade(store, organization_id, dataset_id, before, patch.columns, sent) as made,
        store.writing(caller) as work,
    ):
        row = _writable(work, caller, dataset_id, lock=True)
        if _Content.of(row) != before:
            raise _ChangedError(dataset_id)
        replaced = {before.key: made.get("key"), before.original_key: made.get("original_key")}
        work.objects.retire(old for old, new in replaced.items() if new)
        if sent is not None:
            changes["data_version"] = row.data_version + 1
        return work.property_datasets.update(row, {**changes, **made}, patch.custom())


@contextmanager
def _not_replaced(store: Store, caller: Caller, dataset_id: str, before: "_Content") -> Iterator[None]:
    """Say of content that is not found that somebody has changed the dataset, if that is why."""
    try:
        yield
    except BlobNotFoundError:
        with store.reading(caller) as work:
            if _Content.of(_writable(work, caller, dataset_id)) != before:
                raise _ChangedError(dataset_id) from None
        raise


def delete(work: UnitOfWork, caller: Caller, dataset_id: str) -> None:
    """Remove a dataset with its files."""
    row = _writable(work, caller, dataset_id, lock=True)
    work.discard([row.key, row.original_key])
    work.property_datasets.delete(dataset_id)


def data(store: Store, caller: Caller, dataset_id: str) -> dict[str, list[float | None]]:
    """The numbers by column; null where a cell holds none."""
    with store.reading(caller) as work:
        key = work.property_datasets.row(dataset_id).key
    try:
        with store.blobs.local_copy(key) as path:
            return pl.read_parquet(path, glob=False, memory_map=False).to_dict(as_series=False)
    except BlobNotFoundError:
        raise NotFoundError(f"The property dataset '{dataset_id}' was removed meanwhile.") from None


def download_url(store: Store, caller: Caller, dataset_id: str, kind: FileKind, base_url: str) -> str:
    """A link to the numbers, or to the file as it was sent."""
    with store.reading(caller) as work:
        row = work.property_datasets.row(dataset_id)
        return tables.link(store, row.original_key if kind == "original" else row.key, base_url)


class _ChangedError(ConflictError):
    """Somebody else changed the dataset since it was looked at."""


@dataclass(frozen=True)
class _Content:
    """What a dataset holds at one moment."""

    columns: list[ColumnSpec]
    key: str
    original_key: str

    @classmethod
    def of(cls, row: PropertyDatasetRow) -> Self:
        return cls([ColumnSpec.model_validate(column) for column in row.columns], row.key, row.original_key)


@contextmanager
def _remade(
    store: Store,
    organization_id: str,
    dataset_id: str,
    before: _Content,
    columns: Sequence[ColumnSpec] | None,
    sent: Path | None,
) -> Iterator[dict[str, Any]]:
    """What changes in the row, with the objects it then names in place."""
    wanted = before.columns if columns is None else columns
    if sent is not None:
        with _made(store, organization_id, dataset_id, wanted, sent) as made:
            yield made
    elif _layout(wanted) == _layout(before.columns):
        yield {"columns": _plain(wanted)}
    else:
        with (
            store.blobs.local_copy(before.original_key) as original,
            _made(store, organization_id, dataset_id, wanted, original, is_new=False) as made,
        ):
            yield made


@contextmanager
def _made(
    store: Store,
    organization_id: str,
    dataset_id: str,
    columns: Sequence[ColumnSpec] | None,
    original: Path,
    *,
    is_new: bool = True,
) -> Iterator[dict[str, Any]]:
    """Make and store the numbers, and the original where it is new; yields what the row says of them."""
    if is_new:
        store.try_reading(original, _WHAT, most_values=MAX_VALUES)
    schema = tables.inspect(original, _WHAT, MAX_VALUES).schema
    specs = columns_of(schema) if columns is None else columns
    require_columns(specs, len(schema))
    frame = numbers(original, specs, _WHAT)
    facts: dict[str, Any] = {
        "columns": _plain(specs),
        "nan_counts": {column.name: column.null_count() for column in frame},
        "key": keys.stored(organization_id, dataset_id, "data.parquet", keys.DATASETS),
    }
    with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
        path = Path(folder) / "data.parquet"
        frame.write_parquet(path)
        files = {facts["key"]: path}
        if is_new:
            facts["original_key"] = keys.stored(organization_id, dataset_id, "original.parquet", keys.DATASETS)
            files[facts["original_key"]] = original
        with tables.stored(store, files):
            yield facts


def _plain(columns: Sequence[ColumnSpec]) -> list[dict[str, Any]]:
    return [column.model_dump() for column in columns]


def _layout(columns: Sequence[ColumnSpec]) -> list[tuple[str, int]]:
    """What of the specs decides the content of the table."""
    return [(column.name, column.source_column_index) for column in columns]


def _material(work: UnitOfWork, caller: Caller, draft: DatasetDraft) -> MaterialRow:
    """The material the dataset is about, where the caller may add to it."""
    row = work.materials.row(draft.material_id)
    if draft.project_id is not None and work.projects.row(draft.project_id).id != row.project_id:
        raise BadRequestError(
            f"The material '{row.name}' belongs to another project. Send the project_id of the material, or none."
        )
    caller.require_write(row.project_id)
    return row


def _writable(work: UnitOfWork, caller: Caller, dataset_id: str, *, lock: bool = False) -> PropertyDatasetRow:
    row = work.property_datasets.row(dataset_id, lock=lock)
    caller.require_write(row.project_id)
    return row
