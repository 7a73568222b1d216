"""Modules of BioLogic (`.mpr`), by galvani, and by yadg what galvani can not read."""

import warnings
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.files.needed import needed
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.grid import grid_of_frame

_CURRENTS = ("I/mA", "<I>/mA")
_CHARGE = "(Q-Qo)/mA.h"
_TIME = "time/s"


def open_module(path: Path) -> Opened:
    """The table of a module.

    Raises:
        ModuleNotFoundError: neither library is installed.
        UnusableDataError: neither can read it.
    """
    galvani = needed("galvani", "modules of BioLogic", "biologic")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = galvani.MPRfile(str(path))
        frame = pl.DataFrame({name: module.data[name] for name in module.data.dtype.names})
        start = getattr(module, "timestamp", None)
    except Exception as error:  # noqa: BLE001  a damaged file may end in any error there; the other may read it
        frame, start = _by_yadg(path, error)
    labels = {} if start is None else {"acquisition started on": start.isoformat(sep=" ")}
    return Opened([grid_of_frame("", _with_current(frame))], labels)


def _by_yadg(path: Path, first: Exception) -> tuple[pl.DataFrame, Any]:
    try:
        extractors = needed("yadg.extractors", "this module of BioLogic", "biologic")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = extractors.extract("eclab.mpr", path, timezone="UTC")
        table = {
            _titled(name, values): values.to_numpy()
            for name, values in tree.data_vars.items()
            if values.dims == ("uts",)
        }
    except Exception as error:
        raise UnusableDataError(
            f"'{path.name}' is a module of BioLogic that can not be read ({type(first).__name__}: {first}). It is "
            "damaged or cut off, or of a version that is not known: copy it again, or export it as text from EC-Lab.",
            detail={"file": path.name, "also": f"{type(error).__name__}: {error}"},
        ) from error
    return pl.DataFrame(table), None


def _titled(name: str, values: Any) -> str:
    unit = values.attrs.get("units", "")
    return f"{name}/{unit}" if unit else name


def _with_current(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the current where only the charge is there: EC-Lab computes it in the same way when it exports."""
    if any(name in frame.columns for name in _CURRENTS) or not {_CHARGE, _TIME} <= set(frame.columns):
        return frame
    moved, passed = frame[_CHARGE].diff(), frame[_TIME].diff()
    current = (moved * 3600 / passed).fill_nan(None).fill_null(strategy="backward").fill_null(0.0)
    return frame.with_columns(current.alias(_CURRENTS[1]))
