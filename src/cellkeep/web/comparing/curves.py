"""Curves of chosen cycles: voltage against capacity, differential curves, series, pulses and spectra of many cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.domain.columns import STEP_COUNT
from cellkeep.plots.aiming import beyond
from cellkeep.plots.choosing import MOST_UNASKED
from cellkeep.services import comparing
from cellkeep.services.spectra import NO_CLOCK
from cellkeep.summarise import derived
from cellkeep.summarise.derived.names import AREAL, units_of
from cellkeep.web.comparing.asked import SERIES, View
from cellkeep.web.comparing.chosen import Choice, Chosen, of_cycles, picture, spectra, whole_series
from cellkeep.web.comparing.colours import colours, of_curves
from cellkeep.web.comparing.curves_in_python import in_python
from cellkeep.web.comparing.listed import Comparison
from cellkeep.web.comparing.overlay import CAN_NOT_BE_DRAWN, Overlay, nothing, noting, told_of
from cellkeep.web.comparing.points_of import table_of
from cellkeep.web.comparing.scale import BY_AREA, capacity_of, of_capacity

_MOST_ROWS = 2_000_000
"""Of all series together, which are held while they are drawn."""
_MOST_OF_ONE = 200_000


@dataclass(frozen=True)
class _Kind:
    """How a figure is made.

    Attributes:
        draw: the function of `cellkeep.plots`.
        choose: what is read for it.
        scaled: whether it shows charge, which can be divided by a capacity.
        counted: whether rows have to tell their steps.
        told: what is to be known of it where no cycle is named.
    """

    draw: Callable[..., go.Figure]
    choose: Choice
    scaled: bool = False
    counted: bool = False
    told: str = ""


_PULSES = "Circles are R0, diamonds after 1 s, squares after 10 s and triangles after 30 s; filled on discharge."
_FULL = "Where no cycle is named, full ones are shown: the first, the last and one between."
_KINDS: Final[Mapping[str, _Kind]] = {
    "voltage_capacity": _Kind(plots.voltage_capacity, of_cycles, scaled=True, counted=True, told=_FULL),
    "incremental_capacity": _Kind(plots.incremental_capacity, of_cycles, scaled=True, counted=True, told=_FULL),
    "differential_voltage": _Kind(plots.differential_voltage, of_cycles, scaled=True, counted=True, told=_FULL),
    "time_series": _Kind(plots.time_series, picture),
    "pulse_resistance": _Kind(plots.pulse_resistance, whole_series, counted=True, told=_PULSES),
    "nyquist": _Kind(plots.nyquist, spectra),
    "bode": _Kind(plots.bode, spectra),
}
CURVES: Final = tuple(_KINDS)


def curves(comparison: Comparison) -> Overlay:
    """Draw rows of the series."""
    kind, lacking = _KINDS[comparison.view.plot], dict[str, str]()
    chosen = _chosen(comparison, kind, lacking)
    details = _read(comparison, kind, chosen, lacking)
    capacities = _capacities(comparison, kind, details, lacking)
    _leave_out_areal(comparison, kind, details, lacking)
    of_steps = {each.listed.label: each.of_steps for each in chosen if each.of_steps is not None}
    drawn = _drawn(comparison, kind, details, of_steps, lacking)
    if drawn is None:
        return nothing(lacking, "None of the measurements can be drawn so; the list says why.")
    if capacities is not None:
        capacities = {label: capacities[label] for label in details}
        plots.by_capacity(drawn, capacities, of=of_capacity(comparison.view))
    used = [_as_read(each, details[each.listed.label]) for each in chosen if each.listed.label in details]
    paint = of_curves(comparison, comparison.view.dark)
    chips = colours(comparison, comparison.view.dark).chips(list(details), comparison.view.dark)
    return Overlay(
        paint.explained(drawn),
        in_python(comparison, kind.draw.__name__, used, _options(comparison.view), capacities),
        " ".join(filter(None, [told_of(lacking, len(comparison.shown)), _told(comparison, kind, used, drawn)])),
        partial(table_of, drawn),
        {each.listed.id: chips[each.listed.label] for each in used},
        lacking,
        {each.listed.id: each.listed.label for each in used},
    )


def _options(view: View) -> dict[str, Any]:
    return {"y": list(view.y or SERIES[:2])} if view.plot == "time_series" else {}


def _told(comparison: Comparison, kind: _Kind, used: Sequence[Chosen], drawn: go.Figure) -> str:
    """What is to be known of the figure."""
    named = comparison.view.cycles or all(each.listed.entry.cycles for each in used)
    most = max((len(each.python.get("cycles", ())) for each in used), default=0)
    some = f"At most {MOST_UNASKED} cycles of each are drawn, spread evenly." if most > MOST_UNASKED else ""
    told = ["" if kind.told == _FULL and named else kind.told, some if kind.scaled else ""]
    return " ".join(filter(None, [*told, beyond(drawn) if kind.told == _PULSES else ""]))


def _chosen(comparison: Comparison, kind: _Kind, lacking: dict[str, str]) -> list[Chosen]:
    """What is read of each measurement; of the others it is noted why nothing is."""
    tables = comparing.step_tables(comparison.store, [each.subject for each in comparison.shown])
    found = []
    for each in comparison.shown:
        if isinstance(table := tables[each.id], str):
            lacking[each.id] = table
            continue
        with noting(lacking, each.id):
            found.append(kind.choose(comparison, each, table))
    return found


def _read(
    comparison: Comparison, kind: _Kind, chosen: Sequence[Chosen], lacking: dict[str, str]
) -> dict[str, SimpleNamespace]:
    """Rows and steps of each measurement, by label."""
    most = min(_MOST_OF_ONE, _MOST_ROWS // max(len(chosen), 1))
    rows = comparing.rows(comparison.store, comparison.who, {each.listed.id: each.query for each in chosen}, most)
    with_soc = all(each.rated_ah is not None for each in chosen)
    details = {}
    for each in chosen:
        if isinstance(found := _with_clock(comparison.view, each, rows[each.listed.id]), str):
            lacking[each.listed.id] = found
            continue
        with noting(lacking, each.listed.id):
            if kind.counted:
                columns.require([STEP_COUNT], found.columns, "Such a figure")
            ready = _ready(comparison.view.plot, each, found, with_soc=with_soc)
            details[each.listed.label] = SimpleNamespace(time_series=ready, steps=each.steps)
    return details


def _with_clock(view: View, each: Chosen, rows: pl.DataFrame | str) -> pl.DataFrame | str:
    """The rows, unless they are of a spectrum that has no times for a picture over time."""
    has_none = isinstance(rows, str) or columns.TIME not in rows.columns
    return NO_CLOCK if view.plot == "time_series" and each.listed.is_spectrum and has_none else rows


def _as_read(each: Chosen, detail: SimpleNamespace) -> Chosen:
    """With those columns in Python that the series has."""
    if (asked := each.python.get("columns")) is None:
        return each
    known = [name for name in asked if name in detail.time_series.columns]
    return replace(each, python={**each.python, "columns": known})


def _ready(plot: str, each: Chosen, rows: pl.DataFrame, *, with_soc: bool) -> pl.DataFrame:
    """Pulses know their state of charge, and chosen cycles in one picture over time begin together."""
    if with_soc and each.rated_ah is not None:
        return derived.with_nominal_soc(rows, each.rated_ah)
    if plot != "time_series" or "cycles" not in each.python or columns.TIME not in rows.columns:
        return rows
    return rows.with_columns(pl.col(columns.TIME) - pl.col(columns.TIME).min())


def _capacities(
    comparison: Comparison, kind: _Kind, details: dict[str, SimpleNamespace], lacking: dict[str, str]
) -> dict[str, float] | None:
    """What charge is divided by, by label; who has no such capacity is left out. None where nothing is divided."""
    if not kind.scaled or comparison.view.normalise == "none":
        return None
    found: dict[str, float] = {}
    for each in comparison.shown:
        if each.label in details:
            with noting(lacking, each.id):
                found[each.label] = capacity_of(each, comparison.view)
    for label in details.keys() - found.keys():
        del details[label]
    return found


def _leave_out_areal(
    comparison: Comparison, kind: _Kind, details: dict[str, SimpleNamespace], lacking: dict[str, str]
) -> None:
    """Charge by area of the electrode does not lie on one axis with that of whole cells."""
    ids = {each.label: each.id for each in comparison.shown}
    by_area = [label for label, each in details.items() if units_of(each.time_series.columns) is AREAL]
    if kind.scaled and len(by_area) < len(details):
        for label in by_area:
            del details[label]
            lacking[ids[label]] = BY_AREA


def _drawn(
    comparison: Comparison,
    kind: _Kind,
    details: dict[str, SimpleNamespace],
    of_steps: Mapping[str, Sequence[int]],
    lacking: dict[str, str],
) -> go.Figure | None:
    """The figure of those that can be drawn; of the others it is noted why they can not."""
    dark, options = comparison.view.dark, _options(comparison.view)
    options |= {"chosen": of_steps} if of_steps else {}
    paint = of_curves(comparison, dark)

    def draw(some: Mapping[str, SimpleNamespace]) -> go.Figure:
        return kind.draw(dict(some), dark=dark, **options, **paint.options(list(some)))

    try:
        return draw(details) if details else None
    except CAN_NOT_BE_DRAWN:
        ids = {each.label: each.id for each in comparison.shown}
        for label in list(details):
            with noting(lacking, ids[label]):
                draw({label: details[label]})
            if ids[label] in lacking:
                del details[label]
        return draw(details) if details else None
