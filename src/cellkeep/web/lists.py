"""The lists: specifications, lots, cells, measurements; searched, narrowed, sorted and paged by their address."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.browsing import BatchBrowse, Browse, CellBrowse, Choice, MeasurementBrowse, SpecBrowse
from cellkeep.storage.store import UnitOfWork
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.asking import asked
from cellkeep.web.site import Site

_CHOICES = 500
"""So many specifications, lots and tags are offered to choose from; any can be named in the address."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/specs")
    @shows_errors
    def specs(request: Request) -> Response:
        return _listed(site, request, "specs", SpecBrowse)

    @router.get("/ui/batches")
    @shows_errors
    def batches(request: Request) -> Response:
        return _listed(site, request, "batches", BatchBrowse)

    @router.get("/ui/cells")
    @shows_errors
    def cells(request: Request) -> Response:
        return _listed(site, request, "cells", CellBrowse)

    @router.get("/ui/measurements")
    @shows_errors
    def measurements(request: Request) -> Response:
        return _listed(site, request, "measurements", MeasurementBrowse)

    return router


def _listed(site: Site, request: Request, name: str, kind: type[Browse]) -> Response:
    view = site.view(request)
    wanted = asked(kind, request)
    with site.store.reading(view.who) as work:
        found = getattr(work.browsing, name)(wanted)
        choices = _choices(work, wanted)
        narrowed_to = _narrowed_to(work, wanted)
    return page(request, f"{name}.html", view, asked=wanted, found=found, choices=choices, narrowed_to=narrowed_to)


def _choices(work: UnitOfWork, wanted: Any) -> dict[str, Any]:
    """What the fields of the list offer; only those that it has."""
    fields = type(wanted).model_fields
    found: dict[str, Any] = {}
    if "spec" in fields:
        specs = work.browsing.spec_choices(wanted.project, _CHOICES)
        found["specs"] = _with(work.specs, specs, wanted.spec)
    if "batch" in fields:
        batches = work.browsing.batch_choices(wanted.project, _CHOICES, wanted.spec)
        found["batches"] = _with(work.batches, batches, wanted.batch)
    if "tag" in fields:
        found["tags"] = work.browsing.tag_choices(wanted.project, _CHOICES)
    return found


def _with(records: Any, choices: list[Choice], chosen: str | None) -> list[Choice]:
    """The choices with the one that is chosen, be it among so many or not."""
    if chosen is None or any(each.id == chosen for each in choices):
        return choices
    return [Choice(id=chosen, name=records.row(chosen).name), *choices]


def _narrowed_to(work: UnitOfWork, wanted: Any) -> dict[str, str]:
    """The names of records that only a link narrows a list to, by field."""
    records: dict[str, Any] = {"cell": work.instances, "study": work.studies, "material": work.materials}
    chosen = {field: getattr(wanted, field, None) for field in records}
    return {field: records[field].row(id_).name for field, id_ in chosen.items() if id_}
