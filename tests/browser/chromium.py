"""One Chromium for all browser tests of a worker, in a thread of its own."""

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from playwright.sync_api import Playwright, sync_playwright

P = ParamSpec("P")
R = TypeVar("R")

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATH = os.environ.get("CELLKEEP_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
"""Where it is; read now, since no setting of this machine reaches a test."""
MISSING = "There is no Chromium: install Debian's package `chromium`, or set CELLKEEP_CHROMIUM to the program."
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--process-per-site",
)


class Chromium:
    """A running browser.

    Playwright leaves a running event loop in the thread that it is started in, where nothing else that is asynchronous
    runs any more. So it has a thread to itself, and whoever speaks to it does so there, by `run`.
    """

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._playwright: Playwright = self.run(lambda: sync_playwright().start())
        self.browser = self.run(self._playwright.chromium.launch, executable_path=path, args=ARGUMENTS)

    def run(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call it in the thread of the browser, and wait for what it returns."""
        __tracebackhide__ = True
        if threading.current_thread().name.startswith("browser"):
            return do(*args, **kwargs)
        return self._thread.submit(do, *args, **kwargs).result()

    def close(self) -> None:
        self.run(self.browser.close)
        self.run(self._playwright.stop)
        self._thread.shutdown()
