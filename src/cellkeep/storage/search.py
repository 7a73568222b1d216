"""Search over the records of all kinds, as far as the viewer sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cellkeep.domain.paging import Filter
from cellkeep.domain.search import MOST_WORDS, EntityType, SearchResult, words_of
from cellkeep.storage.measurements import is_read_by, mentions
from cellkeep.storage.repository import begins, matches_filter
from cellkeep.storage.scope import Viewer, is_visible
from cellkeep.storage.short_ids import has_id
from cellkeep.storage.tables import (
    BatchRow,
    ChannelRow,
    CyclerRow,
    InProjectRow,
    InstanceRow,
    MaterialRow,
    MeasurementRow,
    ProjectRow,
    RawDataRow,
    ScopedRow,
    SiteRow,
    SpecRow,
    StudyRow,
)

Column = InstrumentedAttribute[Any]
Mentions = Callable[[str], ColumnElement[bool]]


@dataclass(frozen=True)
class _Kind:
    """How records of one kind are searched.

    Attributes:
        table: where they are.
        texts: columns that are searched beside the name.
        parent: column with the id of the record they lie below.
        elsewhere: whether a text is in another table that belongs to them.
        restricted: whether a project restricts what is found.
    """

    table: type[ScopedRow]
    texts: tuple[Column, ...] = ()
    parent: Column | None = None
    elsewhere: Mentions | None = None
    restricted: bool = True


def _in_batch_name(text: str) -> ColumnElement[bool]:
    return InstanceRow.batch.has(_contains(BatchRow.name, text))


def _in_measurement(text: str) -> ColumnElement[bool]:
    return mentions(text) | is_read_by(text)


_KINDS: dict[EntityType, _Kind] = {
    "project": _Kind(ProjectRow, (ProjectRow.description,), restricted=False),
    "cell_specification": _Kind(SpecRow, (SpecRow.notes, SpecRow.manufacturer, SpecRow.form_factor)),
    "cell_instance": _Kind(InstanceRow, (InstanceRow.notes,), InstanceRow.cell_specification_id, _in_batch_name),
    "cell_measurement": _Kind(MeasurementRow, (), MeasurementRow.cell_instance_id, _in_measurement),
    "material": _Kind(MaterialRow, (MaterialRow.manufacturer, MaterialRow.product_id), restricted=False),
    "study": _Kind(StudyRow, (StudyRow.description,)),
    "cycler": _Kind(
        CyclerRow,
        (CyclerRow.notes, CyclerRow.manufacturer, CyclerRow.model, CyclerRow.serial_number),
        CyclerRow.site_id,
    ),
    "channel": _Kind(ChannelRow, (ChannelRow.notes,), ChannelRow.cycler_id),
    "site": _Kind(SiteRow, (SiteRow.location, SiteRow.notes), restricted=False),
    "raw_data": _Kind(RawDataRow, (RawDataRow.filename, RawDataRow.source)),
}


class Search:
    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def best(self, kind: EntityType, text: str, most: int, project_id: str | None) -> Sequence[SearchResult]:
        """The best matches of one kind: first by where the text is, then the newest.

        A record whose id is the text or begins with it, and a name that is the text go first, then a name that begins
        with it, then one that contains it, and last a record that has each word somewhere.
        """
        sought = _KINDS[kind]
        table, parent = sought.table, sought.parent
        in_project = _project_of(table)
        matches = [is_visible(table, self._viewer), has_words(kind, text)]
        if project_id is not None and sought.restricted:
            matches.append(in_project == project_id)
        rank = case(
            (has_id(table.id, text) | (func.lower(table.name) == func.lower(text)), 0),
            (begins(table.name, text), 1),
            (_contains(table.name, text), 2),
            else_=3,
        )
        query = select(table.id, table.name, in_project, null() if parent is None else parent).where(*matches)
        found = self._session.execute(query.order_by(rank, table.created_at.desc(), table.id).limit(most))
        return [
            SearchResult(id=id_, entity_type=kind, name=name, project_id=project, parent_id=parent_id)
            for id_, name, project, parent_id in found
        ]


def _project_of(table: type[ScopedRow]) -> Any:
    if issubclass(table, InProjectRow):
        return table.project_id
    return table.id if issubclass(table, ProjectRow) else null()


def has_words(kind: EntityType, text: str) -> ColumnElement[bool]:
    """Whether each word, of many the first ones, is in the name or a text of a record, or begins its id."""
    sought = _KINDS[kind]
    columns = (sought.table.name, *sought.texts)
    return and_(
        *(
            or_(
                has_id(sought.table.id, word),
                *(_contains(column, word) for column in columns),
                *([sought.elsewhere(word)] if sought.elsewhere else []),
            )
            for word in words_of(text)[:MOST_WORDS]
        )
    )


def _contains(column: Any, text: str) -> ColumnElement[bool]:
    return matches_filter(column, Filter("ilike", f"%{text}%"))
