"""Incidents of channels."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cellkeep.domain.incidents import ChannelIncident, IncidentQuery
from cellkeep.domain.paging import Page
from cellkeep.domain.records import new_id, now
from cellkeep.storage.tables import ChannelRow, IncidentRow


class Incidents:
    """What is asked of a channel that the caller has been found to see."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, channel_id: str, asked: IncidentQuery) -> Page[ChannelIncident]:
        """Newest first."""
        query = select(IncidentRow).where(IncidentRow.channel_id == channel_id)
        total = self._session.scalar(select(func.count()).select_from(query.subquery())) or 0
        newest = query.order_by(IncidentRow.started_at.desc(), IncidentRow.id.desc())
        rows = self._session.scalars(newest.limit(asked.limit).offset(asked.offset)).all()
        return Page(items=[_incident(row) for row in rows], count=len(rows), total=total)

    def open_ones(self, channel_ids: Iterable[str]) -> Sequence[IncidentRow]:
        """The present outages of these channels."""
        query = select(IncidentRow).where(IncidentRow.resolved_at.is_(None), IncidentRow.channel_id.in_(channel_ids))
        return self._session.scalars(query.order_by(IncidentRow.id)).all()

    def begin(self, channels: Iterable[ChannelRow], user_id: str, **said: Any) -> datetime:
        """Take channels out; they must be locked."""
        moment = now()
        for channel in channels:
            channel.out_of_commission, channel.updated_at = True, moment
            self._session.add(
                IncidentRow(
                    id=new_id(),
                    channel_id=channel.id,
                    project_id=channel.project_id,
                    started_at=moment,
                    started_by=user_id,
                    is_estimated=False,
                    **said,
                )
            )
        self._session.flush()
        return moment

    def end(self, incidents: Iterable[IncidentRow], user_id: str, notes: str | None) -> None:
        """Close incidents, and return their channels, which must be locked."""
        moment = now()
        for incident in incidents:
            incident.resolved_at, incident.resolved_by, incident.resolution_notes = moment, user_id, notes
            channel = self._session.get_one(ChannelRow, incident.channel_id)
            channel.out_of_commission, channel.updated_at = False, moment
        self._session.flush()


def _incident(row: IncidentRow) -> ChannelIncident:
    return ChannelIncident.model_validate({key: getattr(row, key) for key in ChannelIncident.model_fields})
