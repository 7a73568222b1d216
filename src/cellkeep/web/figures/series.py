"""A time series: linked plots over time, time of the step, or charge."""

from collections.abc import Collection

import polars as pl

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.plots.drawn import STEP_TIME, THROUGHPUT, THROUGHPUT_BY_AREA
from cellkeep.services import pictures
from cellkeep.summarise.derived.names import AREAL, TOTAL
from cellkeep.web.figures.drawn import Drawn, Wanted, call, each
from cellkeep.web.words import number

_COLDEST, _WARMEST = "Min temperature [degC]", "Max temperature [degC]"
USUAL = (columns.VOLTAGE, columns.CURRENT, columns.AREAL_CURRENT, columns.TEMPERATURE)
CHARGE_AXES = {
    columns.CURRENT: (TOTAL.net_capacity, THROUGHPUT),
    columns.AREAL_CURRENT: (AREAL.net_capacity, THROUGHPUT_BY_AREA),
}
"""What follows from a current, beside the time of the step."""


_IMPORTS = "import polars as pl\nfrom cellkeep.plots.drawn import with_drawn\n\n"


def usual(there: Collection[str], x: str, steps: pl.DataFrame) -> list[str]:
    """What is drawn of a series unless something else is asked for: no temperature that never changes.

    Args:
        there: columns of the series.
        x: what it is drawn over.
        steps: its step table.
    """
    still = is_still(steps)
    return [name for name in USUAL if name in there and name != x and not (still and name == columns.TEMPERATURE)]


def is_still(steps: pl.DataFrame) -> bool:
    """Whether the temperature is the same in all steps, or not known in any."""
    if not {_COLDEST, _WARMEST} <= set(steps.columns):
        return False
    coldest, warmest = steps[_COLDEST].min(), steps[_WARMEST].max()
    return coldest == warmest


def time_series(wanted: Wanted) -> Drawn:
    asked = wanted.asked
    with wanted.series() as series:
        there = series.source.schema
        x = asked.text("x") or next((name for name in columns.X_AXES if name in there), next(iter(there)))
        table = pictures.step_table(series)
        y = asked.texts("y") or usual(there, x, table)
        steps, cycles = asked.numbers("steps"), asked.numbers("cycles")
        view = pictures.View(x, y, steps, cycles, asked.number("from"), asked.number("to"))
        picture = pictures.picture(series, view)
    figure = plots.time_series(picture.rows, x=x, y=y, steps=picture.steps, dark=asked.dark)
    still = "" if asked.texts("y") or columns.TEMPERATURE not in there else _still(table)
    told = " ".join(filter(None, [_told(picture, view), still]))
    return Drawn(figure, _python(wanted, view, picture, there), told)


def _still(steps: pl.DataFrame) -> str:
    """That the temperature is left out, and what it is."""
    if not is_still(steps):
        return ""
    known = steps[_COLDEST].min()
    what = "not known in any row" if known is None else f"{number(known)} °C in all rows"
    return f"The temperature is {what}, and is left out; 'quantities' shows it."


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
    counts = not is_read and view.x != STEP_TIME and bool(view.steps or view.cycles)
    read = call(
        "client.cell_measurement.time_series",
        repr(wanted.record.id),
        columns=[name for name in picture.rows.columns if name in own] if is_read else None,
        steps=None if counts else each(view.steps),
        cycles=None if counts else each(view.cycles),
        window=(view.x, view.low, view.high) if bounded and is_read else None,
        max_points=view.max_points if is_read else None,
    )
    steps = f"steps = client.cell_measurement.steps({wanted.record.id!r})\n"
    draw = call("plots.time_series", "rows", x=view.x, y=list(view.y))
    shown = f".update_xaxes(range=[{view.low!r}, {view.high!r}])" if bounded and not is_read else ""
    before, after = (_IMPORTS, _chosen(view)) if counts else ("", "")
    return f"{before}rows = {read}\n{steps}{after}{draw[:-1]}, steps=steps){shown}.show()"


def _chosen(view: pictures.View) -> str:
    """Lines that count charge from the start of the series, and then take the rows of some steps or cycles."""
    named = {columns.STEP_COUNT: each(view.steps), columns.CYCLE_COUNT: each(view.cycles)}
    is_in = [f"pl.col({name!r}).is_in({numbers!r})" for name, numbers in named.items() if numbers]
    return (
        f"chosen = steps.filter({', '.join(is_in)})[{columns.STEP_COUNT!r}].to_list()\n"
        f"rows = with_drawn(rows, [{view.x!r}]).filter(pl.col({columns.STEP_COUNT!r}).is_in(chosen))\n"
    )
