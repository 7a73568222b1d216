"""The tables of a whole series, from one pass over its chunks; and of a series that goes on, from its new rows."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from pydantic import ConfigDict

from cellkeep.domain import columns
from cellkeep.domain.records import Model
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.summarise.areal import as_total
from cellkeep.summarise.cycle_table import cycles
from cellkeep.summarise.fragments import Figures, Fragments
from cellkeep.summarise.reading import Layout, blocks, check, no_rows
from cellkeep.summarise.step_table import OWN_TYPE, Before, completed, measured

_LOOSE_FRAGMENTS = 16_384
"""Pieces that may wait to be put together: bounds memory where chunks are tiny and steps long."""


class OpenEnd(Model):
    """What is to be known of a series so that rows can be added without reading it again."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, ser_json_inf_nan="constants")

    n_rows: int
    """Rows so far."""
    last_step: Figures
    """Figures of its last step, which may go on."""
    before: Before
    """What came before that step."""


@dataclass(frozen=True)
class Summary:
    """What a series comes down to.

    Attributes:
        steps: one row for each contiguous run of equal `Step count`.
        cycles: one row for each `Cycle count`.
        n_rows: rows of the series.
        open_end: where it goes on; None where it has no rows.
    """

    steps: pl.DataFrame
    cycles: pl.DataFrame
    n_rows: int
    open_end: OpenEnd | None


def summarise(
    chunks: Iterable[pl.DataFrame],
    *,
    rated_capacity_ah: float | None = None,
    data_type: columns.DataType | None = None,
    rules: SummaryRules | None = None,
) -> Summary:
    """Make the step table and the cycle table of a series that comes in chunks.

    The answer does not depend on where the chunks are cut. Memory is bounded by one chunk and the step table.

    Args:
        chunks: the series in row order; any sizes, all with the same columns. Currents in A, positive on
            discharge; times in s. Integers, floats and decimals are read; null, NaN and infinity all mean no value.
        rated_capacity_ah: rated capacity of the cell [A.h], the scale of the limits for rest and steady
            current; without it, the largest current of the series is.
        data_type: kind of the series. A spectrum without step count is one step of type EIS; it is known by
            `"eis"`, or by its impedance columns where these are passed too.
        rules: what counts in charge and energy, and what retention refers to.

    Returns:
        Both tables and the number of rows. No rows give empty tables of the full schema.

    Raises:
        UnusableDataError: `Step count` is absent, or not a whole number in some row, or `Cycle count` has a value
            that is none, or a known column does not hold numbers; names the column and the row.
    """
    gathering = _Gathering(data_type, rules or SummaryRules())
    return gathering.summary(chunks, rated_capacity_ah)


def resume(
    steps: pl.DataFrame,
    open_end: OpenEnd,
    chunks: Iterable[pl.DataFrame],
    *,
    rated_capacity_ah: float | None = None,
    data_type: columns.DataType | None = None,
    rules: SummaryRules | None = None,
) -> Summary:
    """Make the tables of a series that goes on, from its step table and the new rows alone.

    The answer is that of `summarise` on all rows.

    Args:
        steps: the step table so far, as it was made with the same data type and rules.
        open_end: where it ends.
        chunks: the rows that follow, with the columns that the series has.
        rated_capacity_ah: as for `summarise`; it holds for all steps.
        data_type: as it was when the table was made, and so
        rules: too.

    Raises:
        UnusableDataError: as `summarise`; rows are counted over the whole series.
        KeyError: the table was made of other columns.
    """
    gathering = _Gathering(data_type, rules or SummaryRules(), open_end, steps[:-1])
    return gathering.summary(chunks, rated_capacity_ah)


def steps(
    frame: pl.DataFrame,
    *,
    rated_capacity_ah: float | None = None,
    data_type: columns.DataType | None = None,
    rules: SummaryRules | None = None,
) -> pl.DataFrame:
    """Make the step table of a series that is in memory; as `summarise`, which says more."""
    return summarise([frame], rated_capacity_ah=rated_capacity_ah, data_type=data_type, rules=rules).steps


class _Gathering:
    def __init__(
        self,
        data_type: columns.DataType | None,
        rules: SummaryRules,
        before: OpenEnd | None = None,
        finished: pl.DataFrame | None = None,
    ) -> None:
        self._data_type = data_type
        self._rules = rules
        self._before = before
        self._finished = finished
        self._layout: Layout | None = None
        self._types: dict[str, pl.DataType] = {}
        self._fragments: list[Fragments] = []
        self._rows = before.n_rows if before else 0

    def summary(self, chunks: Iterable[pl.DataFrame], rated_capacity_ah: float | None) -> Summary:
        for chunk in chunks:
            self._add(chunk)
            del chunk  # or it stays in memory while the next one is fetched
        layout = self._layout or self._layout_of([])
        whole = Fragments.joined(self._fragments or [Fragments.of(no_rows(layout), layout)])
        found = measured(whole, layout, self._types, self._before.before if self._before else Before())
        table = completed(self._with_finished(found.table, layout), layout, rated_capacity_ah)
        end = OpenEnd(n_rows=self._rows, last_step=whole.last(), before=found.before_last) if whole.size else None
        return Summary(table, cycles(table, self._rules.reference_cycle), self._rows, end)

    def _add(self, chunk: pl.DataFrame) -> None:
        layout = self._layout_for(chunk)
        if not chunk.height:
            return
        check(chunk, layout, self._rows)
        for block in blocks(chunk, layout, self._rows):
            self._fragments.append(Fragments.of(block, layout))
        self._rows += chunk.height
        self._tidy()

    def _layout_for(self, chunk: pl.DataFrame) -> Layout:
        """Of the first chunk that has rows; a chunk without any is asked only where there is no other."""
        if not self._fragments and chunk.width:
            self._layout = self._layout_of(chunk.columns)
            if self._before:
                self._fragments = [Fragments.resumed(self._before.last_step, self._layout)]
        for name in OWN_TYPE:
            if name in chunk.columns and chunk[name].dtype != pl.Null:
                self._types.setdefault(name, chunk[name].dtype)
        return self._layout or self._layout_of([])

    def _layout_of(self, names: Iterable[str]) -> Layout:
        return Layout.of(names, self._data_type, self._rules)

    def _with_finished(self, found: pl.DataFrame, layout: Layout) -> pl.DataFrame:
        """The steps that were finished before, and those that were found now."""
        if self._finished is None:
            return found
        known = as_total(self._finished) if layout.areal else self._finished
        if self._before and self._before.before.cycles is None:
            # Nothing told their cycles so far, so the first that is told now holds for them.
            known = known.with_columns(pl.lit(None, pl.Int64).alias(columns.CYCLE_COUNT))
        return pl.concat([known.select(found.columns), found], how="vertical")

    def _tidy(self) -> None:
        """Put pieces together when they have doubled: all tidying together costs as much as the last one."""
        loose = sum(part.size for part in self._fragments[1:])
        if self._fragments and loose > max(_LOOSE_FRAGMENTS, self._fragments[0].size):
            self._fragments = [Fragments.joined(self._fragments)]
