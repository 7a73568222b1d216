"""The lists over everything that a person sees: what is asked of one, and the line that each record has in it."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cellkeep.domain.findings import Severity
from cellkeep.domain.measurements import MeasurementType, ProcessingStatus
from cellkeep.domain.records import Day, Instant, Model
from cellkeep.domain.tags import MAX_TAGS

PER_PAGE, MOST_PER_PAGE = 50, 1000
_LONGEST_TEXT = 1000
_LAST_PAGE = 10**12

SeriesKind = Literal["cycling", "eis", "ocp"]
"""`eis` are impedance spectra, `ocp` open-circuit potential curves, and `cycling` is neither."""
State = Literal["ready", "processing", "failed"]
"""Of a measurement; `processing` is one that waits for its tables or is at them."""


def _given(value: Any) -> Any:
    """Nothing for a field of a form that was left empty."""
    return None if isinstance(value, str) and not value.strip() else value


def _all_given(values: Any) -> Any:
    return [value for value in values if _given(value) is not None] if isinstance(values, list) else values


Id = Annotated[str | None, BeforeValidator(_given)]
Date = Annotated[Day | None, BeforeValidator(_given)]


class Browse(BaseModel):
    """What every list takes: text, days, an order, a page. Fields that are sent empty are as if they were not sent."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    newest_first: ClassVar[frozenset[str]] = frozenset({"created", "latest", "started", "made"})
    """Columns that begin with the newest where nobody says how."""

    project: Id = None
    q: Annotated[str, Field(max_length=_LONGEST_TEXT)] = ""
    """Words, each of which is to be found in a text of the record."""
    since: Date = None
    until: Date = None
    """Days in UTC, both inclusive."""
    sort: str = "created"
    order: Annotated[Literal["asc", "desc"] | None, BeforeValidator(_given)] = None
    """Without it as the column begins."""
    page: Annotated[int, Field(ge=1, le=_LAST_PAGE)] = 1
    """From 1."""
    per_page: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = PER_PAGE

    @property
    def narrowed(self) -> bool:
        """Whether it may hold less than all there is."""
        return any(self.model_dump(exclude={"project", "sort", "order", "page", "per_page"}).values())

    @property
    def descends(self) -> bool:
        return self.order == "desc" if self.order else self.sort in self.newest_first

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    @property
    def begin(self) -> datetime | None:
        """The first moment of `since`."""
        return datetime.combine(self.since, time(), UTC) if self.since else None

    @property
    def end(self) -> datetime | None:
        """The first moment after `until`."""
        if self.until is None or self.until == Day.max:
            return None
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)


class SpecBrowse(Browse):
    material: Id = None
    """Of which a component is made."""
    sort: Literal["name", "manufacturer", "form_factor", "capacity", "cells", "measurements", "latest", "created"] = (
        "created"
    )


class BatchBrowse(Browse):
    spec: Id = None
    sort: Literal["name", "spec", "made", "cells", "measurements", "latest", "created"] = "created"


class CellBrowse(Browse):
    spec: Id = None
    batch: Id = None
    state: Annotated[State | None, BeforeValidator(_given)] = None
    """Of one of its measurements."""
    tag: Annotated[list[str], BeforeValidator(_all_given), Field(max_length=MAX_TAGS)] = []
    """All of them on one of its measurements."""
    sort: Literal["name", "spec", "batch", "capacity", "measurements", "failed", "latest", "created"] = "created"


class MeasurementBrowse(Browse):
    """`since` and `until` are of its start, or of its creation where no start is known."""

    spec: Id = None
    batch: Id = None
    cell: Id = None
    study: Id = None
    type: Annotated[MeasurementType | SeriesKind | None, BeforeValidator(_given)] = None
    """What it stores; `cycling`, `eis` and `ocp` are kinds of series."""
    state: Annotated[State | None, BeforeValidator(_given)] = None
    severity: Annotated[Severity | None, BeforeValidator(_given)] = None
    """Of something that the checks found in it."""
    tag: Annotated[list[str], BeforeValidator(_all_given), Field(max_length=MAX_TAGS)] = []
    """All of them on it."""
    sort: Literal["name", "cell", "spec", "type", "started", "duration", "steps", "state", "found", "created"] = (
        "created"
    )


class Line(Model):
    """What all lines show."""

    id: str
    name: str
    project_id: str
    created_at: Instant


class SpecLine(Line):
    manufacturer: str | None
    form_factor: str | None
    ratings: dict[str, Any]
    cells: int
    measurements: int
    latest: Instant | None
    """When the newest of its measurements began, of those whose start is known."""


class BatchLine(Line):
    spec_id: str
    spec_name: str
    made: Day | None
    cells: int
    measurements: int
    latest: Instant | None


class CellLine(Line):
    spec_id: str
    spec_name: str
    batch_id: str | None
    batch_name: str | None
    ratings: dict[str, Any]
    """Of its specification."""
    measurements: int
    failed: int
    processing: int
    with_errors: int
    """Measurements in which the checks found an error."""
    latest: Instant | None
    tags: list[str] = []
    """Of its measurements."""


class MeasurementLine(Line):
    created_by_email: str | None
    cell_id: str
    cell_name: str
    spec_id: str
    spec_name: str
    measurement_type: MeasurementType
    data_type: str | None
    protocol_name: str | None
    start_time: Instant | None
    end_time: Instant | None
    time_span_s: float | None
    """How long the series is by its own clock [s]."""
    row_count: int | None
    step_count: int | None
    processing_status: ProcessingStatus
    checked: bool
    errors: int
    warnings: int
    """How many findings of each severity are kept."""
    tags: list[str] = []

    @property
    def began(self) -> datetime:
        """When it started, or was recorded where no start is known."""
        return self.start_time or self.created_at

    @property
    def duration_s(self) -> float | None:
        """From start to end, or as long as its series is; nothing where that has no times."""
        if self.start_time and self.end_time:
            return (self.end_time - self.start_time).total_seconds()
        return self.time_span_s or None


class Choice(Model):
    """A record by name, to choose from."""

    id: str
    name: str
