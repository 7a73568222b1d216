"""The lists: specifications, lots, cells, measurements; searched, narrowed, sorted and paged by their address.

Each can be taken along whole, as a table for a spreadsheet.
"""

from collections.abc import Callable
from typing import Any, Final

import polars as pl
from fastapi import APIRouter, Request, Response

from cellkeep.domain.browsing import (
    MOST_PER_PAGE,
    BatchBrowse,
    Browse,
    CellBrowse,
    Choice,
    Line,
    MeasurementBrowse,
    SpecBrowse,
)
from cellkeep.domain.quantities import is_quantity
from cellkeep.storage.store import UnitOfWork
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.asking import asked
from cellkeep.web.naming import as_csv_file
from cellkeep.web.site import Site
from cellkeep.web.spreadsheets import as_csv

_CHOICES = 500
"""So many specifications, lots and tags are offered to choose from; any can be named in the address."""


_KINDS: Final[dict[str, type[Browse]]] = {
    "specs": SpecBrowse,
    "batches": BatchBrowse,
    "cells": CellBrowse,
    "measurements": MeasurementBrowse,
}


def routes(site: Site) -> APIRouter:
    router = APIRouter()
    for name, kind in _KINDS.items():
        router.add_api_route(f"/ui/{name}", _shows(site, name, kind))
        router.add_api_route(f"/ui/{name}.csv", _sends(site, name, kind))
    return router


def _shows(site: Site, name: str, kind: type[Browse]) -> Callable[..., Response]:
    @shows_errors
    def show(request: Request) -> Response:
        return _listed(site, request, name, kind)

    return show


def _sends(site: Site, name: str, kind: type[Browse]) -> Callable[..., Response]:
    @shows_errors
    def send(request: Request) -> Response:
        return as_csv_file(as_csv(_whole(site, request, name, kind)), name)

    return send


def _listed(site: Site, request: Request, name: str, kind: type[Browse]) -> Response:
    view = site.view(request)
    wanted = asked(kind, request)
    with site.store.reading(view.who) as work:
        found = getattr(work.browsing, name)(wanted)
        choices = _choices(work, wanted)
        narrowed_to = _narrowed_to(work, wanted)
    return page(request, f"{name}.html", view, asked=wanted, found=found, choices=choices, narrowed_to=narrowed_to)


def _whole(site: Site, request: Request, name: str, kind: type[Browse]) -> pl.DataFrame:
    """All lines of a list, whichever page the address is of."""
    wanted = asked(kind, request).model_copy(update={"page": 1, "per_page": MOST_PER_PAGE})
    rows: list[dict[str, Any]] = []
    with site.store.reading(site.caller(request)) as work:
        browse = getattr(work.browsing, name)
        while lines := browse(wanted).items:
            rows += [_row(each) for each in lines]
            wanted = wanted.model_copy(update={"page": wanted.page + 1})
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)  # a whole number may be beside a broken one


def _row(line: Line) -> dict[str, Any]:
    """What a line tells; each rating in a column of its own that names its unit."""
    told = line.model_dump(mode="json")
    ratings = {
        f"{key} [{each['unit']}]": each["value"] for key, each in told.pop("ratings", {}).items() if is_quantity(each)
    }
    return told | ({"tags": "; ".join(told["tags"])} if "tags" in told else {}) | ratings


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
