"""What is whole of a file that an instrument still writes to."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cellkeep.readers.preview import look_at

_PIECE_BYTES = 1024 * 1024


@contextmanager
def snapshot(path: Path) -> Iterator[Path]:
    """A copy of a file under its own name, without the line of a text that is not written to its end yet.

    A file that is no text is copied as it is; whoever asks makes sure that it is not being written.

    Raises:
        OSError: it can not be read, or is not there any more.
    """
    with tempfile.TemporaryDirectory(prefix="cellkeep-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        if is_text(copy):
            _cut(copy)
        yield copy


def is_text(path: Path) -> bool:
    """Whether a file is a text whose lines are written one after another."""
    preview = look_at(path)
    return preview.kind == "text" and not preview.packed and not preview.encoding.startswith("utf-16")


def _cut(path: Path) -> None:
    """Take off what stands behind the last end of a line."""
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        while end:
            start = max(end - _PIECE_BYTES, 0)
            file.seek(start)
            at = file.read(end - start).rfind(b"\n")
            if at >= 0:
                file.truncate(start + at + 1)
                return
            end = start
        file.truncate(0)
