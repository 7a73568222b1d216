"""What people derive and collect: property datasets of materials, analyses of measurements, studies."""

from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from cellkeep.storage.tables.base import Base, InProjectRow, Json

SOURCES = ("source_pipeline_id", "source_simple_pipeline_id", "source_analysis_id", "source_label")
"""Columns that tell what made a table."""


class _TableRow(InProjectRow):
    """A table of numbers in the blob store, with what is known of its columns and where it comes from."""

    __abstract__ = True

    columns: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    key: Mapped[str] = mapped_column(unique=True)
    """The table as parquet."""
    source_pipeline_id: Mapped[str | None]
    source_simple_pipeline_id: Mapped[str | None]
    source_analysis_id: Mapped[str | None]
    source_label: Mapped[str | None]


class PropertyDatasetRow(_TableRow):
    """Measured properties of a material, such as conductivity against concentration."""

    __tablename__ = "material_property_datasets"

    material_id: Mapped[str] = mapped_column(ForeignKey("materials.id", ondelete="CASCADE"), index=True)
    original_key: Mapped[str] = mapped_column(unique=True)
    """The file as it was sent."""
    nan_counts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    data_version: Mapped[int] = mapped_column(default=1)


class AnalysisRow(_TableRow):
    """A table of results about one measurement."""

    __tablename__ = "analyses"

    measurement_id: Mapped[str] = mapped_column(ForeignKey("cell_measurements.id", ondelete="CASCADE"), index=True)
    analysis_type: Mapped[str]
    plots: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`metadata` on the wire."""
    notes: Mapped[str | None] = mapped_column(Text)


class StudyRow(InProjectRow):
    """A collection of measurements that are looked at together."""

    __tablename__ = "studies"

    description: Mapped[str | None] = mapped_column(Text)


class StudyMeasurementRow(Base):
    __tablename__ = "study_measurements"

    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id", ondelete="CASCADE"), primary_key=True)
    measurement_id: Mapped[str] = mapped_column(
        ForeignKey("cell_measurements.id", ondelete="CASCADE"), primary_key=True, index=True
    )
