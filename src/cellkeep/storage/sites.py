"""Sites."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from cellkeep.domain.paging import Page
from cellkeep.domain.people import Caller
from cellkeep.domain.sites import Site, SiteDraft, SitePatch, SiteQuery
from cellkeep.storage.repository import Repository, stamp, stamped
from cellkeep.storage.tables import CyclerRow, SiteRow


class Sites(Repository[SiteRow]):
    table = SiteRow
    noun = "site"
    parent = "organization_id"

    def get(self, site_id: str) -> Site:
        return _site(self.row(site_id))

    def list(self, asked: SiteQuery) -> Page[Site]:
        rows, total = self._page(self._visible(), asked)
        return Page(items=[_site(row) for row in rows], count=len(rows), total=total)

    def create(self, draft: SiteDraft, caller: Caller) -> Site:
        row = SiteRow(name=draft.name, location=draft.location, notes=draft.notes, **stamp(caller, draft.custom()))
        self._add(row)
        return _site(row)

    def update(self, site_id: str, patch: SitePatch, changes: dict[str, Any]) -> Site:
        row = self.row(site_id, lock=True)
        with self._named(row, changes.get("name", row.name)):
            self._change(row, changes, patch.custom())
        return _site(row)

    def projects(self, site_id: str) -> Sequence[str]:
        """Ids of all projects that have cyclers at a site, also of those that the viewer does not see."""
        return self._session.scalars(select(CyclerRow.project_id).where(CyclerRow.site_id == site_id).distinct()).all()


def _site(row: SiteRow) -> Site:
    return Site.model_validate({**stamped(row), "location": row.location, "notes": row.notes})
