"""A file that arrives piece by piece: on disk, never in memory, and there as a whole or not at all."""

import hashlib
import os
import secrets
import shutil
from pathlib import Path

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.records import now
from cellkeep.web.upload.records import Upload

STATE, CONTENT = "state.json", "content"
"""What is known of a file, and the folder in which it lies under its own name."""


class Receiving:
    """A file that is arriving.

    Args:
        folder: its own, with one for the content in it.
        user_id: who sends it.
        filename: its name.
        size_bytes: how large it is, as the sender says.
    """

    def __init__(self, folder: Path, user_id: str, filename: str, size_bytes: int) -> None:
        self._folder, self._left = folder, size_bytes
        self._told = {"id": folder.name, "user_id": user_id, "filename": filename, "size_bytes": size_bytes}
        self._file = (folder / CONTENT / filename).open("xb")
        self._file.truncate(size_bytes)  # what arrives counts as what waits, from the beginning
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            BadRequestError: they are more than was said.
        """
        self._left -= len(piece)
        if self._left < 0:
            raise BadRequestError("More arrived than was said. Nothing was kept: send the file again.")
        self._digest.update(piece)
        self._file.write(piece)

    def finish(self) -> Upload:
        """Have it wait to be read, on disk.

        Raises:
            BadRequestError: not all of it arrived.
        """
        if self._left:
            raise BadRequestError("The file did not arrive whole. Nothing was kept: send it again.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        upload = Upload.model_validate({**self._told, "sha256": self._digest.hexdigest(), "received_at": now()})
        write(self._folder / STATE, upload.model_dump_json())
        return upload

    @property
    def left_bytes(self) -> int:
        """How much is still to arrive."""
        return max(self._left, 0)

    def give_up(self) -> None:
        """Leave nothing of it."""
        self._left = 0
        self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def write(path: Path, text: str) -> None:
    """Write a small file as a whole, in place of the one that is there."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
