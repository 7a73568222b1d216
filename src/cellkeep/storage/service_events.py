"""Service events of cyclers."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cellkeep.domain.paging import Page
from cellkeep.domain.records import new_id, now
from cellkeep.domain.service_events import CyclerServiceEvent, ServiceEventQuery
from cellkeep.storage.tables import CyclerRow, ServiceEventRow


class ServiceEvents:
    """What is asked of a cycler that the caller has been found to see."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, cycler_id: str, asked: ServiceEventQuery) -> Page[CyclerServiceEvent]:
        """Newest first: what was recorded last."""
        query = select(ServiceEventRow).where(ServiceEventRow.cycler_id == cycler_id)
        total = self._session.scalar(select(func.count()).select_from(query.subquery())) or 0
        newest = query.order_by(ServiceEventRow.created_at.desc(), ServiceEventRow.id.desc())
        rows = self._session.scalars(newest.limit(asked.limit).offset(asked.offset)).all()
        return Page(items=[event(row) for row in rows], count=len(rows), total=total)

    def open_one(self, cycler_id: str) -> ServiceEventRow | None:
        """The service that is under way."""
        query = select(ServiceEventRow).where(
            ServiceEventRow.cycler_id == cycler_id, ServiceEventRow.performed_at.is_(None)
        )
        return self._session.scalars(query).one_or_none()

    def add(self, cycler: CyclerRow, user_id: str, **said: Any) -> ServiceEventRow:
        row = ServiceEventRow(
            id=new_id(),
            cycler_id=cycler.id,
            project_id=cycler.project_id,
            created_at=now(),
            created_by=user_id,
            **said,
        )
        self._session.add(row)
        self._session.flush()
        return row


def event(row: ServiceEventRow) -> CyclerServiceEvent:
    """The record of a row."""
    return CyclerServiceEvent.model_validate({key: getattr(row, key) for key in CyclerServiceEvent.model_fields})
