"""What all tables share: the types of columns, and the rule that every record carries its organization and project."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, MetaData, String, types
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

Json = JSON(none_as_null=True)
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
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
        str: String(),
    }


class ScopedRow(Base):
    """A record of an organization. Most carry a `project_id` too."""

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


class InProjectRow(ScopedRow):
    __abstract__ = True

    @declared_attr
    def project_id(self) -> Mapped[str]:
        return mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)


class OrganizationWideRow(ScopedRow):
    """A record that everybody in the organization sees, whatever their projects."""

    __abstract__ = True
