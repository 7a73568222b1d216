"""Reading a stored series in pieces."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.app import open_store
from cellkeep.domain.errors import CellkeepError
from cellkeep.services import series
from cellkeep.settings import ServerSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "series.parquet"


def test_chunks_take_names_for_names(path: Path) -> None:
    """A column is read by its name, even where the name looks like a pattern that selects others."""
    frame = pl.DataFrame({"Time [s]": [0.0, 1.0], "^note$": [1, 2], "^.*$": [3, 4], "*": [5, 6], "note": [7, 8]})
    frame.write_parquet(path)
    for names in ([*frame.columns], ["*"], ["^.*$"], ["note", "^note$"]):
        assert_frame_equal(pl.concat(series.chunks([path], names)), frame.select(frame[name] for name in names))


@pytest.mark.parametrize("group", [100, 3000])
@pytest.mark.parametrize("first_row", [0, 1, 777, 2999, 3000])
def test_pieces_are_small_whatever_the_row_groups(
    path: Path, monkeypatch: pytest.MonkeyPatch, group: int, first_row: int
) -> None:
    """A setting bounds the rows that are held at once, also where the file is one row group; all rows come in order."""
    monkeypatch.setenv("CELLKEEP_PROCESSING_MB", "1")
    monkeypatch.setattr(series, "_VALUE_BYTES", 5000)  # 100 rows of two columns
    frame = pl.DataFrame({"Time [s]": range(3000), "note": [f"row {row}" for row in range(3000)]})
    frame.write_parquet(path, row_group_size=group)
    pieces = list(series.chunks([path], frame.columns, first_row))
    assert max((piece.height for piece in pieces), default=0) <= 100
    assert_frame_equal(pl.concat([frame.clear(), *pieces]), frame[first_row:])


def test_a_setting_that_is_no_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server does not start with a setting that it can not follow, and says which."""
    for said in ("0", "-1", "1.5", "many"):
        monkeypatch.setenv("CELLKEEP_PROCESSING_MB", said)
        with pytest.raises(CellkeepError, match=f"CELLKEEP_PROCESSING_MB is '{said}'"):
            open_store(ServerSettings.embedded(tmp_path))
