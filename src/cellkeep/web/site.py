"""What the pages are made of: the store, and who is signed in."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import httpx2
from fastapi import Request

from cellkeep.client import Client
from cellkeep.domain.paging import MAX_LIMIT, ListQuery
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import Project
from cellkeep.services import sessions
from cellkeep.services.measurements import Links
from cellkeep.services.processing import Jobs
from cellkeep.services.tries import Tries
from cellkeep.storage.store import Store

ClientOf = Callable[[str, Callable[[httpx2.Request], None]], Client]
"""Makes a client that acts for a user, and tells of each request that it is about to make."""


@dataclass(frozen=True)
class View:
    """Who looks, and at what part of the lab: what the frame around every page shows.

    Attributes:
        who: who is signed in.
        projects: all that they see.
        project: the one that the address names; None for all of them.
        base_url: what links start with.
    """

    who: Caller
    projects: Sequence[Project]
    project: Project | None
    base_url: str


@dataclass(frozen=True)
class Site:
    """The parts that pages need.

    Attributes:
        store: database and blobs.
        jobs: processing.
        secret: key of session cookies.
        client_of: makes clients.
        public_url: what links start with; the address of the request where it is None.
        tries: how often passwords were guessed, on whichever page.
    """

    store: Store
    jobs: Jobs
    secret: bytes
    client_of: ClientOf
    public_url: str | None = None
    tries: Tries = field(default_factory=Tries)

    def attempt(self, request: Request, email: str) -> AbstractContextManager[None]:
        """A try at the password of a person.

        Raises:
            ForbiddenError: there were too many.
        """
        return self.tries.attempt(email, request.client.host if request.client else "")

    def caller(self, request: Request) -> Caller:
        """Who is signed in.

        Raises:
            UnauthorizedError: nobody.
        """
        return sessions.caller(self.store, request.cookies.get(sessions.COOKIE), self.secret)

    def view(self, request: Request) -> View:
        """Who looks, and at which project.

        Raises:
            UnauthorizedError: nobody is signed in.
            NotFoundError: they see no project of that id.
        """
        who = self.caller(request)
        wanted = request.query_params.get("project")
        with self.store.reading(who) as work:
            projects = work.projects.list(ListQuery(order_by="name", order="asc", limit=MAX_LIMIT)).items
            project = work.projects.get(wanted) if wanted else None
        return View(who, projects, project, self.base_url(request))

    def client(self, request: Request) -> Client:
        """A client that may do what the person may who is signed in; whoever takes it closes it.

        Raises:
            UnauthorizedError: nobody is signed in.
        """
        return self.client_of(self.caller(request).user_id, lambda _: None)

    def base_url(self, request: Request) -> str:
        return self.public_url or str(request.base_url).rstrip("/")

    def links(self, request: Request) -> Links:
        """Makes links to stored objects that the person who asks sees."""
        return Links(self.store, self.caller(request), self.base_url(request))
