"""Sites."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Unpack

from cellkeep.client.cyclers import CyclerDetail, Cyclers
from cellkeep.client.resource import (
    Filters,
    Resource,
    all_pages,
    containing,
    create_or_get,
    list_params,
    read,
    read_page,
)
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.paging import Page
from cellkeep.domain.records import Model
from cellkeep.domain.sites import Site

_PARALLEL_CYCLERS = 4


class SiteDetail(Model):
    """A site with its cyclers and their channels."""

    site: Site
    cyclers: list[CyclerDetail]


class Sites(Resource):
    """`client.site`. Everybody in the organization sees all sites."""

    def __init__(self, transport: Transport, cyclers: Cyclers) -> None:
        super().__init__(transport)
        self._cyclers = cyclers

    def create(self, data: dict[str, Any]) -> Site:
        """Create a site from `name` and, as wanted, `location` and `notes`.

        Raises:
            ConflictError: the organization has a site of that name.
        """
        return read(Site, self._transport.post("/sites", data))

    def create_or_get(self, data: dict[str, Any]) -> Site:
        """Create a site, or get the one of that name unchanged."""
        return create_or_get(lambda: self.create(data), self.get)

    def get(self, site_id: str) -> Site:
        return read(Site, self._transport.get(f"/sites/{segment(site_id)}"))

    def list(
        self,
        limit: int | None = None,
        offset: int | None = None,
        *,
        location: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[Site]:
        """The sites of the organization, newest first; `location` is a part of theirs, in any case."""
        params = {"location": containing(location), **list_params(limit, offset, filters)}
        return read_page(Site, self._transport.get("/sites", params))

    def update(self, site_id: str, data: dict[str, Any]) -> Site:
        """Change the given keys; null clears."""
        return read(Site, self._transport.patch(f"/sites/{segment(site_id)}", data))

    def delete(self, site_id: str) -> None:
        """Remove a site with its cyclers and their channels; measurements that ran there stay.

        Raises:
            ForbiddenError: cyclers of a project that you can not change are there.
        """
        self._transport.delete(f"/sites/{segment(site_id)}")

    def detail(self, site_id: str) -> SiteDetail:
        """The site with all cyclers that you see, and their channels."""
        site = self.get(site_id)
        cyclers = all_pages(lambda limit, offset: self._cyclers.list(site_id, limit, offset))
        with ThreadPoolExecutor(_PARALLEL_CYCLERS) as pool:
            return SiteDetail(site=site, cyclers=list(pool.map(self._cyclers.detail_from_cycler, cyclers)))
