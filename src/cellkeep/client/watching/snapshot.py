"""What is whole of a file that an instrument still writes to."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cellkeep.readers.preview import look_at

_PIECE_BYTES = 1024 * 1024


@contextmanager
def snapshot(path: Path, *, settled: bool = False) -> Iterator[Path]:
    """A copy of a file under its own name, without the line of a text that is not written to its end yet.

    A file that is no text is copied as it is; whoever asks makes sure that it is not being written.

    Args:
        path: the file.
        settled: whether it is not written to any more: then its last line is whole, even without an end.

    Raises:
        OSError: it can not be read, or is not there any more.
    """
    with tempfile.TemporaryDirectory(prefix="cellkeep-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        if not settled and is_text(copy):
            _cut(copy)
        yield copy


def is_text(path: Path) -> bool:
    """Whether a file is a text whose lines are written one after another."""
    preview = look_at(path)
    return preview.kind == "text" and not preview.packed and not preview.encoding.startswith("utf-16")


def _cut(path: Path) -> None:
    """Take off what stands behind the last end of a line."""
    with path.open("r+b") as file:
        end = _behind_last(file, b"\n") or _behind_last(file, b"\r")
        file.truncate(end)


def _behind_last(file: BinaryIO, ending: bytes) -> int:
    """Where the last line ends; 0 where none does."""
    end = file.seek(0, 2)
    while end:
        start = max(end - _PIECE_BYTES, 0)
        file.seek(start)
        at = file.read(end - start).rfind(ending)
        if at >= 0:
            return start + at + 1
        end = start
    return 0
