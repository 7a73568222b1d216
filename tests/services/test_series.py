"""Reading a stored series in pieces."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.services import series


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "series.parquet"


def test_chunks_take_names_for_names(path: Path) -> None:
    """A column is read by its name, even where the name looks like a pattern that selects others."""
    frame = pl.DataFrame({"Time [s]": [0.0, 1.0], "^note$": [1, 2], "^.*$": [3, 4], "*": [5, 6], "note": [7, 8]})
    frame.write_parquet(path)
    for names in ([*frame.columns], ["*"], ["^.*$"], ["note", "^note$"]):
        assert_frame_equal(pl.concat(series.chunks(path, names)), frame.select(frame[name] for name in names))
