"""The stand itself: what it watches for, and that it leaves other tests alone."""

import asyncio

import anyio
import pytest
from playwright.sync_api import Page

from browser.looks import violations
from browser.watch import Watch

BROKEN = """<!doctype html>
<html lang="en"><title>Broken</title><body><main><h1>Broken</h1><img src="/ui/none.png"></main>
<script>alert("inline")</script><script type="module" src="/broken.js"></script></body></html>"""
SCRIPT = """
fetch("/cut").catch(() => {});
fetch("https://elsewhere.example/x").catch(() => {});
alert("asked");
throw new Error("thrown");
"""
POLICY = {"content-security-policy": "default-src 'none'; script-src 'self'; img-src 'self'; connect-src *"}


def test_the_stand_sees_what_goes_wrong(page: Page, watch: Watch) -> None:
    """Scripts that fail, ask or are forbidden, answers of 404, cut lines, other servers, and pictures without words."""
    page.route("**/broken", lambda route: route.fulfill(body=BROKEN, headers=POLICY, content_type="text/html"))
    page.route("**/broken.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
    page.route("**/cut", lambda route: route.abort("connectionreset"))
    page.route("https://elsewhere.example/**", lambda route: route.abort("internetdisconnected"))
    page.goto("/broken")
    watch.settle(page)
    assert [each.partition(":")[0] for each in violations(page)] == ["critical image-alt"]
    assert page.evaluate("typeof axe") == "undefined"
    with pytest.raises(AssertionError, match="thrown"):
        watch.verify()
    watch.expect(
        "policy script-src-elem forbids inline", "answer 404 /ui/none.png", "dialog asked", "script Error: thrown"
    )
    watch.expect("request net::ERR_CONNECTION_RESET", "elsewhere GET https://elsewhere.example/x")
    watch.expect("request net::ERR_INTERNET_DISCONNECTED", "Executing inline script")


def test_what_is_expected_has_to_come() -> None:
    """A complaint that was expected and did not come is a failure too."""
    watch = Watch("http://lab")
    watch.expect("answer 404")
    with pytest.raises(AssertionError, match="did not complain of"):
        watch.verify()


def test_other_tests_keep_their_event_loops(request: pytest.FixtureRequest) -> None:
    """While the browser runs, what is asynchronous works in every other test of the worker."""
    request.getfixturevalue("chromium")
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
    anyio.run(anyio.sleep, 0)
