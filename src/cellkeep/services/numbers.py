"""Numbers out of any column: what holds a finite number becomes a float, and everything else is empty."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cellkeep.domain.property_datasets import ColumnSpec
from cellkeep.services import series, tables


def numbers(path: Path, columns: Sequence[ColumnSpec], what: str) -> pl.DataFrame:
    """The specified columns of a parquet file as floats, in the order and by the names of their specs.

    Raises:
        UnusableDataError: the file is damaged behind its footer.
    """
    try:
        # By position, not by name: polars reads some names as patterns.
        wanted = [spec.source_column_index for spec in columns]
        frame = pl.scan_parquet(path, glob=False).select(pl.nth(wanted, strict=True)).collect()
        found = [as_numbers(column).alias(spec.name) for column, spec in zip(frame, columns, strict=True)]
    except series.UNREADABLE as error:
        raise tables.damaged(what, error) from error
    return pl.DataFrame(found)


def as_numbers(column: pl.Series) -> pl.Series:
    """The column as floats. Text is read as a number; times, lists and the like are none.

    >>> as_numbers(pl.Series(["1.5", " 2e3 ", "n/a", "inf", None])).to_list()
    [1.5, 2000.0, None, None, None]
    """
    if isinstance(column.dtype, (pl.Categorical, pl.Enum)):
        column = column.cast(pl.String)
    if column.dtype == pl.String:
        column = column.str.strip_chars()
    elif not (column.dtype.is_numeric() or column.dtype in {pl.Boolean, pl.Null}):
        return pl.repeat(None, len(column), dtype=pl.Float64, eager=True)
    number = column.cast(pl.Float64, strict=False)
    return pl.select(pl.when(number.is_finite()).then(number)).to_series()
