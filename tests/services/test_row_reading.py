"""Only those parts of a stored series are read that hold wanted rows."""

from pathlib import Path

import numpy as np
import polars as pl

from cellkeep.services.row_reading import Source, rows_in
from cellkeep.summarise.row_ranges import RowRanges


def test_rows_far_apart_are_cut_out_before_they_are_read(tmp_path: Path) -> None:
    """Ranges of one file are scanned each by itself; as one scan that they share, the file would be read whole."""
    path, rows = tmp_path / "rows.parquet", 2_000_000
    frame = pl.DataFrame({"Time [s]": np.arange(rows, dtype=np.float64)})
    frame.write_parquet(path, row_group_size=100_000)
    source = Source("key", [str(path)], frame.schema, rows, None)
    starts = np.array([5, 900_000, 1_900_000])
    found = rows_in(source, RowRanges(starts, starts + 3), ["Time [s]"])
    assert "CACHE" not in found.explain()
    assert found.collect()["Time [s]"].to_list() == [start + each for start in starts for each in range(3)]
