"""Voltage against the charge of each half-cycle."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.columns import require
from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words
from cellkeep.plots.choosing import Chosen, of_cycles, refuse_mixed, rows_of, step_table
from cellkeep.plots.colouring import Trace, of_labels, of_numbers
from cellkeep.plots.drawn import as_array, parted, with_counts
from cellkeep.plots.inputs import Source, sources
from cellkeep.plots.stack import figure, stacked
from cellkeep.plots.thinning import MAX_POINTS, share, thinned
from cellkeep.summarise.derived.names import CHARGE, DISCHARGE, units_of
from cellkeep.summarise.derived.net_capacity import net_of_steps, since_first_step
from cellkeep.summarise.derived.rows import numbers, step_runs
from cellkeep.summarise.segments import Known, Signal

_LEAST_MOVED = 1e-4
"""Of what the step moved that moved most: a step that moved less rests."""
_WAYS = {CHARGE: -1, DISCHARGE: 1}
_HALF = "half-cycle"
_COUNTS = [columns.STEP_COUNT, columns.CYCLE_COUNT]


def voltage_capacity(
    detail: Any,
    *,
    cycles: Chosen = None,
    direction: Literal["charge", "discharge"] | None = None,
    max_points: int = MAX_POINTS,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw the voltage of each half-cycle against the charge that moved since it began, coloured by cycle.

    A half-cycle is what a cycle moves in one direction without a turn; steps that move nothing are left out.

    Args:
        detail: what `client.cell_measurement.detail` returns, a polars or pandas frame, or several of these by label,
            each of which has one colour.
        cycles: those that are drawn; by default all, or forty that are spread over all.
        direction: of the half-cycles; by default both.
        max_points: of each line; fewer where there are many lines.
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count` and its `Cycle count`.

    Raises:
        InvalidError: a cycle is not there, or there is nothing to draw.
        UnusableDataError: nothing tells the charge, or a column is missing or broken.
    """
    found = sources(detail)
    halves = [_half_cycles(source, cycles, direction) for source in found]
    if all(each.is_empty() for each in halves):
        raise InvalidError("There is nothing to draw: no half-cycle moves charge.")
    refuse_mixed(each.columns[0] for each in halves)
    capacity = halves[0].columns[0]
    most = share(max_points, sum(each[_HALF].n_unique() for each in halves))
    layout = stacked(capacity, [columns.VOLTAGE]) | {"hovermode": "closest"}
    if len(found) == 1 and not colours:
        lines = {cycle: [_line(part, most)] for (cycle,), part in _by_cycle(halves[0])}
        named = {words.numbered(columns.CYCLE_COUNT, cycle): line for cycle, line in lines.items()}
        colouring = of_numbers(list(lines), columns.CYCLE_COUNT, dark)
    else:
        named = {
            source.label: [_line(part, most) for _, part in _by_cycle(each)]
            for source, each in zip(found, halves, strict=True)
        }
        colouring = of_labels(list(named), dark, colours, values, value_name)
    return figure(colouring.painted(named.items()), layout, dark=dark, title=title)


def _half_cycles(source: Source, cycles: Chosen, direction: str | None) -> pl.DataFrame:
    """Rows of the half-cycles: charge since their beginning, voltage, counts, and a number of each half-cycle."""
    require([columns.VOLTAGE, columns.STEP_COUNT], source.series.columns, "Voltage against capacity")
    table = step_table(source)
    rows = with_counts(rows_of(source.series, of_cycles(table, cycles)), table)
    units = units_of(rows.columns)
    runs = step_runs(rows, "Voltage against capacity")
    of_step = net_of_steps(rows, units, runs)
    moved = np.nan_to_num(Known.of(Signal.of(of_step), runs).figure(1))
    way = np.sign(moved) * (np.abs(moved) > _LEAST_MOVED * np.abs(moved).max(initial=0.0))
    net, half = pl.col("net"), pl.col(_HALF)
    known = pl.DataFrame({
        "net": since_first_step(of_step, runs),
        columns.VOLTAGE: numbers(rows, columns.VOLTAGE),
        **{name: rows[name] for name in _COUNTS},
        "way": np.repeat(way, runs.lengths),
    }).filter(pl.col("way") != 0)  # fmt: skip
    known = known.with_columns(pl.struct(columns.CYCLE_COUNT, "way").rle_id().alias(_HALF)).filter(net.is_not_nan())
    known = known.filter(pl.col("way") == _WAYS[direction]) if direction else known
    since = (net - net.first().over(half)).abs().alias(units.charge.single)
    return known.select(since, columns.VOLTAGE, *_COUNTS, half)


def _by_cycle(halves: pl.DataFrame) -> Iterable[tuple[tuple[Any, ...], pl.DataFrame]]:
    return halves.group_by(columns.CYCLE_COUNT, maintain_order=True)


def _line(halves: pl.DataFrame, max_points: int) -> Trace:
    """One trace for the half-cycles of a cycle, with a gap between them."""
    capacity = halves.columns[0]
    known = halves.filter(pl.col(columns.VOLTAGE).is_not_nan())
    parts = [thinned(part, capacity, [columns.VOLTAGE], max_points) for part in known.partition_by(_HALF)]
    rows = pl.concat(parts) if parts else known
    first = np.cumsum([part.height for part in parts])[:-1]
    x, y, counts = parted(first, as_array(rows[capacity]), as_array(rows[columns.VOLTAGE]), rows.select(_COUNTS))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "customdata": counts,
        "hovertemplate": f"{words.value_of('y', columns.VOLTAGE)}<br>{words.value_of('x', capacity)}"
        "<br>step %{customdata[0]}, cycle %{customdata[1]}<extra>%{fullData.name}</extra>",
    }
