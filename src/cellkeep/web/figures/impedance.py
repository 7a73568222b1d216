"""Impedance spectra: Nyquist and Bode, one or many."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.domain.time_series import shortened
from cellkeep.services import measurements, pictures
from cellkeep.services.time_series import opened
from cellkeep.summarise.labels import EIS
from cellkeep.summarise.names import STEP_TYPE
from cellkeep.web.figures.drawn import Drawn, Wanted, call, each

_SOC = (columns.SOC, columns.NOMINAL_SOC)


def nyquist(wanted: Wanted) -> Drawn:
    return _spectra(wanted, plots.nyquist, "plots.nyquist")


def bode(wanted: Wanted) -> Drawn:
    return _spectra(wanted, plots.bode, "plots.bode")


def _spectra(wanted: Wanted, draw: Callable[..., Any], name: str) -> Drawn:
    asked = wanted.asked
    steps = asked.numbers("steps") or _steps_of_impedance(wanted)
    cycles = asked.numbers("cycles")
    with opened(wanted.store, wanted.who, wanted.record.id) as series:
        own = steps if columns.STEP_COUNT in series.source.schema else []
        found = pictures.chosen(series, [*columns.SPECTRUM, columns.VOLTAGE, *_SOC], own, cycles)
    options = {"colour_by": asked.text("colour")} if asked.text("colour") else {}
    figure = draw(found.rows, dark=asked.dark, **options)
    told = "These are more rows than are drawn at once: choose fewer spectra." if found.is_outline else ""
    return Drawn(figure, _python(wanted, own, cycles, name, **options), told)


def _steps_of_impedance(wanted: Wanted) -> list[str]:
    table = measurements.stored_tables(wanted.store, wanted.who, wanted.record.id, "steps")["steps"]
    if not {STEP_TYPE, columns.STEP_COUNT} <= set(table.columns):
        return []
    return shortened(table.filter(pl.col(STEP_TYPE) == EIS)[columns.STEP_COUNT].cast(pl.Int64).drop_nulls().to_list())


def _python(wanted: Wanted, steps: Sequence[str], cycles: Sequence[str], draw: str, **options: Any) -> str:
    chosen = {"steps": each(steps), "cycles": each(cycles)}
    read = call("client.cell_measurement.time_series", repr(wanted.record.id), **chosen)
    return f"rows = {read}\n{call(draw, 'rows', **options)}.show()"
