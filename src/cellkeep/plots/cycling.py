"""A cycle table: what each cycle moved, how well, and what is left of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl
from polars.selectors import by_name

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.plots import words
from cellkeep.plots.colouring import Trace, of_labels
from cellkeep.plots.drawn import as_array, refuse_others, without_nan
from cellkeep.plots.inputs import sources
from cellkeep.plots.palette import of_quantities
from cellkeep.plots.stack import figure, stacked, y_axis
from cellkeep.plots.thinning import MAX_POINTS, share, thinned
from cellkeep.summarise.areal import areal
from cellkeep.summarise.derived import deeper_cycles, full_cycles

_CAPACITIES = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY)
_PER_CENT = ("efficiency", "retention", "fade")
"""Ratios are shown in per cent in figures alone."""
_FULL = "is a full cycle"
_MOST_MARKERS = 300
_FEW_CYCLES = 12
"""With more, ticks lie at whole numbers by themselves."""
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
_HOLLOW = (
    "Hollow points are cycles that are not full: they moved less than half of what is usual, did not reach the usual "
    "voltages, or began or broke off half-way."
)
_PARTIAL = (
    "A few cycles go deeper than the others, which are of partial depth: what these move tells nothing of ageing."
)
_DASHES = ("solid", "dot", "dash", "dashdot")


def cycles(
    table: Any,
    *,
    y: str | Sequence[str] = _CAPACITIES,
    x: str = columns.CYCLE_COUNT,
    max_points: int = MAX_POINTS,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw columns of a cycle table, those of one kind of quantity in one plot, the plots on top of each other.

    Efficiencies, retention and fade are shown in per cent. Points of cycles that are not full, as
    `cellkeep.derived.full_cycles` finds them, are hollow.

    Args:
        table: what `client.cell_measurement.cycles` or `detail` returns, a polars or pandas frame, or several of these
            by label, which are drawn over each other.
        y: columns of the table. A series by area has those of its totals by area.
        x: any other column, such as `Capacity throughput [A.h]`.
        max_points: of each line.
        colours: of several tables, by label; or of one that is drawn as one of several would be.
        values: numbers of several tables, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Cycle count`.

    Raises:
        InvalidError: there is nothing to draw, or no such column.
    """
    tables = {source.label: source.cycle_table for source in sources(table, frame_is="cycles")}
    names = _names(list(tables.values()), [y] if isinstance(y, str) else y, x)
    for each in tables.values():
        refuse_others(each, [x, *names])
    families = _families(names)
    layout = stacked(x, list(families), [_title(family, of_it) for family, of_it in families.items()])
    layout["xaxis"] |= _whole_ticks([each[x] for each in tables.values() if x in each.columns])
    most = share(max_points, len(tables) * len(names))
    views = {label: _view(_with_full(each), x, names, most) for label, each in tables.items()}
    if len(views) == 1 and not colours:
        lines = [line for view in views.values() for line in _lines(view, x, families, of_many=False)]
        for line, colour in zip(lines, of_quantities([line["name"] for line in lines], dark), strict=True):
            line["line"] = {"color": colour, "width": 1.5}
        return figure(lines, {**layout, "showlegend": len(names) > 1}, dark=dark, title=title)
    named = {label: _lines(view, x, families, of_many=True) for label, view in views.items()}
    colouring = of_labels(list(named), dark, colours, values, value_name)
    traces = colouring.painted(named.items(), told_over=x)
    return figure(traces, {**layout, "hovermode": colouring.hovermode}, dark=dark, title=title)


def _names(tables: Sequence[pl.DataFrame], asked: Sequence[str], x: str) -> list[str]:
    there = {name for table in tables for name in table.columns}
    by_area = all(table[name].null_count() == table.height for table in tables for name in asked if name in table)
    names = [areal(name) if by_area and areal(name) in there else name for name in dict.fromkeys(asked)]
    if missing := [name for name in (*names, x) if name not in there]:
        raise InvalidError(f"The cycle table has no column '{missing[0]}'; it has {columns.quoted(sorted(there))}.")
    if not names:
        raise InvalidError("There is nothing to draw: y names no column.")
    return names


def _families(names: Sequence[str]) -> dict[str, list[str]]:
    """Columns by the kind of their quantity, which is its last word, and their unit."""
    families: dict[str, list[str]] = {}
    for name in names:
        quantity, _, unit = name.partition(" [")
        kind = quantity.rpartition(" ")[2].capitalize()
        families.setdefault(f"{kind} [{unit}" if unit else in_per_cent(kind), []).append(name)
    return families


def _whole_ticks(drawn_over: Sequence[pl.Series]) -> dict[str, Any]:
    counts = pl.concat([each.cast(pl.Float64) for each in drawn_over]).drop_nulls()
    if not counts.len() or not (counts == counts.round()).all():
        return {}
    low, high = float(counts.min()), float(counts.max())  # type: ignore[arg-type]
    if low == high:  # around one point plotly has room for counts that are none
        return {"tickmode": "array", "tickvals": [low]}
    return {"dtick": 1} if high - low <= _FEW_CYCLES else {}


def in_per_cent(name: str) -> str:
    return f"{name} [%]" if name.lower().endswith(_PER_CENT) else name


def _title(family: str, names: Sequence[str]) -> str:
    return words.title_of(family if len(names) > 1 else in_per_cent(names[0]))


def _view(table: pl.DataFrame, x: str, names: Sequence[str], max_points: int) -> pl.DataFrame:
    """The columns that are drawn, ratios in per cent."""
    if x not in table.columns:
        return table.clear().select(())
    there = [name for name in names if name in table.columns]
    shown = {name: table[name] for name in (x, columns.CYCLE_COUNT, _FULL) if name in table.columns}
    shown |= {name: _shown(table[name]) for name in there if name != x}
    return thinned(pl.DataFrame(shown).drop_nulls(by_name(x)), x, there, max_points)


def _shown(column: pl.Series) -> pl.Series:
    ratio = in_per_cent(column.name) != column.name
    return without_nan(column.cast(pl.Float64)) * (100 if ratio else 1)


def _lines(view: pl.DataFrame, x: str, families: Mapping[str, Sequence[str]], *, of_many: bool) -> list[Trace]:
    """A trace for each column; those of one plot look different where their colour tells the source."""
    lines = []
    for plot, names in enumerate(families.values()):
        for place, name in enumerate(names):
            if name in view.columns:
                line = _line(view.drop_nulls(by_name(name)), x, name)
                line["yaxis"] = y_axis(plot)
                symbol = _SYMBOLS[place % len(_SYMBOLS) if of_many else 0]
                line["marker"] = {"size": 5, "symbol": _symbols(line.pop(_FULL), symbol)}
                if of_many:
                    line["line"] = {"dash": _DASHES[place % len(_DASHES)]}
                    line["hovertemplate"] += f"<extra>%{{fullData.name}}, {line['name']}</extra>"
                lines.append(line)
    return lines


def _line(rows: pl.DataFrame, x: str, name: str) -> Trace:
    counted = columns.CYCLE_COUNT in rows.columns
    return {
        "type": "scatter",
        "mode": "lines+markers" if rows.height <= _MOST_MARKERS else "lines",
        "x": as_array(rows[x]),
        "y": as_array(rows[name]),
        "customdata": rows.select(columns.CYCLE_COUNT).to_numpy() if counted else None,
        "name": words.quantity_of(name),
        "hovertemplate": words.value_of("y", in_per_cent(name)),
        _FULL: rows[_FULL].to_list() if _FULL in rows.columns else [],
    }


def _symbols(full: Sequence[bool], symbol: str) -> str | list[str]:
    """One symbol, or one for each point where some are hollow."""
    return symbol if all(full) else [symbol if each else f"{symbol}-open" for each in full]


def notes(tables: Collection[pl.DataFrame]) -> str:
    """What is to be known of a figure of cycle tables: what hollow points are, and which tables tell no ageing."""
    told = {_HOLLOW: _has_hollow, _PARTIAL: _is_partial}
    return " ".join(note for note, is_due in told.items() if any(map(is_due, tables)))


def _is_partial(table: pl.DataFrame) -> bool:
    """Whether there are check-ups among cycles of partial depth."""
    try:
        return bool(deeper_cycles(table))
    except UnusableDataError:
        return False


def _has_hollow(table: pl.DataFrame) -> bool:
    """Whether a cycle table has cycles that are not full, and few enough to be drawn as points."""
    marked = _with_full(table)
    return _FULL in marked.columns and marked.height <= _MOST_MARKERS and not marked[_FULL].all()


def _with_full(table: pl.DataFrame) -> pl.DataFrame:
    """Mark the full cycles, where the table tells of some."""
    try:
        full = full_cycles(table)
    except UnusableDataError:
        return table
    is_full = pl.col(columns.CYCLE_COUNT).is_in(full).fill_null(value=True)
    return table.with_columns(is_full.alias(_FULL)) if full else table
