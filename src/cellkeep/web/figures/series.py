"""A time series: linked plots over time, time of the step, or charge."""

from collections.abc import Collection

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.plots.drawn import STEP_TIME, THROUGHPUT, THROUGHPUT_BY_AREA
from cellkeep.services import pictures
from cellkeep.summarise.derived.names import AREAL, TOTAL
from cellkeep.web.figures.drawn import Drawn, Wanted, call, each

USUAL = (columns.VOLTAGE, columns.CURRENT, columns.AREAL_CURRENT, columns.TEMPERATURE)
CHARGE_AXES = {
    columns.CURRENT: (TOTAL.net_capacity, THROUGHPUT),
    columns.AREAL_CURRENT: (AREAL.net_capacity, THROUGHPUT_BY_AREA),
}
"""What follows from a current, beside the time of the step."""


def usual(there: Collection[str], x: str) -> list[str]:
    """What is drawn of a series unless something else is asked for."""
    return [name for name in USUAL if name in there and name != x]


def time_series(wanted: Wanted) -> Drawn:
    asked = wanted.asked
    with wanted.series() as series:
        there = series.source.schema
        x = asked.text("x") or next((name for name in columns.X_AXES if name in there), next(iter(there)))
        y = asked.texts("y") or usual(there, x)
        steps, cycles = asked.numbers("steps"), asked.numbers("cycles")
        view = pictures.View(x, y, steps, cycles, asked.number("from"), asked.number("to"))
        picture = pictures.picture(series, view)
    figure = plots.time_series(picture.rows, x=x, y=y, steps=picture.steps, dark=asked.dark)
    return Drawn(figure, _python(wanted, view, picture, there), _told(picture, view))


def _told(picture: pictures.Picture, view: pictures.View) -> str:
    if picture.is_outline:
        return (
            "Charge between these points is interpolated. Zoom in, or choose steps or cycles, to have it at all rows."
        )
    return "" if picture.rows.height else f"There are no rows in this part of {view.x}."


def _python(wanted: Wanted, view: pictures.View, picture: pictures.Picture, own: Collection[str]) -> str:
    """The lines that draw the same; where x follows from all rows, all are read and a part is shown."""
    bounded = view.low is not None or view.high is not None
    is_read = view.x in own
    read = call(
        "client.cell_measurement.time_series",
        repr(wanted.record.id),
        columns=[name for name in picture.rows.columns if name in own] if is_read else None,
        steps=each(view.steps),
        cycles=each(view.cycles),
        window=(view.x, view.low, view.high) if bounded and is_read else None,
        max_points=view.max_points if is_read else None,
    )
    draw = call("plots.time_series", "rows", x=view.x, y=list(view.y))
    steps = f"steps = client.cell_measurement.steps({wanted.record.id!r})\n"
    shown = f".update_xaxes(range=[{view.low!r}, {view.high!r}])" if bounded and not is_read else ""
    return f"{_note(view, is_read)}rows = {read}\n{steps}{draw[:-1]}, steps=steps){shown}.show()"


def _note(view: pictures.View, is_read: bool) -> str:
    """That charge is counted from elsewhere, where a part is read alone."""
    if is_read or view.x == STEP_TIME or not (view.steps or view.cycles):
        return ""
    return f"# {view.x} counts from the first of these rows here, and from the start of the series on the page.\n"
