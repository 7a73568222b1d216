"""Fixtures: a browser, a server with a laboratory in it, and windows that are watched."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from browser.chromium import MISSING, PATH, Chromium
from browser.lab import fill
from browser.stand import PLACE, Open, Stand
from browser.watch import Watch, prepare
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
def admin_windows(chromium: Chromium, stand: Stand) -> BrowserContext:
    """The browser of the admin, one for all tests.

    A window stays open in it, which keeps its process, and with that what is compiled of the script of figures: a
    second of work for each page that draws some.
    """
    cookies = stand.cookies()

    def started() -> BrowserContext:
        context = _context(chromium, stand, cookies)
        context.new_page().goto("/healthz")
        return context

    return chromium.run(started)


@pytest.fixture
def watch(stand: Stand) -> Iterator[Watch]:
    """What the browser complains about: at the end of the test nothing but what it expects."""
    watch = Watch(stand.url)
    yield watch
    watch.verify()


@pytest.fixture
def open_page(chromium: Chromium, stand: Stand, watch: Watch, admin_windows: BrowserContext) -> Iterator[Open]:
    """Opens windows that are watched.

    They are the admin's, unless `cookies` says otherwise: those of `stand.cookies`, or `[]` of a stranger. With these,
    or with other settings of a context, the window belongs to a browser of its own.
    """
    stack, pages = ExitStack(), list[Page]()
    chromium.run(stack.enter_context, watch.over(admin_windows))

    def opened(*, width: int = 1440, height: int = 900, dark: bool = False, **own: Any) -> Page:
        context = admin_windows
        if own:
            context = _context(chromium, stand, **own)
            stack.callback(context.close)
            stack.enter_context(watch.over(context))
        pages.append(page := context.new_page())
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        return page

    yield lambda **told: chromium.run(opened, **told)
    chromium.run(lambda: [_close(page, stand, watch) for page in pages if not page.is_closed()])
    chromium.run(stack.close)


@pytest.fixture
def page(open_page: Open) -> Page:
    """A window of the admin, 1440 by 900 and light."""
    return open_page()


def _context(chromium: Chromium, stand: Stand, cookies: list[Any], **settings: Any) -> BrowserContext:
    context = prepare(chromium.browser.new_context(base_url=stand.url, **PLACE | settings))
    context.set_default_timeout(_TIMEOUT_MS)
    context.add_cookies(cookies)
    return context


def _close(page: Page, stand: Stand, watch: Watch) -> None:
    """Hear what the page still has to say, and leave nothing in the browser."""
    watch.settle(page)
    if page.url.startswith(stand.url):
        page.evaluate("localStorage.clear()")
    page.close()
