"""Databases of Arbin (`.res`): by Debian's mdbtools where they are installed, else by access-parser."""

import io
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.files.needed import needed
from cellkeep.readers.files.opened import Opened, flat, missing_rows
from cellkeep.readers.grid import grid_of_frame

_ROWS = "Channel_Normal_Table"
_TEST = "Global_Table"
_NUMBER = "Data_Point"
_ORDER = ("Test_ID", _NUMBER)
_SHORTEST_S, _LONGEST_S = 4, 300
_BYTES_PER_S = 1024 * 1024
"""mdbtools is faster by far; in a damaged database it may not come to an end."""


def open_database(path: Path) -> Opened:
    """The rows and the labels of a database of Arbin.

    Raises:
        ModuleNotFoundError: neither mdbtools nor access-parser is installed.
        UnusableDataError: it can not be read, or is a database of something else.
    """
    complaints: list[str] = []
    table = partial(_by_mdbtools, complaints) if shutil.which("mdb-export") else _by_access_parser(path)
    try:
        rows, test = table(path, _ROWS), table(path, _TEST)
    except Exception as error:  # a damaged file may end in any error there
        raise UnusableDataError(
            f"'{path.name}' is no database of Arbin that can be read ({type(error).__name__}: {error}). It is damaged "
            "or cut off: copy it again. With mdbtools installed (apt install mdbtools) more of them can be read.",
            detail={"file": path.name},
        ) from error
    order = [pl.col(name).cast(pl.Float64) for name in _ORDER if name in rows.columns]
    rows = rows.sort(order, maintain_order=True)  # a database has no order of its own
    labels = flat(dict(zip(test.columns, test.row(0), strict=True))) if test.height else {}
    repairs = missing_rows(rows[_NUMBER]) if _NUMBER in rows.columns else []
    return Opened([grid_of_frame("", rows)], labels, [*repairs, *_unread(complaints)])


def _unread(complaints: list[str]) -> list[Repair]:
    if not complaints:
        return []
    message = f"Parts of the database could not be read, and rows may be missing. mdbtools says: {complaints[0][:300]}"
    return [Repair(action="rows_missing", message=message)]


def _by_mdbtools(complaints: list[str], path: Path, table: str) -> pl.DataFrame:
    done = subprocess.run(  # noqa: S603  no shell, and the path is one argument
        [shutil.which("mdb-export") or "mdb-export", str(path.resolve()), table],
        capture_output=True,
        check=False,
        timeout=min(_LONGEST_S, _SHORTEST_S + path.stat().st_size / _BYTES_PER_S),
    )
    if done.returncode or not done.stdout.strip():
        raise UnusableDataError(done.stderr.decode(errors="replace").strip() or f"there is no {table}")
    if said := done.stderr.decode(errors="replace").strip():
        complaints.append(said.splitlines()[0])
    return pl.read_csv(io.BytesIO(done.stdout), infer_schema=False)


def _by_access_parser(path: Path) -> Callable[[Path, str], pl.DataFrame]:
    parser = needed("access_parser", "databases of Arbin without mdbtools (apt install mdbtools)")
    database: list[Any] = []

    def table(_: Path, name: str) -> pl.DataFrame:
        if not database:
            database.append(parser.AccessParser(str(path)))
        return pl.DataFrame(dict(database[0].parse_table(name)), strict=False)

    return table
