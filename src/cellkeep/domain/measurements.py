"""Cell measurements: one experiment on one cell, of one of three types."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from cellkeep.domain.columns import DataType
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.findings import MAX_REPAIRS, Code, Repair, SentRepair, Severity
from cellkeep.domain.paging import Limit, ListQuery
from cellkeep.domain.provenance import Provenance, SentProvenance
from cellkeep.domain.records import Draft, Instant, JsonObject, Model, Name, Record, Sent
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.domain.tags import MAX_TAGS


class MeasurementType(StrEnum):
    """What a measurement stores."""

    time_series = "time_series"
    """Rows of cycling or impedance data, with a step and a cycle table."""
    file = "file"
    """Files of any kind."""
    properties = "properties"
    """Key-value quantities."""


ProcessingStatus = Literal["pending", "running", "ready", "failed"]


class CellMeasurement(Record):
    cell_instance_id: str
    specification_id: str
    project_id: str
    measurement_type: MeasurementType = MeasurementType.time_series
    data_type: DataType | None = None
    """None for cycler data, `ocp` for an open-circuit potential curve, `eis` for an impedance spectrum."""
    start_time: Instant | None = None
    end_time: Instant | None = None
    """None while the test is still running."""
    estimated_end_time: Instant | None = None
    estimated_end_time_note: str | None = None
    estimated_end_time_calculated_at: Instant | None = None
    channel_id: str | None = None
    protocol_id: str | None = None
    protocol: dict[str, Any] | None = None
    test_setup: dict[str, Any] | None = None
    notes: str | None = None
    tags: list[str] = []
    properties: dict[str, Any] | None = None
    canonical: dict[str, dict[str, Any] | None] = {}
    file_metadata: dict[str, Any] | None = None
    """By file name: `content_type`, `size_bytes`, `sha256`, and `width`, `height` in pixels of images."""
    step_labels_validated: bool = False
    summary_rules: SummaryRules | None = None
    """How the tables of a series are made; None for the rules of the field."""
    row_count: int | None = None
    step_count: int | None = None
    """Number of steps, once the series is summarised."""
    own_steps: bool | None = None
    """Whether a person sent the step table; None where there is none, or nobody knows."""
    processing_status: ProcessingStatus = "ready"
    processing_error: str | None = None
    finding_counts: dict[str, int] | None = None
    """How often the checks found what, by code; empty where all is well, None where they have not run."""
    repairs: list[Repair] | None = None
    """What was done to the series before it was sent, as the sender says."""
    provenance: Provenance | None = None
    """Of which files of an instrument it was read, and how; None where it came as a table."""


class MeasurementBundle(CellMeasurement):
    """A measurement just created, with the number of steps found in it."""

    steps_created: int
    """The true count once processing is done; 0 while `processing_status` is `pending` or `running`."""

    @property
    def measurement(self) -> CellMeasurement:
        """The measurement alone."""
        return CellMeasurement.model_validate(self.model_dump(exclude={"steps_created"}))


class MeasurementPatch(Draft):
    name: Name | None = None
    start_time: Instant | None = None
    end_time: Instant | None = None
    estimated_end_time: Instant | None = None
    estimated_end_time_note: str | None = None
    channel_id: str | None = None
    protocol_id: str | None = None
    protocol: JsonObject | None = None
    test_setup: JsonObject | None = None
    notes: str | None = None
    tags: list[str] | None = None
    properties: JsonObject | None = None
    step_labels_validated: bool | None = None
    summary_rules: SummaryRules | None = None
    """Changing them has the tables made anew; null for the rules of the field."""

    never_null: ClassVar[tuple[str, ...]] = ("name", "step_labels_validated")
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {
        "cell_instance_id",
        "specification_id",
        "project_id",
        "measurement_type",
        "data_type",
        "estimated_end_time_calculated_at",
        "file_metadata",
        "row_count",
        "step_count",
        "own_steps",
        "processing_status",
        "processing_error",
        "finding_counts",
        "repairs",
        "provenance",
        "findings",
        "steps_created",
        # Names that readers of the record use for the tables beside it.
        "instance_id",
        "steps",
        "time_series",
        "cycles",
        "files",
    }


class MeasurementDraft(MeasurementPatch):
    name: Name
    data_type: DataType | None = None
    repairs: Annotated[list[SentRepair], Field(max_length=MAX_REPAIRS)] | None = None
    """What was done to the series, as `cellkeep.mend` lists it."""
    provenance: SentProvenance | None = None
    """Of which files it was read, as `cellkeep.read` tells it."""


class PropertiesDraft(MeasurementDraft):
    """A properties measurement: no bytes to send, so one call makes it."""

    measurement_type: Literal["properties"] = "properties"
    properties: JsonObject


class InitiateUpload(Sent):
    """Ask where to send the bytes of a new measurement. Nothing is stored by asking."""

    measurement: MeasurementDraft
    measurement_type: Literal["time_series", "file"] = "time_series"
    filenames: list[str] | None = None


class ConfirmUpload(Sent):
    """Say that the bytes are sent: the server verifies them and makes the record."""

    cell_instance_id: str
    measurement: MeasurementDraft
    measurement_type: Literal["time_series", "file"] = "time_series"
    filenames: list[str] | None = None


class ConfirmExtend(Sent):
    """Say that the rows to append are sent."""

    path: str | None = None
    """Where, as initiate-extend told it. Without it there has to be one place alone to which rows were sent."""
    provenance: SentProvenance | None = None
    """Of which files the whole series is read then, of one that is read of files."""
    repairs: Annotated[list[SentRepair], Field(max_length=MAX_REPAIRS)] = []
    """What was done to the whole series then, where `provenance` is said."""


class UploadTarget(Model):
    filename: str
    signed_url: str
    token: str = ""
    path: str = ""
    multipart: None = None


class InitiatedUpload(Model):
    measurement_id: str
    uploads: list[UploadTarget]


class FileList(Model):
    filenames: list[str]


class CycleTable(Model):
    """The cycle table as equally long columns."""

    cycles: dict[str, list[Any]]


class StepAndCycleTables(CycleTable):
    steps: dict[str, list[Any]]


class NoTables(Model):
    """In place of both tables: they could not be made, and will not be."""

    steps: None = None
    cycles: None = None
    processing_error: str


class MeasurementQuery(ListQuery):
    bounded: ClassVar[tuple[str, ...]] = (*ListQuery.bounded, "start_time")

    measurement_type: MeasurementType | None = None
    start_time_gt: str | None = None
    start_time_lt: str | None = None
    finding_code: Code | None = None
    """In which the checks found this."""
    finding_severity: Severity | None = None
    """In which they found an error, or a warning."""
    tags_all: Annotated[list[str], Field(max_length=MAX_TAGS)] = []
    tags_any: Annotated[list[str], Field(max_length=MAX_TAGS)] = []
    order_by: Literal["name", "created_at", "updated_at", "start_time"] = "created_at"  # type: ignore[assignment]


class ProjectMeasurementQuery(MeasurementQuery):
    limit: Limit = 25
    project_id: str
    q: str | None = None
    """Text to be found in name, notes, protocol name or a tag."""


class Span(Model):
    """Start and end of a test."""

    start_time: Instant | None = None
    end_time: Instant | None = None

    def checked(self) -> Self:
        """The same, or BadRequestError where the end lies before the start."""
        if self.start_time and self.end_time and self.end_time < self.start_time:
            raise BadRequestError(
                f"end_time {self.end_time.isoformat()} lies before start_time {self.start_time.isoformat()}."
            )
        return self
