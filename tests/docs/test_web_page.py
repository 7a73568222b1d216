"""The pages on what is in the browser: their code runs, and they tell of every page that there is."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from cellkeep.services import accounts
from cellkeep.web import pages
from conftest import Server
from docs.conftest import ROOT

WEB, FIRST = "docs/web.md", "docs/first-files.md"
_SITE: Any = SimpleNamespace(store=None, jobs=None)
"""Nothing is asked of it while routes are made."""
_MOST_BYTES = 80_000
"""Of a picture, which everybody downloads who downloads the repository."""


def test_the_page_runs(
    page: Callable[[str], Any],
    here: Path,
    capsys: pytest.CaptureFixture[str],
    standing_server: Callable[[str], Server],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it prints is the address of a page that shows the measurement."""
    server = standing_server("sqlite")
    server.bare.restore(server.store)
    monkeypatch.setenv("CELLKEEP_API_URL", server.url)
    monkeypatch.setenv("CELLKEEP_API_KEY", server.key)
    found = page(WEB).run()
    assert capsys.readouterr().out == f"{found['page']}\n"
    token = accounts.create_login_token(server.store, accounts.ensure_first_admin(server.store).user_id)
    with httpx2.Client(base_url=server.url) as http:
        http.get(f"/ui/login?token={token}")
        assert "First cycle" in http.get(found["page"]).text


def test_every_page_is_told_of(page: Callable[[str], Any]) -> None:
    """Each address that opens a page stands on it; those of parts of a page do not need to."""
    there = {path for path in _paths(pages(_SITE, _SITE)) if re.fullmatch(r"/ui/\w*(/ID)?", path)}
    assert {"/ui/", "/ui/cells/ID", "/ui/lab"} <= there
    assert there - set(re.findall(r"`(/ui/[\w/]*)`", page(WEB).text)) == set()


def test_the_pictures_are_there_and_small(page: Callable[[str], Any]) -> None:
    """Each picture is shown, and each that is shown is there and takes little."""
    shown = re.findall(r"!\[[^]]+\]\((.+?)\)", page(FIRST).text)
    assert sorted(shown) == sorted(f"screenshots/{path.name}" for path in (ROOT / "docs/screenshots").iterdir())
    assert max((ROOT / "docs" / path).stat().st_size for path in shown) < _MOST_BYTES


def _paths(router: Any) -> Iterator[str]:
    for route in router.routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from _paths(inner)
        elif "GET" in route.methods:
            yield re.sub(r"\{\w+\}", "ID", route.path)
