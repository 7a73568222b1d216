"""Ours: the step and the cycle table from pieces as the server reads them; and the columns row by row where asked."""

from collections.abc import Callable

import polars as pl

from cellkeep.summarise import summarise

try:
    from cellkeep import derived
except ImportError:
    derived = None

_PIECE_VALUES = 1 << 22
"""As many values as the server holds at once."""


def load(path: str) -> pl.DataFrame:
    return pl.read_parquet(path)


def tables(frame: pl.DataFrame) -> tuple[int, float]:
    found = summarise(frame.iter_slices(_PIECE_VALUES // frame.width))
    assert found.n_rows == frame.height
    return found.cycles.height, found.cycles["Discharge capacity [A.h]"].sum()


def rows_and_tables(frame: pl.DataFrame) -> tuple[int, float]:
    return tables(derived.with_capacity(frame))


RUNS: dict[str, Callable[[pl.DataFrame], tuple[int, float]]] = {"tables": tables}
if derived is not None:
    RUNS["rows and tables"] = rows_and_tables
