"""A property against another, or against age: a point for each measurement, those of one cell joined."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

import polars as pl

from cellkeep import plots
from cellkeep.web.comparing.colours import Colours, colours, named
from cellkeep.web.comparing.listed import Comparison, Listed
from cellkeep.web.comparing.overlay import Overlay, Script, arguments, nothing, told_of

_AGE = "age"
_DAY_S = 86_400.0


def properties(comparison: Comparison) -> Overlay:
    """Draw what is said of the measurements, of their cells, or follows from their cycles."""
    view = comparison.view
    if not view.of:
        return nothing({}, "Choose the property that is to be drawn.")
    x_name, x = _ages(comparison) if view.over == _AGE else _side(comparison, view.over)
    y_name, y = _side(comparison, view.of)
    if x_name == y_name:
        return nothing({}, "Choose two different properties.")
    shown = [each for each in comparison.shown if each.label in x and each.label in y]
    lacking = {each.id: _missing(each, x_name, x, y_name) for each in comparison.shown if each not in shown}
    if not shown:
        return nothing(lacking, "None of the measurements has both; the list says what is missing.")
    labels = _cells(shown)
    rows = {
        "Label": [labels[each.label] for each in shown],
        "Measurement": [each.label for each in shown],
        x_name: [x[each.label] for each in shown],
        y_name: [y[each.label] for each in shown],
    }
    table = pl.DataFrame(rows)
    paint = _of_cells(colours(comparison, view.dark), labels)
    cells = list(dict.fromkeys(labels.values()))
    drawn = plots.scatter(table, x=x_name, y=y_name, name="Measurement", dark=view.dark, **paint.options(cells))
    chips = paint.chips(cells, view.dark)
    return Overlay(
        paint.explained(drawn),
        _python(comparison.base_url, rows, _of_cells(colours(comparison, dark=False), labels), cells),
        told_of(lacking, len(comparison.shown)),
        lambda: table,
        {each.id: chips[labels[each.label]] for each in shown},
        lacking,
        {each.id: labels[each.label] for each in shown},
    )


def _side(comparison: Comparison, key: str) -> tuple[str, Mapping[str, float]]:
    """What an axis is called, and the numbers by label."""
    side = comparison.side(key)
    return named(key, side.unit), side.numbers or {}


def _ages(comparison: Comparison) -> tuple[str, Mapping[str, float]]:
    """Days since the cells were made, where that is known of all; else since the first of their records in the list."""
    started = {each.label: begun for each in comparison.listed if (begun := _start(each)) is not None}
    dated = [each for each in comparison.listed if each.label in started]
    if dated and all(each.subject.manufactured for each in dated):
        made = {
            each.label: datetime.combine(each.subject.manufactured, time(), UTC)
            for each in dated
            if each.subject.manufactured
        }
        return "Time since manufacture [d]", {label: _days(begun, made[label]) for label, begun in started.items()}
    first: dict[str, datetime] = {}
    for each in dated:
        first[_cell(each)] = min(first.get(_cell(each), started[each.label]), started[each.label])
    found = {each.label: _days(started[each.label], first[_cell(each)]) for each in dated}
    return "Time since first record [d]", found


def _start(each: Listed) -> datetime | None:
    return each.subject.record.start_time if each.subject.record else None


def _days(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / _DAY_S


def _cell(each: Listed) -> str:
    return each.subject.record.cell_instance_id if each.subject.record else each.id


def _cells(shown: list[Listed]) -> dict[str, str]:
    """What the cell of each measurement is called, by label; cells of one name are told apart by specification."""
    of_name: dict[str, set[str]] = {}
    for each in shown:
        of_name.setdefault(each.subject.cell, set()).add(_cell(each))
    return {
        each.label: each.subject.cell
        if len(of_name[each.subject.cell]) == 1
        else f"{each.subject.spec} \N{MIDDLE DOT} {each.subject.cell}"
        for each in shown
    }


def _of_cells(paint: Colours, labels: Mapping[str, str]) -> Colours:
    """The colours of cells: that of the first measurement of each."""

    def first(of: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if of is None:
            return None
        found: dict[str, Any] = {}
        for label, cell in labels.items():
            if label in of:
                found.setdefault(cell, of[label])
        return found

    return Colours(first(paint.given), first(paint.values), paint.value_name, paint.key)


def _missing(each: Listed, x_name: str, x: Mapping[str, float], y_name: str) -> str:
    if each.subject.record is None:
        return each.lacking or ""
    lacks = y_name if each.label in x else x_name
    quantity = lacks.partition(" [")[0]
    return f"It says nothing of '{quantity}'." if not lacks.startswith("Time since") else "It has no start time."


def _python(base_url: str, rows: Mapping[str, Any], paint: Colours, cells: list[str]) -> str:
    script = Script(base_url, imports={"import polars as pl"})
    x, y = list(rows)[2:]
    script.add(
        "table = pl.DataFrame({\n" + "".join(f"    {name!r}: {values!r},\n" for name, values in rows.items()) + "})"
    )
    script.add(f"figure = plots.scatter(table{arguments(x=x, y=y, name='Measurement', **paint.options(cells))})")
    if paint.key is not None:
        script.add(f"figure = plots.with_key(figure, {dict(paint.key)!r})")
    script.add("figure.show()")
    return script.text()
