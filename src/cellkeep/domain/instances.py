"""Cell instances: the physical cells of a specification."""

from typing import Any, ClassVar

from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Day, Draft, JsonObject, Name, Record


class CellInstance(Record):
    cell_specification_id: str
    project_id: str
    batch_id: str | None = None
    batch_name: str | None = None
    date_manufactured: Day | None = None
    measured_properties: dict[str, Any] = {}
    """As-built values by component: `{"cathode": {"loading": {"value": …, "unit": …}}, "cell": {…}}`."""
    canonical: dict[str, dict[str, Any] | None] = {}
    notes: str | None = None
    measurement_ids: list[str] | None = None
    """Told where one record is read; null in lists."""


class InstancePatch(Draft):
    name: Name | None = None
    batch_id: str | None = None
    """A batch of the same specification; null takes the cell out of its batch."""
    batch: Name | None = None
    """Name of a lot instead of its id; it is made if it is not there."""
    date_manufactured: Day | None = None
    measured_properties: JsonObject | None = None
    notes: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {
        "cell_specification_id",
        "project_id",
        "batch_name",
        "measurement_ids",
    }


class InstanceDraft(InstancePatch):
    name: Name


class InstanceQuery(ListQuery):
    batch_id: str | None = None
