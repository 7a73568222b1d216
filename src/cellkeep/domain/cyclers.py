"""Cyclers: the instruments of a site, each owned by one project."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Draft, Instant, Name, Record

IntervalDays = Annotated[int, Field(ge=1, le=36_500)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class Cycler(Record):
    site_id: str
    project_id: str
    manufacturer: str | None = None
    model: str | None = None
    version: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    hostname: str | None = None
    ip_address: str | None = None
    port: int | None = None
    notes: str | None = None
    last_calibrated_at: Instant | None = None
    calibration_interval_days: int | None = None
    calibration_due_at: Instant | None = None
    """The interval after the last calibration; None where either is not known."""


class CyclerPatch(Draft):
    name: Name | None = None
    manufacturer: str | None = None
    model: str | None = None
    version: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    hostname: str | None = None
    ip_address: str | None = None
    port: Port | None = None
    notes: str | None = None
    last_calibrated_at: Instant | None = None
    calibration_interval_days: IntervalDays | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {"site_id", "project_id", "calibration_due_at"}


class CyclerDraft(CyclerPatch):
    name: Name
    project_id: str
    """The project that owns the cycler and its channels."""


_TEXTS = ("manufacturer", "model", "version", "serial_number", "firmware_version", "hostname", "ip_address")


CyclerOrder = Literal[
    "name",
    "created_at",
    "updated_at",
    "manufacturer",
    "model",
    "version",
    "serial_number",
    "firmware_version",
    "hostname",
    "last_calibrated_at",
    "calibration_due_at",
]


class CyclerQuery(ListQuery):
    filtered: ClassVar[tuple[str, ...]] = (*ListQuery.filtered, *_TEXTS)
    bounded: ClassVar[tuple[str, ...]] = (*ListQuery.bounded, "calibration_due_at")

    project_id: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    version: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    hostname: str | None = None
    ip_address: str | None = None
    calibration_due_at_gt: str | None = None
    calibration_due_at_lt: str | None = None
    order_by: CyclerOrder = "created_at"  # type: ignore[assignment]


def calibration_due(last_calibrated_at: datetime | None, interval_days: int | None) -> datetime | None:
    """When the next calibration is due, where that can be told.

    Raises:
        BadRequestError: it would lie beyond the year 9999.
    """
    if last_calibrated_at is None or interval_days is None:
        return None
    try:
        return last_calibrated_at + timedelta(days=interval_days)
    except OverflowError:
        raise BadRequestError(
            f"The calibration would be due beyond the year 9999: last_calibrated_at {last_calibrated_at.isoformat()}, "
            f"calibration_interval_days {interval_days}."
        ) from None
