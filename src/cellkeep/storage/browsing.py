"""Lists over everything that the viewer sees, in a number of queries that does not grow with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cellkeep.domain.browsing import (
    BatchBrowse,
    BatchLine,
    Browse,
    CellBrowse,
    CellLine,
    Choice,
    MeasurementBrowse,
    MeasurementLine,
    SpecBrowse,
    SpecLine,
)
from cellkeep.domain.paging import Page
from cellkeep.storage import browsing_conditions as conditions
from cellkeep.storage import browsing_facts as facts
from cellkeep.storage.browsing_orders import BATCHES, CELLS, MEASUREMENTS, NULLABLE, SPECS
from cellkeep.storage.scope import Viewer
from cellkeep.storage.tables import (
    BatchRow,
    InProjectRow,
    InstanceRow,
    MeasurementRow,
    SpecRow,
    TagRow,
)

Conditions = Sequence[ColumnElement[bool]]
Orders = Mapping[str, Any]


class Browsing:
    """Lines of lists. First the records of a page are found, then what is shown of these alone."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def specs(self, asked: SpecBrowse) -> Page[SpecLine]:
        ids, total = self._page(SpecRow, asked, conditions.of_specs(asked, self._viewer), SPECS)
        return self._lines(SpecLine, ids, total, facts.of_specs(ids))

    def batches(self, asked: BatchBrowse) -> Page[BatchLine]:
        ids, total = self._page(BatchRow, asked, conditions.of_batches(asked, self._viewer), BATCHES)
        return self._lines(BatchLine, ids, total, facts.of_batches(ids))

    def cells(self, asked: CellBrowse) -> Page[CellLine]:
        ids, total = self._page(InstanceRow, asked, conditions.of_cells(asked, self._viewer), CELLS)
        return self._lines(CellLine, ids, total, facts.of_cells(ids), self._tags(MeasurementRow.cell_instance_id, ids))

    def measurements(self, asked: MeasurementBrowse) -> Page[MeasurementLine]:
        ids, total = self._page(MeasurementRow, asked, conditions.of_measurements(asked, self._viewer), MEASUREMENTS)
        tags = self._tags(MeasurementRow.id, ids)
        return self._lines(MeasurementLine, ids, total, facts.of_measurements(ids), tags)

    def spec_choices(self, project_id: str | None, most: int) -> list[Choice]:
        """Specifications by name, to choose one from."""
        return self._choices(SpecRow, project_id, most)

    def batch_choices(self, project_id: str | None, most: int, spec_id: str | None = None) -> list[Choice]:
        """Lots by name, to choose one from."""
        return self._choices(
            BatchRow, project_id, most, *([BatchRow.cell_specification_id == spec_id] if spec_id else [])
        )

    def tag_choices(self, project_id: str | None, most: int) -> list[str]:
        """Tags by name, each in a spelling that it has somewhere."""
        kinds = select(TagRow.folded).distinct().order_by(TagRow.folded).subquery()
        carried = select(TagRow.tag).join(MeasurementRow).where(TagRow.folded == kinds.c.folded)
        seen = carried.where(*conditions.seen(MeasurementRow, self._viewer, project_id)).limit(1)
        spelled = select(seen.correlate(kinds).scalar_subquery().label("tag")).select_from(kinds).subquery()
        return list(self._session.scalars(select(spelled.c.tag).where(spelled.c.tag.is_not(None)).limit(most)))

    def _choices(self, table: Any, project_id: str | None, most: int, *only: ColumnElement[bool]) -> list[Choice]:
        query = select(table.id, table.name).where(*conditions.seen(table, self._viewer, project_id), *only)
        found = self._session.execute(query.order_by(func.lower(table.name), table.id).limit(most))
        return [Choice(id=id_, name=name) for id_, name in found]

    def _page(
        self, table: type[InProjectRow], asked: Browse, wanted: Conditions, orders: Orders
    ) -> tuple[list[str], int]:
        """The ids of a page in their order, and how many match in all."""
        total = self._session.scalar(select(func.count()).select_from(table).where(*wanted)) or 0
        key = orders[asked.sort]
        ordered = key.desc() if asked.descends else key.asc()
        if asked.sort in NULLABLE:
            ordered = ordered.nulls_last()  # only there: no index of SQLite gives such an order
        query = select(table.id).where(*wanted).order_by(ordered, func.lower(table.name), table.id)
        return list(self._session.scalars(query.limit(asked.per_page).offset(asked.offset))), total

    def _lines(
        self, kind: Any, ids: list[str], total: int, query: Any, tags: Mapping[str, list[str]] | None = None
    ) -> Page[Any]:
        if not ids:
            return Page(items=[], count=0, total=total)
        found = {row["id"]: row for row in self._session.execute(query).mappings()}
        tagged = {} if tags is None else {id_: {"tags": tags.get(id_, [])} for id_ in ids}
        items = [kind.model_validate({**found[id_], **tagged.get(id_, {})}) for id_ in ids]
        return Page(items=items, count=len(items), total=total)

    def _tags(self, owner: Any, ids: Sequence[str]) -> dict[str, list[str]]:
        """The tags of measurements or cells, by id of these."""
        query = select(owner, func.min(TagRow.tag)).join(MeasurementRow).where(owner.in_(ids))
        found: dict[str, list[str]] = {}
        for id_, tag in self._session.execute(query.group_by(owner, TagRow.folded).order_by(TagRow.folded)):
            found.setdefault(id_, []).append(tag)
        return found
