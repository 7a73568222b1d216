"""The step table: one row for each contiguous run of equal `Step count`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain import columns
from cellkeep.runs import Floats
from cellkeep.summarise import names
from cellkeep.summarise.areal import areal, as_areal
from cellkeep.summarise.capacity import moved, rule_texts
from cellkeep.summarise.cycle_table import sum_of_known
from cellkeep.summarise.fragments import Fragments
from cellkeep.summarise.grouping import grouped
from cellkeep.summarise.labels import EIS, current_limits, step_type
from cellkeep.summarise.names import prefixed
from cellkeep.summarise.pairs import Edge, Pairs
from cellkeep.summarise.reading import Layout

OWN_TYPE = (columns.STEP_FROM_CYCLER, columns.CYCLE_FROM_CYCLER, columns.FRAME)
"""Columns that keep the type of the series: what a cycler counts is passed on as it came."""

_MEASURED = (columns.VOLTAGE, columns.CURRENT, columns.POWER, columns.FREQUENCY)
_STATISTICS = ("Min", "Max", "Std", "Mean")
_TEMPERATURE_STATISTICS = ("Min", "Max", "Mean")


class CyclesBefore(NamedTuple):
    """How far cycles were counted before a step.

    Attributes:
        cycle: `Cycle count` of the last step that tells one.
        counted: changes of the number of the cycler up to the end of that step.
        number: that number at its end; both only where cycles are counted by its changes.
    """

    cycle: float
    counted: float = 0.0
    number: float | None = None


class Before(NamedTuple):
    """What came before a step.

    Attributes:
        cycles: how far cycles were counted; None where no step tells.
        edges: last time and value that are known, by the column that is integrated.
    """

    cycles: CyclesBefore | None = None
    edges: Mapping[str, Edge] = MappingProxyType({})


class Measured(NamedTuple):
    """What is known of each step by itself.

    Attributes:
        table: its own columns; of `Cycle count` those of leading steps may be null.
        before_last: what came before the last step.
    """

    table: pl.DataFrame
    before_last: Before


def measured(whole: Fragments, layout: Layout, types: Mapping[str, pl.DataType], before: Before) -> Measured:
    """Write out the figures of whole steps.

    Args:
        whole: figures of all steps, in row order.
        layout: what the series has.
        types: types of the columns that keep their own.
        before: what came before the first of them.
    """
    counts, cycles = _cycle_counts(whole, before.cycles)
    # Adding zero turns -0.0, as a negated rest gives, into 0.0.
    figures = {name: figure + 0.0 for name, figure in _figures(whole, layout, counts, before.edges).items()}
    table = pl.DataFrame(figures).with_columns(cs.float().fill_nan(None))
    table = table.with_columns(
        pl.col(names.START_INDEX, names.END_INDEX, columns.STEP_COUNT, columns.CYCLE_COUNT).cast(pl.Int64),
        *[pl.col(name).cast(types.get(name, pl.Int64()), strict=False) for name in OWN_TYPE if name in table],
        (pl.col(names.END_TIME) - pl.col(names.START_TIME)).alias(names.DURATION),
    )
    edges = {name: pairs.edge_before_last(before.edges.get(name)) for name, pairs in whole.pairs.items()}
    return Measured(table, Before(cycles, {name: edge for name, edge in edges.items() if edge}))


def completed(table: pl.DataFrame, layout: Layout, rated_capacity_ah: float | None) -> pl.DataFrame:
    """Add what depends on all steps: types, labels, sums of cycles, and by which rule it was made.

    Args:
        table: as `measured` writes it, of all steps.
        layout: what the series has.
        rated_capacity_ah: scale of the limits of the step types and of the labels [A.h].

    Returns:
        The columns of the step table; what is not known is null, never NaN.
    """
    rated = None if layout.areal else rated_capacity_ah
    limits = current_limits(table, rated)
    # A step without a count, as an impedance sweep between two others, belongs to the cycle before it.
    counts = pl.col(columns.CYCLE_COUNT).forward_fill().backward_fill().fill_null(0)
    table = table.with_columns(
        counts,
        pl.lit(EIS).alias(names.STEP_TYPE) if layout.spectrum else step_type(limits),
        *[pl.lit(text, pl.String).alias(name) for name, text in rule_texts(layout.ways, layout.rules).items()],
    ).with_columns(_sum_of_cycle(name) for name in names.CYCLE_TRANSFERS)
    if columns.CYCLE_FROM_CYCLER in layout.names:
        kind = pl.Int64() if table.schema[columns.CYCLE_FROM_CYCLER].is_integer() else pl.Float64()
        apart = pl.col(columns.CYCLE_FROM_CYCLER).cast(kind, strict=False) - pl.col(columns.CYCLE_COUNT)
        table = table.with_columns(apart.alias(names.CYCLE_DIFFERENCE))
    table = grouped(table, rated)
    return _as_areal(table) if layout.areal else table.select(_order(table.columns))


def _as_areal(table: pl.DataFrame) -> pl.DataFrame:
    """Totals are not known of a series by area; readers of the field look for their columns all the same."""
    by_area = as_areal(table)
    unknown = [pl.lit(None, pl.Float64).alias(name) for name in table.columns if areal(name) != name]
    order = _order(table.columns)
    return by_area.with_columns(unknown).select(*order, *(areal(name) for name in order if areal(name) != name))


def _figures(whole: Fragments, layout: Layout, counts: Floats, before: Mapping[str, Edge]) -> dict[str, Floats]:
    first_row, rows, step = whole.spans.values
    between = layout.rules.charge_between_steps == "include"
    figures = {
        names.START_INDEX: first_row,
        names.END_INDEX: first_row + rows - 1,
        columns.STEP_COUNT: step,
        columns.CYCLE_COUNT: counts,
        **_edges(whole),
        **moved(whole.known, whole.pairs, layout.ways, whole.size, before if between else None),
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
        figures = {"Min": tally.least, "Max": tally.most, "Std": std, "Mean": tally.mean()}
    elif name != columns.TEMPERATURE:
        figures = dict.fromkeys(_STATISTICS, np.full(whole.size, 0.0 if name == columns.FREQUENCY else np.nan))
    else:
        return {}
    words = _TEMPERATURE_STATISTICS if name == columns.TEMPERATURE else _STATISTICS
    return {prefixed(word, name): figures[word] for word in words}


def _cycle_counts(whole: Fragments, before: CyclesBefore | None) -> tuple[Floats, CyclesBefore | None]:
    """`Cycle count` of each step, NaN where nothing tells it; and how far was counted before the last."""
    if columns.CYCLE_COUNT in whole.known:
        told = whole.known[columns.CYCLE_COUNT].figure(0)
        ends = [CyclesBefore(cycle) for cycle in told[:-1][~np.isnan(told[:-1])][-1:].tolist()]
    elif columns.CYCLE_FROM_CYCLER in whole.pairs:
        told, ends = _counted_changes(whole.pairs[columns.CYCLE_FROM_CYCLER], before)
    else:
        return np.zeros(whole.size), None
    filled = pl.Series(np.append(before.cycle if before else np.nan, told)).fill_nan(None).forward_fill()
    return filled.fill_null(np.nan).to_numpy()[1:], ends[-1] if ends else before


def _counted_changes(pairs: Pairs, before: CyclesBefore | None) -> tuple[Floats, list[CyclesBefore]]:
    known = ~np.isnan(pairs.values[0])
    first, _, last, _, within, _ = pairs.values[:, known]
    number, counted = (before.number, before.counted) if before else (None, 0.0)
    changed = np.zeros(first.size)
    changed[1:] = within[:-1] + (first[1:] != last[:-1])
    if first.size and number is not None:
        changed[0] = first[0] != number
    counts = np.full(known.size, np.nan)
    counts[known] = counted + np.cumsum(changed)
    ended = np.flatnonzero(known[:-1])[-1:]
    place = np.cumsum(known) - 1
    return counts, [
        CyclesBefore(float(counts[step]), float(counts[step] + within[place[step]]), float(last[place[step]]))
        for step in ended
    ]


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
        *names.SIDE_BY_SIDE,
        names.CYCLE_DIFFERENCE,
        names.LABEL,
        names.GROUP_NUMBER,
        names.CAPACITY_RULE,
        names.ENERGY_RULE,
    ]
    return [name for name in order if name in found]
