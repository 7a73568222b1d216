"""The rows of a long series that a picture of it needs, so that a picture does not take reading them all."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Self

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from cellkeep.runs import Ints
from cellkeep.summarise.ordering import Key, ends_tell, order_key

_BUCKET_ROWS = 1024
"""Rows that share their extremes: a view of one million rows still has a thousand of these."""
_KEPT_ROWS = 20
"""Of 1,024, so that an overview stays below 2 % of its series. A wide series has longer buckets for that."""
_BLOCK_ROWS = 262_144
"""Looked at together: more cost memory, fewer cost more in calls."""


class Overview:
    """Gathers, bucket by bucket, the rows at which anything is at its extreme.

    A bucket is so many consecutive rows. Of each are kept, as they are: the first and the last row, and of each column
    of numbers the first row with its smallest value, with its largest, with its smallest and its largest finite one,
    and without a value, unless the first or the last row tells the same. So the extremes of any run of whole buckets
    are found exactly. Which rows are kept does not depend on how the chunks are cut.

    Args:
        bucket_rows: rows of a bucket; chosen by the number of columns where it is None.
        watched: columns whose extremes are kept; all that hold numbers where it is None.
    """

    def __init__(self, bucket_rows: int | None = None, watched: Collection[str] | None = None) -> None:
        self._bucket_rows = bucket_rows
        self._watched = watched
        self._kept: list[pl.DataFrame] = []
        self._kept_up_to = 0
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0

    @classmethod
    def continued(cls, stored: pl.DataFrame) -> Self:
        """Go on where a stored overview ends.

        Args:
            stored: an overview as `frame` gave it.

        Returns:
            An overview with all full buckets of the stored one. The series is to be added from `next_row` on, where
            the bucket begins that was not full, with the same columns; their types may be wider.
        """
        row, bucket = stored.to_series(0), stored.to_series(1)
        first_rows = row.filter(bucket != bucket.shift(1, fill_value=-1))
        if first_rows.len() < 2:
            return cls()  # a bucket that was cut does not tell how long it would be
        bucket_rows = int(first_rows[1] - first_rows[0])
        going_on = cls(bucket_rows)
        going_on._kept_up_to = (int(row[-1]) + 1) // bucket_rows * bucket_rows
        going_on._kept = [stored.filter(row < going_on._kept_up_to)]
        return going_on

    @property
    def next_row(self) -> int:
        """Number of the row with which the next chunk begins, counted from 0."""
        return self._kept_up_to + self._waiting_rows

    def add(self, chunk: pl.DataFrame) -> None:
        """Take the next rows, any number of them, with the same columns each time."""
        if not chunk.height:
            return
        size = self._bucket_rows = self._bucket_rows or _rows_of_a_bucket(chunk)
        lacking = min(size - self._waiting_rows, chunk.height) if self._waiting_rows else 0
        self._wait(chunk, 0, lacking)
        whole = lacking + (chunk.height - lacking) // size * size
        block = max(_BLOCK_ROWS // size, 1) * size
        for start in range(lacking, whole, block):
            self._keep(chunk[start : min(start + block, whole)])
        self._wait(chunk, whole, chunk.height)

    def frame(self) -> pl.DataFrame:
        """The rows that are kept, in order.

        Returns:
            First the number of the row in its series, counted from 0, then the number of its bucket, both Int64, then
            the columns of the series. Without rows it has no columns.
        """
        kept = [*self._kept, *self._cut_bucket()]
        if not kept:
            return pl.DataFrame()
        types = kept[-1].dtypes  # of a series that was carried on, the wider ones
        return pl.concat([_cast(part, types) for part in kept])

    def _wait(self, chunk: pl.DataFrame, start: int, end: int) -> None:
        """Put rows aside until their bucket is full."""
        if start == end:
            return
        self._waiting.append(_rows_at(chunk, np.arange(start, end)))  # a slice would keep the whole chunk in memory
        self._waiting_rows += end - start
        if self._waiting_rows == self._bucket_rows:
            full = _stacked(self._waiting)
            self._waiting, self._waiting_rows = [], 0
            self._keep(full)

    def _keep(self, buckets: pl.DataFrame) -> None:
        self._kept.append(self._chosen(buckets))
        self._kept_up_to += buckets.height

    def _cut_bucket(self) -> Iterator[pl.DataFrame]:
        if self._waiting:
            yield self._chosen(_stacked(self._waiting))

    def _chosen(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What is kept of whole buckets, or of the one that is not full."""
        assert self._bucket_rows is not None  # noqa: S101  set by the first rows
        size = min(self._bucket_rows, rows.height)
        kept = np.zeros(rows.height, np.bool_)
        kept[::size] = kept[size - 1 :: size] = True
        for column in rows.iter_columns():
            if self._is_watched(column) and not ends_tell(column):
                kept[_extremes(order_key(column).reshape(-1, size))] = True
        places = np.flatnonzero(kept)
        numbers = self._kept_up_to + places
        row, bucket = unused_names(rows.columns)
        head = pl.DataFrame({row: numbers, bucket: numbers // self._bucket_rows})
        return head.hstack(_rows_at(rows, places))

    def _is_watched(self, column: pl.Series) -> bool:
        return column.dtype.is_numeric() and (self._watched is None or column.name in self._watched)


def unused_names(taken: Collection[str]) -> tuple[str, str]:
    """Names for the numbers of rows and of buckets that no column of the series has."""
    row, bucket = "row number", "bucket number"
    while row in taken or bucket in taken:
        row, bucket = f"_{row}", f"_{bucket}"
    return row, bucket


def single_values() -> cs.Selector:
    """The columns whose cells hold one value each, and none that may be of any size but text."""
    return ~(cs.nested() | cs.binary() | cs.object())


def _stacked(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = parts[0].clone()
    for part in parts[1:]:
        whole.vstack(part, in_place=True)
    return whole


def _rows_at(rows: pl.DataFrame, places: Ints) -> pl.DataFrame:
    # One by one: a whole frame would wait for the threads that decode what comes next.
    picked = pl.Series(places, dtype=pl.get_index_type())
    return pl.DataFrame([column[picked] for column in rows.iter_columns()])


def _cast(rows: pl.DataFrame, types: Sequence[pl.DataType]) -> pl.DataFrame:
    # One by one: by name, ^…$ and * would be taken for patterns.
    return pl.DataFrame([column.cast(dtype) for column, dtype in zip(rows.iter_columns(), types, strict=True)])


def _rows_of_a_bucket(chunk: pl.DataFrame) -> int:
    kept = 2 + 2 * chunk.select(cs.numeric()).width
    return -(-kept // _KEPT_ROWS) * _BUCKET_ROWS


def _extremes(buckets: Key) -> Ints:
    """Places of the rows that each bucket, a row of the array, keeps beside its first and last."""
    own = np.arange(len(buckets))
    least, most = buckets.argmin(axis=1), buckets.argmax(axis=1)  # NaN is taken for both
    odd = np.flatnonzero(~(np.isfinite(buckets[own, least]) & np.isfinite(buckets[own, most])))
    inside = np.stack([_unless_told(buckets, least), _unless_told(buckets, most)])
    starts = own * buckets.shape[1]
    inside[:, odd] = 0
    found: list[Ints] = [*(starts + inside)]
    if odd.size:
        found += [*(starts[odd] + _in_odd(buckets[odd]))]
    return np.concatenate(found)


def _in_odd(buckets: NDArray[np.float64]) -> Ints:
    """The same within buckets that have missing or infinite values."""
    missing = np.isnan(buckets)
    finite = np.where(np.isfinite(buckets), buckets, np.nan)
    inside = [_unless_told(missing, missing.argmax(axis=1))]
    for values in (buckets, finite):
        for extreme in (np.fmin, np.fmax):
            at_extreme = values == extreme.reduce(values, axis=1, keepdims=True)
            inside.append(_unless_told(values, at_extreme.argmax(axis=1)))
    return np.stack(inside)


def _unless_told(buckets: NDArray[Any], places: Ints) -> Ints:
    """The places, but that of the first row, which is kept anyway, where the first or last row has the same value."""
    values = buckets[np.arange(len(buckets)), places]
    return np.where((values == buckets[:, 0]) | (values == buckets[:, -1]), 0, places)
