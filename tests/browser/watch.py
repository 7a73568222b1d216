"""What a browser complains about while a test looks at pages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, WebError

_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy ${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`));
"""
_GIVEN_UP = "net::ERR_ABORTED"
"""A request that the page itself gave up, or that became a download."""
_OF_THE_BROWSER = ("chrome://", "chrome-extension://")
"""Of what it brings along itself, to show a PDF."""
_TOLD_BY_ANSWER = "Failed to load resource"
_SETTLED_AFTER_S = 10.0


def prepare(context: BrowserContext) -> BrowserContext:
    """Have all pages of a new context tell what their security policy forbids."""
    context.add_init_script(_POLICY)
    return context


@dataclass
class Watch:
    """Everything that should not happen on a page, in words: scripts that fail, what the security policy forbids,
    requests that fail, that are refused or that lead to another server, and dialogs.

    A test that brings some of it about says so by `expect`; at its end nothing else may have happened.
    """  # noqa: D205  the list is one sentence

    url: str
    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def expect(self, *words: str) -> None:
        """Say a part of each complaint that has to come, such as `404 /ui/specs/none`."""
        self.expected += words

    def verify(self) -> None:
        """Fail where something was complained of that was not expected, or the other way round."""
        surprising = [each for each in self.seen if not any(words in each for words in self.expected)]
        missing = [words for words in self.expected if not any(words in each for each in self.seen)]
        assert not surprising, "The browser complains:\n" + "\n".join(surprising)
        assert not missing, f"The browser did not complain of {missing}."

    @contextmanager
    def over(self, context: BrowserContext) -> Iterator[None]:
        """Look at all pages of a context that was prepared for it."""
        listeners: dict[Any, Any] = {
            "console": self._heard,
            "weberror": self._threw,
            "dialog": self._asked,
            "request": self._asked_for,
            "requestfinished": self._came,
            "requestfailed": self._failed,
            "response": self._answered,
        }
        for event, listener in listeners.items():
            context.on(event, listener)
        yield
        for event, listener in listeners.items():
            context.remove_listener(event, listener)

    def settle(self, page: Page) -> None:
        """Wait until all that pages asked for has come."""
        page.wait_for_load_state()
        given_up = time.monotonic() + _SETTLED_AFTER_S
        while self.under_way and time.monotonic() < given_up:
            page.wait_for_timeout(10)
        page.evaluate("0")  # what was said until now has been heard

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_TOLD_BY_ANSWER):
            self.seen.append(f"{message.type} {message.text} at {message.location['url']}")

    def _asked(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _threw(self, error: WebError) -> None:
        self.seen.append(f"script {error.error.stack or error.error}")

    def _asked_for(self, request: Request) -> None:
        self.under_way.add(request)
        if not request.url.startswith((self.url, "data:", "blob:", *_OF_THE_BROWSER)):
            self.seen.append(f"elsewhere {request.method} {request.url}")

    def _came(self, request: Request) -> None:
        self.under_way.discard(request)

    def _failed(self, request: Request) -> None:
        self.under_way.discard(request)
        if request.failure != _GIVEN_UP:
            self.seen.append(f"request {request.failure} {request.method} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.seen.append(f"answer {response.status} {response.url.removeprefix(self.url)}")
