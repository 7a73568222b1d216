"""Putting rows behind a stored series: columns, types and row groups."""

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.domain.errors import ConflictError, UnusableDataError
from cellkeep.services import stitching
from cellkeep.services.stitching import stitch, verify
from services.bench import series

pq = pytest.importorskip("pyarrow.parquet", reason="it tells how a parquet file is built")

MOMENT = datetime(2026, 3, 15, 9, 30, 0, 123456, tzinfo=UTC)


def later(frame: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """The frame as rows that follow those stored."""
    step = pl.col("Step count") + stored["Step count"][-1]
    return frame.with_columns(pl.col("Time [s]") + stored["Time [s]"].max() + 1, step.cast(frame["Step count"].dtype))


def both(tmp_path: Path, stored: pl.DataFrame, sent: pl.DataFrame, **options: Any) -> pl.DataFrame:
    """The stitched series, after it was verified."""
    stored.write_parquet(tmp_path / "stored", **options)
    sent.write_parquet(tmp_path / "sent")
    verify([str(tmp_path / "stored")], tmp_path / "sent")
    stitch([tmp_path / "stored", tmp_path / "sent"], tmp_path / "whole")
    return pl.read_parquet(tmp_path / "whole")


def column(tmp_path: Path, stored: pl.Series, sent: pl.Series) -> pl.Series:
    """A column of the stitched series."""
    before = series(stored.len(), 1).with_columns(stored.alias("x"))
    return both(tmp_path, before, later(series(sent.len(), 1), before).with_columns(sent.alias("x")))["x"]


def of(dtype: Any, *values: Any) -> pl.Series:
    return pl.Series("x", values, dtype=dtype)


def test_rows_come_behind_the_stored_ones(tmp_path: Path) -> None:
    """Values and types stay, in the order of the stored columns whatever order was sent."""
    stored = series(1000)
    sent = later(series(300), stored)
    whole = both(tmp_path, stored, sent.select(reversed(sent.columns)))
    assert_frame_equal(whole, pl.concat([stored, sent]))


@pytest.mark.parametrize(
    ("stored", "sent", "found"),
    [
        (of(pl.Int64, 1, 2), of(pl.Float64, 3.0), of(pl.Int64, 1, 2, 3)),
        (of(pl.Int64, 1, None), of(pl.Float64, 3.5), of(pl.Float64, 1.0, None, 3.5)),
        (of(pl.Int64, 1), of(pl.Float64, math.nan), of(pl.Float64, 1.0, math.nan)),
        (of(pl.Float64, 1.5), of(pl.Int64, 3, None), of(pl.Float64, 1.5, 3.0, None)),
        (of(pl.Float32, 1.5), of(pl.Float64, 0.5), of(pl.Float32, 1.5, 0.5)),
        (of(pl.Float32, 1.5), of(pl.Float64, 0.1), of(pl.Float64, 1.5, 0.1)),
        (of(pl.Int8, 1), of(pl.Int64, 2), of(pl.Int8, 1, 2)),
        (of(pl.Int8, 1), of(pl.Int64, 2**40), of(pl.Int64, 1, 2**40)),
        (of(pl.UInt8, 200), of(pl.Int8, -1), of(pl.Int64, 200, -1)),
        (of(pl.Int32, 1), of(pl.Float32, 0.5), of(pl.Float32, 1.0, 0.5)),
        (of(pl.Int32, 2**30 + 1), of(pl.Float32, 0.5), of(pl.Float64, 2.0**30 + 1, 0.5)),
        (of(pl.Float64, 1.0), of(pl.Null, None), of(pl.Float64, 1.0, None)),
        (of(pl.Null, None, None), of(pl.String, "a"), of(pl.String, None, None, "a")),
        (of(pl.Null, None), of(pl.Null, None), of(pl.Null, None, None)),
        (of(pl.Categorical, "a"), of(pl.String, "b"), of(pl.Categorical, "a", "b")),
        (of(pl.Enum(["a", "b"]), "a"), of(pl.String, "b"), of(pl.Enum(["a", "b"]), "a", "b")),
        (of(pl.Enum(["a"]), "a"), of(pl.Enum(["b"]), "b"), of(pl.String, "a", "b")),
        (of(pl.Boolean, True), of(pl.Boolean, None, False), of(pl.Boolean, True, None, False)),
        (
            of(pl.Datetime("us", "UTC"), MOMENT),
            of(pl.Datetime("ns", "UTC"), MOMENT),
            of(pl.Datetime("us", "UTC"), MOMENT, MOMENT),
        ),
        (
            of(pl.Datetime("ms"), datetime(2026, 1, 1)),  # noqa: DTZ001
            of(pl.Datetime("us"), MOMENT.replace(tzinfo=None)),
            of(pl.Datetime("us"), datetime(2026, 1, 1), MOMENT.replace(tzinfo=None)),  # noqa: DTZ001
        ),
        (
            of(pl.Duration("ms"), timedelta(seconds=1)),
            of(pl.Duration("us"), timedelta(microseconds=1)),
            of(pl.Duration("us"), timedelta(seconds=1), timedelta(microseconds=1)),
        ),
        (of(pl.List(pl.Int64), [1], []), of(pl.List(pl.Int64), [2]), of(pl.List(pl.Int64), [1], [], [2])),
    ],
)
def test_a_column_keeps_its_values_whatever_type_they_come_in(
    tmp_path: Path, stored: pl.Series, sent: pl.Series, found: pl.Series
) -> None:
    """The stored type stays where it holds the new values exactly; else a type holds both exactly."""
    whole = column(tmp_path, stored, sent)
    assert whole.dtype == found.dtype
    assert whole.equals(found, null_equal=True) or (whole.is_nan() == found.is_nan()).all()


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        (of(pl.Float64, 1.0), of(pl.String, "1.0")),
        (of(pl.String, "a"), of(pl.Int64, 1)),
        (of(pl.Int64, 2**53 + 1), of(pl.Float64, 0.5)),
        (of(pl.Int64, -1), of(pl.UInt64, 2**64 - 1)),
        (of(pl.Boolean, True), of(pl.Int64, 1)),
        (of(pl.Date, date(2026, 1, 1)), of(pl.String, "2026-01-02")),
        (of(pl.Datetime("us", "UTC"), MOMENT), of(pl.Datetime("us"), MOMENT.replace(tzinfo=None))),
        (of(pl.List(pl.Int64), [1]), of(pl.Int64, 1)),
    ],
)
def test_values_that_no_type_holds_together_are_refused(tmp_path: Path, stored: pl.Series, sent: pl.Series) -> None:
    """The refusal names the column and both types."""
    with pytest.raises(UnusableDataError, match=r"'x' is .* and no type holds both") as found:
        column(tmp_path, stored, sent)
    assert found.value.detail == {"column": "x", "stored": str(stored.dtype), "sent": str(sent.dtype)}


def test_time_that_came_whole_goes_on_in_fractions(tmp_path: Path) -> None:
    """A clock that was read in whole seconds at first is no reason to refuse the rest."""
    stored = series(3).cast({"Time [s]": pl.Int64})
    whole = both(tmp_path, stored, later(series(1), stored).with_columns(pl.lit(3.25).alias("Time [s]")))
    assert whole["Time [s]"].to_list() == [0.0, 1.0, 2.0, 3.25]


PATTERNS = {"^note$": pl.Int64, "^.*$": pl.Float64, "*": pl.String, "^Time.*$": pl.Boolean}
"""Names of columns that would select others, were they patterns."""


def with_patterns(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with columns of such names, each with values of its own."""
    row = pl.int_range(pl.len())
    return frame.with_columns(
        row.alias("note"), *((row * 10 + at).cast(kind).alias(name) for at, (name, kind) in enumerate(PATTERNS.items()))
    )


def test_names_that_look_like_patterns_are_names(tmp_path: Path) -> None:
    """Columns with such names keep their values, in one type and where a wider one is needed."""
    stored = with_patterns(series(100))
    sent = with_patterns(later(series(30), stored))
    assert_frame_equal(both(tmp_path, stored, sent), pl.concat([stored, sent]))
    wide = sent.with_columns(pl.Series("^note$", [0.5] * 30))
    whole = both(tmp_path, stored, wide)
    assert whole["^note$"].to_list() == [*map(float, stored["^note$"]), *wide["^note$"]]


def test_what_lost_a_row_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer series that is not all rows of both is found before it takes the place of the old."""
    stored = series(100)
    write = stitching._write
    monkeypatch.setattr(stitching, "_write", lambda rows, *asked: write(rows.head(9), *asked))
    with pytest.raises(RuntimeError, match="instead of 110 of"):
        both(tmp_path, stored, later(series(10), stored))


def test_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    """What is missing and what is new are both told."""
    with pytest.raises(UnusableDataError, match=r"missing: 'Current \[A\]'; not in the series: 'Strom'") as found:
        both(tmp_path, series(), later(series(), series()).rename({"Current [A]": "Strom"}))
    assert found.value.detail["missing"] == ["Current [A]"]
    assert found.value.detail["unexpected"] == ["Strom"]


def test_a_series_without_clock_or_steps_takes_nothing(tmp_path: Path) -> None:
    """It is not known what follows a spectrum or a curve, and the refusal says so."""
    for name in ("Time [s]", "Step count"):
        with pytest.raises(ConflictError, match=rf"has no column '{name.replace('[', '.').replace(']', '.')}'"):
            both(tmp_path, series().drop(name), series())


def test_the_last_known_time_counts_where_the_last_rows_have_none(tmp_path: Path) -> None:
    """Rows without a clock at the end of the series do not hide when it ended."""
    stored = series(300_000, 3)
    stored = stored.with_columns(pl.when(pl.col("Time [s]") < 100).then(pl.col("Time [s]")))
    sent = series(1).with_columns(pl.lit(3).alias("Step count"))
    with pytest.raises(UnusableDataError, match="the stored series ends at 99 s"):
        both(tmp_path, stored, sent.with_columns(pl.lit(99.0).alias("Time [s]")))
    assert both(tmp_path, stored, sent.with_columns(pl.lit(99.5).alias("Time [s]"))).height == 300_001


@pytest.mark.parametrize("untimed", [0, 3000])
def test_only_the_end_of_the_stored_series_is_read(tmp_path: Path, untimed: int) -> None:
    """What lies before could not even be read; also where the last rows have no clock."""
    stored = series(400_000)
    timed = pl.int_range(pl.len()) < 400_000 - untimed
    stored = stored.with_columns(pl.when(timed).then(pl.col("Time [s]")))
    stored.write_parquet(tmp_path / "stored", row_group_size=100_000)
    content = (tmp_path / "stored").read_bytes()
    pages = pq.read_metadata(tmp_path / "stored").row_group(2).column(0).data_page_offset
    (tmp_path / "stored").write_bytes(b"PAR1" + b"\xff" * (pages - 4) + content[pages:])
    later(series(10), stored).write_parquet(tmp_path / "sent")
    verify([str(tmp_path / "stored")], tmp_path / "sent")
    series(10).write_parquet(tmp_path / "sent")
    with pytest.raises(UnusableDataError, match=f"the stored series ends at {399_999 - untimed} s"):
        verify([str(tmp_path / "stored")], tmp_path / "sent")


def test_small_row_groups_become_large(tmp_path: Path) -> None:
    """However small the groups were in which rows came, the whole has groups of one size and the same rows."""
    stored = series(300_000, 7)
    sent = later(series(1000), stored)
    assert_frame_equal(both(tmp_path, stored, sent, row_group_size=1000), pl.concat([stored, sent]))
    footer = pq.ParquetFile(tmp_path / "whole").metadata
    assert [footer.row_group(n).num_rows for n in range(footer.num_row_groups)] == [131_072, 131_072, 38_856]
    assert footer.row_group(0).column(0).compression == "ZSTD"
