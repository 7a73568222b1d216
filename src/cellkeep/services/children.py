"""Processes of our own that answer questions, one line of JSON each: whatever ends one of them ends nothing else.

A child says `{}` once it is there, answers each line by another, and ends when its standard input closes.
"""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO, cast

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


class EndedError(Exception):
    """The process that was asked ended instead of answering; says how."""


class Child:
    """A process that answers one question after the other.

    Args:
        command: what it runs.
        timeout_s: for its start.
    """

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
            raise RuntimeError(f"The process that reads files could not be started ({self.end()}).")

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

    def kill(self) -> None:
        """End the process, from any thread: who waits for an answer gets none."""
        self._process.kill()

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


class Standing:
    """A child that is started when it is wanted first, and again once it has ended.

    Args:
        command: what it runs.
        start_s: how long its start may take.
    """

    def __init__(self, command: Sequence[str], start_s: float) -> None:
        self._command = command
        self._start_s = start_s
        self._child: Child | None = None

    def asked(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """The answer.

        Raises:
            EndedError: the process ended instead.
        """
        if self._child is None or not self._child.is_alive():
            self.end()
            self._child = Child(self._command, self._start_s)
        child = self._child
        if (answer := child.asked(request, timeout_s)) is not None:
            return answer
        self._child = None
        raise EndedError(child.end())

    def kill(self) -> None:
        """Give up what is asked, from any thread."""
        if (child := self._child) is not None:
            child.kill()

    def end(self) -> None:
        """End the process, from the thread that uses it."""
        child, self._child = self._child, None
        if child is not None:
            child.end()
