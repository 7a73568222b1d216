"""The properties of a record as the rows of a table, each in the unit that is asked for."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.quantities import in_unit, is_quantity
from cellkeep.domain.units import units_like
from cellkeep.web import spreadsheets
from cellkeep.web.words import plainly, quantity

MOST_ROWS: Final = 1000
_EXACT_DIGITS: Final = 12
UNIT_OF: Final = "unit."
"""Before the path of a property, the parameter that says in which unit it is shown."""


@dataclass(frozen=True)
class PropertyRow:
    """One property.

    Attributes:
        path: its keys, with dots between.
        name: its keys as words, from the outside to the inside.
        value: as it was sent; a number, a text, or anything else that JSON has.
        unit: as it was sent; empty where there is none.
        shown_in: the unit that is asked for.
        shown: the number in that unit; the number as it was sent where it can not be converted.
        canonical: value and unit that it is searched by; None where its unit is not understood.
        units: those it can be shown in, its own first.
    """

    path: str
    name: Sequence[str]
    value: Any
    unit: str = ""
    shown_in: str = ""
    shown: float | None = None
    canonical: Mapping[str, Any] | None = None
    units: Sequence[str] = ()

    @property
    def is_number(self) -> bool:
        return self.shown is not None

    @property
    def is_converted(self) -> bool:
        return self.shown_in != self.unit

    @property
    def text(self) -> str:
        """What is shown: a number as exactly as it was sent, anything else in words."""
        return exactly(self.shown) if self.shown is not None else quantity(self.value)


def exactly(number: float) -> str:
    """A number with all that was said of it, but without the noise of its binary form.

    >>> exactly(0.1 + 0.2), exactly(12345), exactly(5e-12)
    ('0.3', '12,345', '5e-12')
    """
    if isinstance(number, int) and abs(number) < 1e15:
        return f"{number:,}"
    text = f"{number:.{_EXACT_DIGITS}g}"
    return text if "e" in text else f"{float(text):,.{len(text.partition('.')[2])}f}"


def rows_of(record: CellMeasurement, units: Mapping[str, str]) -> list[PropertyRow]:
    """A row for each property, nested ones too, up to the most that a page shows."""
    found: list[PropertyRow] = []
    for path, names, value in leaves(record.properties or {}):
        if len(found) == MOST_ROWS:
            break
        found.append(_row(path, names, value, record, units.get(path, "")))
    return found


def leaves(value: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Path, names and value of everything that is not nested any further; places in lists are counted from 1."""
    if isinstance(value, Mapping) and value and not is_quantity(value):
        for key, each in value.items():
            yield from leaves(each, (*names, str(key)))
    elif isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
        for place, each in enumerate(value, 1):
            yield from leaves(each, (*names, str(place)))
    else:
        yield ".".join(names), tuple(map(plainly, names)), value


def number_in(value: Any, unit: str) -> float | None:
    """The number of a property in a unit; of a plain number where no unit is asked for; else None."""
    if is_quantity(value):
        return value["value"] if value["unit"] == unit else in_unit(value, unit)
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if plain and not unit else None


def as_csv(rows: Iterable[PropertyRow]) -> str:
    """The table as it is shown, and as it was sent."""
    target = io.StringIO()
    writing = csv.writer(target)
    headings = ("property", "value", "unit", "value as sent", "unit as sent", "canonical value", "canonical unit")
    writing.writerow(headings)
    for row in rows:
        sent = row.value["value"] if is_quantity(row.value) else row.value
        canonical = row.canonical or {"value": "", "unit": ""}
        shown = row.shown if row.is_number else row.text
        cells = [row.path, shown, row.shown_in, sent, row.unit, canonical["value"], canonical["unit"]]
        writing.writerow(map(spreadsheets.cell, cells))
    return target.getvalue()


def _row(path: str, names: tuple[str, ...], value: Any, record: CellMeasurement, wanted: str) -> PropertyRow:
    if not is_quantity(value):
        return PropertyRow(path, names, value, shown=number_in(value, ""))
    units = units_like(value["unit"])
    unit = wanted if wanted in units else value["unit"]
    shown = number_in(value, unit)
    return PropertyRow(path, names, value, value["unit"], unit, shown, record.canonical.get(path), units)
