"""Everything that the view of a laboratory shows, in a number of queries that does not grow with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from cellkeep.domain.measurements import MeasurementType
from cellkeep.domain.planned_measurements import RESERVING
from cellkeep.storage.scope import Viewer, is_visible
from cellkeep.storage.tables import (
    ChannelRow,
    CyclerRow,
    IncidentRow,
    InstanceRow,
    MeasurementRow,
    PlannedMeasurementRow,
    SiteRow,
    SpecRow,
)


class Place(NamedTuple):
    """A cycler at its site."""

    site_id: str
    site_name: str
    id: str
    name: str
    manufacturer: str | None
    model: str | None


class ChannelFacts(NamedTuple):
    cycler_id: str
    id: str
    name: str
    notes: str | None
    out_of_commission: bool
    max_amps: float | None
    min_volts: float | None
    max_volts: float | None


class Test(NamedTuple):
    """A measurement that has not ended."""

    channel_id: str
    id: str
    name: str
    start_time: datetime | None
    estimated_end_time: datetime | None
    updated_at: datetime
    cell_instance_id: str
    cell_instance_name: str
    cell_specification_name: str
    protocol_name: Any


class Outage(NamedTuple):
    """Why a channel is out at present."""

    channel_id: str
    category: str
    notes: str | None
    started_at: datetime
    service_scheduled_until: datetime | None


class Reservation(NamedTuple):
    """A planned measurement that keeps a channel for itself."""

    channel_id: str
    name: str
    planned_start_time: datetime
    planned_end_time: datetime


class Lab:
    """Columns, not records: a large laboratory is looked at often."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def places(self, project_id: str) -> list[Place]:
        """The cyclers of a project by the names of their sites and their own."""
        columns = (SiteRow.id, SiteRow.name, CyclerRow.id, CyclerRow.name, CyclerRow.manufacturer, CyclerRow.model)
        query = select(*columns).join(SiteRow, SiteRow.id == CyclerRow.site_id)
        seen = is_visible(CyclerRow, self._viewer) & (CyclerRow.project_id == project_id)
        return [Place(*found) for found in self._all(query.where(seen))]

    def channels(self, project_id: str) -> list[ChannelFacts]:
        query = select(*(getattr(ChannelRow, key) for key in ChannelFacts._fields))
        seen = is_visible(ChannelRow, self._viewer) & (ChannelRow.project_id == project_id)
        return [ChannelFacts(*found) for found in self._all(query.where(seen))]

    def tests(self, project_id: str) -> list[Test]:
        """The measurements on channels of a project that have not ended, the newest last."""
        columns = (
            MeasurementRow.channel_id,
            MeasurementRow.id,
            MeasurementRow.name,
            MeasurementRow.start_time,
            MeasurementRow.estimated_end_time,
            MeasurementRow.updated_at,
            MeasurementRow.cell_instance_id,
            InstanceRow.name,
            SpecRow.name,
            MeasurementRow.protocol["name"].as_string(),
        )
        query = (
            select(*columns)
            .join(InstanceRow, InstanceRow.id == MeasurementRow.cell_instance_id)
            .join(SpecRow, SpecRow.id == MeasurementRow.specification_id)
            .where(
                is_visible(MeasurementRow, self._viewer),
                MeasurementRow.project_id == project_id,
                MeasurementRow.channel_id.is_not(None),
                MeasurementRow.end_time.is_(None),
                MeasurementRow.measurement_type == MeasurementType.time_series.value,
            )
            .order_by(MeasurementRow.start_time, MeasurementRow.created_at, MeasurementRow.id)
        )
        return [Test(*found) for found in self._all(query)]

    def extents(self) -> dict[str, tuple[int, int]]:
        """How many cyclers and channels there are of each project that has any."""
        columns = (CyclerRow.project_id, func.count(CyclerRow.id.distinct()), func.count(ChannelRow.id))
        query = select(*columns).outerjoin(ChannelRow, ChannelRow.cycler_id == CyclerRow.id)
        seen = query.where(is_visible(CyclerRow, self._viewer)).group_by(CyclerRow.project_id)
        return {project_id: (cyclers, channels) for project_id, cyclers, channels in self._all(seen)}

    def outages(self, project_id: str) -> list[Outage]:
        """The present outages of the channels of a project."""
        query = select(*(getattr(IncidentRow, key) for key in Outage._fields))
        seen = is_visible(ChannelRow, self._viewer) & (ChannelRow.project_id == project_id)
        present = query.join(ChannelRow, ChannelRow.id == IncidentRow.channel_id).where(seen)
        return [Outage(*found) for found in self._all(present.where(IncidentRow.resolved_at.is_(None)))]

    def reservations(self, project_id: str, after: datetime) -> list[Reservation]:
        """The plans that keep a channel of a project beyond that moment, the last to begin first."""
        query = select(*(getattr(PlannedMeasurementRow, key) for key in Reservation._fields)).where(
            is_visible(PlannedMeasurementRow, self._viewer),
            PlannedMeasurementRow.project_id == project_id,
            PlannedMeasurementRow.channel_id.is_not(None),
            PlannedMeasurementRow.status.in_([status.value for status in RESERVING]),
            PlannedMeasurementRow.planned_end_time > after,
        )
        ordered = query.order_by(PlannedMeasurementRow.planned_start_time.desc(), PlannedMeasurementRow.id)
        return [Reservation(*found) for found in self._all(ordered)]

    def _all(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._session.execute(query).all()
