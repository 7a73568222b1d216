"""What is said of a file that waits to become a measurement: as it is kept beside it, and as its page gets it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from cellkeep.domain.columns import AREAL_CURRENT, CURRENT
from cellkeep.domain.findings import StoredFinding, by_severity
from cellkeep.domain.records import Instant, Model, Name, Sent
from cellkeep.web.mending.repairing import Mend

State = Literal["waiting", "reading", "ready", "unknown", "file", "failed", "queued", "storing", "done"]
"""`waiting` to be read, `reading`; read as a series (`ready`), as a table whose columns have to be named (`unknown`),
as no series at all (`file`), or not (`failed`); `queued` to be stored, `storing`, and `done`."""

BUSY = frozenset({"waiting", "reading", "queued", "storing"})
"""States in which the server has something to do."""

Kind = Literal["series", "unknown", "file", "failed"]
STATE_OF: dict[Kind, State] = {"series": "ready", "unknown": "unknown", "file": "file", "failed": "failed"}

Text = Annotated[str, StringConstraints(max_length=300)]


class How(Sent):
    """How a file is to be read: what a person says of it."""

    reader: Text | None = None
    """The format, where the content does not tell it."""
    columns: Annotated[dict[Text, Text], Field(max_length=200)] = {}
    """Headings of the file, and the columns that they are; see `cellkeep.read`."""
    timezone: Text | None = None
    mends: Annotated[list[Text], Field(max_length=50)] = []
    """Codes of the findings that are to be mended."""
    as_file: bool = False
    """Whether it is kept as it is, and not read."""


class Target(Sent):
    """Where a file goes, and what is said of it there."""

    project_id: Text
    spec_id: Text | None = None
    spec_name: Name | None = None
    """Of a new specification, where there is no id."""
    rated_capacity_ah: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Of a new specification."""
    batch: Name | None = None
    """Of a new cell."""
    cell_id: Text | None = None
    cell_name: Name | None = None
    """Of the cell, which is made where there is none of that name."""
    name: Name
    """Of the measurement."""
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=50)] = []
    notes: Annotated[str, StringConstraints(max_length=20_000)] = ""
    timezone: Text | None = None
    """In which the clock of the instrument ran, where that was not said before."""
    despite: Annotated[list[Text], Field(max_length=50)] = []
    """Codes of errors with which it is stored all the same."""


class Taken(Model):
    """A column of the series, and the heading that it was taken from."""

    column: str
    heading: str
    factor: float = 1.0
    offset: float = 0.0
    negated: bool = False
    partly: bool = False
    """Whether some rows alone have the other sign."""
    told: bool = True
    """Whether the file says in which unit it is."""

    @property
    def is_turned_current(self) -> bool:
        """Whether it is a current whose sign is not that of the file."""
        return self.column in (CURRENT, AREAL_CURRENT) and (self.negated or self.partly)


class Grid(Model):
    """A few rows of a table."""

    titles: list[str]
    rows: list[list[Any]]


class Headed(Grid):
    """The table of a file as it is written."""

    line: int
    sheet: str
    known: dict[str, str]


class Look(Model):
    """What is in a file."""

    kind: Kind
    message: str = ""
    """Why it is no series."""
    name: str = ""
    """Of the measurement, as the file says it."""
    reader: str = ""
    reader_title: str = ""
    reader_version: int = 0
    reason: str = ""
    """What told the reader."""
    data_type: str | None = None
    start_time: datetime | None = None
    local_start: datetime | None = None
    """When the test began by the clock of the instrument, where nobody says in which zone that runs."""
    said: dict[str, Any] = {}
    """What the file says of the test: `protocol` and `test_setup`."""
    cell_names: list[str] = []
    """What it says the cell is called, the likeliest first."""
    perhaps_cells: list[str] = []
    """What may be the name of a cell that is there already."""
    rows: int = 0
    steps: int | None = None
    duration_s: float | None = None
    columns: list[Taken] = []
    made: list[str] = []
    """Columns that follow from the others."""
    unused: list[str] = []
    head: Grid | None = None
    headings: Headed | None = None
    repairs: list[str] = []
    """What reading had to leave out, to move or to take for granted, in words."""
    not_read: list[str] = []
    """Those of them that tell of values which may be in the file and are not in the series."""
    turned: str = ""
    """Why reading turned the sign of the current; empty where it did not."""
    moved: str = ""
    """How times were moved where the clock started anew; empty where it did not."""
    findings: list[StoredFinding] = []
    """What the checks find in what would be stored, the first of each kind."""
    found: dict[str, int] = {}
    """How many there are, by code."""
    refused: list[str] = []
    """Codes of errors with which it is refused."""
    mends: list[Mend] = []
    has_figure: bool = False


class Facts(Model):
    """The little of what is in a file that its row in a list shows; see `Look`."""

    kind: Kind
    message: str
    name: str
    reader_title: str
    data_type: str | None
    start_time: datetime | None
    local_start: datetime | None
    rows: int
    steps: int | None
    duration_s: float | None
    cell_names: list[str]
    perhaps_cells: list[str]
    refused: list[str]
    not_read: list[str] = []
    turned: str = ""
    moved: str = ""
    errors: int = 0
    warnings: int = 0

    @classmethod
    def of(cls, look: Look) -> "Facts":
        told = {name: getattr(look, name) for name in cls.model_fields if name in Look.model_fields}
        told["turned"] = look.turned if any(each.is_turned_current for each in look.columns) else ""
        counts = by_severity(look.found)
        return cls(**told, errors=counts["error"], warnings=counts["warning"])


class Problem(Model):
    """Why a file was not stored, and what to do."""

    kind: str = ""
    message: str
    remedy: str = ""
    measurement_id: str | None = None
    """Of the measurement that stands in the way, or holds the same."""


class Upload(Model):
    """A file that somebody sent, and how far it is."""

    id: str
    user_id: str
    filename: str
    size_bytes: int
    sha256: str
    received_at: Instant
    state: State = "waiting"
    turn: int = 0
    """Grows with each wish, so that what was begun before it counts no more."""
    how: How = How()
    facts: Facts | None = None
    """What is in it, as far as a list shows it; None where nobody has looked yet."""
    target: Target | None = None
    stage: str = ""
    """What is being done, in a word."""
    problem: Problem | None = None
    measurement_id: str | None = None
    measurement_state: str = ""
