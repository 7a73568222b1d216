"""Reading a stored series: its shape first, then its rows in bounded pieces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import polars.selectors as cs

from cellkeep.domain.columns import DataType, infer_data_type, require_usable
from cellkeep.domain.errors import UnusableDataError
from cellkeep.runs import holds_numbers
from cellkeep.services.parquet_footer import UnknownLayoutError, read_footer
from cellkeep.settings import processing_bytes
from cellkeep.validate import Asked, Checking

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What polars raises at a file that is damaged."""

_VALUE_BYTES = 8
_LARGE_GROUP = 4
"""Row groups that hold more pieces are not decoded at once."""


@dataclass(frozen=True)
class Shape:
    """What the footer of a series tells."""

    n_rows: int
    schema: pl.Schema
    data_type: DataType | None

    @property
    def columns(self) -> Sequence[str]:
        return list(self.schema)


def inspect(path: Path, data_type: DataType | None) -> Shape:
    """Look at the footer of a parquet file and refuse what can not become a series.

    Raises:
        UnusableDataError: it is not parquet, has no rows, or lacks a column; then `detail` has what the checks find.
    """
    schema = _schema(path, "time series")
    kind = data_type or infer_data_type(schema)
    n_rows = _n_rows(path, "time series")
    if n_rows == 0:
        raise UnusableDataError("The time series has no rows.", detail={"n_rows": 0})
    try:
        require_usable(schema, (name for name, dtype in schema.items() if holds_numbers(dtype)), kind)
    except UnusableDataError as error:
        found = [finding.model_dump() for finding in Checking.of(Asked(list(schema), kind)).findings()]
        raise UnusableDataError(error.message, detail={**(error.detail or {}), "findings": found}) from error
    return Shape(n_rows, schema, kind)


def chunks(files: Sequence[Path | str], names: Sequence[str], first_row: int = 0) -> Iterator[pl.DataFrame]:
    """The rows of these columns in order, from one of them on, a piece at a time.

    How the rows of a file are put into pieces depends on their number alone: the same rows in another file give the
    same pieces.

    Args:
        files: where the rows lie, one file behind the other: paths, or links.
        names: the columns.
        first_row: of all files together.

    Raises:
        UnusableDataError: the file breaks off or is damaged further in.
    """
    for place, file in enumerate(files, 1):
        # By selector: pl.col would take ^…$ and * for patterns.
        scan = pl.scan_parquet(file, glob=False).select(cs.by_name(names))
        yield from _pieces(file, scan, first_row, "time series")
        if place < len(files):
            first_row = max(first_row - height(scan), 0)


def read_through(path: Path, what: str, most_values: int | None = None) -> None:
    """Read a table to its last value, a piece at a time; of one with more than `most_values` cells only the footer.

    Raises:
        UnusableDataError: it is not parquet, or damaged.
    """
    width = len(_schema(path, what))
    n_rows = _n_rows(path, what)
    if width and (most_values is None or n_rows * width <= most_values):
        # Not by name, since polars reads some names as patterns.
        for _ in _pieces(path, pl.scan_parquet(path, glob=False), 0, what):
            pass


def _pieces(file: Path | str, scan: pl.LazyFrame, first_row: int, what: str) -> Iterator[pl.DataFrame]:
    try:
        rows = max(processing_bytes() // (_VALUE_BYTES * len(scan.collect_schema())), 1)
        end = height(scan)
        few = end - first_row <= _LARGE_GROUP * rows
        if few or _largest_group(file) > _LARGE_GROUP * rows:
            yield from _slices(scan, first_row, end, rows)
        else:
            yield from scan.slice(first_row).collect_batches(chunk_size=rows, maintain_order=True)
    except UNREADABLE as error:
        raise UnusableDataError(f"The {what} can not be read to its end: {error}. Send it again.") from error


def _slices(scan: pl.LazyFrame, first_row: int, end: int, rows: int) -> Iterator[pl.DataFrame]:
    """Pieces of some rows, or of row groups too large to be held at once; one is gone through again for each slice."""
    for start in range(first_row, end, _LARGE_GROUP * rows):
        yield from scan.slice(start, _LARGE_GROUP * rows).collect(engine="streaming").iter_slices(rows)


def _largest_group(file: Path | str) -> int:
    """Rows of the largest row group; 0 where the footer is read by polars alone, as through a link."""
    if isinstance(file, str) and "://" in file:
        return 0
    try:
        return max((group.rows for group in read_footer(Path(file)).groups), default=0)
    except UnknownLayoutError:
        return 0


def columns(path: Path, what: str) -> list[str]:
    """Names of the columns of a parquet file.

    Raises:
        UnusableDataError: it is not parquet.
    """
    return list(_schema(path, what))


def inspect_steps(path: Path, n_rows: int) -> None:
    """Look at a step table that a person made for a series of `n_rows`.

    Raises:
        UnusableDataError: it is not parquet, has more steps than the series has rows, or holds raw bytes.
    """
    schema = _schema(path, "step table")
    if raw := [name for name, dtype in schema.items() if dtype in {pl.Binary, pl.Object}]:
        raise UnusableDataError(f"The step table holds raw bytes in {raw}; give numbers, text or times.")
    n_steps = _n_rows(path, "step table")
    if n_steps > n_rows:
        raise UnusableDataError(f"The step table has {n_steps:,} steps, but the series only {n_rows:,} rows.")


def read_table(path: Path, what: str, first_rows: int | None = None) -> pl.DataFrame:
    """A step or cycle table, or its first rows.

    Raises:
        UnusableDataError: it is not parquet.
    """
    _schema(path, what)
    try:
        return pl.read_parquet(path, glob=False, n_rows=first_rows)
    except UNREADABLE as error:
        raise UnusableDataError(f"The {what} can not be read: {error}") from error


def _schema(path: Path, what: str) -> pl.Schema:
    try:
        return pl.scan_parquet(path, glob=False).collect_schema()
    except UNREADABLE as error:
        raise unreadable(path, what, error) from error


def _n_rows(path: Path, what: str) -> int:
    try:
        return height(pl.scan_parquet(path, glob=False))
    except UNREADABLE as error:
        raise unreadable(path, what, error) from error


def height(scan: pl.LazyFrame) -> int:
    """How many rows it has, by the footers of its files."""
    return int(scan.select(pl.len()).collect().item())


def unreadable(path: Path, what: str, error: BaseException) -> UnusableDataError:
    size = path.stat().st_size
    return UnusableDataError(
        f"The {what} is not a readable parquet file ({size} bytes): {error}. Send it again.",
        detail={"size_bytes": size},
    )
