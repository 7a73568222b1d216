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
    chosen = _chosen(view, picture.steps)
    figure = plots.time_series(picture.rows, x=x, y=y, steps=picture.steps, chosen=chosen, dark=asked.dark)
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
    chooses = _chosen(view, picture.steps) is not None
    counts = chooses and not is_read
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
    given = "steps=steps, chosen=chosen" if chooses else "steps=steps"
    shown = f".update_xaxes(range=[{view.low!r}, {view.high!r}])" if bounded and not is_read else ""
    before, after = _choosing(view, counts=counts) if chooses else ("", "")
    return f"{before}rows = {read}\n{steps}{after}{draw[:-1]}, {given}){shown}.show()"


def _named(view: pictures.View) -> dict[str, list[int]]:
    """The values that steps are chosen by, by the column that has them."""
    named = {columns.STEP_COUNT: each(view.steps), columns.CYCLE_COUNT: each(view.cycles)}
    return {name: numbers for name, numbers in named.items() if numbers}


def _chosen(view: pictures.View, steps: pl.DataFrame) -> list[int] | None:
    """The steps that were chosen; None where all are shown, or each begins anew."""
    named = _named(view)
    if view.x == STEP_TIME or not named or not {columns.STEP_COUNT, *named} <= set(steps.columns):
        return None
    found = steps.filter(pl.col(name).is_in(numbers) for name, numbers in named.items())
    return found[columns.STEP_COUNT].cast(pl.Int64).to_list()


def _choosing(view: pictures.View, *, counts: bool) -> tuple[str, str]:
    """Lines before and after the reading, that find the chosen steps; and that take their rows where charge counts."""
    is_in = [f"pl.col({name!r}).is_in({numbers!r})" for name, numbers in _named(view).items()]
    chosen = f"chosen = steps.filter({', '.join(is_in)})[{columns.STEP_COUNT!r}].to_list()\n"
    if not counts:
        return "import polars as pl\n\n", chosen
    rows = f"rows = with_drawn(rows, [{view.x!r}]).filter(pl.col({columns.STEP_COUNT!r}).is_in(chosen))\n"
    return "import polars as pl\nfrom cellkeep.plots.drawn import with_drawn\n\n", chosen + rows
