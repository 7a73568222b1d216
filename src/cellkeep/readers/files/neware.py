"""Neware's own files (`.nda`, `.ndax`), by fastnda."""

import logging
import warnings
from pathlib import Path

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.files.needed import needed
from cellkeep.readers.files.opened import Opened, flat
from cellkeep.readers.grid import grid_of_frame


def open_neware(path: Path) -> Opened:
    """The records of a file of Neware.

    Raises:
        ModuleNotFoundError: fastnda is not installed.
        UnusableDataError: it can not be read.
    """
    fastnda = needed("fastnda", "files of Neware")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = fastnda.read(path)
    except Exception as error:  # a damaged file may end in any error there
        raise UnusableDataError(
            f"'{path.name}' is a file of Neware that can not be read ({type(error).__name__}: {error}). It is damaged, "
            "cut off, or of a version that is not known: copy it again, or export it from BTSDA.",
            detail={"file": path.name},
        ) from error
    return Opened([grid_of_frame("", frame)], _labels(fastnda, path))


def _labels(fastnda: object, path: Path) -> dict[str, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return flat(fastnda.read_metadata(path))  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001  rows without their labels are better than none
        logging.getLogger(__name__).info("The labels of %s can not be read: %s", path.name, error)
        return {}
