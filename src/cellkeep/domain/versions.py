"""Earlier results of a measurement: what was read of its files before, and what a later reading changed."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from cellkeep.domain.columns import DataType, quoted
from cellkeep.domain.findings import MAX_REPAIRS, Repair, SentRepair
from cellkeep.domain.provenance import Provenance, SentProvenance
from cellkeep.domain.records import Instant, JsonObject, Model, Sent

MOST_LISTED = 500
"""So many columns are named in a list of what changed."""

SeriesPart = Literal["time_series", "steps", "cycles"]
"""What is kept of an earlier version."""

VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""As far as a database counts."""

_Heading = Annotated[str, StringConstraints(max_length=1000)]
_Headings = Annotated[list[_Heading], Field(max_length=MOST_LISTED)]
_Sentence = Annotated[str, StringConstraints(max_length=2000)]
_Sentences = Annotated[list[_Sentence], Field(max_length=MAX_REPAIRS)]
_Word = Annotated[str, StringConstraints(max_length=255)]
_Figures = tuple[float | None, float | None]


class Change(Sent):
    """What another reading of the same files changed, or a mend of the rows; of pairs, the first is how it was."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    reader: tuple[_Word, _Word]
    """Names of the formats; empty where the series came as a table."""
    reader_version: tuple[int, int]
    rows: tuple[int, int]
    steps: tuple[int, int]
    cycles: tuple[int, int]
    columns_added: _Headings = []
    columns_removed: _Headings = []
    columns_changed: Annotated[dict[_Heading, float | None], Field(max_length=MOST_LISTED)] = {}
    """Columns with other values, and the largest difference; None where that is no number.

    Rows are compared one by one; where their number differs, those that have the same `Time [s]`.
    """
    discharge_capacity_ah: _Figures = (None, None)
    """Of all steps together [A.h]."""
    charge_capacity_ah: _Figures = (None, None)
    duration_s: _Figures = (None, None)
    """By the clock of the series [s]."""
    start_time: tuple[Instant | None, Instant | None] = (None, None)
    """As the files say."""
    fields_changed: _Headings = []
    """What else is said of the test and was set anew, such as `test_setup.operator`."""
    fields_kept: _Headings = []
    """What the files say otherwise now, but a person has changed before, and so it stays."""
    repairs_came: _Sentences = []
    repairs_went: _Sentences = []

    @property
    def nothing(self) -> bool:
        """Whether rows, repairs and fields are as they were."""
        return self.rows[0] == self.rows[1] and not (
            self.columns_added
            or self.columns_removed
            or self.columns_changed
            or self.fields_changed
            or self.repairs_came
            or self.repairs_went
        )

    def sentences(self) -> list[str]:
        """What changed, in words, the most important first."""
        return [
            *_of_reader(self),
            *(f"{what} {old:,} → {new:,}" for what, (old, new) in _counts(self).items() if old != new),
            *([f"columns added: {quoted(self.columns_added)}"] if self.columns_added else []),
            *([f"columns gone: {quoted(self.columns_removed)}"] if self.columns_removed else []),
            *(_of_column(name, by) for name, by in self.columns_changed.items()),
            *(f"{what} {_shown(pair)}" for what, pair in _figures(self).items() if _differ(pair)),
            *([f"set anew: {quoted(self.fields_changed)}"] if self.fields_changed else []),
            *([f"kept, as a person changed it: {quoted(self.fields_kept)}"] if self.fields_kept else []),
            *(f"repaired now: {each}" for each in self.repairs_came),
            *(f"repaired no more: {each}" for each in self.repairs_went),
        ]


def _of_reader(change: Change) -> list[str]:
    old, new = (
        f"{name} {version}" if name else "a table"
        for name, version in zip(change.reader, change.reader_version, strict=True)
    )
    return [] if old == new else [f"reader {old} → {new}"]


def _counts(change: Change) -> dict[str, tuple[int, int]]:
    return {"rows": change.rows, "steps": change.steps, "cycles": change.cycles}


def _figures(change: Change) -> dict[str, _Figures]:
    return {
        "discharge capacity [A.h]": change.discharge_capacity_ah,
        "charge capacity [A.h]": change.charge_capacity_ah,
        "duration [s]": change.duration_s,
    }


def _of_column(name: str, by: float | None) -> str:
    return f"'{name}' has other values" if by is None else f"'{name}' differs by up to {by:.6g}"


def _shown(pair: _Figures) -> str:
    old, new = ("none" if each is None else f"{each:.6g}" for each in pair)
    return f"{old} → {new}"


def _differ(pair: _Figures) -> bool:
    """Whether a person would see it."""
    old, new = _shown(pair).split(" → ")
    return old != new


class MeasurementVersion(Model):
    """What a measurement was, or is."""

    number: int
    """From 1, in the order in which they were made."""
    made_at: Instant
    made_by: str | None = None
    made_by_email: str | None = None
    replaced_at: Instant | None = None
    """None of the present one."""
    row_count: int | None = None
    step_count: int | None = None
    finding_counts: dict[str, int] | None = None
    repairs: list[Repair] | None = None
    provenance: Provenance | None = None
    sha256: str | None = None
    """Of the file with the series; None where nobody has computed it."""
    change: Change | None = None
    """What it changed against the one before; None of the first."""


class VersionList(Model):
    """All versions of a measurement."""

    versions: list[MeasurementVersion]
    """The present one first."""


class Reread(Model):
    """What came of reading a measurement again."""

    measurement_id: str
    name: str
    change: Change | None = None
    """None where nothing changed."""
    version: int | None = None
    """Number of the version that was made; None where none was."""


class InitiateReplace(Sent):
    """Ask where to send another series in place of the present one. Nothing is stored by asking."""

    force: bool = False
    """Also where a person has worked on the series since it was read, or it came as a table."""


class ReplacedFields(Sent):
    """What is said of the test, as it is to be once the series is replaced; what is not sent stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_time: Instant | None = None
    test_setup: JsonObject | None = None
    protocol: JsonObject | None = None

    def given(self) -> dict[str, Any]:
        """Those that were sent."""
        return {key: getattr(self, key) for key in type(self).model_fields if key in self.model_fields_set}


class ConfirmReplace(Sent):
    """Say that the series is sent; or, without `path`, that reading again yields exactly what is stored."""

    path: str | None = None
    """Where it was sent to, as initiate-replace told it."""
    seen_at: Instant
    """`updated_at` of the record that it was compared with: what changed meanwhile is not written over."""
    force: bool = False
    provenance: SentProvenance | None = None
    """None where no file was read, and the stored rows were mended: then what is known of their files stays."""
    repairs: Annotated[list[SentRepair], Field(max_length=MAX_REPAIRS)] = []
    data_type: DataType | None = None
    fields: ReplacedFields = ReplacedFields()
    change: Change | None = None
