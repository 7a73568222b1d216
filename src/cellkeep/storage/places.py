"""Specifications, lots and cells of a project by their names alone, to choose from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cellkeep.domain.places import Place, Places
from cellkeep.domain.ratings import limits_of
from cellkeep.storage.scope import Viewer, visible
from cellkeep.storage.tables import BatchRow, InProjectRow, InstanceRow, SpecRow


class PlacesOfProjects:
    """What the viewer sees of them."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def of(self, project_id: str, most: int) -> Places:
        """At most so many of each kind."""
        specs = [
            Place(id=key, name=name, rated_capacity_ah=limits_of(ratings or {}).rated_capacity)
            for key, name, ratings in self._rows(SpecRow, project_id, most, SpecRow.ratings)
        ]
        batches, cells = (
            [Place(id=key, name=name, spec_id=spec_id) for key, name, spec_id in found]
            for found in (
                self._rows(BatchRow, project_id, most, BatchRow.cell_specification_id),
                self._rows(InstanceRow, project_id, most, InstanceRow.cell_specification_id),
            )
        )
        return Places(specs=specs, batches=batches, cells=cells)

    def _rows(self, table: type[InProjectRow], project_id: str, most: int, beside: Any) -> Sequence[Any]:
        seen = visible(table, self._viewer).where(table.project_id == project_id).with_only_columns(table.id)
        query = select(table.id, table.name, beside).where(table.id.in_(seen))
        return self._session.execute(query.order_by(table.name, table.id).limit(most)).all()
