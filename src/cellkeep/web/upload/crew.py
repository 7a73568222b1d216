"""Threads that look into files and store them, a few at once; they are there while there is work."""

import logging
import queue
import threading
from contextlib import suppress
from typing import Any

import httpx2

from cellkeep.domain.errors import CellkeepError, NotFoundError
from cellkeep.web.site import ClientOf
from cellkeep.web.upload.lookers import Looker
from cellkeep.web.upload.records import STATE_OF, Look, Problem, Upload
from cellkeep.web.upload.staging import Staging
from cellkeep.web.upload.storing import Stored, store

_log = logging.getLogger(__name__)

_AT_ONCE = 2
_IDLE_S = 60.0
_FIRST_STAGE = "reading and checking"
_STAGES = {
    ("raw_data", "initiate-upload"): "keeping the file",
    ("cell_instances", "initiate-upload"): "sending the series",
    ("cell_measurements", "confirm-upload"): "making its tables",
    ("cell_measurements", "raw_data"): "linking its file",
}
"""What is being done, by beginning and end of the address that is asked."""


class Crew:
    """Works on the files that wait, in the order in which they were asked for.

    Args:
        staging: the files.
        client_of: makes clients.
    """

    def __init__(self, staging: Staging, client_of: ClientOf) -> None:
        self._staging = staging
        self._client_of = client_of
        self._wanted: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._threads: dict[threading.Thread, Looker] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def ask(self, upload: Upload) -> None:
        """Have a file worked on, as its state says."""
        self._wanted.put((upload.user_id, upload.id))
        with self._lock:
            if self._closed.is_set() or len(self._threads) >= _AT_ONCE:
                return
            looker = Looker()
            thread = threading.Thread(target=self._work, args=(looker,), name="cellkeep-uploads", daemon=True)
            self._threads[thread] = looker
            thread.start()

    def resume(self) -> None:
        """Take up what was under way when the server ended. What was being stored is asked of the person again."""
        for upload in self._staging.everybodys():
            if upload.state in {"waiting", "reading"}:
                self.ask(upload)
            elif upload.state in {"queued", "storing"}:
                message = "The server was started anew while this was being stored. Press the button again."
                self._settle(upload, Problem(message=message))

    def close(self) -> None:
        """Give up what is being read; let what is being stored come to its end."""
        self._closed.set()
        with self._lock:
            threads = dict(self._threads)
        for looker in threads.values():
            looker.stop()
            self._wanted.put(None)  # wakes one that waits for work
        for thread in threads:
            thread.join()

    def _work(self, looker: Looker) -> None:
        try:
            while not self._closed.is_set() and (asked := self._next()) is not None:
                self._tried(asked, looker)
        finally:
            looker.close()

    def _tried(self, asked: tuple[str, str], looker: Looker) -> None:
        try:
            self._do(self._staging.get(*asked), looker)
        except NotFoundError:
            pass  # taken away meanwhile
        except OSError:  # such as a full disk, on which not even that can be written; others still wait
            _log.exception("Nothing can be said of the file '%s' that somebody sent.", asked[1])

    def _next(self) -> tuple[str, str] | None:
        """What is wanted next; None where nothing came for a while, and this thread is none of the crew any more."""
        while True:
            with suppress(queue.Empty):
                return self._wanted.get(timeout=_IDLE_S)
            with self._lock:
                if self._wanted.empty():
                    del self._threads[threading.current_thread()]
                    return None

    def _do(self, upload: Upload, looker: Looker) -> None:
        try:
            if upload.state in {"waiting", "reading"}:
                self._look(upload, looker)
            elif upload.state == "queued":
                self._store(upload, looker)
        except CellkeepError as error:
            self._settle(upload, Problem(message=error.message))
        except Exception as error:  # noqa: BLE001  one file must not end the work on all others
            _log.exception("The file '%s' that somebody sent was not taken.", upload.filename)
            self._settle(upload, Problem(message=f"That is a mistake of ours: {type(error).__name__}: {error}"))

    def _look(self, upload: Upload, looker: Looker) -> None:
        staging = self._staging
        if self._say(upload, state="reading", stage="reading") is None:
            return
        look = looker.look(staging.content(upload), upload.how, staging.folder(upload.user_id, upload.id))
        if self._closed.is_set():
            return  # it is looked into again after the start
        self._say(upload, look, state=STATE_OF[look.kind], stage="", problem=None)

    def _store(self, upload: Upload, looker: Looker) -> None:
        if self._say(upload, state="storing", stage=_FIRST_STAGE, problem=None) is None:
            return
        staging = self._staging

        def heard(request: httpx2.Request) -> None:
            parts = request.url.path.strip("/").split("/")
            if request.method == "POST" and (stage := _STAGES.get((parts[0], parts[-1]))):
                self._say(upload, stage=stage)

        with self._client_of(upload.user_id, heard) as client:
            folder = staging.folder(upload.user_id, upload.id)
            stored = store(client, upload, staging.content(upload), looker, folder)
        self._end(upload, stored)

    def _end(self, upload: Upload, stored: Stored) -> None:
        if stored.measurement_id is None:
            if not self._closed.is_set():  # else the file is not to blame, and the next start says so
                self._settle(upload, stored.problem)
            return
        self._say(upload, state="done", stage="", problem=stored.problem, measurement_id=stored.measurement_id)
        self._staging.content(upload).unlink(missing_ok=True)

    def _settle(self, upload: Upload, problem: Problem | None) -> None:
        """Leave a file as it was before it was asked for, with what is to be told of it."""
        look = self._staging.look(upload) or Look(kind="failed", message=problem.message if problem else "")
        self._say(upload, state=STATE_OF[look.kind], stage="", problem=problem)

    def _say(self, upload: Upload, look: Look | None = None, **changed: Any) -> Upload | None:
        return self._staging.change(upload.user_id, upload.id, at_turn=upload.turn, look=look, **changed)
