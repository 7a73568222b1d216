"""The tables. Every record carries its organization and project, so that one rule scopes every query."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, types
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

_Json = JSON(none_as_null=True)
"""Not `jsonb`, which would write numbers in its own way: what people send comes back as they wrote it."""


class UtcDateTime(types.TypeDecorator[datetime]):
    """A point in time: with its zone in PostgreSQL, as UTC without one in SQLite; always UTC in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: _Json,
        list[str]: _Json,
        str: String(),
    }


class OrganizationRow(Base):
    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class UserRow(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    organization_role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    organization: Mapped[OrganizationRow] = relationship(lazy="joined")


class ApiKeyRow(Base):
    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime]


class LoginLinkRow(Base):
    """A link that signs a person in once."""

    __tablename__ = "login_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class ScopedRow(Base):
    """A record of an organization. Subclasses carry a `project_id` too, or are the project."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    created_by: Mapped[str | None]
    created_by_email: Mapped[str | None]

    @declared_attr
    def organization_id(self) -> Mapped[str]:
        return mapped_column(ForeignKey("organizations.id"), index=True)


class ProjectRow(ScopedRow):
    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    description: Mapped[str | None] = mapped_column(Text)


class ProjectMemberRow(Base):
    __tablename__ = "project_members"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]


class InProjectRow(ScopedRow):
    __abstract__ = True

    @declared_attr
    def project_id(self) -> Mapped[str]:
        return mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)


class MaterialRow(Base):
    """A material, one for all specifications of a project that name the same maker and product."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("project_id", "name", "manufacturer", "product_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str]
    manufacturer: Mapped[str] = mapped_column(default="")
    """Empty rather than null: two nulls are never equal, and these must be."""
    product_id: Mapped[str] = mapped_column(default="")
    definition: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SpecRow(InProjectRow):
    __tablename__ = "cell_specifications"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    form_factor: Mapped[str | None]
    manufacturer: Mapped[str | None]
    ratings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[str | None] = mapped_column(Text)
    canonical: Mapped[dict[str, Any]] = mapped_column(default=dict)

    components: Mapped[list["ComponentRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )


class ComponentRow(Base):
    __tablename__ = "components"
    __table_args__ = (UniqueConstraint("cell_specification_id", "component_type"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    cell_specification_id: Mapped[str] = mapped_column(ForeignKey("cell_specifications.id", ondelete="CASCADE"))
    component_type: Mapped[str]
    material_id: Mapped[str | None] = mapped_column(ForeignKey("materials.id"), index=True)
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)

    material: Mapped[MaterialRow | None] = relationship(lazy="selectin")


class BatchRow(InProjectRow):
    __tablename__ = "cell_batches"
    __table_args__ = (UniqueConstraint("cell_specification_id", "folded_name"),)

    cell_specification_id: Mapped[str] = mapped_column(ForeignKey("cell_specifications.id", ondelete="CASCADE"))
    folded_name: Mapped[str]
    """The name without case, by which lots are told apart."""
    notes: Mapped[str | None] = mapped_column(Text)
    date_manufactured: Mapped[date | None]
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    canonical: Mapped[dict[str, Any]] = mapped_column(default=dict)


class InstanceRow(InProjectRow):
    __tablename__ = "cell_instances"
    __table_args__ = (UniqueConstraint("cell_specification_id", "name"),)

    cell_specification_id: Mapped[str] = mapped_column(ForeignKey("cell_specifications.id", ondelete="CASCADE"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("cell_batches.id", ondelete="SET NULL"), index=True)
    date_manufactured: Mapped[date | None]
    measured_properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    canonical: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[str | None] = mapped_column(Text)

    batch: Mapped[BatchRow | None] = relationship(lazy="selectin")


class MeasurementRow(InProjectRow):
    __tablename__ = "cell_measurements"
    __table_args__ = (
        UniqueConstraint("cell_instance_id", "name"),
        Index("ix_cell_measurements_project_created", "project_id", "created_at"),
    )

    cell_instance_id: Mapped[str] = mapped_column(ForeignKey("cell_instances.id", ondelete="CASCADE"))
    specification_id: Mapped[str] = mapped_column(ForeignKey("cell_specifications.id", ondelete="CASCADE"), index=True)
    measurement_type: Mapped[str]
    data_type: Mapped[str | None]
    start_time: Mapped[datetime | None] = mapped_column(index=True)
    end_time: Mapped[datetime | None]
    estimated_end_time: Mapped[datetime | None]
    estimated_end_time_note: Mapped[str | None]
    estimated_end_time_calculated_at: Mapped[datetime | None]
    channel_id: Mapped[str | None]
    protocol_id: Mapped[str | None]
    protocol: Mapped[dict[str, Any] | None] = mapped_column(_Json)
    test_setup: Mapped[dict[str, Any] | None] = mapped_column(_Json)
    notes: Mapped[str | None] = mapped_column(Text)
    properties: Mapped[dict[str, Any] | None] = mapped_column(_Json)
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

    tags: Mapped[list["TagRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan", passive_deletes=True)
    blobs: Mapped[list["BlobRow"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True, order_by="BlobRow.position"
    )


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
    """`time_series`, `steps`, `cycles` or `file`."""
    position: Mapped[int] = mapped_column(default=0)
    filename: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(types.BigInteger)
    sha256: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else is known of the content: `width` and `height` of an image, in pixels."""
