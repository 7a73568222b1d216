"""Differential curves of steps: dQ/dV against voltage, and dV/dQ against charge."""

from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words
from cellkeep.plots.choosing import Chosen, of_cycles, of_steps, refuse_mixed, rows_of, step_table
from cellkeep.plots.colouring import Trace, of_labels, of_numbers
from cellkeep.plots.drawn import as_array, with_counts
from cellkeep.plots.inputs import Source, sources
from cellkeep.plots.stack import figure, stacked
from cellkeep.plots.thinning import MAX_POINTS, share, thinned
from cellkeep.summarise import derived, labels, names
from cellkeep.summarise.areal import areal

_STILL = (labels.REST, labels.EIS, f"{labels.CONSTANT_VOLTAGE} charge", f"{labels.CONSTANT_VOLTAGE} discharge")
"""Types of steps that have no such curve."""
_PULSE = 0.1
"""Of what the step moved that moved most: a step that moved less is a pulse, and not drawn unless asked for."""


def incremental_capacity(
    detail: Any,
    *,
    cycles: Chosen = None,
    steps: Chosen = None,
    resolution_v: float = 0.002,
    smoothing_v: float = 0.005,
    max_points: int = MAX_POINTS,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw dQ/dV of steps against voltage, coloured by cycle; positive on charge, negative on discharge.

    The curves are those of `cellkeep.derived.incremental_capacity`.

    Args:
        detail: what `client.cell_measurement.detail` returns, a polars or pandas frame, or several of these by label,
            each of which has one colour.
        cycles: whose steps are drawn; by default all, or forty that are spread over all.
        steps: step counts of those that are drawn; by default those that move charge while their voltage changes, but
            for pulses.
        resolution_v: width of a bin [V].
        smoothing_v: standard deviation of the Gaussian mean [V]; 0 for none.
        max_points: of each line; fewer where there are many lines.
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count` and its `Cycle count`.

    Raises:
        InvalidError: a step or a cycle is not there, or a width can not be used.
        UnusableDataError: nothing tells the charge, or a column is missing or broken.
    """

    def derive(rows: pl.DataFrame) -> pl.DataFrame:
        return derived.incremental_capacity(rows, resolution_v=resolution_v, smoothing_v=smoothing_v)

    curves = {source.label: _curves(source, cycles, steps, derive) for source in sources(detail)}
    lines = _painted(curves, max_points, dark, (colours, values, value_name))
    return figure(lines, _layout(curves), dark=dark, title=title)


def differential_voltage(
    detail: Any,
    *,
    cycles: Chosen = None,
    steps: Chosen = None,
    resolution_ah: float | None = None,
    smoothing_ah: float | None = None,
    max_points: int = MAX_POINTS,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw dV/dQ of steps against the charge that moved since their start, coloured by cycle.

    The curves are those of `cellkeep.derived.differential_voltage`.

    Args:
        detail: as for `incremental_capacity`.
        cycles: whose steps are drawn; by default all, or forty that are spread over all.
        steps: step counts of those that are drawn; by default as for `incremental_capacity`.
        resolution_ah: width of a bin [A.h]; by default 1/1000 of the largest charge that one of the steps moved.
        smoothing_ah: standard deviation of the Gaussian mean [A.h]; 0 for none, by default 5 times the resolution.
        max_points: of each line; fewer where there are many lines.
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count` and its `Cycle count`.

    Raises:
        InvalidError: a step or a cycle is not there, or a width can not be used.
        UnusableDataError: nothing tells the charge, or a column is missing or broken.
    """

    def derive(rows: pl.DataFrame) -> pl.DataFrame:
        return derived.differential_voltage(rows, resolution_ah=resolution_ah, smoothing_ah=smoothing_ah)

    curves = {source.label: _curves(source, cycles, steps, derive) for source in sources(detail)}
    lines = _painted(curves, max_points, dark, (colours, values, value_name))
    return figure(lines, _layout(curves), dark=dark, title=title)


def _curves(
    source: Source, cycles: Chosen, steps: Chosen, derive: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Curves of the chosen steps: step count, x, y and cycle count."""
    table = step_table(source)
    if steps is None:
        chosen = _moving(of_cycles(table, cycles))
    else:
        chosen = of_steps(table, steps) if cycles is None else of_steps(of_cycles(table, cycles), steps)
    return with_counts(derive(rows_of(source.series, chosen)), table)


def _moving(table: pl.DataFrame) -> pl.DataFrame:
    """Steps that move charge while their voltage changes, and no pulses."""
    capacities = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY)
    there = [name for total in capacities for name in (total, areal(total)) if name in table.columns]
    moved = pl.sum_horizontal(pl.col(name).abs() for name in there) if there else pl.lit(1.0)
    changing = table.filter(~pl.col(names.STEP_TYPE).is_in(_STILL))
    return changing.filter(moved > 0, moved >= _PULSE * moved.max())


def _layout(curves: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    _, x, y, *_ = next(iter(curves.values())).columns
    return stacked(x, [y]) | {"hovermode": "closest"}


def _painted(
    curves: Mapping[str, pl.DataFrame],
    max_points: int,
    dark: bool,
    chosen: tuple[Mapping[str, str] | None, Mapping[str, float] | None, str],
) -> list[Trace]:
    if all(curve.is_empty() for curve in curves.values()):
        raise InvalidError("There is nothing to draw: no step moves charge while its voltage changes. Name some.")
    refuse_mixed(" over ".join(curve.columns[2:0:-1]) for curve in curves.values())
    most = share(max_points, sum(curve[columns.STEP_COUNT].n_unique() for curve in curves.values()))
    if len(curves) > 1 or chosen[0]:
        named = {label: _lines(curve, most) for label, curve in curves.items()}
        return of_labels(list(named), dark, *chosen).painted(named.items())
    (curve,) = curves.values()
    by = columns.CYCLE_COUNT if curve[columns.CYCLE_COUNT].n_unique() > 1 else columns.STEP_COUNT
    parts = {count: part for (count,), part in curve.group_by(by, maintain_order=True)}
    named = {words.numbered(by, count): _lines(part, most) for count, part in parts.items()}
    return of_numbers(list(parts), by, dark).painted(named.items())


def _lines(curve: pl.DataFrame, max_points: int) -> list[Trace]:
    """A trace for each step."""
    _, x, y, *_ = curve.columns
    lines = []
    for _, step in curve.group_by(columns.STEP_COUNT, maintain_order=True):
        seen = thinned(step, x, [y], max_points)
        lines.append({
            "type": "scatter",
            "mode": "lines",
            "x": as_array(seen[x]),
            "y": as_array(seen[y]),
            "customdata": seen.select(columns.STEP_COUNT, columns.CYCLE_COUNT).to_numpy(),
            "hovertemplate": f"{words.value_of('y', y)}<br>{words.value_of('x', x)}"
            "<br>step %{customdata[0]}, cycle %{customdata[1]}<extra>%{fullData.name}</extra>",
        })  # fmt: skip
    return lines
