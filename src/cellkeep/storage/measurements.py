"""Cell measurements, their tags and the objects that hold their content."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, select, update
from sqlalchemy.orm import joinedload, lazyload

from cellkeep.domain.findings import Finding, StoredFinding, counted, first_of_each_kind
from cellkeep.domain.measurements import (
    CellMeasurement,
    MeasurementDraft,
    MeasurementQuery,
    ProjectMeasurementQuery,
)
from cellkeep.domain.paging import Filter, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.quantities import canonical_of
from cellkeep.domain.search import MOST_WORDS, words_of
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.storage.repository import Repository, begins, matches_filter, stamp, stamped
from cellkeep.storage.tables import (
    BlobRow,
    CheckStateRow,
    FindingRow,
    InstanceRow,
    MeasurementRow,
    SpecRow,
    StudyMeasurementRow,
    TagRow,
)

_DRAFTED = (
    "start_time",
    "end_time",
    "estimated_end_time",
    "estimated_end_time_note",
    "channel_id",
    "protocol_id",
    "protocol",
    "test_setup",
    "notes",
    "properties",
)
_READER = re.compile(r"[a-zA-Z][\w-]{2,}")
"""What can be the name of a reader."""
_SHORTEST_BEGINNING = 5
"""Less begins many a word that is no reader: who looks for `bio` does not mean all that BioLogic measured."""
MOST_FINDINGS_OF_A_KIND = 100
"""So many of one code are kept; all are counted."""
_PLAIN = (
    *_DRAFTED,
    "cell_instance_id",
    "specification_id",
    "project_id",
    "measurement_type",
    "data_type",
    "estimated_end_time_calculated_at",
    "canonical",
    "step_labels_validated",
    "summary_rules",
    "row_count",
    "step_count",
    "own_steps",
    "processing_status",
    "processing_error",
    "finding_counts",
    "repairs",
    "provenance",
)


class Measurements(Repository[MeasurementRow]):
    table = MeasurementRow
    noun = "cell measurement"
    parent = "cell_instance_id"

    def get(self, measurement_id: str) -> CellMeasurement:
        return measurement(self.row(measurement_id))

    def with_objects(self, measurement_id: str) -> MeasurementRow:
        """The row with its objects in one query, for those who read often and ask nothing else of it.

        NotFoundError as of `row`.
        """
        query = self._visible().where(MeasurementRow.id == measurement_id)
        loaded = query.options(joinedload(MeasurementRow.blobs), lazyload(MeasurementRow.tags))
        if (found := self._session.scalars(loaded).unique().one_or_none()) is None:
            raise self._not_found(measurement_id)
        return found

    def list(self, instance_id: str, asked: MeasurementQuery) -> Page[CellMeasurement]:
        return self._listed([MeasurementRow.cell_instance_id == instance_id], asked)

    def list_by_project(self, asked: ProjectMeasurementQuery) -> Page[CellMeasurement]:
        conditions = [MeasurementRow.project_id == asked.project_id]
        if asked.q and asked.q.strip():
            conditions.append(mentions(asked.q.strip()))
        return self._listed(conditions, asked)

    def list_by_study(self, study_id: str, asked: MeasurementQuery) -> Page[CellMeasurement]:
        members = select(StudyMeasurementRow.measurement_id).where(StudyMeasurementRow.study_id == study_id)
        return self._listed([MeasurementRow.id.in_(members)], asked)

    def mentioning(self, text: str, most: int, project_id: str | None = None) -> Sequence[MeasurementRow]:
        """The newest that have each word of a text in what is said of them, or in the name of cell or specification."""
        query = self._visible().where(*(_mentions_anywhere(word) for word in words_of(text)[:MOST_WORDS]))
        if project_id is not None:
            query = query.where(MeasurementRow.project_id == project_id)
        return self._session.scalars(
            query.order_by(MeasurementRow.created_at.desc(), MeasurementRow.id).limit(most)
        ).all()

    def add(
        self,
        instance: InstanceRow,
        draft: MeasurementDraft,
        caller: Caller,
        *,
        tags: Sequence[str],
        blobs: Iterable[BlobRow] = (),
        **facts: Any,
    ) -> MeasurementRow:
        """Write a new measurement with its tags and objects; `facts` are further columns."""
        row = MeasurementRow(
            name=draft.name,
            cell_instance_id=instance.id,
            specification_id=instance.cell_specification_id,
            project_id=instance.project_id,
            data_type=facts.pop("data_type", draft.data_type),
            canonical=canonical_of(draft.properties or {}),
            step_labels_validated=bool(draft.step_labels_validated),
            summary_rules=rules_stored(draft.summary_rules) if facts["measurement_type"] == "time_series" else None,
            repairs=[each.model_dump(mode="json") for each in draft.repairs] if draft.repairs else None,
            provenance=draft.provenance.model_dump(mode="json") if draft.provenance else None,
            tags=[TagRow(tag=tag, folded=tag.casefold()) for tag in tags],
            blobs=list(blobs),
            **{key: getattr(draft, key) for key in _DRAFTED},
            **{**stamp(caller, draft.custom()), **facts},
        )
        self._add(row)
        return row

    def update(self, row: MeasurementRow, changes: dict[str, Any], custom: dict[str, Any]) -> CellMeasurement:
        tags = changes.pop("tags", None)
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, custom)
            row.canonical = canonical_of(row.properties or {})
            if tags is not None:
                self.set_tags(row, tags)
        return measurement(row)

    def set_tags(self, row: MeasurementRow, tags: Sequence[str]) -> None:
        """Make these the tags of the measurement, and no others."""
        present = {tag.folded: tag for tag in row.tags}
        row.tags = [present.get(tag.casefold()) or TagRow(tag=tag, folded=tag.casefold()) for tag in tags]
        for tag in tags:
            if tag.casefold() in present:
                present[tag.casefold()].tag = tag

    def replace_blobs(self, row: MeasurementRow, roles: Collection[str], blobs: Iterable[BlobRow]) -> Sequence[str]:
        """Have these objects take the place of those of some roles; the keys of those that it had."""
        before = [blob.key for blob in row.blobs if blob.role in roles]
        row.blobs = [blob for blob in row.blobs if blob.role not in roles]
        self._session.flush()  # or the new ones would meet the old in the same place
        row.blobs = [*row.blobs, *blobs]
        return before

    def set_findings(
        self, row: MeasurementRow, found: Iterable[Finding], keeping: Callable[[Finding], bool] | None = None
    ) -> None:
        """Have these be what the checks found, behind those of before that are to be kept."""
        before, counts = findings_of(row), row.finding_counts or {}
        kept = [each for each in before if keeping is not None and keeping(each)]
        cut_short = {code: counts[code] for code, stored in counted(before).items() if counts.get(code, 0) > stored}
        listed = [*kept, *found]
        row.finding_counts = {
            **counted(listed),
            **{each.code: cut_short[each.code] for each in kept if each.code in cut_short},
        }
        row.findings = []
        self._session.flush()  # or the new ones would meet the old in the same place
        row.findings = [
            FindingRow(
                position=position, **StoredFinding.model_validate(each.model_dump()).model_dump(exclude={"more"})
            )
            for position, each in enumerate(first_of_each_kind(listed, MOST_FINDINGS_OF_A_KIND))
        ]

    def set_check_state(self, row: MeasurementRow, state: str | None) -> None:
        """Keep what the checks know of a series, or nothing."""
        if state is None:
            row.check_state = None
        elif row.check_state is None:
            row.check_state = CheckStateRow(state=state)
        else:
            row.check_state.state = state

    def without_digest(self) -> Sequence[str]:
        """Keys of the series whose digest is still to be computed, though nothing else is."""
        ready = BlobRow.measurement_id.in_(select(MeasurementRow.id).where(MeasurementRow.processing_status == "ready"))
        query = select(BlobRow.key).where(BlobRow.sha256.is_(None), BlobRow.role == "time_series", ready)
        return self._session.scalars(query).all()

    def set_digest(self, key: str, sha256: str) -> None:
        """Record the digest of an object; one that is no longer there is passed over."""
        self._session.execute(update(BlobRow).where(BlobRow.key == key).values(sha256=sha256))

    def unfinished(self) -> Sequence[str]:
        """Ids whose step tables are still to be made, or failed by an accident; oldest first."""
        waiting = MeasurementRow.processing_status.in_(["pending", "running"]) | MeasurementRow.worth_retrying
        query = select(MeasurementRow.id).where(waiting).order_by(MeasurementRow.created_at)
        return self._session.scalars(query).all()

    def _listed(self, conditions: Sequence[ColumnElement[bool]], asked: MeasurementQuery) -> Page[CellMeasurement]:
        query = self._visible().where(*conditions)
        if asked.measurement_type is not None:
            query = query.where(MeasurementRow.measurement_type == asked.measurement_type.value)
        found = [FindingRow.code == asked.finding_code] if asked.finding_code is not None else []
        if asked.finding_severity is not None:
            found.append(FindingRow.severity == asked.finding_severity)
        if found:
            query = query.where(MeasurementRow.findings.any(and_(*found)))
        for tag in asked.tags_all:
            query = query.where(MeasurementRow.tags.any(TagRow.folded == tag.strip().casefold()))
        if asked.tags_any:
            query = query.where(
                MeasurementRow.tags.any(TagRow.folded.in_([tag.strip().casefold() for tag in asked.tags_any]))
            )
        rows, total = self._page(query, asked)
        return Page(items=[measurement(row) for row in rows], count=len(rows), total=total)


def measurement(row: MeasurementRow) -> CellMeasurement:
    """The record of a row."""
    plain = {key: getattr(row, key) for key in _PLAIN}
    tags = sorted((tag.tag for tag in row.tags), key=lambda tag: (tag.casefold(), tag))
    files = {blob.filename: _file_facts(blob) for blob in row.blobs if blob.role == "file"}
    return CellMeasurement.model_validate({**stamped(row), **plain, "tags": tags, "file_metadata": files or None})


def findings_of(row: MeasurementRow) -> list[StoredFinding]:
    """What the checks found, as it is kept."""
    return [
        StoredFinding(code=each.code, severity=each.severity, message=each.message, payload=each.payload)
        for each in row.findings
    ]


def rules_stored(rules: SummaryRules | None) -> dict[str, Any] | None:
    """Rules as a row keeps them: none where they are those of the field."""
    return rules.model_dump(mode="json") if rules and rules != SummaryRules() else None


def _file_facts(blob: BlobRow) -> dict[str, Any]:
    return {
        "content_type": blob.content_type,
        "size_bytes": blob.size_bytes,
        "sha256": blob.sha256,
        **blob.facts,
    }


def _mentions_anywhere(word: str) -> ColumnElement[bool]:
    sought = Filter("ilike", f"%{word}%")
    cells = select(InstanceRow.id).where(matches_filter(InstanceRow.name, sought))
    specs = select(SpecRow.id).where(matches_filter(SpecRow.name, sought))
    below = MeasurementRow.cell_instance_id.in_(cells) | MeasurementRow.specification_id.in_(specs)
    return mentions(word) | below


def mentions(text: str) -> ColumnElement[bool]:
    """Whether a measurement has that text in its name, notes, protocol name or a tag."""
    sought = Filter("ilike", f"%{text}%")
    protocol_name = cast(MeasurementRow.protocol["name"].as_string(), String)
    return (
        matches_filter(MeasurementRow.name, sought)
        | matches_filter(MeasurementRow.notes, sought)
        | matches_filter(protocol_name, sought)
        | MeasurementRow.tags.any(matches_filter(TagRow.tag, sought))
    )


def is_read_by(word: str) -> ColumnElement[bool]:
    """Whether a measurement was read of files of the cycler or format of that name, or whose name begins with it."""
    if not _READER.fullmatch(word):
        return false()
    reader = cast(MeasurementRow.provenance["reader"].as_string(), String)
    return begins(reader, word) if len(word) >= _SHORTEST_BEGINNING else func.lower(reader) == word.lower()
