"""How a property changes from measurement to measurement."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cellkeep.domain.errors import InvalidError
from cellkeep.plots import words
from cellkeep.plots.colouring import Trace, of_labels
from cellkeep.plots.points import ID, LABEL, TIME, VALUE, Points, points_of
from cellkeep.plots.stack import figure, stacked

ORDER = "Measurement"
_FEW = 20
"""With more, ticks lie at whole numbers by themselves."""
TIME_UTC = "Start time [UTC]"


def trend(
    points: Any,
    name: str,
    *,
    unit: str | None = None,
    in_order: bool = False,
    colours: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    value_name: str = "",
    dark: bool = False,
    title: str | None = None,
) -> go.Figure:
    """Draw a property of measurements against the time when they started, or one after the other.

    Args:
        points: what `client.cell_measurement.list` returns, mappings with `properties`, `start_time`, `name` and `id`,
            a frame with `start_time`, `name` and `id` beside the column of values, or several of these by label.
        name: of the property, nested ones by dots; or of the column of a frame.
        unit: that values are converted to; by default the unit of the first.
        in_order: draw them one after the other, as it is done where one of them has no time.
        colours: of several series, by label.
        values: numbers of several series, by label, that colour them instead.
        value_name: what these numbers are, with their unit.
        dark: for a dark page.
        title: above the figure.

    Returns:
        The figure. `customdata` of each point holds the `id` of its measurement.

    Raises:
        InvalidError: no measurement has such a number, or units can not be converted.
    """
    found = {str(label): each for label, each in points.items()} if isinstance(points, Mapping) else {"": points}
    if not found:
        raise InvalidError("There is nothing to draw: the mapping of labels to measurements is empty.")
    series: dict[str, Points] = {}
    for label, given in found.items():
        series[label] = points_of(given, name, unit)
        unit = series[label].unit
    timed = not in_order and not any(each.rows[TIME].null_count() for each in series.values())
    quantity = name.partition(" [")[0].replace("_", " ").replace(".", ", ")
    column = f"{quantity[:1].upper()}{quantity[1:]}" + (f" [{unit}]" if unit else "")
    layout = stacked(TIME_UTC if timed else ORDER, [column]) | {"hovermode": "closest"}
    del layout["xaxis"]["unifiedhovertitle"]
    if not timed and all(each.rows.height <= _FEW for each in series.values()):
        layout["xaxis"]["dtick"] = 1
    named = {label: [_line(each, column, timed=timed)] for label, each in series.items()}
    traces = of_labels(list(named), dark, colours, values, value_name).painted(named.items())
    return figure(traces, layout, dark=dark, title=title)


def _line(points: Points, column: str, *, timed: bool) -> Trace:
    rows = points.rows.sort(TIME, maintain_order=True) if timed else points.rows
    when = "%{x|%Y-%m-%d %H:%M} UTC" if timed else "%{x}"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": rows[TIME].dt.replace_time_zone(None).to_numpy() if timed else np.arange(1, rows.height + 1),
        "y": rows[VALUE].to_numpy(),
        "customdata": rows.select(ID).rows(),
        "text": [words.shortened(label or "") for label in rows[LABEL]],
        "marker": {"size": 6},
        "hovertemplate": f"{words.value_of('y', column)}<br>{when}<br>%{{text}}<extra>%{{fullData.name}}</extra>",
    }
