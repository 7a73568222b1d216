"""A browser as people have it, to measure in.

Where a debugger listens to what scripts do, as playwright has it, Chromium finds out where in the source every function
stands that an exception passes, which it does by reading all of the script again. A script that throws while it is
loaded, as that of plotly does, takes twice as long for it. Here Chromium is led by its own protocol, and told to
listen to nothing.
"""

import fcntl
import json
import os
import select
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from browser.chromium import ARGUMENTS

_GIVEN_UP_S = 30.0
_LOOKS_EACH_S = 0.01
_ABOVE_ALL = 10
"""Above the numbers that the browser has its pipe by, or else to give it one end might close the other."""


@dataclass
class Unwatched:
    """A browser with one window.

    Attributes:
        commands: where it reads what to do.
        answers: where it writes what became of it.
        window: the name of the window.
    """

    commands: IO[bytes]
    answers: Iterator[bytes]
    window: str = ""
    last: int = 0

    def call(self, method: str, **parameters: Any) -> Any:
        """Have the browser do something, in its window as soon as it has one.

        Raises:
            AssertionError: it could not, or says nothing for long.
        """
        self.last += 1
        where = {"sessionId": self.window} if self.window else {}
        self.commands.write(json.dumps({"id": self.last, "method": method, "params": parameters, **where}).encode())
        self.commands.write(b"\0")
        self.commands.flush()
        answer = next((found for found in map(json.loads, self.answers) if found.get("id") == self.last), None)
        assert answer, f"{method} was not answered."
        assert "result" in answer, answer
        return answer["result"]

    def value(self, script: str) -> Any:
        """What an expression is worth on the page."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression is true on the page."""
        given_up = time.monotonic() + _GIVEN_UP_S
        while not self.value(script):
            assert time.monotonic() < given_up, script
            time.sleep(_LOOKS_EACH_S)

    def go(self, url: str, cookies: Sequence[dict[str, str]]) -> None:
        """Show a page to who has these cookies."""
        self.call("Network.setCookies", cookies=cookies)
        self.call("Page.navigate", url=url)
        self.wait(f"location.href === {url!r} && document.readyState === 'complete'")

    def click(self, selector: str) -> None:
        """Click on the middle of what a selector finds."""
        box = f"document.querySelector({selector!r}).getBoundingClientRect()"
        x, y = self.value(f"(box => [box.x + box.width / 2, box.y + box.height / 2])({box})")
        for what in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=what, x=x, y=y, button="left", clickCount=1)


@contextmanager
def unwatched(program: str, folder: Path) -> Iterator[Unwatched]:
    """Start a browser that knows nothing yet, with its files in a folder."""
    (reads, commands), (answers, writes) = _pipe(), _pipe()
    ours = ["--headless", "--window-size=1440,900", "--remote-debugging-pipe", f"--user-data-dir={folder}"]
    files = [
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, reads, 3),
        (os.POSIX_SPAWN_DUP2, writes, 4),
    ]
    process = os.posix_spawn(program, [program, *ARGUMENTS, *ours, "about:blank"], os.environ, file_actions=files)
    os.close(reads)
    os.close(writes)
    try:
        with os.fdopen(commands, "wb") as writing, os.fdopen(answers, "rb") as reading:
            browser = Unwatched(writing, _parts(reading))
            window = browser.call("Target.createTarget", url="about:blank")["targetId"]
            browser.window = browser.call("Target.attachToTarget", targetId=window, flatten=True)["sessionId"]
            yield browser
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _pipe() -> tuple[int, int]:
    """Both ends of a pipe, by high numbers."""
    low = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ABOVE_ALL) for end in low]
    for end in low:
        os.close(end)
    return high[0], high[1]


def _parts(source: IO[bytes]) -> Iterator[bytes]:
    """What is between the zeros, until nothing comes for long, or no more."""
    rest = b""
    while select.select([source], [], [], _GIVEN_UP_S)[0] and (found := os.read(source.fileno(), 1 << 16)):
        *whole, rest = (rest + found).split(b"\0")
        yield from whole
