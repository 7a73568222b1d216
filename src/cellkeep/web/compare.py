"""The page that compares: measurements of any cells over each other, and beside each other in a table."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.errors import CellkeepError
from cellkeep.services import comparing
from cellkeep.web.answers import HEADERS, as_json, page, shows_errors
from cellkeep.web.comparing import asked as words
from cellkeep.web.comparing import summary
from cellkeep.web.comparing.asked import View
from cellkeep.web.comparing.colours import chips
from cellkeep.web.comparing.drawings import draw
from cellkeep.web.comparing.listed import Comparison, comparison
from cellkeep.web.figures.asked import Asked
from cellkeep.web.naming import as_csv_file, file_name
from cellkeep.web.site import Site
from cellkeep.web.spreadsheets import as_csv
from cellkeep.web.words import kind

_MOST_FOUND = 20
_SHORTEST = 2
_NAMED = 2
"""Cells in the name of a file."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    def compared(request: Request) -> Comparison:
        asked = View.of_query(request.url.query)
        return comparison(site.store, site.caller(request), asked, site.base_url(request))

    @router.get("/ui/compare")
    @shows_errors
    def compare(request: Request) -> Response:
        view = site.view(request)
        found = comparison(site.store, view.who, View.of_query(request.url.query), view.base_url)
        rows = summary.ordered(found, Asked.of(request.url.query))
        return page(
            request,
            "compare.html",
            view,
            found=found,
            rows=rows,
            chips=_chips(found),
            words=words,
            summary=summary,
            query=request.url.query,
        )

    @router.get("/ui/compare/figure")
    @shows_errors
    def figure(request: Request) -> Response:
        found = compared(request)
        return Response(draw(found).json(_name(found)), media_type="application/json", headers=HEADERS)

    @router.get("/ui/compare/figure.csv")
    @shows_errors
    def figure_csv(request: Request) -> Response:
        found = compared(request)
        return as_csv_file(draw(found).csv(), _name(found))

    @router.get("/ui/compare/table.csv")
    @shows_errors
    def table_csv(request: Request) -> Response:
        found = compared(request)
        rows = summary.ordered(found, Asked.of(request.url.query))
        return as_csv_file(as_csv(summary.as_frame(rows)), _name(found, "summary"))

    @router.get("/ui/compare/search")
    @shows_errors
    def search(request: Request, q: str = "") -> Response:
        who = site.caller(request)
        text = q.strip()
        if len(text) < _SHORTEST:
            return as_json({"found": []})
        with site.store.reading(who) as work:
            found = comparing.mentioning(work, text, _MOST_FOUND)
        return as_json({"found": [_told(each) for each in found]})

    @router.get("/ui/compare/known")
    @shows_errors
    def known(request: Request) -> Response:
        asked = [entry.id for entry in View.of_query(request.url.query).entries]
        with site.store.reading(site.caller(request)) as work:
            return as_json({"known": sorted(work.measurements.seen(asked))})

    return router


def _chips(found: Comparison) -> Mapping[str, tuple[str, str]]:
    """The colours of each measurement on a light and on a dark page, by id, as far as they can be told."""
    try:
        light, dark = (chips(found, dark) for dark in (False, True))
    except CellkeepError:  # the figure says what is wrong
        return {}
    return {each: (light[each], dark[each]) for each in light}


def _told(each: comparing.Subject) -> dict[str, Any]:
    assert each.record  # noqa: S101  what is found is seen
    return {
        "id": each.id,
        "name": each.record.name,
        "cell": each.cell,
        "spec": each.spec,
        "batch": each.batch,
        "type": kind(each.record),
        "state": each.record.processing_status,
    }


def _name(found: Comparison, what: str = "") -> str:
    """What a file of it is called: by its measurement, or by its first cells and how many more there are."""
    what = what or found.view.plot
    if len(found.listed) == 1 and (record := found.listed[0].subject.record):
        return file_name(found.listed[0].subject.cell, record.name, what)
    cells = list(dict.fromkeys(each.subject.cell for each in found.listed if each.subject.record))
    more = len(cells) - _NAMED
    return file_name(*cells[:_NAMED], f"and_{more}_more" if more > 0 else "", what)
