"""A series that waits to take the place of another, and how it does; what was there is kept as an earlier version."""

from collections.abc import Iterable
from typing import Any, Self

from cellkeep.domain.columns import DataType
from cellkeep.domain.measurements import MeasurementType
from cellkeep.domain.people import Caller
from cellkeep.domain.records import Model, now
from cellkeep.domain.versions import ConfirmReplace, ReplacedFields
from cellkeep.services.blob_rows import ROWS, keys_by_role
from cellkeep.services.origin import READ_TOO
from cellkeep.storage.store import UnitOfWork
from cellkeep.storage.tables import BlobRow, MeasurementRow

ROLE = "replacement"
"""Of the object with a series that waits."""


class Waiting(Model):
    """What is to be said of the series once it is in place."""

    provenance: dict[str, Any] | None
    repairs: list[dict[str, Any]] | None
    data_type: DataType | None
    before: dict[str, Any]
    """Fields that change with it, as they were."""
    after: dict[str, Any]
    change: dict[str, Any] | None
    replaced_by: str
    replaced_by_email: str | None

    @classmethod
    def of(cls, row: MeasurementRow, asked: ConfirmReplace, caller: Caller, data_type: DataType | None) -> Self:
        changes = changes_to(row, asked)
        return cls(
            provenance=provenance_after(row, asked),
            repairs=repairs_of(asked),
            data_type=data_type,
            before={name: _plain(name, getattr(row, name)) for name in changes},
            after={name: _plain(name, value) for name, value in changes.items()},
            change=asked.change.model_dump(mode="json") if asked.change else None,
            replaced_by=caller.user_id,
            replaced_by_email=caller.email,
        )


def provenance_after(row: MeasurementRow, asked: ConfirmReplace) -> dict[str, Any] | None:
    """As a row keeps it then. Where rows were mended it stays, and says that what was repaired more, a person did."""
    if asked.provenance is not None:
        return asked.provenance.model_dump(mode="json")
    if row.provenance is None or row.provenance.get("repairs") is not None:
        return row.provenance
    return {**row.provenance, "repairs": len(row.repairs or [])}


def repairs_of(asked: ConfirmReplace) -> list[dict[str, Any]] | None:
    """As a row keeps them."""
    return [each.model_dump(mode="json") for each in asked.repairs] or None


def changes_to(row: MeasurementRow, asked: ConfirmReplace) -> dict[str, Any]:
    """The fields that will be others than they are."""
    return {name: value for name, value in asked.fields.given().items() if value != getattr(row, name)}


def replace_series(work: UnitOfWork, row: MeasurementRow, made: Iterable[BlobRow]) -> None:
    """Have the waiting series and its tables take the place of the present ones, which are an earlier version then."""
    assert row.replacement is not None  # noqa: S101  it waits
    waiting = Waiting.model_validate(row.replacement)
    work.versions.keep(
        row,
        replaced_at=now(),
        replaced_by=waiting.replaced_by,
        replaced_by_email=waiting.replaced_by_email,
        change=waiting.change,
    )
    work.objects.retire(key for role, key in keys_by_role(row).items() if role == "overview")
    work.measurements.replace_blobs(row, {*ROWS, "steps", "cycles", "overview"}, made)
    next(blob for blob in row.blobs if blob.role == ROLE).role = "time_series"
    row.provenance, row.repairs, row.data_type = waiting.provenance, waiting.repairs, waiting.data_type
    for name, value in ReplacedFields.model_validate(waiting.after).given().items():
        if _plain(name, getattr(row, name)) == waiting.before[name]:  # or a person has changed it meanwhile
            setattr(row, name, value)
    row.own_steps, row.extended_sha256, row.replacement = False, None, None


def drop(work: UnitOfWork, row: MeasurementRow) -> None:
    """Give up the waiting series; the present one stays."""
    work.discard(blob.key for blob in row.blobs if blob.role == ROLE)
    row.blobs = [blob for blob in row.blobs if blob.role != ROLE]
    row.replacement, row.replaced_from = None, None


def worked_on(row: MeasurementRow) -> str | None:
    """What a person did that another reading would replace; None where there is nothing."""
    if row.provenance is None:
        return f"'{row.name}' came as a table and not from a file"
    if row.extended_sha256 not in {None, row.provenance.get(READ_TOO)}:
        return f"Rows were appended to '{row.name}' after its files were read"
    if row.own_steps:
        return f"The step table of '{row.name}' was made by a person"
    own = row.provenance.get("repairs")
    if own is not None and len(row.repairs or []) > own:
        return f"'{row.name}' was repaired by a person after its files were read"
    return None


def is_series(row: MeasurementRow) -> bool:
    return row.measurement_type == MeasurementType.time_series


def _plain(name: str, value: Any) -> Any:
    """A field as JSON has it."""
    return ReplacedFields.model_validate({name: value}).model_dump(mode="json")[name]
