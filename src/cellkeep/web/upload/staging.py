"""Where files wait that were sent to become measurements: a folder for each, in one for each person, closed to others.

Beside each file lies what is known of it, written anew as a whole, so that nothing is lost when the server ends.
"""

import re
import secrets
import shutil
import stat
import threading
import time
from collections.abc import Container, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from pydantic import ValidationError

from cellkeep.domain.errors import BadRequestError, NotFoundError
from cellkeep.domain.files import require_filename
from cellkeep.web.upload.receiving import CONTENT, STATE, Receiving, write
from cellkeep.web.upload.records import Facts, Look, State, Upload

LARGEST_BYTES = 4 * 1024**3
"""Of one file."""
MOST_FILES = 500
"""That wait for one person."""
MOST_BYTES = 20 * 1024**3
LIFETIME_S = 24 * 3600.0
_LEFT_FREE_BYTES = 1024**3
"""So much of the disk is left to the server itself."""
_ID = re.compile(r"[0-9a-f]{32}")
_USER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LOOK = "look.json"


class Staging:
    """The files that wait. Safe to use from many threads.

    Args:
        root: the folder in which all of them are; made when the first comes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.RLock()
        self._arriving: WeakSet[Receiving] = WeakSet()
        """Files that room was promised to, which the disk does not know of."""

    def begin(self, user_id: str, filename: str, size_bytes: int) -> Receiving:
        """Take a file in.

        Raises:
            BadRequestError: the name is none, or the file is too large, or there are too many.
        """
        require_filename(filename)
        with self._lock:  # whoever comes at the same moment finds the room taken
            self._require_room(user_id, size_bytes)
            made = self._of_user(user_id) / secrets.token_hex(16)
            (made / CONTENT).mkdir(parents=True, mode=stat.S_IRWXU)
            for folder in (self._root, made.parent, made):
                folder.chmod(stat.S_IRWXU)
            arriving = Receiving(made, user_id, filename, size_bytes)
            self._arriving.add(arriving)
            return arriving

    def listed(self, user_id: str) -> list[Upload]:
        """The files of a person, in the order in which they came."""
        folder = self._of_user(user_id)
        found = [self._read(each) for each in folder.iterdir()] if folder.is_dir() else []
        return sorted((each for each in found if each), key=lambda each: (each.received_at, each.filename))

    def everybodys(self) -> list[Upload]:
        """All files of all people."""
        users = [each.name for each in self._root.iterdir() if each.is_dir()] if self._root.is_dir() else []
        return [upload for user in users for upload in self.listed(user)]

    def get(self, user_id: str, upload_id: str) -> Upload:
        """One file of a person.

        Raises:
            NotFoundError: there is none of that id.
        """
        found = self._read(self.folder(user_id, upload_id))
        if found is None:
            raise _gone()
        return found

    def folder(self, user_id: str, upload_id: str) -> Path:
        """Where all lies that belongs to a file.

        Raises:
            NotFoundError: it is no id.
        """
        if not _ID.fullmatch(upload_id):
            raise _gone()
        return self._of_user(user_id) / upload_id

    def content(self, upload: Upload) -> Path:
        """The file itself, under its name."""
        return self.folder(upload.user_id, upload.id) / CONTENT / upload.filename

    def look(self, upload: Upload) -> Look | None:
        """What was found in it; None where nobody has looked yet."""
        with suppress(FileNotFoundError, ValidationError):
            return Look.model_validate_json((self.folder(upload.user_id, upload.id) / _LOOK).read_bytes())
        return None

    def change(
        self, user_id: str, upload_id: str, *, at_turn: int | None = None, look: Look | None = None, **changed: Any
    ) -> Upload | None:
        """Say something else of a file.

        Args:
            user_id: whose.
            upload_id: which.
            at_turn: the turn that it has to have still; otherwise nothing changes.
            look: what was found in it, where that is to be kept.
            **changed: the fields.

        Returns:
            What it is now; None where it was not changed.

        Raises:
            NotFoundError: there is none of that id, and no turn was said.
        """
        with self._lock:
            found = self._read(self.folder(user_id, upload_id))
            if found is None and at_turn is None:
                raise _gone()
            if found is None or at_turn not in {None, found.turn}:
                return None
            if look is not None:
                changed["facts"] = Facts.of(look)
                write(self.folder(user_id, upload_id) / _LOOK, look.model_dump_json())
            made = found.model_copy(update=changed)
            write(self.folder(user_id, upload_id) / STATE, made.model_dump_json())
            return made

    def remove(self, user_id: str, upload_id: str, unless: Container[State] = ()) -> bool:
        """Let go of a file, unless it is in one of these states; whether it is gone, or never was."""
        with self._lock:
            found = self._read(self.folder(user_id, upload_id))
            if found is not None and found.state in unless:
                return False
            shutil.rmtree(self.folder(user_id, upload_id), ignore_errors=True)
            return True

    def sweep(self, lifetime_s: float = LIFETIME_S) -> None:
        """Remove what nobody has touched for so long."""
        for folder in self._root.glob("*/*"):
            told = folder / STATE
            with suppress(OSError), self._lock:
                if (told if told.exists() else folder).stat().st_mtime < time.time() - lifetime_s:
                    shutil.rmtree(folder, ignore_errors=True)

    def _require_room(self, user_id: str, size_bytes: int) -> None:
        if size_bytes > LARGEST_BYTES:
            raise BadRequestError(
                f"The file has {size_bytes:,} bytes, and this page takes {LARGEST_BYTES:,}. Import it on the command "
                "line, which has no such bound: cellkeep import FILE --cell NAME.",
                status_code=413,
            )
        held = list(self._held(user_id))
        if len(held) >= MOST_FILES or sum(held) + size_bytes > MOST_BYTES:
            raise BadRequestError(
                f"{len(held)} files of yours wait already, and there is room for {MOST_FILES} of {MOST_BYTES:,} "
                "bytes together. Store or remove some, and send this one again.",
                status_code=413,
            )
        self._root.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
        free = shutil.disk_usage(self._root).free - sum(each.left_bytes for each in self._arriving)
        if free - size_bytes < _LEFT_FREE_BYTES:
            raise BadRequestError("The disk of the server is almost full. Ask whoever runs it.", status_code=507)

    def _held(self, user_id: str) -> Iterator[int]:
        """The sizes of a person's files."""
        for file in self._of_user(user_id).glob(f"*/{CONTENT}/*"):
            with suppress(FileNotFoundError):  # taken away at this moment
                yield file.stat().st_size

    def _of_user(self, user_id: str) -> Path:
        if not _USER.fullmatch(user_id):
            raise _gone()
        return self._root / user_id

    def _read(self, folder: Path) -> Upload | None:
        with suppress(OSError, ValidationError):
            return Upload.model_validate_json((folder / STATE).read_bytes())
        return None


def _gone() -> NotFoundError:
    return NotFoundError("That file does not wait here any more. It was stored or removed, or a day has passed.")
