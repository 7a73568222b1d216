"""The page of a time series: one view at a time, each a figure with the table that drives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import BadRequestError, NotReadyError
from cellkeep.domain.findings import Finding
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.people import Caller
from cellkeep.plots.drawn import STEP_TIME
from cellkeep.services import checking, measurements
from cellkeep.services.marks import marks, spans
from cellkeep.services.spectra import is_spectrum
from cellkeep.services.time_series import opened
from cellkeep.storage.store import Store
from cellkeep.summarise.areal import tells
from cellkeep.summarise.names import END_TIME, START_TIME
from cellkeep.web.figures.asked import Asked
from cellkeep.web.figures.reference import Reference, reference_of
from cellkeep.web.figures.series import CHARGE_AXES, usual
from cellkeep.web.mending.repairing import words_of
from cellkeep.web.tables import CYCLE_HEADINGS, STEP_HEADINGS, Headings, cells

ROWS_PER_PAGE: Final = 200
_RAMPS = (columns.STEP_COUNT, columns.CYCLE_COUNT, columns.SOC, columns.NOMINAL_SOC)
"""What spectra may be coloured by."""
_MARGIN = 5
"""Lengths of what was found that are shown on either side of it."""

VIEWS: Final[Mapping[str, str]] = {
    "series": "Series",
    "cycles": "Cycles",
    "voltage_capacity": "Voltage against capacity",
    "incremental_capacity": "dQ/dV",
    "pulses": "Pulses",
    "impedance": "Impedance",
    "checks": "Checks",
    "origin": "Origin",
}


@dataclass(frozen=True)
class Listed:
    """A part of a table.

    Attributes:
        headings: of its columns, and whether each holds numbers.
        rows: the key of each row, the part of the axis it is about, and its cells as text.
        total: rows of the whole table.
        page: which part, counted from 1.
        per_page: rows of a part.
    """

    headings: Sequence[tuple[str, bool]]
    rows: Sequence[tuple[Any, Any, Any, Sequence[str]]]
    total: int
    page: int
    per_page: int = ROWS_PER_PAGE


def parts(store: Store, who: Caller, record: CellMeasurement, asked: Asked) -> dict[str, Any]:
    """What the page of a series shows."""
    try:
        with opened(store, who, record.id) as series:
            schema = series.source.schema
        tables = measurements.stored_tables(store, who, record.id, "steps", "cycles")
    except NotReadyError as error:
        return {"not_ready": error.message, "views": {}, "shown": "origin"}
    views = _views(schema, tables, alone=is_spectrum(record, tables["steps"]))
    wanted = asked.text("view")
    shown = wanted if wanted in views else next(iter(views))
    return {
        "not_ready": None,
        "views": views,
        "shown": shown,
        "numeric": [name for name, kind in schema.items() if kind.is_numeric()],
        "usual": usual(schema, "", tables["steps"]),
        "x_axes": _x_axes(schema),
        "ramps": [name for name in _RAMPS if name in schema],
        "cycle_range": _range(tables["cycles"]),
        **_table_of(shown, record, tables, asked),
        "found": _found(store, who, record, tables["steps"]) if shown == "checks" else [],
    }


def _table_of(shown: str, record: CellMeasurement, tables: Mapping[str, pl.DataFrame], asked: Asked) -> dict[str, Any]:
    """The table that belongs to a view, if there is one."""
    if shown == "series":
        span = (START_TIME, END_TIME)
        return {"steps": _listed(tables["steps"], STEP_HEADINGS, columns.STEP_COUNT, span, asked)}
    if shown == "cycles":
        found = _referred(tables["cycles"], record, asked)
        listed = _listed(found.table, CYCLE_HEADINGS, columns.CYCLE_COUNT, None, asked)
        return {"cycles": listed, "reference": found.cycle}
    return {}


def _referred(cycles: pl.DataFrame, record: CellMeasurement, asked: Asked) -> Reference:
    try:
        return reference_of(cycles, record, asked.whole("reference"))
    except BadRequestError:  # the figure says what is wrong
        return reference_of(cycles, record, None)


@dataclass(frozen=True)
class Found:
    """What the checks found of one code: the first of them in words, how many there are, and where the first is."""

    finding: Finding
    number: int
    span: tuple[float, float] | None
    mend: str
    """What can be done about it, in words; empty where nothing safe can, or the reader may not."""


def _found(store: Store, who: Caller, record: CellMeasurement, steps: pl.DataFrame) -> list[Found]:
    with store.reading(who) as work:
        told = checking.found(work, record.id)
    first = {each.code: each for each in reversed(told.findings)}
    ordered = [first[code] for code in told.counts if code in first]
    with opened(store, who, record.id) as series:
        places = spans(series, [marks(each, steps)[:1] for each in ordered])
    may_write = who.may_write(record.project_id)
    return [
        Found(each, told.counts[each.code], _around(own[0]) if own else None, words_of(each.code) if may_write else "")
        for each, own in zip(ordered, places, strict=True)
    ]


def _around(span: tuple[float, float]) -> tuple[float, float]:
    """A part of the time axis with the place in its middle."""
    margin = max((span[1] - span[0]) * _MARGIN, 1.0)
    return span[0] - margin, span[1] + margin


def _views(schema: pl.Schema, tables: Mapping[str, pl.DataFrame], *, alone: bool) -> dict[str, str]:
    """The views that have something to show, impedance alone none of cycles; what it is for comes first."""
    has_impedance = set(columns.SPECTRUM) <= set(schema)
    moves = columns.CURRENT in schema or columns.AREAL_CURRENT in schema
    lacking = set()
    if not has_impedance:
        lacking |= {"impedance"}
    if alone or not moves or columns.VOLTAGE not in schema or columns.TIME not in schema:
        lacking |= {"cycles", "voltage_capacity", "incremental_capacity", "pulses"}
    if columns.CURRENT not in schema:
        lacking |= {"pulses"}
    found = {name: words for name, words in VIEWS.items() if name not in lacking}
    if has_impedance and (alone or tables["cycles"].height <= 1):
        return {"impedance": found["impedance"], **found}
    return found


def _x_axes(schema: pl.Schema) -> list[str]:
    """What a series can be drawn over; what it is drawn over unless something else is asked for comes first."""
    own = [name for name in columns.X_AXES if name in schema]
    follows = [name for current, names in CHARGE_AXES.items() if current in schema for name in names]
    timed = [STEP_TIME, *follows] if {columns.TIME, columns.STEP_COUNT} <= set(schema) else []
    return list(dict.fromkeys([*own, *timed])) or list(schema)[:1]


def _range(cycles: pl.DataFrame) -> tuple[int, int] | None:
    if columns.CYCLE_COUNT not in cycles.columns or cycles.is_empty():
        return None
    counts = cycles[columns.CYCLE_COUNT].drop_nulls()
    return (int(counts.min()), int(counts.max())) if counts.len() else None  # type: ignore[arg-type]


def _listed(table: pl.DataFrame, headings: Headings, key: str, span: tuple[str, str] | None, asked: Asked) -> Listed:
    last = max(-(-table.height // ROWS_PER_PAGE), 1)
    page = min(max(asked.whole("page") or 1, 1), last)
    part = table.slice((page - 1) * ROWS_PER_PAGE, ROWS_PER_PAGE)
    shown = {name: heading for name, heading in headings.items() if tells(table, name)}
    found = part.to_dict(as_series=False)
    blank = [None] * part.height
    edges = [found.get(name, blank) for name in span] if span else [blank, blank]
    rows = zip(found.get(key, blank), *edges, cells(found, shown), strict=True)
    return Listed([(words, form != "s") for words, form in shown.values()], list(rows), table.height, page)
