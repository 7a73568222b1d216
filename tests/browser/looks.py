"""What a test looks at besides the content of a page: its picture, and whether everybody can use it."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_CHECKOUT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("CELLKEEP_SCREENSHOTS") or _CHECKOUT / ".screenshots")
"""Read now, since no setting of this machine reaches a test."""
AXE = _CHECKOUT / ".axe" / "node_modules" / "axe-core" / "axe.min.js"

_RUN = """
axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.map(
  ({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(({target, html}) => ({target, html}))})))
"""
_GRAVE = {"serious", "critical"}
_SHOWN = 5


def shot(page: Page, name: str, *, whole: bool = True) -> Path:
    """Keep a picture of the page, of all that can be scrolled to or of what the window shows; where it is."""
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


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
