"""Sites: the places where an organization keeps its cyclers. Everybody in the organization sees them."""

from typing import ClassVar

from cellkeep.domain.paging import ListQuery
from cellkeep.domain.records import Draft, Name, Record


class Site(Record):
    location: str | None = None
    notes: str | None = None


class SitePatch(Draft):
    name: Name | None = None
    location: str | None = None
    notes: str | None = None

    never_null: ClassVar[tuple[str, ...]] = ("name",)


class SiteDraft(SitePatch):
    name: Name


class SiteQuery(ListQuery):
    filtered: ClassVar[tuple[str, ...]] = (*ListQuery.filtered, "location")

    location: str | None = None
