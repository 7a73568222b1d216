"""Which steps and cycles a figure of curves shows: those that are named, or a few spread over all."""

from collections.abc import Collection, Iterable

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.plots.inputs import Source
from cellkeep.plots.thinning import evenly
from cellkeep.summarise import names
from cellkeep.summarise import steps as steps_of

Chosen = int | Collection[int] | None

MOST_UNASKED = 40
"""Of cycles or spectra. More are drawn where they are named."""

_NEEDED = {columns.STEP_COUNT, columns.CYCLE_COUNT, names.STEP_TYPE}


def step_table(source: Source) -> pl.DataFrame:
    """The step table of a source, made of its rows where it brings none that tells steps, cycles and types.

    Raises:
        UnusableDataError: none can be made.
    """
    if source.steps is not None and set(source.steps.columns) >= _NEEDED:
        return source.steps
    return steps_of(source.series)


def of_cycles(table: pl.DataFrame, cycles: Chosen) -> pl.DataFrame:
    """The steps of chosen cycles; of no more than some that are spread over all, where none is named.

    Raises:
        InvalidError: a named cycle is not there.
    """
    return _chosen(table, columns.CYCLE_COUNT, cycles)


def of_steps(table: pl.DataFrame, steps: Chosen) -> pl.DataFrame:
    """The same by step counts.

    Raises:
        InvalidError: a named step is not there.
    """
    return _chosen(table, columns.STEP_COUNT, steps)


def refuse_mixed(names: Iterable[str]) -> None:
    """Refuse curves that can not share their axes.

    Raises:
        InvalidError: some are of whole cells, and some by area.
    """
    if len(units := dict.fromkeys(names)) > 1:
        raise InvalidError(f"These can not be drawn over each other, since they are in {columns.quoted(units)}.")


def rows_of(rows: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of the steps of a table.

    Raises:
        UnusableDataError: the rows do not tell their steps.
    """
    columns.require([columns.STEP_COUNT], rows.columns, "Such a figure")
    return rows.filter(pl.col(columns.STEP_COUNT).is_in(table[columns.STEP_COUNT].unique().to_list()))


def _chosen(table: pl.DataFrame, name: str, asked: Chosen) -> pl.DataFrame:
    there = table[name].drop_nulls().unique().sort()
    if asked is None:
        return table.filter(pl.col(name).is_in(there[evenly(there.len(), MOST_UNASKED)].to_list()))
    wanted = {asked} if isinstance(asked, int) else set(asked)
    if absent := sorted(wanted - set(there.to_list())):
        what = name.partition(" ")[0].lower()
        known = f"they go from {there[0]} to {there[-1]}" if there.len() else "it has none"
        raise InvalidError(f"The series has no {what} {absent[0]}; {known}.", detail={f"{what}s": absent})
    return table.filter(pl.col(name).is_in(list(wanted)))
