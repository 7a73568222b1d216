"""Raw files: what an instrument or a person wrote, kept byte for byte beside the measurements made from it."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, StringConstraints

from cellkeep.domain.files import ANY_BYTES, Sha256
from cellkeep.domain.measurements import UploadTarget
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Draft, JsonObject, Model, Name, Record, Sent

MAX_ATTACHED_AT_ONCE = 1000

_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,127}"  # noqa: S105  what a media type is made of

MediaType = Annotated[str, StringConstraints(pattern=rf"^{_TOKEN}/{_TOKEN}$")]
"""A plain media type such as `text/csv`, without parameters."""

Source = Annotated[str | None, BeforeValidator(lambda value: None if value == "" else value)]
"""Where a file came from; an empty text says nothing."""


class RawData(Record):
    project_id: str
    filename: str
    """The name the file had; it is told, and never leads anywhere."""
    source: str | None = None
    content_type: str = ANY_BYTES
    """As the sender said. The content is served as bytes, whatever it says."""
    size_bytes: int
    sha256: str | None
    """Digest of the stored content, in lower case. Of a large file whose sender did not say it, it is null until it
    has been computed."""
    metadata: dict[str, Any] = {}


class RawDataPatch(Draft):
    """What can be said anew of a file. Its name, kind and content are those of the file, and stay."""

    name: Name | None = None
    source: Source = None
    metadata: JsonObject | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {
        "project_id",
        "filename",
        "content_type",
        "size_bytes",
        "sha256",
        "raw_data_id",
        "uploads",
    }


class InitiateRawDataUpload(RawDataPatch):
    """Ask where to send a file. Nothing is stored by asking."""

    project_id: str
    name: Name
    filename: str
    content_type: Annotated[MediaType, BeforeValidator(lambda value: value or ANY_BYTES)] = ANY_BYTES


class ConfirmRawDataUpload(InitiateRawDataUpload):
    """Say that the bytes are sent, and how many: the server verifies them and makes the record."""

    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256 | None = None
    """Verified where it is sent."""


class InitiatedRawDataUpload(Model):
    raw_data_id: str
    uploads: list[UploadTarget]


class DownloadUrl(Model):
    url: str


class RawDataToAttach(Sent):
    raw_data_ids: Annotated[list[str], Field(max_length=MAX_ATTACHED_AT_ONCE)]


class RawDataQuery(ListQuery):
    filtered: ClassVar[tuple[str, ...]] = (*ListQuery.filtered, "filename", "source", "content_type")

    filename: str | None = None
    source: str | None = None
    content_type: str | None = None
    sha256: Sha256 | None = None
    """Exact: whether a file is there already."""


class ProjectRawDataQuery(RawDataQuery):
    project_id: str
