"""The API, asked by a page for who is signed in there."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from cellkeep.app import create_app, open_store
from cellkeep.domain.people import SignIn
from cellkeep.services import accounts, passwords, sessions
from cellkeep.settings import ServerSettings
from server.conftest import Join
from server.test_context import require_error

ON_SQLITE = pytest.mark.parametrize("server", ["sqlite"], indirect=True)
PAGE = {"X-Cellkeep-Page": "1"}


@pytest.fixture
def signed_in(server: Any, stranger: httpx2.Client) -> Iterator[httpx2.Client]:
    """A browser in which the admin is signed in."""
    admin = accounts.ensure_first_admin(server.store)
    stranger.get("/ui/login", params={"token": accounts.create_login_token(server.store, admin.user_id)})
    assert stranger.cookies[sessions.COOKIE]
    return stranger


def test_a_page_asks_for_who_is_signed_in(server: Any, signed_in: httpx2.Client, join: Join) -> None:
    """The session reads and writes as its person may; a key wins over it, right or wrong, in either header."""
    assert signed_in.get("/users/me", headers=PAGE).json()["email"] == "admin@localhost"
    origin = {**PAGE, "Sec-Fetch-Site": "same-origin", "Origin": server.url}
    assert signed_in.post("/projects", json={"name": "By a page"}, headers=origin).status_code == 201
    assert signed_in.get("/openapi.json", headers=PAGE).json()["info"]["title"] == "cellkeep"
    jane = join("jane@lab.org").headers["X-API-Key"]
    for key in ({"X-API-Key": jane}, {"Authorization": f"Bearer {jane}"}):
        assert signed_in.get("/users/me", headers={**PAGE, **key}).json()["email"] == "jane@lab.org"
    require_error(signed_in.get("/users/me", headers={**PAGE, "X-API-Key": "ck_wrong"}), 401, "UNAUTHORIZED")


@ON_SQLITE
def test_another_site_asks_in_vain(server: Any, signed_in: httpx2.Client) -> None:
    """Without the header of our pages the cookie counts for nothing, and with it not where the browser tells more."""
    for headers in ({}, {"X-Cellkeep-Page": "0"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = signed_in.post("/projects", json={"name": "Forged"}, headers=headers)
        require_error(answer, 401, "UNAUTHORIZED")
        assert "API key" in answer.json()["message"]
    for told in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.org"}):
        require_error(signed_in.post("/projects", json={"name": "Forged"}, headers={**PAGE, **told}), 403, "FORBIDDEN")
    asked = {"Origin": "http://evil.org", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "x-cellkeep-page"
    answer = signed_in.options("/projects", headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert [each["name"] for each in signed_in.get("/projects", headers=PAGE).json()["items"]] == ["My project"]


@ON_SQLITE
def test_a_session_that_is_none_lets_nobody_in(
    server: Any, signed_in: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing, forged, expired or ended one is told to sign in, and nothing of its request is read."""
    cookie = signed_in.cookies[sessions.COOKIE]
    who = SignIn(user_id=cookie.partition(".")[0], epoch=0)
    monkeypatch.setattr(sessions, "LIFETIME_S", -2)
    secret = (server.store.blobs.root.parent / "secret.key").read_bytes()
    wrong = ["", cookie[:-1], sessions.seal(who, b"another secret"), sessions.seal(who, secret)]
    passwords.clear(server.store, who.user_id)
    for each in [*wrong, cookie]:
        signed_in.cookies.set(sessions.COOKIE, each)
        answer = signed_in.post("/projects", content=b"not looked at", headers=PAGE)
        require_error(answer, 401, "UNAUTHORIZED")
        assert "sign in at /ui/login" in answer.json()["message"]


def test_without_pages_there_are_no_sessions(tmp_path: Any) -> None:
    """An application that runs inside a program, as `cellkeep.open` has it, takes keys and no cookies."""
    settings = ServerSettings.embedded(tmp_path)
    store = open_store(settings, embedded=True)
    admin = accounts.ensure_first_admin(store)
    cookie = sessions.seal(SignIn(user_id=admin.user_id, epoch=0), (tmp_path / "secret.key").read_bytes())
    app = create_app(settings, store, lambda key: accounts.authenticate(store, key))
    with TestClient(app, headers=PAGE, cookies={sessions.COOKIE: cookie}) as http:
        assert http.get("/users/me").status_code == 401
        assert http.get("/ui/").status_code == 404
