"""A process that mends one series after the other, within bounds of time; it is there while it is wanted."""

import sys
import threading
from collections.abc import Sequence

from cellkeep.domain.errors import ServerError
from cellkeep.services.children import EndedError, Standing
from cellkeep.web.mending.records import Asked, Told

_COMMAND = (sys.executable, "-P", "-m", "cellkeep.web.mending.child")
_START_S = 60.0
_MEND_S = 120.0
"""Far more than the longest series takes that is mended here."""
_PATIENCE_S = 60.0
_IDLE_S = 120.0


class Mender:
    """Has series mended, one at a time. Safe to use from many threads."""

    def __init__(self, command: Sequence[str] = _COMMAND, *, timeout_s: float = _MEND_S) -> None:
        self._child = Standing(command, _START_S)
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._rest: threading.Timer | None = None

    def mend(self, asked: Asked) -> Told:
        """Mend a series, and say what that does.

        Raises:
            ServerError: others have series mended, and that takes long.
        """
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise ServerError("Others have long series mended just now. Try again in a minute.", status_code=503)
        try:
            return self._asked(asked)
        finally:
            self._rest_later()
            self._turn.release()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._stay_awake()
            self._child.end()

    def _asked(self, asked: Asked) -> Told:
        self._stay_awake()
        try:
            return Told.model_validate(self._child.asked(asked.model_dump(mode="json"), self._timeout_s))
        except EndedError as error:
            return Told(message=f"Mending it ended the process that did it ({error}).")

    def _rest_later(self) -> None:
        """Let go of a process that nobody wants for a while, with the memory that it takes."""
        self._rest = threading.Timer(_IDLE_S, self._rest_now)
        self._rest.daemon = True
        self._rest.start()

    def _rest_now(self) -> None:
        if self._turn.acquire(blocking=False):  # who mends just now sets another clock
            try:
                self._child.end()
            finally:
                self._turn.release()

    def _stay_awake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
