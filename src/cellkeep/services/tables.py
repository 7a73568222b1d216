"""Tables that come as files: looked at before they are taken, stored under fresh keys, read through links."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from cellkeep.domain.errors import CellkeepError, UnusableDataError
from cellkeep.domain.tables import MAX_COLUMNS
from cellkeep.services import series
from cellkeep.settings import SIGNED_GET_LIFETIME_S
from cellkeep.storage.store import Store


@dataclass(frozen=True)
class Shape:
    """What the footer of a table tells."""

    n_rows: int
    schema: pl.Schema


@contextmanager
def received(file: BinaryIO) -> Iterator[Path]:
    """A file with what was sent, for as long as the context lasts; beside it is room for more."""
    with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
        path = Path(folder) / "sent"
        file.seek(0)
        with path.open("wb") as target:
            shutil.copyfileobj(file, target)
        yield path


def inspect(path: Path, what: str, most_values: int) -> Shape:
    """Look at the footer of a parquet file.

    Raises:
        UnusableDataError: it is not parquet, has no columns, holds more than `most_values` cells, or cells that hold
            many values each.
    """
    try:
        scan = pl.scan_parquet(path, glob=False)
        shape = Shape(series.height(scan), scan.collect_schema())
    except series.UNREADABLE as error:
        raise series.unreadable(path, what, error) from error
    width = len(shape.schema)
    if not 0 < width <= MAX_COLUMNS:
        raise UnusableDataError(f"The {what} has {width:,} columns; 1 to {MAX_COLUMNS:,} can be kept.")
    for name, dtype in shape.schema.items():
        if dtype.is_nested() or dtype == pl.Object:  # one cell may hold any number of values, which nobody counts
            raise UnusableDataError(
                f"The column '{name[:100]}' of the {what} holds {str(dtype)[:100]} in each cell; only single values "
                "can be kept. Send one value in each cell.",
                detail={"column": name[:1000]},
            )
    if shape.n_rows * width > most_values:
        raise UnusableDataError(
            f"The {what} has {shape.n_rows:,} rows of {width:,} columns; at most {most_values:,} cells can be kept."
        )
    return shape


def damaged(what: str, error: BaseException) -> UnusableDataError:
    return UnusableDataError(f"The {what} can not be read to its end: {error}. Send it again.")


@contextmanager
def stored(store: Store, files: dict[str, Path]) -> Iterator[None]:
    """Put files under their keys, for a record that the context writes."""
    try:
        for key, path in files.items():
            store.blobs.put(key, path)
        yield
    except CellkeepError:
        # Ours are raised before the commit. After any other failure the record may stand, so its objects stay too.
        store.remove([*files])
        raise


def link(store: Store, key: str, base_url: str) -> str:
    """A link that reads a table, also by byte ranges."""
    return store.blobs.sign_get(key, lifetime_s=SIGNED_GET_LIFETIME_S, base_url=base_url)
