"""Search over everything: a page grouped by kind, and the same as JSON for a box that answers while somebody types."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from cellkeep.domain.browsing import BatchBrowse
from cellkeep.domain.search import SearchQuery, SearchResult
from cellkeep.services import search as searching
from cellkeep.storage.store import UnitOfWork
from cellkeep.web.answers import as_json, page, shows_errors
from cellkeep.web.site import Site, View

_SHORTEST, _LONGEST = 2, 1000
_ON_PAGE, _IN_BOX = 20, 5

_KINDS = {
    "project": "Projects",
    "cell_specification": "Specifications",
    "cell_batch": "Batches",
    "cell_instance": "Cells",
    "cell_measurement": "Measurements",
    "material": "Materials",
    "study": "Studies",
    "cycler": "Cyclers",
    "channel": "Channels",
    "site": "Sites",
    "raw_data": "Raw files",
}
_LISTS = {
    "cell_specification": "/ui/specs",
    "cell_batch": "/ui/batches",
    "cell_instance": "/ui/cells",
    "cell_measurement": "/ui/measurements",
}
"""Lists that hold all that is found, where there is one."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/search")
    @shows_errors
    def search(request: Request, q: str = "") -> Response:
        view = site.view(request)
        text = q.strip()[:_LONGEST]
        groups = _groups(site, view, text, _ON_PAGE)
        return page(request, "search.html", view, q=text, groups=groups, shortest=_SHORTEST, most=_ON_PAGE)

    @router.get("/ui/search.json")
    @shows_errors
    def search_as_json(request: Request, q: str = "") -> Response:
        view = site.view(request)
        return as_json({"q": q, "groups": _groups(site, view, q.strip()[:_LONGEST], _IN_BOX)})

    return router


def _groups(site: Site, view: View, text: str, most: int) -> list[dict[str, Any]]:
    """What is found, kind after kind, each with the page that shows it."""
    if len(text) < _SHORTEST:
        return []
    project_id = view.project.id if view.project else None
    with site.store.reading(view.who) as work:
        found = {kind: _hits(work, kind, text, most, project_id) for kind in _KINDS}
        below = _names_above(work, [hit for hits in found.values() for hit in hits])
    projects = {project.id: project.name for project in view.projects}
    return [
        {
            "kind": kind,
            "name": _KINDS[kind],
            "list": _LISTS.get(kind),
            "results": [_shown(hit, below, projects) for hit in hits],
        }
        for kind, hits in found.items()
        if hits
    ]


def _hits(work: UnitOfWork, kind: str, text: str, most: int, project_id: str | None) -> Sequence[SearchResult]:
    """The best of one kind. Lots are no kind that a program searches; a person looks for them all the same."""
    if kind == "cell_batch":
        lots = work.browsing.batches(BatchBrowse(q=text, project=project_id, sort="name", per_page=most))
        return [
            SearchResult(id=lot.id, entity_type=kind, name=lot.name, project_id=lot.project_id, parent_id=lot.spec_id)
            for lot in lots
        ]
    wanted = SearchQuery(q=text, per_type=most, limit=most, project_id=project_id, entity_types=[kind])
    return searching.search(work, wanted).results


def _shown(hit: SearchResult, below: dict[str, str], projects: dict[str, str]) -> dict[str, Any]:
    project = None if hit.entity_type == "project" else projects.get(hit.project_id or "")
    place = [each for each in (project, below.get(hit.parent_id or "")) if each]
    return {"name": hit.name, "id": hit.id, "href": _place(hit), "below": " / ".join(place)}


def _place(hit: SearchResult) -> str:
    """The page that shows a record, or the list of what it belongs to."""
    id_, project = quote(hit.id, safe=""), quote(hit.project_id or "", safe="")
    return {
        "project": f"/ui/?project={id_}",
        "cell_specification": f"/ui/specs/{id_}",
        "cell_batch": f"/ui/batches/{id_}",
        "cell_instance": f"/ui/cells/{id_}",
        "cell_measurement": f"/ui/measurements/{id_}",
        "material": f"/ui/specs?material={id_}",
        "study": f"/ui/measurements?project={project}&study={id_}",
        "cycler": f"/ui/lab?project={project}#{id_}",
        "channel": f"/ui/lab?project={project}#{id_}",
        "site": "/ui/lab",
        "raw_data": f"/ui/raw_data/{id_}",
    }[hit.entity_type]


def _names_above(work: UnitOfWork, hits: Iterable[SearchResult]) -> dict[str, str]:
    """The names of the specifications and cells that what is found lies below."""
    parents: dict[str, set[str]] = {}
    for hit in hits:
        if hit.parent_id:
            parents.setdefault(hit.entity_type, set()).add(hit.parent_id)
    return {
        **work.instances.names(parents.get("cell_measurement", set())),
        **work.specs.names(parents.get("cell_instance", set()) | parents.get("cell_batch", set())),
    }
