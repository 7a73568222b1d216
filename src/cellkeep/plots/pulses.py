"""Resistance of pulses."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words
from cellkeep.plots.aiming import aim_at_most
from cellkeep.plots.colouring import Trace, of_labels
from cellkeep.plots.drawn import as_array
from cellkeep.plots.inputs import sources
from cellkeep.plots.stack import figure, stacked
from cellkeep.summarise import derived, names
from cellkeep.summarise.derived.names import DIRECTION, DISCHARGE

RESISTANCE = "Resistance [Ohm]"
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross", "x", "star")
_TOLD = [columns.STEP_COUNT, columns.CYCLE_COUNT, columns.SOC]


def pulse_resistance(
    detail: Any,
    *,
    at_s: Sequence[float] = (1.0, 10.0, 30.0),
    x: str | None = None,
    rated_capacity_ah: float | None = None,
    min_change_a: float | None = None,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw the resistance of each pulse, at its first row and at times after it began, against the state of charge.

    The resistances are those of `cellkeep.derived.pulse_resistance`. Filled markers are pulses of discharge, open ones
    of charge. Where a few resistances would flatten all others, the axis leaves them outside.

    Args:
        detail: what `client.cell_measurement.detail` returns, a polars or pandas frame, or several of these by label,
            each of which has one colour.
        at_s: times after the beginning of a pulse [s].
        x: `SOC`, `Start time [s]`, or another column of the derived table; by default the state of charge where it is
            known.
        rated_capacity_ah: makes the state of charge known, of a series that tells none [A.h].
        min_change_a: the smallest change of current that is a pulse [A].
        colours: of several series, by label; or of one that is drawn as one of several would be.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds its `Step count`, its `Cycle count` and its `SOC`.

    Raises:
        InvalidError: a time, the capacity or x can not be used.
        UnusableDataError: a column is missing or broken.
    """
    found = {
        source.label: derived.pulse_resistance(
            _with_soc(source.series, rated_capacity_ah), source.steps, at_s=at_s, min_change_a=min_change_a
        )
        for source in sources(detail)
    }
    if all(table.is_empty() for table in found.values()):
        raise InvalidError("There is no pulse: no step begins with a change of current.")
    over = x or (columns.SOC if all(table[columns.SOC].count() for table in found.values()) else names.START_TIME)
    layout = stacked(over, [RESISTANCE]) | {"hovermode": "closest"}
    if len(found) == 1 and not colours:
        lines = [line for table in found.values() for line in _lines(table, over)]
        named = {line["name"]: [line] for line in lines}
        aim_at_most(lines, layout)
        return figure(of_labels(list(named), dark).painted(named.items()), layout, dark=dark, title=title)
    named = {label: _lines(table, over) for label, table in found.items()}
    aim_at_most([line for lines in named.values() for line in lines], layout)
    colouring = of_labels(list(named), dark, colours, values, value_name)
    return figure(colouring.painted(named.items()), layout, dark=dark, title=title)


def _with_soc(rows: pl.DataFrame, rated_capacity_ah: float | None) -> pl.DataFrame:
    told = {columns.NOMINAL_SOC, columns.SOC} & set(rows.columns)
    return rows if told or rated_capacity_ah is None else derived.with_nominal_soc(rows, rated_capacity_ah)


def _lines(table: pl.DataFrame, over: str) -> list[Trace]:
    """A trace for each time after the beginning."""
    if over not in table.columns:
        raise InvalidError(f"Pulses are not drawn over '{over}', but over one of {columns.quoted(table.columns)}.")
    resistances = [name for name in table.columns if name.startswith("R") and name.endswith("[Ohm]")]
    return [_line(table.drop_nulls([over, name]), over, name, place) for place, name in enumerate(resistances)]


def _line(pulses: pl.DataFrame, over: str, name: str, place: int) -> Trace:
    symbol = _SYMBOLS[place % len(_SYMBOLS)]
    filled = pulses[DIRECTION] == DISCHARGE
    return {
        "type": "scatter",
        "mode": "markers",
        "x": as_array(pulses[over]),
        "y": as_array(pulses[name]),
        "customdata": pulses.select(_TOLD).to_numpy(),
        "text": pulses[DIRECTION].to_list(),
        "name": words.quantity_of(name),
        "marker": {"size": 7, "symbol": [symbol if each else f"{symbol}-open" for each in filled]},
        "hovertemplate": f"{words.quantity_of(name)}: {words.value_of('y', name)}"
        f"<br>%{{text}}, {words.x_value_of(over)}"
        "<br>step %{customdata[0]}, cycle %{customdata[1]}<extra>%{fullData.name}</extra>",
    }
