"""cellkeep: every measurement of every battery cell, kept safely, summarised on arrival, read back fast.

    client = cellkeep.open("my-lab")   # a folder, no server
    client = cellkeep.Client()         # a server
    cellkeep.read("cell.057")          # a file of a cycler, as a series
    cellkeep.derived                   # what follows from a series: capacities, resistances, fade
    cellkeep.plots                     # figures of it, for a notebook as on the pages: pip install 'cellkeep[plots]'
    cellkeep.findings(frame)           # what is wrong with a series; cellkeep.mend makes it right

Current is positive on discharge, everywhere.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellkeep import plots as plots
    from cellkeep.client import Client
    from cellkeep.client.checking import findings, mend
    from cellkeep.client.frames import Backend
    from cellkeep.client.navigator import Navigator
    from cellkeep.client.reading import Reading, read
    from cellkeep.domain.errors import (
        BadRequestError,
        CellkeepError,
        ConflictError,
        ForbiddenError,
        InvalidError,
        MeasurementProcessingError,
        MeasurementValidationError,
        NotFoundError,
        NotOfferedError,
        NotReadyError,
        ScheduleStaleError,
        ServerError,
        TransportError,
        UnauthorizedError,
        UnusableDataError,
    )
    from cellkeep.domain.findings import Finding, Repair
    from cellkeep.summarise import derived

__version__ = "0.1.0"

_ERRORS = "cellkeep.domain.errors"
_HOMES = {
    "Client": "cellkeep.client",
    "Navigator": "cellkeep.client.navigator",
    "BadRequestError": _ERRORS,
    "CellkeepError": _ERRORS,
    "ConflictError": _ERRORS,
    "ForbiddenError": _ERRORS,
    "InvalidError": _ERRORS,
    "MeasurementProcessingError": _ERRORS,
    "MeasurementValidationError": _ERRORS,
    "NotFoundError": _ERRORS,
    "NotOfferedError": _ERRORS,
    "NotReadyError": _ERRORS,
    "ScheduleStaleError": _ERRORS,
    "ServerError": _ERRORS,
    "TransportError": _ERRORS,
    "UnauthorizedError": _ERRORS,
    "UnusableDataError": _ERRORS,
    "Finding": "cellkeep.domain.findings",
    "Repair": "cellkeep.domain.findings",
    "findings": "cellkeep.client.checking",
    "mend": "cellkeep.client.checking",
    "Reading": "cellkeep.client.reading",
    "read": "cellkeep.client.reading",
}
"""Where each name lives; it is imported when it is first used, so that `import cellkeep` costs next to nothing."""
_MODULES = {"derived": "cellkeep.summarise.derived", "plots": "cellkeep.plots"}
"""Modules that have a short name, imported in the same way."""


def open(folder: str | Path, dataframe_backend: "Backend | None" = None) -> "Client":  # noqa: A001  the name people expect
    """Work in a folder, without a server: database and files lie in it, and everything runs in this process.

    Args:
        folder: made if it is not there. The same folder may be opened by several processes, and be served.
        dataframe_backend: `polars` or `pandas` for returned frames.

    Raises:
        ModuleNotFoundError: the extra `cellkeep[server]` is not installed.
    """
    try:
        from cellkeep.app import open_embedded  # noqa: PLC0415  the one late import of what a server needs
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"cellkeep.open needs what a server needs ({error.name} is missing): pip install 'cellkeep[server]'."
        ) from error
    return open_embedded(folder, dataframe_backend)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _MODULES:
        return import_module(_MODULES[name])
    raise AttributeError(f"cellkeep has no '{name}'.")


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})


__all__ = [
    "BadRequestError",
    "CellkeepError",
    "Client",
    "ConflictError",
    "Finding",
    "ForbiddenError",
    "InvalidError",
    "MeasurementProcessingError",
    "MeasurementValidationError",
    "Navigator",
    "NotFoundError",
    "NotOfferedError",
    "NotReadyError",
    "Reading",
    "Repair",
    "ScheduleStaleError",
    "ServerError",
    "TransportError",
    "UnauthorizedError",
    "UnusableDataError",
    "__version__",
    "derived",
    "findings",
    "mend",
    "open",
    "read",
]
