"""The wall of the laboratory: which channels are busy and with what, which are free, and which have gone quiet."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from cellkeep.domain.lab import FlatChannel, flattened
from cellkeep.services import channel_details, lab_wall
from cellkeep.services.lab_wall import ProjectLab
from cellkeep.storage.store import UnitOfWork
from cellkeep.web.answers import as_json, compressed, page, shows_errors
from cellkeep.web.site import Site, View
from cellkeep.web.wall import STATES, Asked, rating, wall_of

_MOST_PROJECTS = 4
"""Of more, one has to be chosen."""
KNOWN = "x-cellkeep-known"
"""The version of the wall that a page shows already, in a request for what has changed."""


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/lab")
    @shows_errors
    def lab(request: Request) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            values = _values(work, view, request)
        is_open = "application/json" in request.headers.get("accept", "") and values["wall"] is not None
        return compressed(
            request, _changed(request, view, values) if is_open else page(request, "lab.html", view, **values)
        )

    return router


def _values(work: UnitOfWork, view: View, request: Request) -> dict[str, Any]:
    extents = lab_wall.extents(work, [view.project] if view.project else view.projects)
    if not extents or len(extents) > _MOST_PROJECTS:
        return {"extents": extents, "wall": None}
    labs = lab_wall.of(work, view.who, [each.project for each in extents])
    return {
        "extents": extents,
        "wall": wall_of(labs, Asked.of(request.query_params)),
        "states": STATES,
        "chosen": _chosen(work, labs, request.query_params.get("channel", "")),
    }


def _chosen(work: UnitOfWork, labs: Sequence[ProjectLab], channel_id: str) -> dict[str, Any] | None:
    """The channel whose details are asked for; one that there is not any more is passed over."""
    places: dict[str, FlatChannel] = {each.channel.id: each for lab in labs for each in flattened(lab.status)}
    if (place := places.get(channel_id)) is None:
        return None
    return {"place": place, "rating": rating(place.channel), "details": channel_details.of(work, channel_id)}


def _changed(request: Request, view: View, values: dict[str, Any]) -> Response:
    """The wall for a page that is open: only what has changed of it."""
    version = values["wall"].version
    known = request.headers.get(KNOWN) == version

    def part(template: str) -> str:
        return bytes(page(request, template, view, **values).body).decode()

    return as_json(
        {"version": version, "wall": None if known else part("_wall.html"), "channel": part("_channel.html")}
    )
