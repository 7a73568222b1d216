"""Where in a series its findings are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from cellkeep.domain.columns import TIME
from cellkeep.domain.findings import Finding
from cellkeep.services.row_reading import rows_in
from cellkeep.services.time_series import Series
from cellkeep.summarise.names import END_INDEX, START_INDEX
from cellkeep.summarise.row_ranges import RowRanges

_ROWS = ("row_index", "worst_row_index")
_STEPS = ("step_index", "current_step", "first_step")
_MOST = 20
"""Of one finding: as many are told of it at most."""


class Mark(NamedTuple):
    """Rows that a finding is about, from the first to the last."""

    first: int
    last: int


def marks(finding: Finding, steps: pl.DataFrame) -> list[Mark]:
    """The rows that a finding names, by themselves or by their steps; none where it is about the whole series."""
    edges = _edges(steps)
    return list(dict.fromkeys(_named(finding.payload, edges)))[:_MOST]


def spans(series: Series, found: Sequence[Sequence[Mark]]) -> list[list[tuple[float, float]]]:
    """The times [s] that marks span, for each finding; those at rows without a time are left out."""
    rows = sorted({row for own in found for mark in own for row in mark if 0 <= row < series.source.n_rows})
    if not rows or TIME not in series.source.schema:
        return [[] for _ in found]
    places = np.array(rows)
    read = rows_in(series.source, RowRanges.of(places, places + 1), [TIME]).collect()
    times = dict(zip(rows, read[TIME].cast(pl.Float64).fill_nan(None).to_list(), strict=True))
    return [[*_timed(own, times)] for own in found]


def _timed(own: Sequence[Mark], times: Mapping[int, float | None]) -> Iterator[tuple[float, float]]:
    for mark in own:
        first, last = times.get(mark.first), times.get(mark.last)
        if first is not None and last is not None:
            yield min(first, last), max(first, last)


def _edges(steps: pl.DataFrame) -> pl.DataFrame:
    """First and last row of each step; none where a person's own table does not tell."""
    if not {START_INDEX, END_INDEX} <= set(steps.columns):
        return pl.DataFrame()
    return steps.select(pl.col(START_INDEX, END_INDEX).cast(pl.Int64, strict=False)).fill_null(-1)


def _named(payload: Mapping[str, Any], edges: pl.DataFrame) -> Iterator[Mark]:
    if {"first_row", "last_row"} <= set(payload):
        yield Mark(int(payload["first_row"]), int(payload["last_row"]))
        return
    rows = [int(payload[name]) for name in _ROWS if isinstance(payload.get(name), int)]
    yield from (Mark(max(row - 1, 0), row + 1) for row in rows)
    steps = [payload[name] for name in _STEPS if isinstance(payload.get(name), int)]
    if not rows:
        yield from (Mark(*edges.row(step)) for step in steps if 0 <= step < edges.height)
    for example in payload.get("examples") or ():
        if isinstance(example, Mapping):
            yield from _named(example, edges)
