"""A server to which files are sent as a page sends them."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from cellkeep.client import Client
from cellkeep.services import accounts
from cellkeep.storage.local_blobs import LocalBlobs
from conftest import Server

_PAGE = {"X-Cellkeep-Page": "1", "Accept": "application/json"}
_LONGEST_S = 60.0
_FILES = "/ui/upload/files"


@dataclass(frozen=True)
class Visitor:
    """A person with the page open.

    Attributes:
        http: asks as the script of the page does.
    """

    http: httpx2.Client

    def send(self, name: str, content: str | bytes) -> str:
        """Send a file; its id once it was looked into."""
        body = content.encode() if isinstance(content, str) else content
        answer = self.http.post(_FILES, params={"name": name}, content=body)
        assert answer.status_code == 201, answer.text
        return self.settled(answer.json()["id"])["id"]

    def settled(self, upload_id: str) -> dict[str, Any]:
        """A file and what is in it, once nothing is done with it any more."""
        give_up = time.monotonic() + _LONGEST_S
        while True:
            found: dict[str, Any] = self.http.get(f"{_FILES}/{upload_id}").json()
            if found["state"] not in {"waiting", "reading", "queued", "storing"}:
                return found
            assert time.monotonic() < give_up, found
            time.sleep(0.02)

    def read(self, upload_id: str, **how: Any) -> dict[str, Any]:
        """Have it looked into in another way."""
        answer = self.http.post(f"{_FILES}/{upload_id}/reading", json=how)
        assert answer.status_code == 200, answer.text
        return self.settled(upload_id)

    def store(self, upload_id: str, **target: Any) -> dict[str, Any]:
        """Have it stored."""
        answer = self.http.post(f"{_FILES}/{upload_id}/storing", json=target)
        assert answer.status_code == 200, answer.text
        return self.settled(upload_id)


@pytest.fixture
def desk_server(standing_server: Callable[[str], Server]) -> Server:
    """A server on SQLite with nothing in it, and no file that waits."""
    found = standing_server("sqlite")
    found.bare.restore(found.store)
    assert isinstance(found.store.blobs, LocalBlobs)
    shutil.rmtree(found.store.blobs.root.parent / "uploads", ignore_errors=True)
    return found


@pytest.fixture
def signed_in(desk_server: Server) -> Iterator[Callable[[str], Visitor]]:
    """Signs people in by their ids."""
    opened: list[httpx2.Client] = []

    def sign_in(user_id: str) -> Visitor:
        http = httpx2.Client(base_url=desk_server.url, headers=_PAGE, timeout=30)
        opened.append(http)
        http.get("/ui/login", params={"token": accounts.create_login_token(desk_server.store, user_id)})
        return Visitor(http)

    yield sign_in
    for http in opened:
        http.close()


@pytest.fixture
def visitor(desk_server: Server, signed_in: Callable[[str], Visitor]) -> Visitor:
    """The admin."""
    with desk_server.store.reading() as work:
        admin = work.people.first_admin()
    assert admin
    return signed_in(admin.user_id)


@pytest.fixture
def desk_client(desk_server: Server) -> Iterator[Client]:
    """Our client of that server, as its admin."""
    with Client(api_url=desk_server.url, api_key=desk_server.key) as client:
        yield client


@pytest.fixture
def project_id(desk_client: Client) -> str:
    return desk_client.project.list().items[0].id
