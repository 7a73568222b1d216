"""The tags of a project."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cellkeep.domain.paging import Filter, Page
from cellkeep.domain.tags import TagUsage
from cellkeep.storage.repository import matches_filter
from cellkeep.storage.scope import Viewer, is_visible
from cellkeep.storage.tables import MeasurementRow, TagRow


class Tags:
    def __init__(self, session: Session, viewer: Viewer) -> None:
        self._session = session
        self._viewer = viewer

    def usage(self, project_id: str, q: str | None, limit: int) -> Page[TagUsage]:
        """The tags of a project that contain `q`, most used first."""
        uses = func.count().label("uses")
        query = (
            select(func.min(TagRow.tag), uses)
            .join(MeasurementRow)
            .where(is_visible(MeasurementRow, self._viewer), MeasurementRow.project_id == project_id)
            .group_by(TagRow.folded)
        )
        if q and q.strip():
            query = query.where(matches_filter(TagRow.tag, Filter("ilike", f"%{q.strip()}%")))
        total = self._session.scalar(select(func.count()).select_from(query.subquery())) or 0
        found = self._session.execute(query.order_by(uses.desc(), TagRow.folded).limit(limit))
        items = [TagUsage(tag=tag, usage_count=count) for tag, count in found]
        return Page(items=items, count=len(items), total=total)

    def known(self, project_id: str, folded: Sequence[str]) -> list[str]:
        """How the project spells those of the tags (given without case) that it has."""
        query = (
            select(TagRow.tag)
            .join(MeasurementRow)
            .where(MeasurementRow.project_id == project_id, TagRow.folded.in_(folded))
            .distinct()
            .order_by(TagRow.tag.desc())
        )
        return list(self._session.scalars(query))
