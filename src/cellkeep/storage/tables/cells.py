"""Specifications with their components and materials, lots, and cells."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cellkeep.storage.tables.base import Base, InProjectRow


class MaterialRow(InProjectRow):
    """A material, one for all specifications of a project that name the same maker and product."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("project_id", "name", "manufacturer", "product_id"),)

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
