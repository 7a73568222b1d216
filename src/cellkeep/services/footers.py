"""The footer of a stored parquet file, which tells its columns and rows, without the rest of the file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cellkeep.domain.errors import UnusableDataError
from cellkeep.services.parquet_footer import LARGEST_BYTES, MAGIC, TRAILER_BYTES
from cellkeep.storage.blobs import BlobInfo, BlobStore

_FIRST_BYTES = 8 * 1024
"""The footer of a short series is among these; a longer one takes a second request."""


@contextmanager
def footer_of(blobs: BlobStore, found: BlobInfo, what: str) -> Iterator[Path]:
    """A file as large as the object, in which only the first word and the footer are those of the object.

    What is not parquet is left to the reader of the file, who says so.

    Raises:
        BlobNotFoundError: there is no such object.
        UnusableDataError: the footer is larger than any that is written for a reason.
    """
    end = blobs.end(found.key, _FIRST_BYTES)
    length = TRAILER_BYTES
    if end.endswith(MAGIC) and len(end) >= TRAILER_BYTES:
        length += int.from_bytes(end[-TRAILER_BYTES : -len(MAGIC)], "little")
    length = min(length, found.size_bytes)
    if length > LARGEST_BYTES:
        raise UnusableDataError(
            f"The {what} has a footer of {length:,} bytes; at most {LARGEST_BYTES:,} can be read. "
            "Write it with larger row groups.",
            detail={"footer_bytes": length},
        )
    with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
        path = Path(folder) / "footer"
        with path.open("wb") as file:
            if found.size_bytes > length + len(MAGIC):
                file.write(MAGIC)
            file.seek(found.size_bytes - length)
            file.write(end[-length:] if length <= len(end) else blobs.end(found.key, length))
        yield path
