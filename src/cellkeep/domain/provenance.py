"""Where a series comes from: the files it was read of, and how they were read, so that it can be read again."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from cellkeep.domain.files import Sha256
from cellkeep.domain.records import JsonObject, Model, Sent

MAX_SOURCE_FILES = 10_000

_Word = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class SourceFile(Sent):
    """A file of an instrument of which a series was read."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: _Word
    """Without its folder."""
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=0)]
    raw_data_id: str | None = None
    """Where it is kept as it was written."""


class SentProvenance(Sent):
    """What a client says of how it read a series."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    reader: _Word
    """Name of the format, such as `arbin`."""
    reader_version: Annotated[int, Field(ge=0)]
    """Of its declaration: where it has become higher, reading again may yield something else."""
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""
    """What told the format."""
    options: JsonObject = {}
    """What a person said of the file: `reader`, `columns`, `timezone`."""
    cellkeep_version: Annotated[str, StringConstraints(max_length=50)] = ""
    said: JsonObject = {}
    """What the files say of the test: `start_time`, `test_setup` and `protocol`. What the record has otherwise, a
    person has said."""
    repairs: Annotated[int, Field(ge=0)] | None = None
    """How many repairs the reading made; those of the measurement beyond these, a person made."""
    files: Annotated[list[SourceFile], Field(min_length=1, max_length=MAX_SOURCE_FILES)]
    """In the order in which the series has their rows."""


class Provenance(Model):
    """The same, as it is kept and shown."""

    reader: str
    reader_version: int
    reason: str = ""
    options: dict[str, Any] = {}
    cellkeep_version: str = ""
    said: dict[str, Any] = {}
    repairs: int | None = None
    files: list[SourceFile]
