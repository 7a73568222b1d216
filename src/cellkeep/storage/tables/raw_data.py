"""Raw files, as instruments wrote them, and the measurements they belong to."""

from typing import Any

from sqlalchemy import ForeignKey, types
from sqlalchemy.orm import Mapped, mapped_column

from cellkeep.storage.tables.base import Base, InProjectRow


class RawDataRow(InProjectRow):
    """A file that is kept as it came. Its content never changes."""

    __tablename__ = "raw_data"

    filename: Mapped[str]
    source: Mapped[str | None]
    content_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(types.BigInteger)
    sha256: Mapped[str | None] = mapped_column(index=True)
    """Known later where it was not said and takes long to compute."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What its sender says of it: `metadata` on the wire."""
    key: Mapped[str] = mapped_column(unique=True)


class RawDataLinkRow(Base):
    """A raw file from which a measurement was made, or which belongs to it."""

    __tablename__ = "measurement_raw_data"

    measurement_id: Mapped[str] = mapped_column(
        ForeignKey("cell_measurements.id", ondelete="CASCADE"), primary_key=True
    )
    raw_data_id: Mapped[str] = mapped_column(
        ForeignKey("raw_data.id", ondelete="CASCADE"), primary_key=True, index=True
    )
