"""The desk at which files are handed in: what a person may do with those that wait."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cellkeep.domain.errors import ConflictError, ForbiddenError
from cellkeep.domain.people import Caller
from cellkeep.web.site import ClientOf
from cellkeep.web.upload.crew import Crew
from cellkeep.web.upload.receiving import Receiving
from cellkeep.web.upload.records import BUSY, How, Look, Target, Upload
from cellkeep.web.upload.staging import Staging

_SWEEP_INTERVAL_S = 3600.0
_WRITERS = frozenset({"Project Admin", "Project Contributor"})


class Desk:
    """Takes files in, and has them looked into and stored.

    Args:
        folder: where they wait.
        client_of: makes clients that act for a person.
    """

    def __init__(self, folder: Path, client_of: ClientOf) -> None:
        self.staging = Staging(folder)
        self._crew = Crew(self.staging, client_of)
        self._closed = threading.Event()

    def start(self) -> None:
        """Take up what was under way, and remove what nobody wants any more, now and every hour."""
        self._crew.resume()
        threading.Thread(target=self._sweep, name="cellkeep-uploads-sweep", daemon=True).start()

    def close(self) -> None:
        """Keep what waits for the next start."""
        self._closed.set()
        self._crew.close()

    def begin(self, who: Caller, filename: str, size_bytes: int) -> Receiving:
        """Take a file in.

        Raises:
            ForbiddenError: the person may store nothing anywhere.
            BadRequestError: its name is none, it is too large, or too many wait.
        """
        require_writer(who)
        return self.staging.begin(who.user_id, filename, size_bytes)

    def finish(self, arriving: Receiving) -> Upload:
        """Have a file that arrived read."""
        upload = arriving.finish()
        self._crew.ask(upload)
        return upload

    def found(self, who: Caller, upload_id: str) -> tuple[Upload, Look | None]:
        """A file, and what is in it; None where nobody has looked yet.

        Raises:
            NotFoundError: it does not wait.
        """
        upload = self.staging.get(who.user_id, upload_id)
        return upload, self.staging.look(upload)

    def read(self, who: Caller, upload_id: str, how: How) -> Upload:
        """Have a file looked into again, in another way.

        Raises:
            NotFoundError: it does not wait.
            ConflictError: it is being stored.
        """
        return self._asked(who, upload_id, lambda upload: {"state": "waiting", "how": how, "turn": upload.turn + 1})

    def store(self, who: Caller, upload_id: str, target: Target) -> Upload:
        """Have a file stored.

        Raises:
            NotFoundError: it does not wait.
            ConflictError: it is being stored, or was not read yet.
            ForbiddenError: the person may not write to the project.
        """
        who.require_write(target.project_id)

        def wanted(upload: Upload) -> dict[str, Any]:
            if upload.state not in {"ready", "file"}:
                raise ConflictError("There is nothing to store of it yet: see what is said of it.")
            how = upload.how.model_copy(update={"as_file": upload.state == "file"})
            return {"state": "queued", "how": how, "target": target, "problem": None, "turn": upload.turn + 1}

        return self._asked(who, upload_id, wanted)

    def remove(self, who: Caller, upload_id: str) -> None:
        """Let go of a file.

        Raises:
            ConflictError: it is being stored.
        """
        self.staging.get(who.user_id, upload_id)
        if not self.staging.remove(who.user_id, upload_id, unless={"queued", "storing"}):
            raise ConflictError("It is being stored. Wait until that is done.")

    def _asked(self, who: Caller, upload_id: str, wanted: Callable[[Upload], dict[str, Any]]) -> Upload:
        upload = self.staging.get(who.user_id, upload_id)
        if upload.state in {"queued", "storing", "done"}:
            raise ConflictError("It is stored, or being stored.")
        changed = self.staging.change(who.user_id, upload_id, at_turn=upload.turn, **wanted(upload))
        if changed is None:
            raise ConflictError("Something else was asked of it at the same moment. Try again.")
        self._crew.ask(changed)
        return changed

    def _sweep(self) -> None:
        while True:
            self.staging.sweep()
            if self._closed.wait(_SWEEP_INTERVAL_S):
                return


def may_write(who: Caller) -> bool:
    """Whether a person may store something anywhere."""
    return who.is_admin or not _WRITERS.isdisjoint(who.project_roles.values())


def require_writer(who: Caller) -> None:
    """Refuse a person who may store nothing.

    Raises:
        ForbiddenError: says what to ask for.
    """
    if not may_write(who):
        raise ForbiddenError("You can read here but store nothing: ask for the role Project Contributor in a project.")


def is_busy(upload: Upload) -> bool:
    """Whether the server has something to do with a file."""
    return upload.state in BUSY
