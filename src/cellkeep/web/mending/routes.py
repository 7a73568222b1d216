"""The page that shows what mending a stored series would do, and has it done."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cellkeep.domain.errors import ConflictError
from cellkeep.domain.people import Caller
from cellkeep.services import sessions
from cellkeep.storage.store import UnitOfWork
from cellkeep.summarise.mending import MENDED_CODES
from cellkeep.web.answers import HEADERS, as_json, page, shows_errors
from cellkeep.web.figures.asked import Asked
from cellkeep.web.forms import SmallForm
from cellkeep.web.mending.allowed import python, why_not
from cellkeep.web.mending.previews import Preview, Previews, Wanted
from cellkeep.web.mending.storing import require_seen, store_mended
from cellkeep.web.site import Site
from cellkeep.web.upload.figures import figure_of

_PAGE = "/ui/measurements/{measurement_id}/mend"


def routes(site: Site) -> APIRouter:
    router = APIRouter()
    previews = Previews(site.store)

    @router.get(_PAGE)
    @shows_errors
    def mend(request: Request, measurement_id: str) -> Response:
        view = site.view(request)
        with site.store.reading(view.who) as work:
            wanted, refused = _wanted(work, view.who, measurement_id, Asked.of(request.url.query).texts("code"))
            cell = work.instances.get(wanted.record.cell_instance_id)
        told = previews.of(wanted).told if wanted.codes and not refused else None
        return page(
            request,
            "mend.html",
            view,
            record=wanted.record,
            cell=cell,
            place=_place(measurement_id),
            refused=refused,
            codes=wanted.codes,
            told=told,
            query=urlencode([("code", each) for each in wanted.codes]),
            python=python(wanted.record, wanted.codes),
        )

    _asked(router, site, previews)
    return router


def _asked(router: APIRouter, site: Site, previews: Previews) -> None:
    def shown(request: Request, measurement_id: str) -> Preview:
        who = site.caller(request)
        with site.store.reading(who) as work:
            wanted = _allowed(work, who, measurement_id, Asked.of(request.url.query).texts("code"))
        return previews.of(wanted)

    @router.get(_PAGE + "/figure")
    @shows_errors
    def figure(request: Request, measurement_id: str, which: str = "before", theme: str = "") -> Response:
        preview = shown(request, measurement_id)
        return as_json(figure_of(Path(preview.folder.name), mended=which == "after", dark=theme == "dark"))

    @router.post(_PAGE)
    @shows_errors
    def store(request: Request, measurement_id: str, sent: SmallForm) -> Response:
        sessions.refuse_elsewhere(request.headers, site.public_url)
        who = site.caller(request)
        codes = [code for _, code in parse_qsl(sent.get("codes", ""))]
        with site.store.reading(who) as work:
            wanted = _allowed(work, who, measurement_id, codes)
        require_seen(wanted, sent.get("seen", ""))
        store_mended(site.store, site.jobs, previews, wanted, site.base_url(request))
        return RedirectResponse(f"{_place(measurement_id)}?view=origin", status_code=303, headers=HEADERS)


def _allowed(work: UnitOfWork, who: Caller, measurement_id: str, codes: Sequence[str]) -> Wanted:
    """What is to be mended, if it can be.

    Raises:
        ForbiddenError: they may not change it.
        ConflictError: says why not.
    """
    wanted, refused = _wanted(work, who, measurement_id, codes)
    who.require_write(wanted.record.project_id)
    if refused:
        raise ConflictError(refused)
    return wanted


def _wanted(work: UnitOfWork, who: Caller, measurement_id: str, codes: Sequence[str]) -> tuple[Wanted, str]:
    """What is to be mended: what was chosen, or else all that can be; and why it can not be here."""
    record = work.measurements.get(measurement_id)
    chosen = [code for code in codes or record.finding_counts or {} if code in MENDED_CODES]
    ratings = work.specs.get(record.specification_id).ratings
    return Wanted(who, record, ratings, sorted(set(chosen))), why_not(work, who, record)


def _place(measurement_id: str) -> str:
    return f"/ui/measurements/{quote(measurement_id, safe='')}"
