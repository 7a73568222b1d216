"""What browser tests look at: a server with a laboratory in it, and windows of people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.sync_api import Page

from browser.lab import Lab
from cellkeep.client import Client
from cellkeep.services import accounts
from conftest import Server

Open = Callable[..., Page]
"""Opens a window: `open_page(width=1440, height=900, dark=False)`; with `cookies=…` in a browser of its own."""
PLACE: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Berlin"}
"""Where the people of the tests sit."""


@dataclass(frozen=True)
class Stand:
    """A server that all tests of a worker share. They leave it as it is; one that writes makes a project of its own.

    Attributes:
        server: the server.
        client: a client of its admin.
        lab: what there is to see.
    """

    server: Server
    client: Client
    lab: Lab

    @property
    def url(self) -> str:
        return self.server.url

    def login(self, user_id: str | None = None) -> str:
        """The path of a link that signs somebody in, once; the admin unless another is named."""
        who = user_id or accounts.ensure_first_admin(self.server.store).user_id
        return f"/ui/login?token={accounts.create_login_token(self.server.store, who)}"

    def cookies(self, user_id: str | None = None) -> list[dict[str, str]]:
        """What the browser of somebody who is signed in sends; of the admin unless another is named."""
        with httpx2.Client(base_url=self.url) as http:
            http.get(self.login(user_id))
            return [{"name": name, "value": value, "url": self.url} for name, value in http.cookies.items()]
