"""Frames in (pandas, polars or a dict of lists) and frames out (polars, or pandas by a setting)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import polars as pl

from cellkeep.domain.errors import InvalidError
from cellkeep.domain.files import PAGE_BYTES, ROW_GROUP_ROWS

Backend = Literal["polars", "pandas"]

Frame = Any
"""A `polars.DataFrame`, or a `pandas.DataFrame` where the client was told so."""


def to_polars(data: Any, what: str = "time_series") -> pl.DataFrame:
    """Any accepted table as a polars frame. A pandas index is dropped, and pandas NaN becomes null.

    Raises:
        InvalidError: it is no table, or its columns are not equally long.
    """
    try:
        frame = _frame(data)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        raise InvalidError(f"{what} can not be made a table{_culprit(data)}: {error}") from error
    except ModuleNotFoundError as error:
        raise InvalidError(
            f"{what} is a pandas frame, and reading one needs pyarrow: pip install 'cellkeep[pandas]'."
        ) from error
    if frame is None:
        raise InvalidError(
            f"{what} must be a polars or pandas frame or a dict of lists, not a {type(data).__qualname__}."
        )
    if objects := [name for name, dtype in frame.schema.items() if dtype == pl.Object]:
        raise InvalidError(f"{what} holds Python objects in {objects}; give numbers, text or times.")
    return frame


def _culprit(data: Any) -> str:
    """Which column of a pandas frame is to blame, where one is."""
    if type(data).__module__.partition(".")[0] != "pandas" or not hasattr(data, "columns"):
        return ""
    names = list(data.columns)
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        return f", since there is more than one column '{twice[0]}'"
    for name in names:
        try:
            pl.from_pandas(data[[name]])
        except (pl.exceptions.PolarsError, TypeError, ValueError):
            return f", because of the column '{name}'"
    return ""


def _frame(data: Any) -> pl.DataFrame | None:
    if isinstance(data, pl.DataFrame):
        return data
    if isinstance(data, pl.LazyFrame):
        return data.collect()
    if type(data).__module__.partition(".")[0] == "pandas":
        return pl.from_pandas(data)
    if isinstance(data, Mapping):
        return pl.DataFrame(dict(data), strict=False)
    return None


def from_polars(frame: pl.DataFrame, backend: Backend) -> Frame:
    """The frame in the kind the client was told to return."""
    return frame.to_pandas() if backend == "pandas" else frame


def write_series(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as parquet the way series are kept: all columns as they are, zstd, small row groups and pages."""
    frame.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP_ROWS, data_page_size=PAGE_BYTES)
