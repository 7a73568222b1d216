"""Pictures of parts of a series whose overview tells enough."""

from pathlib import Path

import numpy as np
import polars as pl

from cellkeep.domain.time_series import SeriesQuery
from cellkeep.services.remembering import Place
from cellkeep.services.row_reading import Source
from cellkeep.services.series_columns import Wanted
from cellkeep.services.thinning import thinned
from cellkeep.summarise.overview import Overview
from cellkeep.summarise.row_ranges import RowRanges

ROWS, POINTS, PARTS = 1_000_000, 300, 50


def test_many_parts_of_a_series_are_drawn_as_finely_as_each_other(tmp_path: Path) -> None:
    """Where parts begin and end within buckets of the overview, these take no more of the points than others."""
    number = np.arange(ROWS)
    noise = np.random.default_rng(1).normal(0, 0.02, ROWS)
    frame = pl.DataFrame({"Time [s]": number.astype(np.float64), "Voltage [V]": 3.7 + noise})
    overview = Overview()
    overview.add(frame)
    overview.frame().write_parquet(tmp_path / "overview.parquet")
    frame.write_parquet(tmp_path / "rows.parquet", row_group_size=100_000)
    place = Place("overview", str(tmp_path / "overview.parquet"))
    source = Source("rows", [str(tmp_path / "rows.parquet")], frame.schema, ROWS, place)
    starts = np.linspace(37, ROWS - 20_000, 40).astype(np.int64)
    ranges = RowRanges(starts, starts + 15_000)
    wanted = Wanted.of(SeriesQuery(columns=frame.columns, x="Time [s]", max_points=POINTS), frame.schema)
    picture = thinned(source, ranges, wanted, POINTS)
    rows = np.concatenate([np.arange(start, start + 15_000) for start in starts])
    part = np.searchsorted(rows, picture["Time [s]"].to_numpy()) * PARTS // rows.size
    assert np.bincount(part, minlength=PARTS).min() >= POINTS / PARTS / 2
