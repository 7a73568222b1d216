"""Curves of chosen cycles: voltage against capacity, dQ/dV, dV/dQ, and the resistance of pulses."""

from collections.abc import Callable
from typing import Any

import polars as pl

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.domain.columns import CYCLE_COUNT
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.time_series import shortened
from cellkeep.plots.aiming import beyond
from cellkeep.services import pictures
from cellkeep.summarise.derived import full_cycles, spread_evenly
from cellkeep.web.figures.drawn import Drawn, Wanted, some_of

_CHOSEN = 3
"""Cycles that are shown where none is named: the first, the last, and one between."""
_OUTLINE = "These cycles have more rows than are drawn at once, so the curves are an outline: choose fewer."
_EVEN = "Where no cycle is named, full ones are shown: the first, the last and one between."


def voltage_capacity(wanted: Wanted) -> Drawn:
    return _curves(wanted, plots.voltage_capacity, "plots.voltage_capacity")


def incremental_capacity(wanted: Wanted) -> Drawn:
    widths = _widths(wanted, {"resolution": "resolution_v", "smoothing": "smoothing_v"})
    return _curves(wanted, plots.incremental_capacity, "plots.incremental_capacity", **widths)


def differential_voltage(wanted: Wanted) -> Drawn:
    widths = _widths(wanted, {"resolution": "resolution_ah", "smoothing": "smoothing_ah"}, 1e-3)
    return _curves(wanted, plots.differential_voltage, "plots.differential_voltage", **widths)


def pulses(wanted: Wanted) -> Drawn:
    """The resistance of each step that begins with a change of current."""
    asked = wanted.asked
    cycles = asked.numbers("cycles")
    with wanted.series() as series:
        extra = [columns.VOLTAGE, columns.SOC, columns.NOMINAL_SOC]
        found = pictures.chosen(series, extra, [], cycles)
    if found.is_outline:
        raise BadRequestError("The series is too long for its pulses to be found in all of it: choose cycles.")
    figure = plots.pulse_resistance(found.rows, dark=asked.dark)
    return Drawn(figure, wanted.python("plots.pulse_resistance", cycles=cycles), beyond(figure))


def _curves(wanted: Wanted, draw: Callable[..., Any], name: str, **options: Any) -> Drawn:
    cycles = wanted.asked.numbers("cycles") + wanted.asked.numbers("cycle")
    named = bool(cycles)
    if not named:
        cycles = shortened(_spread(wanted))
    with wanted.series() as series:
        found = pictures.chosen(series, [columns.VOLTAGE], [], cycles)
    figure = draw(found.rows, dark=wanted.asked.dark, **options)
    told = [_OUTLINE if found.is_outline else "", "" if named else _EVEN, some_of(found.rows, CYCLE_COUNT)]
    return Drawn(figure, wanted.python(name, cycles=cycles, **options), " ".join(filter(None, told)))


def _spread(wanted: Wanted) -> list[int]:
    """The first full cycle, the last one and some between; of all there are where none is full."""
    table = wanted.table("cycles")
    if CYCLE_COUNT not in table.columns:
        return []
    counts = full_cycles(table) or table[CYCLE_COUNT].drop_nulls().cast(pl.Int64).to_list()
    return spread_evenly(counts, _CHOSEN)


def _widths(wanted: Wanted, names: dict[str, str], scale: float = 1e-3) -> dict[str, float]:
    """Widths that are given in thousandths, as millivolts."""
    found = {to: wanted.asked.number(name) for name, to in names.items()}
    return {to: width * scale for to, width in found.items() if width is not None}
