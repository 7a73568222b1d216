"""Fixtures: a browser, a server with a laboratory in it, and windows that are watched."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from browser.chromium import MISSING, PATH, Chromium
from browser.lab import fill
from browser.stand import Open, Stand, window
from browser.watch import Watch
from cellkeep.client import Client
from conftest import new_database, serving

_TIMEOUT_MS = 10_000


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that uses the browser in the thread of the browser."""
    __tracebackhide__ = True
    chromium = pyfuncitem.funcargs.get("chromium")
    if chromium is None:
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    chromium.run(pyfuncitem.obj, **wanted)
    return True


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser, started once. Tests run in its thread; a fixture that needs a page reaches it by `chromium.run`."""
    if PATH is None:
        pytest.skip(MISSING)
    chromium = Chromium(PATH)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def stand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The server with the laboratory, on SQLite and a folder."""
    data = tmp_path_factory.mktemp("browser")
    with (
        new_database(request, "sqlite", data) as database_url,
        serving(data, database_url) as server,
        Client(api_url=server.url, api_key=server.key) as client,
    ):
        yield Stand(server, client, fill(client, server.store))


@pytest.fixture(scope="session")
def admin_cookies(stand: Stand) -> list[dict[str, str]]:
    return stand.cookies()


@pytest.fixture
def watch(stand: Stand) -> Iterator[Watch]:
    """What the browser complains about: at the end of the test nothing but what it expects."""
    watch = Watch(stand.url)
    yield watch
    watch.verify()


@pytest.fixture
def open_page(chromium: Chromium, stand: Stand, watch: Watch, admin_cookies: list[dict[str, str]]) -> Iterator[Open]:
    """Opens windows that are watched; the admin is signed in unless other `cookies` are given, or none: `[]`."""
    contexts: list[BrowserContext] = []

    def opened(
        *, width: int = 1440, height: int = 900, dark: bool = False, cookies: Any = None, **settings: Any
    ) -> Page:
        settings = {**window(width, height, dark=dark), **settings}
        context = chromium.browser.new_context(base_url=stand.url, **settings)
        contexts.append(context)
        context.set_default_timeout(_TIMEOUT_MS)
        context.add_cookies(admin_cookies if cookies is None else cookies)
        watch.over(context)
        return context.new_page()

    yield lambda **told: chromium.run(opened, **told)
    chromium.run(lambda: [_close(context, watch) for context in contexts])


@pytest.fixture
def page(open_page: Open) -> Page:
    """A window of the admin, 1440 by 900 and light."""
    return open_page()


def _close(context: BrowserContext, watch: Watch) -> None:
    for page in context.pages:
        watch.settle(page)  # what the page still asks for is watched too
    context.close()
