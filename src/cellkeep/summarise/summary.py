"""The tables of a whole series, from one pass over its chunks."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cellkeep.domain import columns
from cellkeep.summarise.cycle_table import cycles
from cellkeep.summarise.fragments import Fragments
from cellkeep.summarise.reading import Layout, blocks, check, no_rows
from cellkeep.summarise.step_table import OWN_TYPE, step_table

_LOOSE_FRAGMENTS = 16_384
"""Pieces that may wait to be put together: bounds memory where chunks are tiny and steps long."""


@dataclass(frozen=True)
class Summary:
    """What a series comes down to.

    Attributes:
        steps: one row for each contiguous run of equal `Step count`.
        cycles: one row for each `Cycle count`.
        n_rows: rows of the series.
    """

    steps: pl.DataFrame
    cycles: pl.DataFrame
    n_rows: int


def summarise(
    chunks: Iterable[pl.DataFrame],
    *,
    rated_capacity_ah: float | None = None,
    data_type: columns.DataType | None = None,
) -> Summary:
    """Make the step table and the cycle table of a series that comes in chunks.

    The answer does not depend on where the chunks are cut. Memory is bounded by one chunk and the step table.

    Args:
        chunks: the series in row order; any sizes, all with the same columns. Currents in A, positive on
            discharge; times in s. Integers, floats and decimals are read; null and NaN both mean no value.
        rated_capacity_ah: rated capacity of the cell [A.h], the scale of the limits for rest and steady
            current; without it, 1 % of the largest current caps them.
        data_type: kind of the series. A spectrum without step count is one step of type EIS; it is known by
            `"eis"`, or by its impedance columns where these are passed too.

    Returns:
        Both tables and the number of rows. No rows give empty tables of the full schema.

    Raises:
        UnusableDataError: `Step count` is absent, or not a whole number in some row, or a known column does
            not hold numbers; names the column and the row.
    """
    gathering = _Gathering(data_type)
    for chunk in chunks:
        gathering.add(chunk)
        del chunk  # or it stays in memory while the next one is fetched
    return gathering.summary(rated_capacity_ah)


def steps(
    frame: pl.DataFrame,
    *,
    rated_capacity_ah: float | None = None,
    data_type: columns.DataType | None = None,
) -> pl.DataFrame:
    """Make the step table of a series that is in memory; as `summarise`, which says more."""
    return summarise([frame], rated_capacity_ah=rated_capacity_ah, data_type=data_type).steps


class _Gathering:
    def __init__(self, data_type: columns.DataType | None) -> None:
        self._data_type = data_type
        self._layout: Layout | None = None
        self._types: dict[str, pl.DataType] = {}
        self._fragments: list[Fragments] = []
        self._loose = 0
        self._rows = 0

    def add(self, chunk: pl.DataFrame) -> None:
        layout = self._layout_for(chunk)
        if not chunk.height:
            return
        check(chunk, layout, self._rows)
        for block in blocks(chunk, layout, self._rows):
            self._fragments.append(Fragments.of(block, layout))
            self._loose += self._fragments[-1].size
        self._rows += chunk.height
        self._tidy()

    def summary(self, rated_capacity_ah: float | None) -> Summary:
        layout = self._layout or Layout.of([], self._data_type)
        whole = Fragments.joined(self._fragments or [Fragments.of(no_rows(layout), layout)])
        table = step_table(whole, layout, self._types, rated_capacity_ah)
        return Summary(table, cycles(table), self._rows)

    def _layout_for(self, chunk: pl.DataFrame) -> Layout:
        """Of the first chunk that has rows; a chunk without any is asked only where there is no other."""
        if not self._rows and chunk.width:
            self._layout = Layout.of(chunk.columns, self._data_type)
        for name in OWN_TYPE:
            if name in chunk.columns and chunk[name].dtype != pl.Null:
                self._types.setdefault(name, chunk[name].dtype)
        return self._layout or Layout.of([], self._data_type)

    def _tidy(self) -> None:
        """Put pieces together when they have doubled: all tidying together costs as much as the last one."""
        loose = sum(part.size for part in self._fragments[1:])
        if self._fragments and loose > max(_LOOSE_FRAGMENTS, self._fragments[0].size):
            self._fragments = [Fragments.joined(self._fragments)]
