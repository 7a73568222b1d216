"""Neware's own files (`.nda`, `.ndax`), by fastnda."""

import logging
import re
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.files.needed import needed
from cellkeep.readers.files.opened import Opened, flat, missing_rows
from cellkeep.readers.grid import grid_of_frame

_ALONE = threading.Lock()
_FAST: dict[str, tuple[Any, Any]] = {}
"""What the library unpacks by, once it is imported."""
_HEADER_BYTES = 64 * 1024
_RECORD_BYTES = 128
"""No record of a row or of a sensor beside it takes more than these: in the known versions they take 38 to 94."""
_SENSOR = re.compile(r"_\d+\.ndc$")
"""The end of the name of what a sensor beside the channel recorded, in a packed file."""
_TOLD_PARTS = 20


def open_neware(path: Path) -> Opened:
    """The records of a file of Neware.

    Raises:
        ModuleNotFoundError: fastnda is not installed.
        UnusableDataError: it can not be read.
    """
    try:
        with _library() as fastnda:
            frame = fastnda.read(path)
            labels = _labels(fastnda, path)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # a damaged file may end in any error there
        raise UnusableDataError(
            f"'{path.name}' is a file of Neware that can not be read ({type(error).__name__}: {error}). It is damaged, "
            "cut off, or of a version that is not known: copy it again, or export it from BTSDA.",
            detail={"file": path.name},
        ) from error
    repairs = missing_rows(frame["index"]) if "index" in frame.columns else []
    return Opened([grid_of_frame("", frame)], labels, [*repairs, *_unread(path, frame), *_unnamed(path, frame)])


@contextmanager
def _library() -> Iterator[Any]:
    """The library; while it is used, and only then, it unpacks by a faster one than Python's own.

    It puts that in place of Python's for the whole process, whose errors others would not know.
    """
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = zlib.decompress, zlib.decompressobj
        try:
            fastnda = needed("fastnda", "files of Neware")
            logging.getLogger("fastnda").setLevel(logging.CRITICAL)  # it tells of files that it reads well
            zlib.decompress, zlib.decompressobj = _FAST.setdefault("zlib", (zlib.decompress, zlib.decompressobj))
            yield fastnda
        finally:
            zlib.decompress, zlib.decompressobj = plain


def _unread(path: Path, frame: pl.DataFrame) -> list[Repair]:
    """What is to be told of an uncompressed file that is far longer than its rows."""
    size = path.stat().st_size
    records = frame.height * (1 + sum(name.startswith("aux") for name in frame.columns))
    if path.suffix.lower() != ".nda" or size < _HEADER_BYTES + _RECORD_BYTES * records:
        return []
    message = f"Only {frame.height:,} rows could be read of {size:,} bytes: the file is damaged, and rows are missing."
    return [Repair(action="rows_missing", message=message, payload={"bytes": size})]


def _unnamed(path: Path, frame: pl.DataFrame) -> list[Repair]:
    """What is to be told of sensors whose values are in a packed file that does not say what they are."""
    if any(name.startswith("aux") for name in frame.columns) or not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as packed:
        sensors = sorted(name for name in packed.namelist() if _SENSOR.search(name))
    if not sensors:
        return []
    number = "a sensor" if len(sensors) == 1 else f"{len(sensors)} sensors"
    message = (
        f"What {number} beside the channel recorded, such as temperature, is left out: TestInfo.xml, the part of the "
        "file that says what they measure, is damaged or does not name them."
    )
    return [Repair(action="sensors_left_out", message=message, payload={"parts": sensors[:_TOLD_PARTS]})]


def _labels(fastnda: object, path: Path) -> dict[str, str]:
    try:
        return flat(fastnda.read_metadata(path))  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001  rows without their labels are better than none
        logging.getLogger(__name__).info("The labels of %s can not be read: %s", path.name, error)
        return {}
