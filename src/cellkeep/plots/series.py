"""A time series: its quantities on top of each other, over time or what else it is drawn over."""

from collections.abc import Collection, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
from polars.selectors import by_name

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words
from cellkeep.plots.colouring import Trace, of_labels
from cellkeep.plots.drawn import FOLLOWING, STEP_TIME, as_array, parted, with_counts, with_drawn, without_nan
from cellkeep.plots.inputs import Source, sources
from cellkeep.plots.palette import told_apart
from cellkeep.plots.shading import shaded, step_types
from cellkeep.plots.stack import behind_first, figure, stacked, y_axis
from cellkeep.plots.thinning import MAX_POINTS, share, thinned

_USUAL = (columns.VOLTAGE, columns.CURRENT, columns.AREAL_CURRENT, columns.TEMPERATURE)
_RUN = "run of rows"
_COUNTS = (columns.STEP_COUNT, columns.CYCLE_COUNT)


def time_series(
    detail: Any,
    *,
    x: str = columns.TIME,
    y: str | Sequence[str] | None = None,
    steps: Any = None,
    chosen: Collection[int] | Mapping[str, Collection[int]] | None = None,
    max_points: int = MAX_POINTS,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw quantities of a series on top of each other, over one x axis; steps are shaded behind the first.

    Args:
        detail: what `client.cell_measurement.detail` returns, a polars or pandas frame, or several of these by label,
            which are drawn over each other.
        x: any column of numbers or times, or `Step time [s]`, `Net capacity [A.h]` or `Throughput [A.h]`, which follow
            from the series.
        y: columns of numbers, one plot for each; by default voltage, current and temperature as far as they are there.
        steps: step table of a frame that comes without one.
        chosen: `Step count` of the steps that the rows were chosen by, where they were; of several series, by label. A
            line breaks where the step table has other steps between these.
        max_points: of each line.
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count` and its `Cycle count`.

    Raises:
        InvalidError: there is nothing to draw, or no such column.
        UnusableDataError: a column that x follows from is missing or broken.
    """
    found = sources(detail, steps=steps)
    names = _quantities(found, [y] if isinstance(y, str) else y)
    layout = stacked(x, names)
    most = share(max_points, len(found) * len(names))
    views = [_view(source, x, names, most) for source in found]
    runs = [_runs(view, x, _left_out(source, chosen)) for view, source in zip(views, found, strict=True)]
    if any(view.schema[x].is_temporal() for view in views):
        layout["xaxis"] |= {"title": {"text": f"{words.plain(x)}, UTC"}, "unifiedhovertitle": {"text": "%{x} UTC"}}
    # The heading of the box that shows on hover is that of the first trace, and bands have no x to tell.
    bands = _shading(found[0], views[0], x, layout, dark) if len(found) == 1 else []
    if len(found) == 1 and not colours:
        return figure(_lines_of_one(views[0], runs[0], x, names, dark) + bands, layout, dark=dark, title=title)
    named = {source.label: _lines(view, run, x, names) for source, view, run in zip(found, views, runs, strict=True)}
    colouring = of_labels(list(named), dark, colours, values, value_name)
    traces = colouring.painted(named.items(), told_over=x) + bands
    return figure(traces, {**layout, "hovermode": colouring.hovermode}, dark=dark, title=title)


def _quantities(found: Sequence[Source], asked: Sequence[str] | None) -> list[str]:
    there = {name for source in found for name in source.series.columns} | set(FOLLOWING)
    names = list(dict.fromkeys(asked)) if asked else [name for name in _USUAL if name in there]
    if not names:
        raise InvalidError(f"None of {columns.quoted(_USUAL)} is there to be drawn: say in y what is.")
    if missing := [name for name in names if name not in there]:
        raise InvalidError(f"There is no column '{missing[0]}' to be drawn; there are {columns.quoted(sorted(there))}.")
    return names


def _view(source: Source, x: str, names: Sequence[str], max_points: int) -> pl.DataFrame:
    """What is drawn of a source: no more rows than are seen, and no column that is not."""
    y = [name for name in names if name in source.series.columns or name in FOLLOWING]
    rows = with_counts(with_drawn(source.series, [x, *y]), source.steps)
    shown = [name for name in dict.fromkeys([x, *y, *_COUNTS]) if name in rows.columns]
    known = rows.select(without_nan(rows[name]) for name in shown).drop_nulls(by_name(x))
    return thinned(known, x, y, max_points)


def _lines_of_one(view: pl.DataFrame, runs: pl.Series, x: str, names: Sequence[str], dark: bool) -> list[Trace]:
    """A trace for each quantity, each in a colour of its own and called by its name."""
    lines = _lines(view, runs, x, names)
    for line, name, colour in zip(lines, names, cycle(told_apart(dark)), strict=False):
        line |= {"name": words.quantity_of(name), "line": {"color": colour, "width": 1.5}, "showlegend": False}
    return lines


def _lines(view: pl.DataFrame, runs: pl.Series, x: str, names: Sequence[str]) -> list[Trace]:
    """A trace for each quantity that is there."""
    lines = []
    for place, name in enumerate(names):
        if name in view.columns:
            known = view.with_columns(runs).drop_nulls(by_name(name))
            line = _line(known, x, name)
            line["hovertemplate"] = _on_hover(name, counted=place == 0 and "customdata" in line)
            line["yaxis"] = y_axis(place)
            lines.append(line)
    return lines


def _line(rows: pl.DataFrame, x: str, name: str) -> Trace:
    over, drawn = as_array(rows[x]), as_array(rows[name])
    if columns.STEP_COUNT not in rows.columns:
        return {"type": "scatter", "mode": "lines", "x": over, "y": drawn}
    counts, run = rows.select(_COUNTS), rows[_RUN].to_numpy()
    first = np.flatnonzero(run[1:] != run[:-1]) + 1
    over, drawn, told = parted(first, over, drawn, counts) if first.size else (over, drawn, counts.to_numpy())
    return {"type": "scatter", "mode": "lines", "x": over, "y": drawn, "customdata": told}


def _runs(view: pl.DataFrame, x: str, left_out: pl.Series) -> pl.Series:
    """A number for each run of rows that a line joins: a step over its own time, else rows with no step left out."""
    if columns.STEP_COUNT not in view.columns:
        return pl.zeros(view.height, pl.Int64, eager=True).alias(_RUN)
    step = view[columns.STEP_COUNT]
    return (step.rle_id() if x == STEP_TIME else left_out.search_sorted(step)).alias(_RUN)


def _left_out(source: Source, chosen: Collection[int] | Mapping[str, Collection[int]] | None) -> pl.Series:
    """The steps of a source that were not chosen, ascending; rows do not tell, as thinning passes over most of them."""
    own = chosen.get(source.label) if isinstance(chosen, Mapping) else chosen
    if own is None or source.steps is None or columns.STEP_COUNT not in source.steps.columns:
        return pl.Series([], dtype=pl.Int64)
    known = source.steps[columns.STEP_COUNT].cast(pl.Int64).drop_nulls().unique().sort()
    return known.filter(~known.is_in(pl.Series(list(own)).cast(pl.Int64).implode()))


def _on_hover(name: str, *, counted: bool) -> str:
    step = ", step %{customdata[0]}, cycle %{customdata[1]}" if counted else ""
    return f"{words.value_of('y', name)}{step}<extra>%{{fullData.name}}</extra>"


def _shading(source: Source, view: pl.DataFrame, x: str, layout: dict[str, Any], dark: bool) -> list[Trace]:
    kinds = None if x == STEP_TIME else step_types(source.series, source.steps)
    if kinds is None or view.is_empty() or view.schema[x].is_temporal():
        return []
    bands = shaded(view, x, kinds, dark)
    if bands:
        behind_first(layout, bands)
    return bands
