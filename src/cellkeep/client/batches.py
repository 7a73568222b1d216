"""Cell batches."""

from typing import Any, Unpack

from cellkeep.client.resource import Filters, Resource, create_or_get, list_params, read, read_page
from cellkeep.client.transport import segment
from cellkeep.domain.batches import CellBatch
from cellkeep.domain.paging import Page


class CellBatches(Resource):
    """`client.cell_batch`."""

    def create(self, cell_spec_id: str, data: dict[str, Any]) -> CellBatch:
        """Create a lot from `name` and, as wanted, `notes`, `date_manufactured` and `properties`.

        Raises:
            ConflictError: the specification has a lot of that name, compared without case.
        """
        return read(CellBatch, self._transport.post(_below(cell_spec_id), data))

    def create_or_get(self, cell_spec_id: str, data: dict[str, Any]) -> CellBatch:
        """Create a lot, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(cell_spec_id, data), self.get)

    def get(self, batch_id: str) -> CellBatch:
        """The lot, with the number of its cells."""
        return read(CellBatch, self._transport.get(f"/cell_batches/{segment(batch_id)}"))

    def list(
        self,
        cell_spec_id: str,
        limit: int | None = None,
        offset: int | None = None,
        **filters: Unpack[Filters],
    ) -> Page[CellBatch]:
        """The lots of a specification, newest first."""
        return read_page(CellBatch, self._transport.get(_below(cell_spec_id), list_params(limit, offset, filters)))

    def update(self, batch_id: str, data: dict[str, Any]) -> CellBatch:
        """Change the given keys; null clears."""
        return read(CellBatch, self._transport.patch(f"/cell_batches/{segment(batch_id)}", data))

    def delete(self, batch_id: str) -> None:
        """Remove a lot; its cells stay and belong to none."""
        self._transport.delete(f"/cell_batches/{segment(batch_id)}")


def _below(cell_spec_id: str) -> str:
    return f"/cell_specifications/{segment(cell_spec_id)}/cell_batches"
