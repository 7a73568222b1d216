"""Parquet: what its columns may hold."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

import cellkeep
from cellkeep.domain.errors import UnusableDataError
from readers.series import CURRENT, TIME, VOLTAGE

SERIES = {TIME: [0.0, 1.0, 2.0], VOLTAGE: [3.5, 3.4, 3.3], CURRENT: [0.0, 0.0, 0.0]}


def test_durations_and_categories(tmp_path: Path) -> None:
    """A duration is a number of seconds, and a category a text."""
    path = tmp_path / "series.parquet"
    durations = pl.Series([timedelta(seconds=at, milliseconds=500) for at in range(3)])
    pl.DataFrame({**SERIES, TIME: durations, VOLTAGE: pl.Series(["3.5", "3.4", "3.3"], dtype=pl.Categorical)}
    ).write_parquet(path)  # fmt: skip
    frame = cellkeep.read(path).time_series
    assert frame[TIME].to_list() == [0, 1, 2]
    assert frame[VOLTAGE].to_list() == [3.5, 3.4, 3.3]


@pytest.mark.parametrize("values", [[[3.5]] * 3, [{"a": 3.5}] * 3, [b"3.5"] * 3], ids=["list", "struct", "binary"])
def test_a_column_without_single_values(tmp_path: Path, values: list[object]) -> None:
    """A column of lists, structs or bytes is named."""
    path = tmp_path / "series.parquet"
    pl.DataFrame({**SERIES, VOLTAGE: pl.Series(values)}).write_parquet(path)
    with pytest.raises(UnusableDataError, match=r"'Voltage \[V\]' of 'series.parquet' holds"):
        cellkeep.read(path)
