"""Parquet, read column by column."""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

import polars as pl
import polars.selectors as cs

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.cells import Loaded, to_numbers
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.grid import Grid, Place

_SAMPLE_ROWS = 60
_DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""How polars says that a file is damaged; some damage lets it panic."""


def open_parquet(path: Path) -> Opened:
    """The columns of a parquet file.

    Raises:
        UnusableDataError: it is damaged.
    """
    try:
        scan = pl.scan_parquet(path, glob=False).with_columns(
            cs.duration().dt.total_microseconds() / 1e6, cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String)
        )
        head = scan.head(_SAMPLE_ROWS).collect()
    except _DAMAGED as error:
        raise _damaged(path, error) from error
    rows = [["" if cell is None else str(cell) for cell in row] for row in head.rows()]
    return Opened([Grid("", [head.columns, *rows], partial(_load, path, scan, head.schema))])


def _load(
    path: Path, scan: pl.LazyFrame, schema: pl.Schema, _: Place, numbers: Mapping[int, str], texts: Collection[int]
) -> Loaded:
    names = schema.names()
    for name in (names[at] for at in {*numbers, *texts}):
        if schema[name].is_nested() or schema[name] == pl.Binary:
            raise UnusableDataError(
                f"'{name}' of '{path.name}' holds {schema[name]}, and a measurement needs one value in each row.",
                detail={"file": path.name, "column": name},
            )
    wanted = [pl.col(names[at]).alias(str(at)) for at in sorted({*numbers, *texts})]
    try:
        frame = scan.select(wanted).collect(engine="streaming")
    except _DAMAGED as error:
        raise _damaged(path, error) from error
    as_text = frame.with_columns(pl.col(str(at)).cast(pl.String) for at in texts if at not in numbers)
    return to_numbers(as_text, {str(at): title for at, title in numbers.items()})


def _damaged(path: Path, error: BaseException) -> UnusableDataError:
    return UnusableDataError(
        f"'{path.name}' is no parquet file that can be read ({str(error).splitlines()[0]}). It is damaged or cut off.",
        detail={"file": path.name},
    )
