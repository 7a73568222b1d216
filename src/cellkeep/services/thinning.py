"""The few rows that a picture of a series needs: from its overview where that is fine enough, else from its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.runs import Bools
from cellkeep.services.remembering import Frame, Remembered
from cellkeep.services.row_reading import Source, rows_in
from cellkeep.services.series_columns import Wanted, within
from cellkeep.summarise.buckets import Buckets
from cellkeep.summarise.downsample import downsample, most_stretches
from cellkeep.summarise.overview import Overview, unused_names
from cellkeep.summarise.row_ranges import RowRanges

_FINE_ENOUGH = 4
"""Rows that are held for each that is chosen. With fewer, a picture would show how they were gathered."""
_BUCKETS_OF_A_STRETCH = 3
"""Buckets of an overview for each stretch of rows whose extremes a picture shows. An extreme may be shown a stretch too
early or too late where a bucket lies across: by less than a third of a stretch, which is half a pixel of a thousand."""
_MOST_BESIDE = 256 * 1024
"""Rows of buckets that are wanted in part, and so are read beside an overview."""
_MOST_VALUES = 1 << 22
"""Values that are held while rows are chosen among them; of more, only the extremes are held."""

_REMEMBERED_BYTES = 64 * 1024 * 1024
"""Of columns of overviews: who moves about in a picture asks for the same ones again."""

_OVERVIEWS: Remembered[Frame] = Remembered(_REMEMBERED_BYTES)


def thinned(source: Source, ranges: RowRanges, wanted: Wanted, max_points: int) -> pl.DataFrame:
    """Choose at most `max_points` of the wanted rows, which make a picture like that of all.

    Args:
        source: the series.
        ranges: the rows to choose among, as far as their values lie within the bounds.
        wanted: columns, and bounds of their values.
        max_points: as many rows are returned at most.

    Returns:
        Rows as they are stored, in order. The first and the last wanted row, and the extremes of each column of
        numbers over the wanted rows, are among them.
    """
    candidates = None
    if (outline := _Outline.of(source, ranges, wanted)) is not None:
        candidates = outline.candidates(max_points)
        ranges = outline.touched
    if candidates is None:
        candidates = _read(source, ranges, wanted, max_points)
    chosen = downsample(candidates, wanted.y, max_points, wanted.x or _row_name(source))
    return candidates[chosen].select(cs.by_name(wanted.names))


@dataclass(frozen=True)
class _Outline:
    """What an overview tells of the wanted rows."""

    source: Source
    ranges: RowRanges
    wanted: Wanted
    kept: pl.DataFrame
    buckets: Buckets

    @classmethod
    def of(cls, source: Source, ranges: RowRanges, wanted: Wanted) -> "_Outline | None":
        """None where there is no overview, or it lacks a column."""
        if source.overview is None:
            return None
        key = source.overview.key, *wanted.read
        kept = _OVERVIEWS.get(key, lambda: Frame(_overview(source, wanted.read))).rows
        if kept.is_empty():
            return None
        buckets = Buckets.of(kept.to_series(0), kept.to_series(1)).within(ranges)
        for bound in wanted.bounds:
            sides = (kept.select(side.fill_null(value=False)) for side in (bound.at_least, bound.at_most))
            buckets = buckets.between(*(side.to_series().to_numpy() for side in sides))
        return cls(source, ranges, wanted, kept, buckets)

    @property
    def touched(self) -> RowRanges:
        """The rows that may be wanted."""
        return self._asked(self.buckets.touched)

    def _asked(self, buckets: Bools) -> RowRanges:
        """The asked rows of some buckets, and those that came after the overview was made."""
        end = self.buckets.ends[-1] if self.buckets.ends.size else 0
        behind = RowRanges.between(int(end), self.source.n_rows)
        return self.ranges.common(self.buckets.rows_of(buckets).joined(behind))

    def candidates(self, max_points: int) -> pl.DataFrame | None:
        """Rows to choose among; None where too few of whole buckets are wanted, or too many of cut ones.

        Of cut buckets, too, no more are among them than tell their course, or their part of the picture would be finer
        than the rest, for which less would be left.
        """
        whole = self.kept.filter(self.buckets.kept_rows_of(self.buckets.whole, self.kept.height))
        cut = self._asked(self.buckets.touched & ~self.buckets.whole)
        if whole.height < max_points or not self._tells(whole, max_points) or cut.rows > _MOST_BESIDE:
            return None
        whole = whole.select(cs.by_name(_row_name(self.source), *self.wanted.names))
        beside = _rows(self.source, cut, self.wanted).collect() if cut.rows else whole.clear()
        if beside.is_empty():
            return whole
        bucket_rows = int(self.buckets.ends[0] - self.buckets.starts[0])
        beside = _extremes([beside], bucket_rows, self.wanted).select(cs.by_name(whole.columns))
        return pl.concat([whole, beside]).sort(_row_name(self.source))

    def _tells(self, whole: pl.DataFrame, max_points: int) -> bool:
        """Whether a picture of the whole buckets looks like one of all of their rows."""
        stretches = most_stretches(whole, self.wanted.y, max_points)
        return bool(np.count_nonzero(self.buckets.whole) >= stretches * _BUCKETS_OF_A_STRETCH)


def _overview(source: Source, names: Sequence[str]) -> pl.DataFrame:
    """The numbers of rows and of buckets, and columns of an overview; empty where it lacks one of them."""
    assert source.overview is not None  # noqa: S101  asked by who knows that there is one
    scan = pl.scan_parquet(source.overview.path, glob=False)
    schema = scan.collect_schema()
    if any(schema.get(name) != source.schema[name] for name in names):
        return pl.DataFrame()
    row, bucket = list(schema)[:2]
    return scan.select(cs.by_name(row, bucket, *names)).collect().rename({row: _row_name(source)})


def _read(source: Source, ranges: RowRanges, wanted: Wanted, max_points: int) -> pl.DataFrame:
    """The wanted rows, or, where they are too many to be held, those at which anything is at its extreme."""
    rows, width, n_rows = _rows(source, ranges, wanted), len(wanted.names) + 1, ranges.rows
    if wanted.bounds and n_rows * width > _MOST_VALUES:
        n_rows = rows.select(pl.len()).collect(engine="streaming").item()
    if n_rows * width <= _MOST_VALUES or n_rows <= max_points:
        return rows.collect()
    batches = rows.collect_batches(chunk_size=_MOST_VALUES // width, maintain_order=True)
    return _extremes(batches, -(-n_rows * max(len(_watched(wanted)), 1) * 2 // (max_points * _FINE_ENOUGH)), wanted)


def _extremes(chunks: Iterable[pl.DataFrame], bucket_rows: int, wanted: Wanted) -> pl.DataFrame:
    """Those rows at which anything is at its extreme among so many."""
    extremes = Overview(bucket_rows, _watched(wanted))
    for chunk in chunks:
        extremes.add(chunk)
        del chunk  # or it stays in memory while the next one is fetched
    return extremes.frame()


def _watched(wanted: Wanted) -> list[str]:
    return [*wanted.y, *([wanted.x] if wanted.x is not None else [])]


def _rows(source: Source, ranges: RowRanges, wanted: Wanted) -> pl.LazyFrame:
    """The wanted rows, their numbers first."""
    name = _row_name(source)
    rows = within(rows_in(source, ranges, wanted.read, name), wanted.bounds)
    return rows.select(cs.by_name(name, *wanted.names))


def _row_name(source: Source) -> str:
    return unused_names(source.schema)[0]
