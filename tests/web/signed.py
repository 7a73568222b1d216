"""A browser of somebody who is signed in, by plain HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from cellkeep.services import accounts
from conftest import Server


@contextmanager
def signed_in(server: Server, user_id: str | None = None) -> Iterator[httpx2.Client]:
    """Of the admin, unless another is named."""
    who = user_id or accounts.ensure_first_admin(server.store).user_id
    with httpx2.Client(base_url=server.url, follow_redirects=True, headers={"Accept": "text/html"}) as browser:
        browser.get("/ui/login", params={"token": accounts.create_login_token(server.store, who)})
        yield browser
