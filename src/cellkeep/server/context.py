"""What a request needs from the application, and the dependencies that hand it over."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cellkeep.domain.people import Caller
from cellkeep.server.admission import CALLER, Known
from cellkeep.services.measurements import Links
from cellkeep.services.processing import Jobs
from cellkeep.storage.store import Store, UnitOfWork


@dataclass(frozen=True)
class Context:
    """The parts an application is made of.

    Attributes:
        store: database and blobs.
        jobs: processing.
        authenticate: the caller a key belongs to, or UnauthorizedError.
        by_session: the caller whose session a cookie is, or UnauthorizedError; None where there are no pages.
        public_url: what links start with; the address of the request where it is None.
    """

    store: Store
    jobs: Jobs
    authenticate: Known
    by_session: Known | None = None
    public_url: str | None = None


# Not in threads: to hand these over and back takes longer than to find them, for each request.
async def _context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(_context)]


async def _caller(request: Request) -> Caller:
    found: Caller = request.scope[CALLER]
    return found


Who = Annotated[Caller, Depends(_caller)]


def _base_url(request: Request, context: Ctx) -> str:
    return context.public_url or str(request.base_url).rstrip("/")


BaseUrl = Annotated[str, Depends(_base_url)]


def _reading(context: Ctx, who: Who) -> Iterator[UnitOfWork]:
    with context.store.reading(who) as work:
        yield work


def _writing(context: Ctx, who: Who) -> Iterator[UnitOfWork]:
    with context.store.writing(who) as work:
        yield work


# Function scope: the transaction ends before the answer leaves, so a commit that fails is never answered with success.
Reading = Annotated[UnitOfWork, Depends(_reading, scope="function")]
Writing = Annotated[UnitOfWork, Depends(_writing, scope="function")]


def _links(context: Ctx, who: Who, base_url: BaseUrl) -> Links:
    return Links(context.store, who, base_url)


LinksTo = Annotated[Links, Depends(_links)]
