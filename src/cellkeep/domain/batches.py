"""Cell batches: manufacturing lots of one specification."""

from typing import Any, ClassVar

from cellkeep.domain.records import Day, Draft, JsonObject, Name, Record


class CellBatch(Record):
    cell_specification_id: str
    project_id: str
    notes: str | None = None
    date_manufactured: Day | None = None
    properties: dict[str, Any] = {}
    canonical: dict[str, dict[str, Any] | None] = {}
    instance_count: int = 0


class BatchPatch(Draft):
    name: Name | None = None
    notes: str | None = None
    date_manufactured: Day | None = None
    properties: JsonObject | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {
        "cell_specification_id",
        "project_id",
        "instance_count",
    }


class BatchDraft(BatchPatch):
    name: Name
