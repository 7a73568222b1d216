"""Reading only those rows of a stored series that are wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain.files import ROW_GROUP_ROWS
from cellkeep.services.remembering import Frame, Place, Remembered
from cellkeep.summarise.overview import unused_names
from cellkeep.summarise.row_ranges import RowRanges

_GAP_ROWS = 64 * 1024
"""Ranges this close are read in one go: a row group, which is longer, is decoded from its beginning anyway."""
_MOST_SPANS = 64
"""Of what is read in one go. Ranges that are more scattered are read with what lies between them."""
_MASK_ROWS = 1 << 22

_BLOCK_ROWS = ROW_GROUP_ROWS
"""Rows that are remembered together: a row group, as our client writes them."""
_MOST_BLOCKS = 2
"""Of one answer; a cycle or a step lies in one, or at the border of two."""
_BLOCK_VALUES = 1 << 22
"""A wider series is read anew each time."""
_HELD_BYTES = 64 * 1024 * 1024
"""Of blocks: ten of six columns."""
_ASKED_BYTES = 512


@dataclass(frozen=True)
class Source:
    """A stored series.

    Attributes:
        key: of its last object; no other series, nor this one when it grew, has the same.
        paths: where its rows are.
        schema: its columns.
        n_rows: how many rows.
        overview: where its overview is; None where it has none.
    """

    key: str
    paths: Sequence[str]
    schema: pl.Schema
    n_rows: int
    overview: Place | None

    def scan(self, names: Sequence[str], end: int) -> pl.LazyFrame:
        """Columns of its rows before one.

        Two scans of the same rows would be taken for one by polars, which would read them whole and cut them then.
        """
        return pl.scan_parquet(list(self.paths), glob=False, n_rows=end).select(cs.by_name(names))


def rows_in(source: Source, ranges: RowRanges, names: Sequence[str], row_name: str | None = None) -> pl.LazyFrame:
    """Columns of the rows of these ranges, in order.

    Args:
        source: the series.
        ranges: some of its rows.
        names: some of its columns.
        row_name: name of a first column with the numbers of the rows; there is none where it is None.
    """
    mask_name = unused_names(names)[1]
    if (held := _held(source, ranges, names)) is not None:
        first, rows = held
        shifted = RowRanges(ranges.starts - first, ranges.ends - first)
        return _picked(_Rows(lambda _: rows.lazy(), rows.height, first, row_name, mask_name), shifted)
    return _picked(_Rows(partial(source.scan, names), source.n_rows, 0, row_name, mask_name), ranges)


@dataclass
class _Asked:
    """Whether a block was asked for before: the second time it is worth holding, as by one who steps through cycles."""

    before: bool = False

    @property
    def n_bytes(self) -> int:
        return _ASKED_BYTES


_BLOCKS: Remembered[Frame] = Remembered(_HELD_BYTES)
_ASKED: Remembered[_Asked] = Remembered(_HELD_BYTES // 64)


def _held(source: Source, ranges: RowRanges, names: Sequence[str]) -> tuple[int, pl.DataFrame] | None:
    """The number of a row, and all rows from it on to the last of the ranges, where these are held in memory."""
    few = bool(ranges.starts.size) and _BLOCK_ROWS * len(names) <= _BLOCK_VALUES
    if not few or not all(_has_fixed_width(source.schema[name]) for name in names):
        return None
    first, last = int(ranges.starts[0]) // _BLOCK_ROWS, (int(ranges.ends[-1]) - 1) // _BLOCK_ROWS
    if last - first >= _MOST_BLOCKS:
        return None
    blocks = [block for number in range(first, last + 1) if (block := _block(source, number, names)) is not None]
    return (first * _BLOCK_ROWS, pl.concat(blocks)) if len(blocks) > last - first else None


def _has_fixed_width(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype.is_temporal() or dtype == pl.Boolean


def _block(source: Source, number: int, names: Sequence[str]) -> pl.DataFrame | None:
    key = source.key, number, *names
    asked = _ASKED.get(key, _Asked)
    if not asked.before:
        asked.before = True
        return None
    start = number * _BLOCK_ROWS
    rows = source.scan(names, start + _BLOCK_ROWS).slice(start)
    return _BLOCKS.get(key, lambda: Frame(rows.collect())).rows


@dataclass(frozen=True)
class _Rows:
    """Rows to pick from.

    Attributes:
        frame: the rows before one at least.
        height: how many.
        first: number of the first in its series.
        row_name: name of a column with the numbers of the rows that is to come first, if there is to be one.
        mask_name: a name that no column has.
    """

    frame: Callable[[int], pl.LazyFrame]
    height: int
    first: int
    row_name: str | None
    mask_name: str

    def between(self, start: int, end: int) -> pl.LazyFrame:
        # Uncut where all are wanted, or what is known of row groups would not be used to pass them over.
        every = self.frame(end)
        rows = every if (start, end) == (0, self.height) else every.slice(start, end - start)
        if self.row_name is None:
            return rows
        numbered = rows.with_row_index(self.row_name, offset=self.first + start)
        return numbered.with_columns(cs.by_name(self.row_name).cast(pl.Int64))


def _picked(rows: _Rows, ranges: RowRanges) -> pl.LazyFrame:
    """The rows of the ranges."""
    gap, spans = _GAP_ROWS, ranges.with_gaps(_GAP_ROWS)
    while spans.starts.size > _MOST_SPANS:
        gap *= 4
        spans = ranges.with_gaps(gap)
    edges = zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)
    return pl.concat([_span(rows, ranges, start, end) for start, end in edges] or [rows.between(0, 0)])


def _span(rows: _Rows, ranges: RowRanges, start: int, end: int) -> pl.LazyFrame:
    """The rows of the ranges between two rows."""
    inner = ranges.common(RowRanges.between(start, end))
    if inner.starts.size < 2:
        return rows.between(start, end)
    mask, belongs = cs.by_name(rows.mask_name), _mask(inner, start, end).alias(rows.mask_name)
    return pl.concat([rows.between(start, end), pl.LazyFrame([belongs])], how="horizontal").filter(mask).drop(mask)


def _mask(ranges: RowRanges, start: int, end: int) -> pl.Series:
    """Of each row between two, whether it belongs to a range. It takes one bit each."""
    edges = np.concatenate([[start], np.stack([ranges.starts, ranges.ends], axis=1).ravel(), [end]])
    pieces = []
    for first in range(start, end, _MASK_ROWS):
        lengths = np.diff(np.clip(edges, first, min(first + _MASK_ROWS, end)))
        pieces.append(pl.Series(np.repeat(np.arange(lengths.size) % 2 == 1, lengths)))
    return pl.concat(pieces)
