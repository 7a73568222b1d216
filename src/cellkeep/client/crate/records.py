"""The records of a project as lines of JSON, and what of a record goes back to a server."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cellkeep.domain.analyses import AnalysisDraft
from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.channels import ChannelDraft
from cellkeep.domain.cyclers import CyclerDraft
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.measurements import MeasurementDraft
from cellkeep.domain.planned_measurements import PlannedDraft
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.property_datasets import DatasetDraft
from cellkeep.domain.raw_data import InitiateRawDataUpload
from cellkeep.domain.records import Draft
from cellkeep.domain.sites import SiteDraft
from cellkeep.domain.specs import SLOTS, SpecDraft
from cellkeep.domain.studies import StudyDraft

METADATA = "ro-crate-metadata.json"
RECORDS = "records.jsonl"
FORMAT = 1
"""Of the lines. A crate with a higher one was written by a later cellkeep."""
MARK = "imported_from"
"""The key of a record that says which record of which crate it was made from, newest last."""

Record = dict[str, Any]
"""A record as a server answers it, so that nothing is lost that this client does not know."""

_SOURCES = ("source_pipeline_id", "source_simple_pipeline_id", "source_analysis_id", "source_label")
_STAMPS = ("id", "created_at", "updated_at", "created_by", "created_by_email")
_PEOPLE = frozenset({
    "created_by",
    "created_by_email",
    "requested_by_email",
    "scheduled_by_email",
    "performed_by",
    "started_by",
    "resolved_by",
})  # fmt: skip


class Kind(NamedTuple):
    """What is known of a kind of record."""

    draft: type[Draft] | None
    """What makes one; None where it is made in another way."""
    parents: Mapping[str, str] = {}
    """The kind of the record that a field points to."""
    kept: tuple[str, ...] = ()
    """Further fields that the server sets, and that the mark keeps."""


KINDS: Mapping[str, Kind] = {
    "project": Kind(ProjectDraft),
    "raw_data": Kind(InitiateRawDataUpload),
    "site": Kind(SiteDraft),
    "cycler": Kind(CyclerDraft, {"site_id": "site"}),
    "channel": Kind(ChannelDraft, {"cycler_id": "cycler"}, ("out_of_commission",)),
    "cell_specification": Kind(SpecDraft),
    "cell_batch": Kind(BatchDraft, {"cell_specification_id": "cell_specification"}),
    "cell_instance": Kind(InstanceDraft, {"cell_specification_id": "cell_specification", "batch_id": "cell_batch"}),
    "cell_measurement": Kind(
        MeasurementDraft,
        {"cell_instance_id": "cell_instance", "channel_id": "channel"},
        ("estimated_end_time_calculated_at", "processing_error"),
    ),
    "material": Kind(None),
    "property_dataset": Kind(DatasetDraft, {"material_id": "material"}, ("data_version", *_SOURCES)),
    "analysis": Kind(AnalysisDraft, {"measurement_id": "cell_measurement"}, _SOURCES),
    "study": Kind(StudyDraft),
    "planned_measurement": Kind(
        PlannedDraft,
        {
            "cell_specification_id": "cell_specification",
            "cell_instance_id": "cell_instance",
            "channel_id": "channel",
        },
        ("requested_by_email", "scheduled_by_email"),
    ),
}
"""All kinds, those first that others point to."""


def line(kind: str, record: Record, **beside: Any) -> bytes:
    """A line of the file, with what belongs to the record beside it."""
    said = {"kind": kind, "record": record, **{key: value for key, value in beside.items() if value is not None}}
    return json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def without_people(record: Record) -> Record:
    """The same without who did what."""
    kept = {key: None if key in _PEOPLE else value for key, value in record.items()}
    if isinstance(marks := record.get(MARK), list):
        kept[MARK] = [without_people(each) if isinstance(each, dict) else each for each in marks]
    for slot in SLOTS:
        if isinstance(part := record.get(slot), dict) and isinstance(part.get("material"), dict):
            kept[slot] = {**part, "material": without_people(part["material"])}
    return kept


def in_order(records: Iterable[Record]) -> list[Record]:
    """From the oldest to the newest."""
    return sorted(records, key=lambda each: (datetime.fromisoformat(each["created_at"]), each["id"]))


def body(kind: str, record: Record) -> Record:
    """What makes such a record: what people say of it, without what the server sets by itself."""
    draft = KINDS[kind].draft
    if draft is None:
        raise AssertionError(f"A {kind} is not made by itself.")
    return {key: value for key, value in record.items() if key in draft.model_fields or key not in draft.server_made}


def marked(crate: str, kind: str, record: Record, **more: Any) -> list[Any]:
    """What is kept under `MARK`: where the record comes from, behind where it came from before."""
    before = record.get(MARK, [])
    kept = {key: record[key] for key in (*_STAMPS, *KINDS[kind].kept) if record.get(key) is not None}
    return [*(before if isinstance(before, list) else [before]), {"crate": crate, **kept, **more}]


def made_from(record: Record, crate: str) -> str | None:
    """The id that a record had in the crate; None where it is not from there."""
    said = record.get(MARK)
    if isinstance(said, str):  # as a form takes it, before it is put right
        try:
            said = json.loads(said)
        except ValueError:
            return None
    last = said[-1] if isinstance(said, list) and said else None
    if not isinstance(last, dict) or last.get("crate") != crate:
        return None
    found = last.get("id")
    return found if isinstance(found, str) else None
