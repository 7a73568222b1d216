"""Objects that no record names any more, and that wait for the last links to them to expire."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from cellkeep.storage.tables.base import Base


class RetiredObjectRow(Base):
    __tablename__ = "retired_objects"

    key: Mapped[str] = mapped_column(primary_key=True)
    retired_at: Mapped[datetime] = mapped_column(index=True)
