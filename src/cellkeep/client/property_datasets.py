"""Property datasets of materials."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from cellkeep.client.frames import Backend, Frame, from_polars, to_polars
from cellkeep.client.resource import Resource, read, read_page
from cellkeep.client.transport import Transport, as_json, segment
from cellkeep.domain.errors import TransportError
from cellkeep.domain.paging import Page
from cellkeep.domain.property_datasets import ColumnSpec, FileKind, MaterialPropertyDataset, columns_of
from cellkeep.domain.tables import DownloadUrl

Columns = Sequence[ColumnSpec | dict[str, Any]]


class PropertyDatasets(Resource):
    """`client.material_property_dataset`."""

    def __init__(self, transport: Transport, backend: Backend) -> None:
        super().__init__(transport)
        self._backend: Backend = backend

    def create(
        self,
        material_id: str,
        name: str,
        data: Any,
        *,
        columns: Columns | None = None,
        project_id: str | None = None,
    ) -> MaterialPropertyDataset:
        """Keep a table of numbers about a material.

        Args:
            material_id: what it is about.
            name: need not be unique.
            data: a polars or pandas frame or a dict of lists. Cells that hold no number become empty.
            columns: `name`, `unit` and `source_column_index` of each column to keep; by default all of them, named by
                their headers `name [unit]`.
            project_id: the project of the material, which need not be said.

        Raises:
            BadRequestError: two columns have one name, or one lies outside the table.
        """
        frame = to_polars(data, "data")
        specs = columns_of(frame.columns) if columns is None else columns
        fields = {"material_id": material_id, "name": name, "columns": as_json(_plain(specs))}
        if project_id is not None:
            fields["project_id"] = project_id
        return read(
            MaterialPropertyDataset,
            self._transport.send_table("POST", "/material_property_datasets", fields, frame.write_parquet),
        )

    def get(self, dataset_id: str) -> MaterialPropertyDataset:
        """What is said of the dataset, without its numbers."""
        return read(MaterialPropertyDataset, self._transport.get(_at(dataset_id)))

    def list(
        self, material_id: str, project_id: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> Page[MaterialPropertyDataset]:
        """The datasets of a material, newest first, 100 at a time unless asked otherwise."""
        params = {"material_id": material_id, "project_id": project_id, "limit": limit, "offset": offset}
        return read_page(MaterialPropertyDataset, self._transport.get("/material_property_datasets", params))

    def get_data(self, dataset_id: str) -> Frame:
        """The numbers; cells that hold none are null."""
        table = self._transport.get(f"{_at(dataset_id)}/data")
        try:
            frame = pl.DataFrame({name: pl.Series(values, dtype=pl.Float64) for name, values in table.items()})
        except (pl.exceptions.PolarsError, AttributeError, TypeError) as error:
            raise TransportError(f"The server's answer is no table of numbers: {error}") from error
        return from_polars(frame, self._backend)

    def get_units(self, dataset_id: str) -> dict[str, str]:
        """The unit of each column; empty where it has none."""
        return {column.name: column.unit for column in self.get(dataset_id).columns}

    def get_download_url(self, dataset_id: str, kind: FileKind = "parquet") -> str:
        """A link to the numbers, or with `kind="original"` to the file as it was sent. It holds for an hour."""
        answer = self._transport.get(f"{_at(dataset_id)}/download-url", {"kind": kind})
        return read(DownloadUrl, answer).url

    def replace_file(
        self, dataset_id: str, data: Any, *, name: str | None = None, columns: Columns | None = None
    ) -> MaterialPropertyDataset:
        """Put other numbers in the place of the present ones; the id stays, and `data_version` counts it.

        Raises:
            ValueError: no columns are given, and those of the table are not laid out as the present ones.
        """
        frame = to_polars(data, "data")
        fields = {} if name is None else {"name": name}
        if columns is not None:
            fields["columns"] = as_json(_plain(columns))
        else:
            _require_layout(self.get(dataset_id).columns, frame.columns)
        return read(
            MaterialPropertyDataset,
            self._transport.send_table("PATCH", f"{_at(dataset_id)}/file", fields, frame.write_parquet),
        )

    def update(
        self, dataset_id: str, *, name: str | None = None, columns: Columns | None = None
    ) -> MaterialPropertyDataset:
        """Change the name, or what is taken from the file that was sent, by what name and in what unit."""
        body: dict[str, Any] = {} if name is None else {"name": name}
        if columns is not None:
            body["columns"] = _plain(columns)
        return read(MaterialPropertyDataset, self._transport.patch(_at(dataset_id), body))

    def delete(self, dataset_id: str) -> None:
        """Remove a dataset with its files."""
        self._transport.delete(_at(dataset_id))


def _require_layout(present: Sequence[ColumnSpec], headers: Sequence[str]) -> None:
    """Columns are found by position, so another layout would give numbers the names of others."""
    found = {spec.source_column_index: spec.name for spec in columns_of(headers)}
    if other := [spec.name for spec in present if found.get(spec.source_column_index) != spec.name]:
        raise ValueError(
            f"The table is not laid out as the present one: {', '.join(other)} would lie elsewhere. "
            "Pass columns to say which is which."
        )


def _plain(columns: Columns) -> list[Any]:
    return [spec.model_dump() if isinstance(spec, ColumnSpec) else spec for spec in columns]


def _at(dataset_id: str) -> str:
    return f"/material_property_datasets/{segment(dataset_id)}"
