"""Property datasets of materials."""

from typing import Any

from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.property_datasets import DatasetDraft, DatasetQuery, MaterialPropertyDataset
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import MaterialRow, PropertyDatasetRow
from cellkeep.storage.tables.results import SOURCES

_PLAIN = ("material_id", "project_id", "columns", "data_version", "nan_counts", *SOURCES)


class PropertyDatasets(Repository[PropertyDatasetRow]):
    table = PropertyDatasetRow
    noun = "property dataset"
    parent = "material_id"

    def get(self, dataset_id: str) -> MaterialPropertyDataset:
        return _dataset(self.row(dataset_id))

    def list(self, asked: DatasetQuery) -> Page[MaterialPropertyDataset]:
        query = self._visible().where(PropertyDatasetRow.material_id == asked.material_id)
        if asked.project_id is not None:
            query = query.where(PropertyDatasetRow.project_id == asked.project_id)
        rows, total = self._page(query, asked)
        return Page(items=[_dataset(row) for row in rows], count=len(rows), total=total)

    def create(
        self, material: MaterialRow, draft: DatasetDraft, caller: Caller, **facts: Any
    ) -> MaterialPropertyDataset:
        """Write a new dataset; `facts` are further columns, among them where its table lies."""
        row = PropertyDatasetRow(
            name=draft.name,
            material_id=material.id,
            project_id=material.project_id,
            data_version=1,
            **{**stamp(caller, draft.custom()), **facts},
        )
        self._insert(row)
        return _dataset(row)

    def update(
        self, row: PropertyDatasetRow, changes: dict[str, Any], custom: dict[str, Any]
    ) -> MaterialPropertyDataset:
        self._change(row, changes, custom)
        self._session.flush()
        return _dataset(row)


def _dataset(row: PropertyDatasetRow) -> MaterialPropertyDataset:
    return MaterialPropertyDataset.model_validate({**stamped(row), **{key: getattr(row, key) for key in _PLAIN}})
