"""A time series: linked plots over time, time of the step, or charge."""

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.plots.drawn import FOLLOWING, STEP_TIME, THROUGHPUT
from cellkeep.services import pictures
from cellkeep.services.time_series import opened
from cellkeep.summarise.derived.names import TOTAL
from cellkeep.web.figures.drawn import Drawn, Wanted, call, each

USUAL = (columns.VOLTAGE, columns.CURRENT, columns.AREAL_CURRENT, columns.TEMPERATURE)
FOLLOWING_AXES = (STEP_TIME, TOTAL.net_capacity, THROUGHPUT)
_MAX_POINTS = 4000


def time_series(wanted: Wanted) -> Drawn:
    asked = wanted.asked
    with opened(wanted.store, wanted.who, wanted.record.id) as series:
        there = series.source.schema
        x = asked.text("x") or next((name for name in columns.X_AXES if name in there), next(iter(there)))
        y = asked.texts("y") or [name for name in USUAL if name in there and name != x]
        steps, cycles = asked.numbers("steps"), asked.numbers("cycles")
        view = pictures.View(x, y, steps, cycles, asked.number("from"), asked.number("to"), _MAX_POINTS)
        picture = pictures.picture(series, view)
    figure = plots.time_series(picture.rows, x=x, y=y, steps=picture.steps, dark=asked.dark)
    return Drawn(figure, _python(wanted, view), _told(picture, view))


def _told(picture: pictures.Picture, view: pictures.View) -> str:
    if picture.is_outline:
        return (
            "Charge between these points is interpolated. Zoom in, or choose steps or cycles, to have it at all rows."
        )
    return "" if picture.rows.height else f"There are no rows in this part of {view.x}."


def _python(wanted: Wanted, view: pictures.View) -> str:
    window = None if view.low is None and view.high is None else (view.x, view.low, view.high)
    follows = view.x in FOLLOWING
    read = call(
        "client.cell_measurement.time_series",
        repr(wanted.record.id),
        steps=each(view.steps),
        cycles=each(view.cycles),
        window=None if follows else window,
        max_points=None if follows else view.max_points,
    )
    draw = call("plots.time_series", "rows", x=view.x, y=list(view.y))
    steps = f"steps = client.cell_measurement.steps({wanted.record.id!r})\n"
    return f"rows = {read}\n{steps}{draw[:-1]}, steps=steps).show()"
