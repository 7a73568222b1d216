"""Who watches which measurement."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cellkeep.storage.scope import Viewer, is_visible
from cellkeep.storage.tables import MeasurementRow, WatchRow


class Watches:
    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def add(self, measurement_id: str, user_id: str) -> None:
        """Watching twice is watching."""
        if self._session.get(WatchRow, (measurement_id, user_id)) is not None:
            return
        with suppress(IntegrityError), self._session.begin_nested():  # the same call, sent twice, was faster
            self._session.add(WatchRow(measurement_id=measurement_id, user_id=user_id))

    def remove(self, measurement_id: str, user_id: str) -> None:
        mine = (WatchRow.measurement_id == measurement_id) & (WatchRow.user_id == user_id)
        self._session.execute(delete(WatchRow).where(mine))

    def of_user(self, project_id: str, user_id: str) -> Sequence[str]:
        """Ids of the measurements of a project that somebody watches, oldest first."""
        query = (
            select(MeasurementRow.id)
            .join(WatchRow)
            .where(
                WatchRow.user_id == user_id,
                MeasurementRow.project_id == project_id,
                is_visible(MeasurementRow, self._viewer),
            )
        )
        return self._session.scalars(query.order_by(MeasurementRow.created_at, MeasurementRow.id)).all()
