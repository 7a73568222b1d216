"""Impedance spectra: Nyquist and Bode, one or many."""

from collections.abc import Callable
from typing import Any

import polars as pl

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.domain.time_series import shortened
from cellkeep.services import pictures
from cellkeep.summarise.labels import EIS
from cellkeep.summarise.names import STEP_TYPE
from cellkeep.web.figures.drawn import Drawn, Wanted, some_of

_SOC = (columns.SOC, columns.NOMINAL_SOC)


def nyquist(wanted: Wanted) -> Drawn:
    return _spectra(wanted, plots.nyquist, "plots.nyquist")


def bode(wanted: Wanted) -> Drawn:
    return _spectra(wanted, plots.bode, "plots.bode")


def _spectra(wanted: Wanted, draw: Callable[..., Any], name: str) -> Drawn:
    asked = wanted.asked
    steps = asked.numbers("steps") or _steps_of_impedance(wanted)
    cycles = asked.numbers("cycles")
    with wanted.series() as series:
        own = steps if columns.STEP_COUNT in series.source.schema else []
        found = pictures.chosen(series, [*columns.SPECTRUM, columns.VOLTAGE, *_SOC], own, cycles)
    options = {"colour_by": asked.text("colour")} if asked.text("colour") else {}
    figure = draw(found.rows, dark=asked.dark, **options)
    told = "These are more rows than are drawn at once: choose fewer spectra." if found.is_outline else ""
    told = told or some_of(found.rows, columns.STEP_COUNT)
    return Drawn(figure, wanted.python(name, steps=own, cycles=cycles, **options), told)


def _steps_of_impedance(wanted: Wanted) -> list[str]:
    table = wanted.table("steps")
    if not {STEP_TYPE, columns.STEP_COUNT} <= set(table.columns):
        return []
    return shortened(table.filter(pl.col(STEP_TYPE) == EIS)[columns.STEP_COUNT].cast(pl.Int64).drop_nulls().to_list())
