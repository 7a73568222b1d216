"""Measurements, their tags, their stored objects, and who watches them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text, types
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cellkeep.storage.tables.base import Base, InProjectRow, Json

_ON_TEST = text("end_time IS NULL AND channel_id IS NOT NULL")
"""What runs at this moment: few among all measurements that ever were, and asked for often."""


class MeasurementRow(InProjectRow):
    __tablename__ = "cell_measurements"
    __table_args__ = (
        UniqueConstraint("cell_instance_id", "name"),
        # Lists are sorted and counted by these without a look at the rows, which are wide.
        Index("ix_cell_measurements_created", "created_at", "organization_id", "project_id", "measurement_type"),
        Index("ix_cell_measurements_project", "project_id", "created_at", "organization_id", "measurement_type"),
        Index("ix_cell_measurements_of_spec", "specification_id", "start_time", "created_at"),
        Index("ix_cell_measurements_of_cell", "cell_instance_id", "processing_status", "start_time", "created_at"),
        Index("ix_cell_measurements_on_test", "project_id", sqlite_where=_ON_TEST, postgresql_where=_ON_TEST),
    )

    cell_instance_id: Mapped[str] = mapped_column(ForeignKey("cell_instances.id", ondelete="CASCADE"))
    specification_id: Mapped[str] = mapped_column(ForeignKey("cell_specifications.id", ondelete="CASCADE"))
    # No index of their own: nothing is found by the organization alone, and the others begin those above.
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column()
    measurement_type: Mapped[str]
    data_type: Mapped[str | None]
    start_time: Mapped[datetime | None] = mapped_column(index=True)
    end_time: Mapped[datetime | None]
    estimated_end_time: Mapped[datetime | None]
    estimated_end_time_note: Mapped[str | None]
    estimated_end_time_calculated_at: Mapped[datetime | None]
    channel_id: Mapped[str | None] = mapped_column(index=True)
    protocol_id: Mapped[str | None]
    protocol: Mapped[dict[str, Any] | None] = mapped_column(Json)
    test_setup: Mapped[dict[str, Any] | None] = mapped_column(Json)
    notes: Mapped[str | None] = mapped_column(Text)
    properties: Mapped[dict[str, Any] | None] = mapped_column(Json)
    canonical: Mapped[dict[str, Any]] = mapped_column(default=dict)
    step_labels_validated: Mapped[bool] = mapped_column(default=False)
    row_count: Mapped[int | None] = mapped_column(types.BigInteger)
    step_count: Mapped[int | None]
    """Number of steps found, once the series is summarised."""
    processing_status: Mapped[str] = mapped_column(default="ready", index=True)
    answered: Mapped[bool] = mapped_column(default=True)
    """Whether anybody was told that it is stored; until then useless data may still be refused."""
    processing_error: Mapped[str | None] = mapped_column(Text)
    worth_retrying: Mapped[bool] = mapped_column(default=False)
    """Whether processing failed by an accident of ours, and not because of the data."""
    version: Mapped[int] = mapped_column(default=1)
    """One more whenever its series or its tables were replaced."""
    extended_sha256: Mapped[str | None]
    """Digest of the rows that were appended last; the same rows sent again are the same extension."""
    extended_from: Mapped[str | None]
    """Where these rows were sent to; of all that somebody has sent, it is what was confirmed."""
    summary_rules: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """How its tables are to be made, where that is not as usual."""
    own_steps: Mapped[bool | None]
    """Whether its step table came from a person; null where nobody knows."""
    finding_counts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """How often the checks found what, by code; null where they have not run."""
    repairs: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """What was done to the series before it was sent."""
    provenance: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Of which files it was read, and how."""
    replacement: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What is to be said of the series that waits to take the place of the present one."""
    replaced_from: Mapped[str | None]
    coming_provenance: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Of which files the series is read, once the rows that wait are appended to it."""
    """Where the series was sent to that was confirmed last to take the place of another."""
    time_span_s: Mapped[float | None] = mapped_column(types.Double)
    """How long its series is by its own clock; start and end of the test are compared with it."""

    tags: Mapped[list["TagRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan", passive_deletes=True)
    blobs: Mapped[list["BlobRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True, order_by="BlobRow.position"
    )
    findings: Mapped[list["FindingRow"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="FindingRow.position"
    )
    check_state: Mapped["CheckStateRow | None"] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class TagRow(Base):
    __tablename__ = "measurement_tags"

    measurement_id: Mapped[str] = mapped_column(
        ForeignKey("cell_measurements.id", ondelete="CASCADE"), primary_key=True
    )
    folded: Mapped[str] = mapped_column(primary_key=True, index=True)
    """The tag without case, by which tags are compared."""
    tag: Mapped[str]


class BlobRow(Base):
    """A stored object of a measurement. An object that no row names is garbage."""

    __tablename__ = "measurement_blobs"
    __table_args__ = (UniqueConstraint("measurement_id", "role", "position"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    measurement_id: Mapped[str] = mapped_column(ForeignKey("cell_measurements.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    """`time_series`, `steps`, `cycles`, `overview` or `file`; `extension` for rows that are being appended,
    `appended` for those that lie beside their series, in the order of `position`; `replacement` for a series that is
    to take the place of the present one."""
    position: Mapped[int] = mapped_column(default=0)
    filename: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(types.BigInteger)
    sha256: Mapped[str | None]
    """Of a series and a step table that a person sent it is known once they are processed."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else is known of the content: `width` and `height` of an image, in pixels."""


class FindingRow(Base):
    """Something that the checks found."""

    __tablename__ = "measurement_findings"
    __table_args__ = (Index("ix_measurement_findings_severity", "severity", "measurement_id"),)

    measurement_id: Mapped[str] = mapped_column(
        ForeignKey("cell_measurements.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In the order of the checks."""
    code: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    message: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]


class CheckStateRow(Base):
    """What the checks know of a series, so that rows can be added without reading it again."""

    __tablename__ = "measurement_check_states"

    measurement_id: Mapped[str] = mapped_column(
        ForeignKey("cell_measurements.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(Text)


class VersionRow(Base):
    """What a measurement was before its series was replaced."""

    __tablename__ = "measurement_versions"
    __table_args__ = (UniqueConstraint("measurement_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    measurement_id: Mapped[str] = mapped_column(ForeignKey("cell_measurements.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    """From 1."""
    replaced_at: Mapped[datetime]
    replaced_by: Mapped[str | None]
    replaced_by_email: Mapped[str | None]
    change: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What that changed."""
    series_key: Mapped[str]
    steps_key: Mapped[str]
    cycles_key: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(types.BigInteger)
    """Of all three."""
    sha256: Mapped[str | None]
    """Of the series, where it was known."""
    row_count: Mapped[int | None] = mapped_column(types.BigInteger)
    step_count: Mapped[int | None]
    finding_counts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    repairs: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    provenance: Mapped[dict[str, Any] | None] = mapped_column(Json)


class WatchRow(Base):
    """A person who wants to see how a measurement fares."""

    __tablename__ = "measurement_watches"

    measurement_id: Mapped[str] = mapped_column(
        ForeignKey("cell_measurements.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
