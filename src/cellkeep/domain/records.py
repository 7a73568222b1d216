"""What all records share: one frozen pydantic model is the domain object, the wire format and its documentation."""

import math
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, StringConstraints, model_validator

from cellkeep.domain.errors import BadRequestError


def new_id() -> str:
    """A fresh opaque id."""
    return str(uuid4())


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def iso(value: datetime) -> str:
    """ISO 8601 in UTC with a `Z`, as every time on the wire is written."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _with_zone(value: datetime) -> datetime:
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("The time lies outside the years 1 to 9999 in UTC.") from None


def finite_json(value: Any) -> Any:
    """The same JSON value with NaN and infinities as null: JSON has no such numbers."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite_json(item) for item in value]
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
"""1 to 255 characters after surrounding white space is taken off."""

Instant = Annotated[datetime, AfterValidator(_with_zone), PlainSerializer(iso, return_type=str)]
"""A point in time, kept in UTC. One that is sent without a zone is taken as UTC."""

JsonObject = Annotated[dict[str, Any], AfterValidator(finite_json)]
"""Free-form JSON; NaN and infinities become null."""

Day = date

_DEEPEST = 50


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Record(Model):
    """Facts every stored thing carries. Keys a person added at creation are kept and come back as attributes."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    id: str
    name: str
    organization_id: str
    created_at: Instant
    updated_at: Instant
    created_by: str | None = None
    created_by_email: str | None = None


def _require_text(value: Any, depth: int = 0) -> None:
    """Refuse text that is none, with a NUL or half of a surrogate pair, and what is nested beyond all sense."""
    if depth > _DEEPEST:
        raise ValueError(f"The body is nested more than {_DEEPEST} levels deep.")
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)):
            raise ValueError(f"{value[:40]!a} contains a character that is no text (NUL or half a surrogate pair).")
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_text(key)
            _require_text(item, depth + 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _require_text(item, depth + 1)


class Sent(Model):
    """A request body."""

    @model_validator(mode="before")
    @classmethod
    def _only_text(cls, data: Any) -> Any:
        _require_text(data)
        return data


_LASTING = frozenset(
    {
        "cell_instance_id",
        "cell_specification_id",
        "cycler_id",
        "material_id",
        "measurement_id",
        "measurement_type",
        "project_id",
        "site_id",
    }
)
"""What a record is and belongs to, where that is no field that can be changed."""


class Draft(Sent):
    """What a person sends to create a thing: named fields, and any further keys, which are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    server_made: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "organization_id",
            "created_at",
            "updated_at",
            "created_by",
            "created_by_email",
            "canonical",
        }
    )
    """Keys that only the server sets; sent back with a record that was read, they are not taken."""

    never_null: ClassVar[tuple[str, ...]] = ()
    """Fields that always hold something."""

    def custom(self) -> dict[str, Any]:
        """The keys that are nobody's field."""
        extra = self.model_extra or {}
        kept = {key: value for key, value in extra.items() if key not in self.server_made}
        cleaned: dict[str, Any] = finite_json(kept)
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The named fields that were sent, with null for those to be cleared."""
        return {key: getattr(self, key) for key in type(self).model_fields if key in self.model_fields_set}

    def changes_to(self, present: object) -> dict[str, Any]:
        """The changes, for a record that is there.

        Raises:
            BadRequestError: a field that always holds something would be cleared, or the record would move elsewhere.
        """
        changes = self.changes()
        for key in self.never_null:
            if key in changes and changes[key] is None:
                raise BadRequestError(f"'{key}' can not be cleared: send a value, or leave the key out.")
        for key in _LASTING & (self.model_extra or {}).keys():
            sent, kept = (self.model_extra or {})[key], getattr(present, key, None)
            if sent is not None and kept is not None and sent != kept:
                raise BadRequestError(
                    f"'{key}' can not be changed from '{kept}' to '{str(sent)[:100]}': a record stays what it is, and "
                    "where it was made. Leave the key out, or make another record."
                )
        return changes
