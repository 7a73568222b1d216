"""Reading parts of a stored series: columns, steps, cycles, windows, and pictures of many rows by a few."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import polars as pl
import polars.selectors as cs

from cellkeep.domain.people import Caller
from cellkeep.domain.time_series import SeriesQuery
from cellkeep.services.blob_rows import rows_keys
from cellkeep.services.measurements import ready_keys
from cellkeep.services.remembering import Place, Remembered
from cellkeep.services.removal import not_found_once_removed
from cellkeep.services.row_formats import WRITERS, Rows
from cellkeep.services.row_reading import Source, rows_in
from cellkeep.services.row_selection import wanted_rows
from cellkeep.services.series_columns import Wanted, within
from cellkeep.services.thinning import thinned
from cellkeep.storage.store import Store
from cellkeep.summarise.row_ranges import RowRanges

_FEW_VALUES = 1 << 20
"""Rows with no more are read at once, which is faster than piece by piece."""
_REMEMBERED_BYTES = 16 * 1024 * 1024
"""Of columns: some thousands of series."""
_COLUMN_BYTES = 512
"""A name and a type take about so much."""


@dataclass(frozen=True)
class _Footer:
    """The columns of a stored series; to ask its file for them takes a request, and a while."""

    schema: pl.Schema

    @property
    def n_bytes(self) -> int:
        return len(self.schema) * _COLUMN_BYTES


_FOOTERS: Remembered[_Footer] = Remembered(_REMEMBERED_BYTES)


def write_part(store: Store, caller: Caller, measurement_id: str, asked: SeriesQuery, target: IO[bytes]) -> None:
    """Write the asked part of a series to a file, in bounded memory.

    Raises:
        NotFoundError: there is no such measurement.
        NotReadyError: the series was not read to its end yet, or could not be; it can be downloaded as it is.
        BadRequestError: it is no time series; there is no such column, step or cycle; or a format can not hold the
            rows.
        InvalidError: a picture of so few points can not be made.
    """
    with opened(store, caller, measurement_id) as series:
        WRITERS[asked.format](series.part(asked), target)


@dataclass(frozen=True)
class Series:
    """A stored series that can be read from.

    Attributes:
        source: its rows.
        steps_at: where its step table is.
    """

    source: Source
    steps_at: Place

    def rows(self, asked: SeriesQuery) -> RowRanges:
        """The rows of the asked steps and cycles, before any window. As `write_part` raises."""
        return wanted_rows(asked, self.source.n_rows, self.steps_at)

    def part(self, asked: SeriesQuery) -> Rows:
        """The asked part; a frame where it is a picture. As `write_part` raises."""
        return _part(self.source, self.rows(asked), Wanted.of(asked, self.source.schema), asked.max_points)


@contextmanager
def opened(store: Store, caller: Caller, measurement_id: str) -> Iterator[Series]:
    """A series to read from, as long as the context lasts.

    Raises:
        NotFoundError, NotReadyError, BadRequestError: as `write_part`.
    """

    def place(key: str) -> Place:
        return Place(key, store.blobs.scannable(key))

    with store.reading(caller) as work:
        row = work.measurements.with_objects(measurement_id)
        keys = ready_keys(row)
    overview = place(keys["overview"]) if "overview" in keys else None
    with not_found_once_removed(store, measurement_id, caller):
        source = _source([place(key) for key in rows_keys(row)], row.row_count or 0, overview)
        yield Series(source, place(keys["steps"]))


def _source(rows: Sequence[Place], n_rows: int, overview: Place | None) -> Source:
    paths = [place.path for place in rows]
    key = rows[-1].key  # what is appended gets a new one each time
    schema = _FOOTERS.get(key, lambda: _Footer(pl.scan_parquet(paths, glob=False).collect_schema())).schema
    return Source(key, paths, schema, n_rows, overview)


def _part(source: Source, ranges: RowRanges, wanted: Wanted, max_points: int | None) -> Rows:
    if max_points is not None:
        return thinned(source, ranges, wanted, max_points)
    rows = within(rows_in(source, ranges, wanted.read), wanted.bounds).select(cs.by_name(wanted.names))
    return rows.collect() if ranges.rows * len(wanted.read) <= _FEW_VALUES else rows
