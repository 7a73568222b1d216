"""The step table: one row for each contiguous run of equal `Step count`."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain import columns
from cellkeep.summarise import names
from cellkeep.summarise.capacity import moved
from cellkeep.summarise.cycle_table import sum_of_known
from cellkeep.summarise.fragments import Fragments
from cellkeep.summarise.labels import EIS, step_type
from cellkeep.summarise.names import prefixed
from cellkeep.summarise.pairs import Pairs
from cellkeep.summarise.reading import Layout
from cellkeep.summarise.segments import Floats

OWN_TYPE = (columns.STEP_FROM_CYCLER, columns.CYCLE_FROM_CYCLER, columns.FRAME)
"""Columns that keep the type of the series: what a cycler counts is passed on as it came."""

_MEASURED = (columns.VOLTAGE, columns.CURRENT, columns.POWER, columns.FREQUENCY)
_STATISTICS = ("Min", "Max", "Std", "Mean")
_TEMPERATURE_STATISTICS = ("Min", "Max", "Mean")


def step_table(
    whole: Fragments, layout: Layout, types: Mapping[str, pl.DataType], rated_capacity_ah: float | None
) -> pl.DataFrame:
    """Write out the figures of whole steps.

    Args:
        whole: figures of all steps, in row order.
        layout: what the series has.
        types: types of the columns that keep their own.
        rated_capacity_ah: scale of the limits of the step types [A.h].

    Returns:
        The columns of the step table; what is not known is null, never NaN.
    """
    # Adding zero turns -0.0, as a negated rest gives, into 0.0.
    figures = {name: figure + 0.0 for name, figure in _figures(whole, layout).items()}
    table = pl.DataFrame(figures).with_columns(cs.float().fill_nan(None))
    table = table.with_columns(
        pl.col(names.START_INDEX, names.END_INDEX, columns.STEP_COUNT, columns.CYCLE_COUNT).cast(pl.Int64),
        *[pl.col(name).cast(types.get(name, pl.Int64()), strict=False) for name in OWN_TYPE if name in table],
        (pl.col(names.END_TIME) - pl.col(names.START_TIME)).alias(names.DURATION),
        pl.lit(EIS).alias(names.STEP_TYPE) if layout.spectrum else step_type(table, rated_capacity_ah),
    ).with_columns(_sum_of_cycle(name) for name in names.CYCLE_TRANSFERS)
    return table.select(_order(table.columns))


def _figures(whole: Fragments, layout: Layout) -> dict[str, Floats]:
    first_row, rows, step = whole.spans.values
    figures = {
        names.START_INDEX: first_row,
        names.END_INDEX: first_row + rows - 1,
        columns.STEP_COUNT: step,
        columns.CYCLE_COUNT: _cycle_counts(whole),
        **_edges(whole),
        **moved(whole.known, whole.pairs, layout.methods, whole.size),
    }
    for name in (*_MEASURED, columns.TEMPERATURE):
        figures |= _statistics(whole, name)
    return figures


def _edges(whole: Fragments) -> dict[str, Floats]:
    unknown = np.full((2, whole.size), np.nan)
    time, step, cycle = (
        whole.edges[name].values if name in whole.edges else unknown
        for name in (columns.TIME, columns.STEP_FROM_CYCLER, columns.CYCLE_FROM_CYCLER)
    )
    voltage = whole.tallies.get(columns.VOLTAGE)
    edges = {
        names.START_TIME: time[0],
        names.END_TIME: time[1],
        names.START_VOLTAGE: voltage.first if voltage else unknown[0],
        names.END_VOLTAGE: voltage.last if voltage else unknown[0],
        columns.STEP_FROM_CYCLER: step[0],
        columns.CYCLE_FROM_CYCLER: cycle[0],
    }
    if columns.FRAME in whole.edges:
        edges[columns.FRAME] = whole.edges[columns.FRAME].figure(0)
    return edges


def _statistics(whole: Fragments, name: str) -> dict[str, Floats]:
    tally = whole.tallies.get(name)
    if tally:
        std = tally.std() if name == columns.FREQUENCY else tally.trimmed_std()
        figures = (tally.least, tally.most, std, tally.mean())
    elif name != columns.TEMPERATURE:
        absent = 0.0 if name == columns.FREQUENCY else np.nan
        figures = (np.full(whole.size, absent),) * 4
    else:
        return {}
    return {prefixed(word, name): figure for word, figure in zip(_STATISTICS, figures, strict=True)}


def _cycle_counts(whole: Fragments) -> Floats:
    if columns.CYCLE_COUNT in whole.known:
        counts = whole.known[columns.CYCLE_COUNT].figure(0)
    elif columns.CYCLE_FROM_CYCLER in whole.pairs:
        counts = _counted_changes(whole.pairs[columns.CYCLE_FROM_CYCLER])
    else:
        return np.zeros(whole.size)
    # a step without a count, as an impedance sweep between two others, belongs to the cycle before it
    known = pl.Series(counts).fill_nan(None).forward_fill().backward_fill()
    return known.fill_null(0.0).to_numpy()


def _counted_changes(pairs: Pairs) -> Floats:
    known = ~np.isnan(pairs.values[0])
    first, _, last, _, within, _ = pairs.values[:, known]
    before = np.zeros(first.size)
    before[1:] = within[:-1] + (first[1:] != last[:-1])
    counts = np.full(known.size, np.nan)
    counts[known] = np.cumsum(before)
    return counts


def _sum_of_cycle(name: str) -> pl.Expr:
    return sum_of_known(pl.col(name)).over(columns.CYCLE_COUNT).alias(prefixed("Cycle", name))


def _order(found: list[str]) -> list[str]:
    order = [
        names.START_INDEX,
        names.END_INDEX,
        names.START_TIME,
        names.END_TIME,
        names.START_VOLTAGE,
        names.END_VOLTAGE,
        *names.TRANSFERS,
        *(prefixed(word, name) for name in _MEASURED for word in _STATISTICS),
        columns.STEP_COUNT,
        columns.STEP_FROM_CYCLER,
        columns.CYCLE_COUNT,
        columns.CYCLE_FROM_CYCLER,
        columns.FRAME,
        names.DURATION,
        names.STEP_TYPE,
        *(prefixed("Cycle", name) for name in names.CYCLE_TRANSFERS),
        *(prefixed(word, columns.TEMPERATURE) for word in _TEMPERATURE_STATISTICS),
    ]
    return [name for name in order if name in found]
