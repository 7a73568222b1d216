"""Which records a list holds: the conditions behind its fields."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select

from cellkeep.domain.browsing import BatchBrowse, Browse, CellBrowse, MeasurementBrowse, SeriesKind, SpecBrowse, State
from cellkeep.domain.measurements import MeasurementType
from cellkeep.domain.paging import Filter
from cellkeep.domain.search import MOST_WORDS, EntityType, words_of
from cellkeep.storage.measurements import is_read_by
from cellkeep.storage.repository import matches_filter
from cellkeep.storage.scope import Viewer, is_visible
from cellkeep.storage.search import has_words
from cellkeep.storage.short_ids import has_id
from cellkeep.storage.tables import (
    BatchRow,
    ComponentRow,
    FindingRow,
    InProjectRow,
    InstanceRow,
    MeasurementRow,
    SpecRow,
    StudyMeasurementRow,
    TagRow,
)

Conditions = list[ColumnElement[bool]]

BEGAN = func.coalesce(MeasurementRow.start_time, MeasurementRow.created_at)
PROTOCOL_NAME = cast(MeasurementRow.protocol["name"].as_string(), String)
"""As text, whatever it is."""
_STATUSES: dict[State, tuple[str, ...]] = {
    "ready": ("ready",),
    "processing": ("pending", "running"),
    "failed": ("failed",),
}


def seen(table: type[InProjectRow], viewer: Viewer, project_id: str | None) -> Conditions:
    """What the viewer sees, of one project or of all."""
    return [is_visible(table, viewer), *([table.project_id == project_id] if project_id else [])]


def of_specs(asked: SpecBrowse, viewer: Viewer) -> Conditions:
    found = seen(SpecRow, viewer, asked.project)
    found += [*_said("cell_specification", asked), *_between(SpecRow.created_at, asked)]
    if asked.material:
        used = select(ComponentRow.cell_specification_id).where(ComponentRow.material_id == asked.material)
        found.append(SpecRow.id.in_(used))
    return found


def of_batches(asked: BatchBrowse, viewer: Viewer) -> Conditions:
    found = seen(BatchRow, viewer, asked.project)
    found += [_in_batch(word) for word in _words(asked)]
    return [*found, *_between(BatchRow.created_at, asked), *_same((BatchRow.cell_specification_id, asked.spec))]


def of_cells(asked: CellBrowse, viewer: Viewer) -> Conditions:
    having = [*_in_state(asked.state), *([_tagged(MeasurementRow.id, asked.tag)] if asked.tag else [])]
    return [
        *seen(InstanceRow, viewer, asked.project),
        *_said("cell_instance", asked),
        *_between(InstanceRow.created_at, asked),
        *_same((InstanceRow.cell_specification_id, asked.spec), (InstanceRow.batch_id, asked.batch)),
        *(InstanceRow.id.in_(select(MeasurementRow.cell_instance_id).where(each)) for each in having),
    ]


def of_measurements(asked: MeasurementBrowse, viewer: Viewer) -> Conditions:
    found = _below(asked, viewer) or seen(MeasurementRow, viewer, asked.project)
    found += [*_between(BEGAN, asked), *_in_state(asked.state), *_of_type(asked.type)]
    if asked.study:
        chosen = select(StudyMeasurementRow.measurement_id).where(StudyMeasurementRow.study_id == asked.study)
        found.append(MeasurementRow.id.in_(chosen))
    if asked.severity:
        bad = select(FindingRow.measurement_id).where(FindingRow.severity == asked.severity)
        found.append(MeasurementRow.id.in_(bad))
    return [*found, *(_tagged(MeasurementRow.id, [tag]) for tag in asked.tag), *map(_mentioned, _words(asked))]


def has_errors() -> ColumnElement[bool]:
    """Whether the checks found an error in a measurement."""
    return MeasurementRow.findings.any(FindingRow.severity == "error")


def _below(asked: MeasurementBrowse, viewer: Viewer) -> Conditions:
    """Those of a specification, a lot, a cell that the viewer sees: who sees a record sees what lies below it.

    The measurements themselves are not asked whose they are then. A database that is told of two ways to find them
    takes one by chance, and among all of an organization it looks long.
    """
    found: Conditions = []
    if asked.spec:
        specs = select(SpecRow.id).where(SpecRow.id == asked.spec, *seen(SpecRow, viewer, asked.project))
        found.append(MeasurementRow.specification_id.in_(specs))
    for column, wanted in ((InstanceRow.batch_id, asked.batch), (InstanceRow.id, asked.cell)):
        if wanted:
            cells = select(InstanceRow.id).where(column == wanted, *seen(InstanceRow, viewer, asked.project))
            found.append(MeasurementRow.cell_instance_id.in_(cells))
    return found


def _in_batch(word: str) -> ColumnElement[bool]:
    return has_id(BatchRow.id, word) | _contains(BatchRow.name, word) | _contains(BatchRow.notes, word)


def _words(asked: Browse) -> list[str]:
    return words_of(asked.q)[:MOST_WORDS]


def _said(kind: EntityType, asked: Browse) -> Conditions:
    return [has_words(kind, asked.q)] if _words(asked) else []


def _mentioned(word: str) -> ColumnElement[bool]:
    """Whether a measurement has the word in its texts, reader or id, or its cell or specification in its name."""
    tagged = select(TagRow.measurement_id).where(_contains(TagRow.tag, word))
    of_cell = select(InstanceRow.id).where(_contains(InstanceRow.name, word))
    of_spec = select(SpecRow.id).where(_contains(SpecRow.name, word))
    # None of these subqueries looks at the measurement: each is run once, not once a measurement.
    return or_(
        MeasurementRow.cell_instance_id.in_(of_cell),
        MeasurementRow.specification_id.in_(of_spec),
        MeasurementRow.id.in_(tagged),
        has_id(MeasurementRow.id, word),
        is_read_by(word),
        *(_contains(text, word) for text in (MeasurementRow.name, MeasurementRow.notes, PROTOCOL_NAME)),
    )


def _between(column: Any, asked: Browse) -> Conditions:
    return [
        *([column >= asked.begin] if asked.begin else []),
        *([column < asked.end] if asked.end else []),
    ]


def _same(*pairs: tuple[Any, Any]) -> Conditions:
    return [column == value for column, value in pairs if value is not None]


def _in_state(state: State | None) -> Conditions:
    return [MeasurementRow.processing_status.in_(_STATUSES[state])] if state else []


def _of_type(wanted: MeasurementType | SeriesKind | None) -> Conditions:
    if wanted is None or isinstance(wanted, MeasurementType):
        return _same((MeasurementRow.measurement_type, wanted))
    kind = MeasurementRow.data_type.is_(None) if wanted == "cycling" else MeasurementRow.data_type == wanted
    return [MeasurementRow.measurement_type == MeasurementType.time_series, kind]


def _tagged(id_: Any, tags: Sequence[str]) -> ColumnElement[bool]:
    """Whether a measurement carries all of the tags."""
    carrying = [select(TagRow.measurement_id).where(TagRow.folded == tag.strip().casefold()) for tag in tags]
    return and_(*(id_.in_(each) for each in carrying))


def _contains(column: Any, text: str) -> ColumnElement[bool]:
    return matches_filter(column, Filter("ilike", f"%{text}%"))
