"""What is read of each measurement for a figure of curves: which rows, and of which cycles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.columns import CYCLE_COUNT, STEP_COUNT
from cellkeep.domain.errors import CellkeepError
from cellkeep.domain.time_series import SeriesQuery, shortened
from cellkeep.services.spectra import NO_PULSES
from cellkeep.summarise import derived, names
from cellkeep.summarise.areal import areal
from cellkeep.summarise.labels import EIS
from cellkeep.web.comparing.asked import SERIES
from cellkeep.web.comparing.listed import Comparison, Listed

_SOME = 3
"""Cycles that are drawn where none is named: the first full one, the last, and one between."""
_MOST_CURVES = 400
_MOST_POINTS, _FEWEST_POINTS, _MOST_OF_LINE = 40_000, 200, 4000

_CHARGE = (columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY, columns.CAPACITY)
_MOVING = (columns.TIME, columns.VOLTAGE, columns.CURRENT, columns.AREAL_CURRENT, *_CHARGE, *map(areal, _CHARGE))
_SOC = (columns.SOC, columns.NOMINAL_SOC)
_COUNTS = (STEP_COUNT, CYCLE_COUNT)
_IMPEDANCE = (*columns.SPECTRUM, columns.Z_MOD, columns.Z_PHASE)


@dataclass(frozen=True)
class Chosen:
    """What is read of one measurement.

    Attributes:
        listed: the measurement.
        query: its rows.
        python: arguments that ask for the same rows in Python.
        steps: its step table, as far as figures need it; None where they do not.
    """

    listed: Listed
    query: SeriesQuery
    python: Mapping[str, Any]
    steps: pl.DataFrame | None = None
    rated_ah: float | None = None
    """Where it makes the state of charge of these rows known."""
    of_steps: Sequence[int] | None = None
    """The steps of these rows, where lines break at others, which are in the step table then."""


Choice = Callable[[Comparison, Listed, pl.DataFrame], Chosen]
"""What is read of a measurement with this step table; CellkeepError where nothing is."""


def of_cycles(comparison: Comparison, each: Listed, steps: pl.DataFrame, also: Sequence[str] = ()) -> Chosen:
    """The rows of the chosen cycles, or of some full ones."""
    cycles = _cycles(comparison, each)
    columns.require([CYCLE_COUNT], steps.columns, "Choosing cycles")
    query = SeriesQuery(columns=[*_MOVING, *also, *_COUNTS], cycles=shortened(cycles))
    return Chosen(each, query, {"cycles": cycles}, steps.filter(pl.col(CYCLE_COUNT).is_in(cycles)))


def whole_series(comparison: Comparison, each: Listed, steps: pl.DataFrame) -> Chosen:
    """All rows, or those of the chosen cycles."""
    if each.is_spectrum:
        raise CellkeepError(NO_PULSES)
    if each.entry.cycles or comparison.view.cycles:
        return replace(of_cycles(comparison, each, steps, _SOC), steps=None)
    return Chosen(each, SeriesQuery(columns=[*_MOVING, *_SOC, *_COUNTS]), {}, rated_ah=each.subject.rated_ah)


def picture(comparison: Comparison, each: Listed, steps: pl.DataFrame) -> Chosen:
    """Some of all rows, or of those of the chosen cycles, through which lines look like lines through all."""
    wanted = comparison.view.y or SERIES[:2]
    points = max(_FEWEST_POINTS, min(_MOST_OF_LINE, _MOST_POINTS // len(comparison.shown)))
    read = {"columns": [columns.TIME, *wanted], "max_points": points}
    if each.entry.cycles or comparison.view.cycles:
        cycles = _cycles(comparison, each)
        columns.require(list(_COUNTS), steps.columns, "Choosing cycles")
        of_steps = steps.filter(pl.col(CYCLE_COUNT).is_in(cycles))[STEP_COUNT].cast(pl.Int64).to_list()
        read["columns"] = [columns.TIME, *wanted, *_COUNTS]
        query = SeriesQuery(**read, cycles=shortened(cycles))
        return Chosen(each, query, {**read, "cycles": cycles}, steps, of_steps=of_steps)
    return Chosen(each, SeriesQuery(**read), read)


def spectra(comparison: Comparison, each: Listed, steps: pl.DataFrame) -> Chosen:
    """The rows of the steps with impedance, or some of them."""
    columns.require([STEP_COUNT, names.STEP_TYPE], steps.columns, "Impedance")
    found = steps.filter(pl.col(names.STEP_TYPE) == EIS)
    if named := bool(each.entry.cycles or comparison.view.cycles):
        found = found.filter(pl.col(CYCLE_COUNT).is_in(_cycles(comparison, each)))
    counts = found[STEP_COUNT].cast(pl.Int64).unique().sort().to_list()
    if not counts:
        raise CellkeepError(f"It has no impedance{' in the cycles that were chosen' if named else ''}.")
    some = derived.spread_evenly(counts, max(1, _MOST_CURVES // 4 // len(comparison.shown)))
    query = SeriesQuery(columns=[*_IMPEDANCE, *_COUNTS, *_SOC], steps=shortened(some))
    return Chosen(each, query, {"steps": some}, steps.filter(pl.col(STEP_COUNT).is_in(some)))


def _cycles(comparison: Comparison, each: Listed) -> list[int]:
    """The cycles of a measurement that are drawn: those that are named, else some full ones.

    Raises:
        CellkeepError: it has none of them.
    """
    if each.cycles is None or CYCLE_COUNT not in each.cycles.columns:
        raise CellkeepError(each.lacking or "It has no cycles.")
    there = [int(count) for count in each.cycles[CYCLE_COUNT].drop_nulls().sort()]
    named = each.entry.cycles or comparison.view.cycles
    most = max(1, _MOST_CURVES // len(comparison.shown))
    if named:
        asked = replace(each.entry, cycles=tuple(named))
        if not (found := [count for count in there if asked.has(count)]):
            raise CellkeepError("It has none of the cycles that were chosen.")
        return derived.spread_evenly(found, most)
    if not there:
        raise CellkeepError("It has no cycles.")
    return derived.spread_evenly(derived.full_cycles(each.cycles) or there, min(_SOME, most))
