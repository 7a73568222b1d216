"""The laboratory: sites, cyclers and their service, channels and their incidents, planned measurements."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cellkeep.storage.tables.base import Base, InProjectRow, OrganizationWideRow


class SiteRow(OrganizationWideRow):
    """A place with cyclers in it."""

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    location: Mapped[str | None]
    notes: Mapped[str | None] = mapped_column(Text)


class CyclerRow(InProjectRow):
    __tablename__ = "cyclers"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    manufacturer: Mapped[str | None]
    model: Mapped[str | None]
    version: Mapped[str | None]
    serial_number: Mapped[str | None]
    firmware_version: Mapped[str | None]
    hostname: Mapped[str | None]
    ip_address: Mapped[str | None]
    port: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)
    last_calibrated_at: Mapped[datetime | None]
    calibration_interval_days: Mapped[int | None]
    calibration_due_at: Mapped[datetime | None]
    """`last_calibrated_at` and the interval added, so that lists can be filtered by it."""


class ServiceEventRow(Base):
    """Work on a cycler: planned or under way while `performed_at` is null."""

    __tablename__ = "cycler_service_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    cycler_id: Mapped[str] = mapped_column(ForeignKey("cyclers.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    event_type: Mapped[str]
    scheduled_for: Mapped[datetime | None]
    scheduled_until: Mapped[datetime | None]
    performed_at: Mapped[datetime | None]
    notes: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    performed_by: Mapped[str | None]


class ChannelRow(InProjectRow):
    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("cycler_id", "name"),)

    cycler_id: Mapped[str] = mapped_column(ForeignKey("cyclers.id", ondelete="CASCADE"))
    notes: Mapped[str | None] = mapped_column(Text)
    out_of_commission: Mapped[bool] = mapped_column(default=False)
    max_amps: Mapped[float | None]
    min_volts: Mapped[float | None]
    max_volts: Mapped[float | None]


class IncidentRow(Base):
    """A time during which a channel could not be used; it is open while `resolved_at` is null."""

    __tablename__ = "channel_incidents"

    id: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    service_event_id: Mapped[str | None] = mapped_column(
        ForeignKey("cycler_service_events.id", ondelete="SET NULL"), index=True
    )
    category: Mapped[str]
    notes: Mapped[str | None] = mapped_column(Text)
    service_scheduled_at: Mapped[datetime | None]
    service_scheduled_until: Mapped[datetime | None]
    started_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution_notes: Mapped[str | None] = mapped_column(Text)
    started_by: Mapped[str | None]
    resolved_by: Mapped[str | None]
    is_estimated: Mapped[bool] = mapped_column(default=False)


class PlannedMeasurementRow(InProjectRow):
    """A measurement that somebody wants, and the place and time it has been given."""

    __tablename__ = "planned_measurements"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_planned_measurements_channel_id", "channel_id"),
    )

    status: Mapped[str]
    protocol_id: Mapped[str | None]
    cell_specification_id: Mapped[str | None] = mapped_column(ForeignKey("cell_specifications.id", ondelete="SET NULL"))
    cell_instance_id: Mapped[str | None] = mapped_column(ForeignKey("cell_instances.id", ondelete="SET NULL"))
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channels.id", ondelete="SET NULL"))
    planned_start_time: Mapped[datetime | None]
    planned_end_time: Mapped[datetime | None]
    estimated_duration_seconds: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)
    requested_by_email: Mapped[str | None]
    scheduled_by_email: Mapped[str | None]
