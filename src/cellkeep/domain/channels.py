"""Channels: where a cell is put on test."""

from typing import Annotated, ClassVar

from pydantic import Field

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.incidents import IncidentCategory
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Draft, Instant, Name, Record

Amps = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Volts = Annotated[float, Field(allow_inf_nan=False)]


class Channel(Record):
    cycler_id: str
    project_id: str
    notes: str | None = None
    out_of_commission: bool = False
    """Whether it can not be used at present; its incidents say why."""
    max_amps: float | None = None
    min_volts: float | None = None
    max_volts: float | None = None


class ChannelPatch(Draft):
    name: Name | None = None
    notes: str | None = None
    max_amps: Amps | None = None
    min_volts: Volts | None = None
    max_volts: Volts | None = None
    out_of_commission: bool | None = None
    """True takes the channel out, which opens an incident; False returns it, which closes the incident."""
    incident_category: IncidentCategory | None = None
    incident_notes: str | None = None
    resolution_notes: str | None = None
    service_scheduled_at: Instant | None = None
    service_scheduled_until: Instant | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name", "out_of_commission")
    of_incident: ClassVar[tuple[str, ...]] = (
        "out_of_commission",
        "incident_category",
        "incident_notes",
        "resolution_notes",
        "service_scheduled_at",
        "service_scheduled_until",
    )
    """What is said of the incident, and not of the channel."""
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {"cycler_id", "project_id"}


class ChannelDraft(ChannelPatch):
    name: Name


class ChannelQuery(ListQuery):
    """What the list over all cyclers takes."""

    cycler_id: str | None = None
    project_id: str | None = None


def require_window(min_volts: float | None, max_volts: float | None) -> None:
    """Raise BadRequestError where the rated voltages are the wrong way round."""
    if min_volts is not None and max_volts is not None and max_volts <= min_volts:
        raise BadRequestError(f"max_volts {max_volts} must lie above min_volts {min_volts}.")
