"""Parquet, read column by column."""

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.cells import Loaded, to_numbers
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.grid import Grid, Place

_SAMPLE_ROWS = 60


def open_parquet(path: Path) -> Opened:
    """The columns of a parquet file.

    Raises:
        UnusableDataError: it is damaged.
    """
    try:
        scan = pl.scan_parquet(path, glob=False)
        head = scan.head(_SAMPLE_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnusableDataError(
            f"'{path.name}' is no parquet file that can be read ({str(error).splitlines()[0]}). It is damaged or cut "
            "off.",
            detail={"file": path.name},
        ) from error
    rows = [["" if cell is None else str(cell) for cell in row] for row in head.rows()]
    return Opened([Grid("", [head.columns, *rows], partial(_load, scan, head.columns))])


def _load(scan: pl.LazyFrame, names: list[str], _: Place, numbers: Mapping[int, str], texts: Collection[int]) -> Loaded:
    wanted = [pl.col(names[at]).alias(str(at)) for at in sorted({*numbers, *texts})]
    frame = scan.select(wanted).collect(engine="streaming")
    as_text = frame.with_columns(pl.col(str(at)).cast(pl.String) for at in texts if at not in numbers)
    return to_numbers(as_text, {str(at): title for at, title in numbers.items()})
