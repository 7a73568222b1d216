"""Which stored objects the records name, over all kinds of records."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from cellkeep.domain.records import now
from cellkeep.storage.tables import (
    AnalysisRow,
    BlobRow,
    MeasurementRow,
    PropertyDatasetRow,
    RawDataRow,
    RetiredObjectRow,
    VersionRow,
)

_OF_VERSIONS: tuple[InstrumentedAttribute[str], ...] = (
    VersionRow.series_key,
    VersionRow.steps_key,
    VersionRow.cycles_key,
)
_KEYS: tuple[InstrumentedAttribute[str], ...] = (
    BlobRow.key,
    AnalysisRow.key,
    PropertyDatasetRow.key,
    PropertyDatasetRow.original_key,
    RawDataRow.key,
    RetiredObjectRow.key,
    *_OF_VERSIONS,
)


class Objects:
    """Keys in the blob store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def used(self) -> set[str]:
        """Every key that anything names; what is stored beside these is garbage."""
        return set(self._session.scalars(union_all(*(select(key) for key in _KEYS))))

    def of_measurements(self, **parent: str) -> Sequence[str]:
        """Keys of all that goes when measurements go, those below one parent: `of_measurements(cell_instance_id=…)`."""
        below = select(MeasurementRow.id).filter_by(**parent)
        named = (
            select(BlobRow.key).where(BlobRow.measurement_id.in_(below)),
            select(AnalysisRow.key).where(AnalysisRow.measurement_id.in_(below)),
            *(select(key).where(VersionRow.measurement_id.in_(below)) for key in _OF_VERSIONS),
        )
        return self._session.scalars(union_all(*named)).all()

    def of_project(self, project_id: str) -> Sequence[str]:
        """Keys of all that goes when a project goes."""
        own = (
            select(RawDataRow.key).where(RawDataRow.project_id == project_id),
            select(PropertyDatasetRow.key).where(PropertyDatasetRow.project_id == project_id),
            select(PropertyDatasetRow.original_key).where(PropertyDatasetRow.project_id == project_id),
        )
        return [*self.of_measurements(project_id=project_id), *self._session.scalars(union_all(*own))]

    def retire(self, keys: Iterable[str]) -> None:
        """Keep objects that no record names any more, for those who still hold a link, until they are taken."""
        self._session.add_all(RetiredObjectRow(key=key, retired_at=now()) for key in keys)

    def take_retired(self, before: datetime) -> Sequence[str]:
        """Keys that were retired before that time. They are no longer named from here on."""
        old = delete(RetiredObjectRow).where(RetiredObjectRow.retired_at < before)
        return self._session.scalars(old.returning(RetiredObjectRow.key)).all()
