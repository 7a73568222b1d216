"""Walking through what is stored by name, as one does in a notebook."""

from collections.abc import Callable
from typing import TypeVar

from cellkeep.client.client import Client
from cellkeep.client.frames import Frame
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.paging import Page
from cellkeep.domain.specs import CellSpecification

T = TypeVar("T")

_PAGE_SIZE = 200


class Navigator:
    """Specifications, cells and measurements of one project, whole lists at a time.

    Args:
        client: whose eyes to look through; else `cellkeep.Client()`.
        page_size: how many records one request brings.
        project_id: the project; else that of the client, else the only one there is.

    Nothing is remembered between calls, so what is read is what is stored.
    """

    def __init__(
        self, client: Client | None = None, page_size: int = _PAGE_SIZE, *, project_id: str | None = None
    ) -> None:
        self._client = Client() if client is None else client
        self._page_size = page_size
        self._project_id = project_id or self._client.project_id

    def specs(self) -> dict[str, CellSpecification]:
        """The specifications of the project by name."""
        project_id = self._project()
        listed = self._client.cell_spec.list
        found = self._all(lambda limit, offset: listed(limit=limit, offset=offset, project_id=project_id))
        return {spec.name: spec for spec in found}

    def spec(self, name: str) -> CellSpecification:
        """The specification of that name.

        Raises:
            KeyError: the project has none; names those it has.
        """
        found = self._client.cell_spec.list(project_id=self._project(), name_exact=name)
        if not found.items:
            raise KeyError(
                f"No cell specification is named '{name}' in this project. There are {sorted(self.specs())}."
            )
        return found.items[0]

    def instances(self, spec_name: str) -> list[CellInstance]:
        """The cells of the specification of that name."""
        spec_id = self.spec(spec_name).id
        return self._all(lambda limit, offset: self._client.cell_instance.list(spec_id, limit, offset))

    def measurements(self, instance_id: str) -> list[CellMeasurement]:
        """The measurements of a cell."""
        return self._all(lambda limit, offset: self._client.cell_measurement.list(instance_id, limit, offset))

    def steps(self, measurement_id: str) -> Frame:
        """The step table of a measurement."""
        return self._client.cell_measurement.steps(measurement_id)

    def time_series(self, measurement_id: str) -> Frame:
        """The rows of a measurement."""
        return self._client.cell_measurement.time_series(measurement_id)

    def invalidate(
        self, *, spec_name: str | None = None, instance_id: str | None = None, measurement_id: str | None = None
    ) -> None:
        """Nothing: for programs that know clients which remember what they read."""

    def clear(self) -> None:
        """Nothing, like `invalidate`."""

    def _project(self) -> str:
        if self._project_id is None:
            found = self._client.project.list(limit=2)
            if found.total != 1:
                raise ValueError(
                    f"You see {found.total} projects: pass project_id, give it to the client, "
                    "or set CELLKEEP_PROJECT_ID."
                )
            self._project_id = found.items[0].id
        return self._project_id

    def _all(self, page: Callable[[int, int], Page[T]]) -> list[T]:
        collected: list[T] = []
        while True:
            part = page(self._page_size, len(collected))
            collected += part.items
            if not part.items or len(collected) >= part.total:
                return collected
