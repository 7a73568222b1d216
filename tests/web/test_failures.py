"""What goes wrong below `/ui`, as a person and as a script see it."""

import httpx2
import pytest

from cellkeep.storage.browsing import Browsing
from conftest import Server
from web.signed import signed_in

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)
SCRIPT = {"Accept": "application/json", "X-Cellkeep-Page": "1"}


def test_an_unknown_address_is_a_page_with_ways_on(server: Server) -> None:
    """Of a stranger, too, by its name as text; a script, or a program that takes anything, gets the JSON."""
    with httpx2.Client(base_url=server.url, headers={"Accept": "text/html"}) as stranger:
        for path in ("/ui/nowhere/%3Cb%3E", "/ui/cells/", "/ui/static/0/none.js"):
            answer = stranger.get(path)
            assert answer.status_code == 404
            assert answer.headers["content-type"].startswith("text/html")
            assert "frame-ancestors" in answer.headers["content-security-policy"]
            assert all(
                words in answer.text for words in ("There is nothing here", 'action="/ui/search"', 'href="/ui/"')
            )
        assert "&lt;b&gt;" in stranger.get("/ui/nowhere/%3Cb%3E").text
        wrong_way = stranger.post("/ui/cells")
        assert (wrong_way.status_code, "That did not work" in wrong_way.text) == (405, True)
        assert wrong_way.headers["allow"] == "GET"
        for headers in (SCRIPT, {"Accept": "*/*"}):
            assert stranger.get("/ui/nowhere", headers=headers).json()["error_code"] == "NOT_FOUND"
        assert stranger.get("/nowhere").json()["error_code"] == "UNAUTHORIZED"


def test_an_accident_is_a_page_that_names_its_incident(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """In plain words, with what the log has it under; the same as JSON where a script asks, and no cause in either."""

    def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(Browsing, "cells", fail)
    with signed_in(server) as browser:
        answer = browser.get("/ui/cells")
        assert answer.status_code == 500
        incident = answer.headers["x-correlation-id"]
        assert f"under incident {incident}" in answer.text
        assert "<h1>The server failed at this</h1>" in answer.text
        assert "secret" not in answer.text
        told = browser.get("/ui/cells", headers=SCRIPT)
        assert told.json()["detail"]["incident"] == told.headers["x-correlation-id"]
