"""Reading what somebody sent in a process of its own first, since a damaged table can end the process that reads it.

A few wrong bytes make a reader of parquet ask for more memory than there is, which nothing in that process survives.
So a child reads the table once, and where it dies, the table is refused. Children live on until their standard input
closes. Each request is a line of JSON that names a file, and so is each answer.
"""

import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services import series
from cellkeep.services.children import Child

_COMMAND = (sys.executable, "-P", "-m", "cellkeep.services.trial_reading")
_TIMEOUT_S = 1800.0
"""Far more than the largest series takes; a child that needs longer is taken to hang."""
_CHILDREN = 4
"""Tables that are read at once. A child is started only when all others are busy."""
_FOOTERS = 2
"""Footers that are read at once, beside the tables: somebody waits for them."""
_FOOTER_TIMEOUT_S = 30.0


class TrialReader:
    """Has children read tables. Safe to use from many threads."""

    def __init__(
        self, command: Sequence[str] = _COMMAND, *, timeout_s: float = _TIMEOUT_S, children: int = _CHILDREN
    ) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._places = threading.BoundedSemaphore(children)
        self._footer_places = threading.BoundedSemaphore(_FOOTERS)
        self._idle: list[Child] = []

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

    def _taken(self) -> Child:
        while (child := self._waiting()) is not None:
            if child.is_alive():
                return child
            child.end()
        return Child(self._command, self._timeout_s)

    def _waiting(self) -> Child | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


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
