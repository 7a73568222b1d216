"""Reading what somebody sent in a process of its own first, since a damaged table can end the process that reads it.

A few wrong bytes make a reader of parquet ask for more memory than there is, which nothing in that process survives.
So a child reads the table once, and where it dies, the table is refused. Children live on until their standard input
closes. Each request is a line of JSON that names a file, and so is each answer.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services import series

_COMMAND = (sys.executable, "-P", "-m", "cellkeep.services.trial_reading")
_TIMEOUT_S = 1800.0
"""Far more than the largest series takes; a child that needs longer is taken to hang."""
_CHILDREN = 4
"""Tables that are read at once. A child is started only when all others are busy."""
_FOOTERS = 2
"""Footers that are read at once, beside the tables: somebody waits for them."""
_FOOTER_TIMEOUT_S = 30.0
_DYING_S = 5.0
_KEPT = frozenset(
    {
        "CELLKEEP_PROCESSING_MB",
        "HOME",
        "LANG",
        "LC_ALL",
        "LD_LIBRARY_PATH",
        "PATH",
        "PYTHONHOME",
        "PYTHONPATH",
        "SYSTEMROOT",
        "TEMP",
        "TMPDIR",
    }
)
"""What a child is told of the environment: where Python finds its modules, and no secret."""


class TrialReader:
    """Has children read tables. Safe to use from many threads."""

    def __init__(
        self, command: Sequence[str] = _COMMAND, *, timeout_s: float = _TIMEOUT_S, children: int = _CHILDREN
    ) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._places = threading.BoundedSemaphore(children)
        self._footer_places = threading.BoundedSemaphore(_FOOTERS)
        self._idle: list[_Child] = []

    def __call__(self, path: Path, what: str, *, most_values: int | None = None) -> None:
        """Read a table to its last value, elsewhere.

        Args:
            path: the file.
            what: how it is called in an error.
            most_values: of a table with more cells only the footer is read. Where it is 0 no table is waited for.

        Raises:
            UnusableDataError: it can not be read, or the child died of it.
        """
        request = {"path": str(path.absolute()), "what": what, "most_values": most_values}
        quick = most_values == 0
        with self._footer_places if quick else self._places:
            child = self._taken()
            try:
                answer = child.asked(request, min(self._timeout_s, _FOOTER_TIMEOUT_S) if quick else self._timeout_s)
            except BaseException:
                child.end()
                raise
            if answer is not None:
                self._idle.append(child)
        if answer is None:
            raise UnusableDataError(
                f"The {what} is damaged: reading it ended the reader ({child.end()}). Write the file anew and send it."
            )
        if "error" in answer:
            raise UnusableDataError(answer["error"], detail=answer.get("detail"))

    def close(self) -> None:
        """End the children that wait for work."""
        while (child := self._waiting()) is not None:
            child.end()

    def _taken(self) -> "_Child":
        while (child := self._waiting()) is not None:
            if child.is_alive():
                return child
            child.end()
        return _Child(self._command, self._timeout_s)

    def _waiting(self) -> "_Child | None":
        try:
            return self._idle.pop()
        except IndexError:
            return None


class _Child:
    """A process that reads one table after the other."""

    def __init__(self, command: Sequence[str], timeout_s: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={name: value for name, value in os.environ.items() if name in _KEPT},
            start_new_session=True,  # Ctrl-C in the terminal of a server ends no reading, which would blame the file
        )
        self._requests = cast("TextIO", self._process.stdin)
        self._answers = cast("TextIO", self._process.stdout)
        self._timed_out = False
        if self._line(timeout_s) is None:  # it says that it is there, so that a start that fails blames no file
            raise RuntimeError(f"The process that tries files could not be started ({self.end()}).")

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def asked(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        """The answer, or None where the process ended instead."""
        try:
            print(json.dumps(request), file=self._requests, flush=True)
        except BrokenPipeError:
            return None
        line = self._line(timeout_s)
        return None if line is None else json.loads(line)

    def end(self) -> str:
        """End the process where it has not ended, and say how it did."""
        self._process.kill()
        code = self._process.wait()
        self._answers.close()
        with suppress(BrokenPipeError):  # of what was not written any more
            self._requests.close()
        if self._timed_out:
            return "it did not come to an end"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _line(self, timeout_s: float) -> str | None:
        """The next line, or None where the process ends before it, by itself or because it took too long."""
        timer = threading.Timer(timeout_s, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            line = self._answers.readline()
        finally:
            timer.cancel()
        if line.endswith("\n"):
            return line
        with suppress(subprocess.TimeoutExpired):  # it closes its files a moment before it has ended
            self._process.wait(_DYING_S)
        return None

    def _give_up(self) -> None:
        self._timed_out = True
        self._process.kill()


def _answered(request: dict[str, Any]) -> dict[str, Any]:
    what = request["what"]
    try:
        series.read_through(Path(request["path"]), what, request["most_values"])
    except UnusableDataError as error:
        return {"error": error.message, "detail": error.detail}
    except Exception as error:  # noqa: BLE001  whatever is caught is an answer, and no death
        return {"error": f"The {what} can not be read: {type(error).__name__}: {error}"}
    return {"ok": True}


def _serve(requests: TextIO, answers: TextIO) -> None:
    print("{}", file=answers, flush=True)
    for line in requests:
        print(json.dumps(_answered(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    # A service manager tells all processes of a server to end; this one ends when the server does, not in mid-file.
    for _name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, _name):
            signal.signal(getattr(signal, _name), signal.SIG_IGN)
    _serve(sys.stdin, sys.stdout)
