"""The first page: how much there is, what came last, what is being processed, what failed and why."""

from fastapi import APIRouter, Request, Response

from cellkeep.services import overview
from cellkeep.web.answers import page, shows_errors
from cellkeep.web.site import Site


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.get("/ui/")
    @shows_errors
    def home(request: Request) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            found = overview.of(work, view.project.id if view.project else None)
        return page(request, "home.html", view, found=found)

    return router
