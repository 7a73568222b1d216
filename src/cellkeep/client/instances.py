"""Cell instances."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Unpack

from cellkeep.client.measurement_reading import MeasurementDetail
from cellkeep.client.measurements import CellMeasurements
from cellkeep.client.resource import Filters, Resource, create_or_get, list_params, read, read_page
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.paging import Page
from cellkeep.domain.records import Model

_PARALLEL_DETAILS = 4


class CellInstanceDetail(Model):
    """A cell with all its measurements."""

    instance: CellInstance
    specification_id: str
    measurements: list[MeasurementDetail]


class CellInstances(Resource):
    """`client.cell_instance`."""

    def __init__(self, transport: Transport, measurements: CellMeasurements) -> None:
        super().__init__(transport)
        self._measurements = measurements

    def create(self, cell_spec_id: str, data: dict[str, Any]) -> CellInstance:
        """Create a cell from `name` and, as wanted, `batch_id` (or `batch`, a lot's name), `date_manufactured`,
        `measured_properties` by component, and `notes`.

        Raises:
            ConflictError: the specification has a cell of that name.
            BadRequestError: the batch is of another specification.
        """  # noqa: D205  the keys belong in the first sentence
        return read(CellInstance, self._transport.post(_below(cell_spec_id), data))

    def create_or_get(self, cell_spec_id: str, data: dict[str, Any]) -> CellInstance:
        """Create a cell, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(cell_spec_id, data), self.get)

    def get(self, cell_instance_id: str) -> CellInstance:
        """The cell, with the ids of its measurements."""
        return read(CellInstance, self._transport.get(f"/cell_instances/{segment(cell_instance_id)}"))

    def list(
        self,
        cell_spec_id: str,
        limit: int | None = None,
        offset: int | None = None,
        *,
        batch_id: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[CellInstance]:
        """The cells of a specification, newest first."""
        params = {"batch_id": batch_id, **list_params(limit, offset, filters)}
        return read_page(CellInstance, self._transport.get(_below(cell_spec_id), params))

    def update(self, cell_instance_id: str, data: dict[str, Any]) -> CellInstance:
        """Change the given keys; null clears."""
        return read(CellInstance, self._transport.patch(f"/cell_instances/{segment(cell_instance_id)}", data))

    def delete(self, cell_instance_id: str) -> None:
        """Remove a cell with its measurements."""
        self._transport.delete(f"/cell_instances/{segment(cell_instance_id)}")

    def detail(
        self,
        cell_instance_id: str,
        include_steps: bool = True,
        include_cycles: bool = True,
        include_time_series: bool = True,
    ) -> CellInstanceDetail:
        """The cell with all its measurements and the parts of them that are asked for."""
        instance = self.get(cell_instance_id)
        ids: Sequence[str] = instance.measurement_ids or []
        with ThreadPoolExecutor(_PARALLEL_DETAILS) as pool:
            details = pool.map(
                lambda each: self._measurements.detail(
                    each,
                    include_steps=include_steps,
                    include_cycles=include_cycles,
                    include_time_series=include_time_series,
                ),
                ids,
            )
            return CellInstanceDetail(
                instance=instance, specification_id=instance.cell_specification_id, measurements=list(details)
            )


def _below(cell_spec_id: str) -> str:
    return f"/cell_specifications/{segment(cell_spec_id)}/cell_instances"
