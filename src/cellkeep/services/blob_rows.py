"""What is recorded of a stored object."""

import hashlib
from pathlib import Path
from typing import Any

from cellkeep.domain.files import HEAD_BYTES, PARQUET, sniff
from cellkeep.storage.tables import BlobRow, MeasurementRow

ROWS = ("time_series", "appended")
"""Roles of the objects with the rows of a series, in order."""


def rows_keys(row: MeasurementRow) -> tuple[str, ...]:
    """Keys of the objects that hold the rows of a series, one behind the other."""
    found = [blob for blob in row.blobs if blob.role in ROWS]
    return tuple(blob.key for blob in sorted(found, key=lambda blob: (ROWS.index(blob.role), blob.position)))


def keys_by_role(row: MeasurementRow) -> dict[str, str]:
    """Keys of the objects of a measurement. Of those that share a role, as files do, it has the last."""
    return {blob.role: blob.key for blob in row.blobs}


def table_row(key: str, size_bytes: int, *, role: str, filename: str, position: int = 0) -> BlobRow:
    """The row for a parquet file that was not read whole; its digest comes later."""
    return BlobRow(
        key=key,
        role=role,
        filename=filename,
        position=position,
        content_type=PARQUET,
        size_bytes=size_bytes,
        facts={},
    )


def blob_row(key: str, path: Path, *, role: str, filename: str, position: int = 0) -> BlobRow:
    """The row for the object `key`, whose content is the file at `path`."""
    with path.open("rb") as file:
        content_type = sniff(file.read(HEAD_BYTES))
    return BlobRow(
        key=key,
        role=role,
        filename=filename,
        position=position,
        content_type=content_type,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        facts=_image_size(path) if content_type.startswith("image/") else {},
    )


def sha256_of(path: Path) -> str:
    """Digest of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _image_size(path: Path) -> dict[str, Any]:
    from PIL import Image  # noqa: PLC0415  only pictures need it

    try:
        with Image.open(path) as image:
            return {"width": image.width, "height": image.height}
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return {}  # a broken picture is still a file that a person wants to keep
