"""Workbooks (`.xlsx`, `.xls`), by fastexcel."""

import zipfile
import zlib
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.cells import Loaded, to_numbers
from cellkeep.readers.files.needed import needed
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.grid import Grid, Place

_HEAD_ROWS = 400


def open_workbook(path: Path) -> Opened:
    """The sheets of a workbook.

    Raises:
        ModuleNotFoundError: fastexcel is not installed.
        UnusableDataError: it can not be read.
    """
    excel = needed("fastexcel", "a workbook")
    if damaged := _damaged_part(path):
        raise UnusableDataError(
            f"'{path.name}' is a workbook that is damaged: '{damaged}' in it is not what was written. Copy it again.",
            detail={"file": path.name},
        )
    try:
        book = excel.read_excel(path)
        return Opened([_grid(book, name) for name in book.sheet_names])
    except excel.FastExcelError as error:
        raise UnusableDataError(
            f"'{path.name}' is no workbook that can be read ({str(error).splitlines()[0]}). It is damaged, cut off or "
            "protected: save it again.",
            detail={"file": path.name},
        ) from error


def _damaged_part(path: Path) -> str | None:
    """The first part of which the checksum is wrong; the library for workbooks does not look at them."""
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return "a part"
    except (OSError, RuntimeError, NotImplementedError, ValueError):
        return None  # in a way that only the library for workbooks may know


def _grid(book: Any, name: str) -> Grid:
    head = _sheet(book, name, n_rows=_HEAD_ROWS)
    return Grid(
        name, [["" if cell is None else cell for cell in row] for row in head.rows()], partial(_load, book, name)
    )


def _load(book: Any, name: str, place: Place, numbers: Mapping[int, str], texts: Collection[int]) -> Loaded:
    frame = _sheet(book, name).slice(place.first)
    columns = frame.get_columns()
    chosen = {
        str(at): columns[at] if at < len(columns) else pl.Series([None] * frame.height, dtype=pl.String)
        for at in sorted({*numbers, *texts})
    }
    return to_numbers(pl.DataFrame(chosen), {str(at): title for at, title in numbers.items()})


def _sheet(book: Any, name: str, **options: Any) -> pl.DataFrame:
    frame: pl.DataFrame = book.load_sheet(name, header_row=None, dtypes="string", **options).to_polars()
    return frame
