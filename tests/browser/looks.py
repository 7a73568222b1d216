"""What a test looks at besides the content of a page: its picture, and whether everybody can use it."""

import os
import time
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from browser.watch import Watch

_CHECKOUT = Path(__file__).parents[2]
_WANTED = os.environ.get("CELLKEEP_SCREENSHOTS")
"""Read now, since no setting of this machine reaches a test."""
SCREENSHOTS = Path(_WANTED or _CHECKOUT / ".screenshots")
_WIDTHS = (1440, 1024, 390)
_LOOKS: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
AXE = _CHECKOUT / ".axe" / "node_modules" / "axe-core" / "axe.min.js"

_RUN = """
axe.run({exclude: ["svg.main-svg", "tbody tr:nth-child(n+6)"]}, {resultTypes: ["violations"], preload: false})
  .then(({violations}) => violations.map(({id, impact, help, nodes}) =>
    ({id, impact, help, nodes: nodes.map(({target, html}) => ({target, html}))})))
"""
"""Nothing in the drawing of a figure is of interest to the rules, and the first rows of a table stand for the rest."""
_GRAVE = {"serious", "critical"}
_SHOWN = 5
_PATIENCE_S = 10.0


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page, with all that can be scrolled to."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


def until(page: Page, holds: str) -> None:
    """Wait until an expression of JavaScript holds; `page.wait_for_function` falls foul of the security policy."""
    given_up = time.monotonic() + _PATIENCE_S
    while not page.evaluate(holds):
        assert time.monotonic() < given_up, f"{holds} never came true on {page.url}."
        page.wait_for_timeout(20)


def look_over(page: Page, watch: Watch, name: str) -> None:
    """The page is usable, fits without scrolling aside, and is pictured: wide and light, then narrow and dark.

    Where somebody asked for pictures, every width is looked at, light and dark.
    """
    for width, look in product(_WIDTHS, _LOOKS) if _WANTED else ((_WIDTHS[0], _LOOKS[0]), (_WIDTHS[-1], _LOOKS[-1])):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=look)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # it is heard
        watch.settle(page)
        until(page, "!document.querySelector('.figure.busy')")
        until(page, "document.documentElement.scrollWidth <= innerWidth")  # figures follow a moment later
        shot(page, f"{name} {width} {look}")
        require_usable(page)


def violations(page: Page) -> list[str]:
    """The serious and critical violations of axe-core's rules on the page as it is now, each with where.

    The rules run in a world of their own: the page's security policy stays in force, and its scripts see nothing.
    """
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: `make test` does it where there is npm.")
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    try:
        if _evaluate(session, world, "typeof axe") == "undefined":
            _evaluate(session, world, AXE.read_text(encoding="utf-8"))
        found = _evaluate(session, world, _RUN)
    finally:
        session.detach()
    return [_told(each) for each in found if each["impact"] in _GRAVE]


def require_usable(page: Page) -> None:
    """Fail where there are such violations."""
    found = violations(page)
    assert not found, "\n".join([page.url, *found])


def _evaluate(session: Any, world: int, script: str) -> Any:
    asked = {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def _told(violation: dict[str, Any]) -> str:
    nodes = [f"  {' '.join(map(str, each['target']))}: {each['html'][:160]}" for each in violation["nodes"][:_SHOWN]]
    more = len(violation["nodes"]) - len(nodes)
    head = f"{violation['impact']} {violation['id']}: {violation['help']}"
    return "\n".join([head, *nodes, *([f"  and {more} more"] if more else [])])
