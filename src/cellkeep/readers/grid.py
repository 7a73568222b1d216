"""A table wherever it stands, in a text, in a sheet of a workbook or in a binary file: rows of cells."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import polars as pl

from cellkeep.readers import text
from cellkeep.readers.cells import Loaded, to_numbers
from cellkeep.readers.preview import SEPARATORS, Preview
from cellkeep.readers.units import Heading, heading, is_unit

Loading = Callable[["Place", Mapping[int, str], Collection[int]], Loaded]
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*$")
_DECIMAL_POINT = re.compile(r"^\s*[+-]?\d+\.\d+([eE][+-]?\d+)?\s*$")
_NUMBER = re.compile(r"^\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*$")
_WORDS = re.compile(r"^[A-Za-z]+( [A-Za-z]+)+$")
_SAMPLE_ROWS = 60
_LONGEST_HEADING = 100
_HEADING_ROWS = 2000
"""Headings stand in one of so many rows."""


@dataclass(frozen=True)
class Place:
    """Where a table begins and ends.

    Attributes:
        heading: the row of its headings, counted from 0.
        first: its first row of values.
        end: the row after its last one; None where it goes on to the end.
    """

    heading: int
    first: int
    end: int | None = None


@dataclass(frozen=True)
class Grid:
    """Rows of cells.

    Attributes:
        name: of the sheet; empty where there is none.
        rows: the first rows, as text.
        loading: reads columns whole, as numbers or as text.
    """

    name: str
    rows: list[list[str]]
    loading: Loading

    def headings(self, place: Place) -> list[Heading]:
        """The headings of a table; the unit is taken from the row below where there is a row of units."""
        found = [heading(cell) for cell in self.rows[place.heading]]
        if place.first == place.heading + 1:
            return found
        units = [cell.strip().strip("()[]") for cell in self.rows[place.heading + 1]]
        units += [""] * (len(found) - len(units))
        return [
            each if each.unit or not is_unit(unit) else Heading(each.name, unit)
            for each, unit in zip(found, units, strict=False)
        ]

    def titles(self, place: Place) -> list[str]:
        """The headings as they are written."""
        return [cell.strip().strip('"').strip() for cell in self.rows[place.heading]]

    def load(self, place: Place, numbers: Mapping[int, str], texts: Collection[int]) -> Loaded:
        """Read columns of a table; they are named by their position."""
        return self.loading(place, numbers, texts)

    def sample(self, place: Place) -> list[list[str]]:
        """The first rows of values."""
        return [row for row in self.rows[place.first : place.end][:_SAMPLE_ROWS] if any(cell.strip() for cell in row)]

    def place(self, at: int, end: int | None = None) -> Place:
        """The table whose headings stand in that row; units or a phrase such as `End Comments` below are no values."""
        below = self.rows[at + 1] if at + 1 < len(self.rows) else []
        filled = [cell.strip().strip("()[]") for cell in below if cell.strip()]
        is_text = bool(filled) and not any(map(_NUMBER.match, filled))
        words = len(filled) == 1 and _WORDS.match(filled[0]) is not None
        not_values = is_text and (words or any(map(is_unit, filled)))
        return Place(at, at + 1 + not_values, end)

    @cached_property
    def folded(self) -> list[list[str]]:
        """The names of the headings that each row would be; none of a row that is mostly numbers."""
        return [[heading(cell).name for cell in row] if _is_worded(row) else [] for row in self.rows[:_HEADING_ROWS]]

    @cached_property
    def worded(self) -> list[tuple[int, list[str]]]:
        """The rows that may be headings, and their names."""
        return [(at, names) for at, names in enumerate(self.folded) if names]


def _is_worded(row: Sequence[str]) -> bool:
    if len(row) < 2:
        return False
    filled = [cell for cell in row if cell and not cell.isspace()]
    if any(len(cell) > _LONGEST_HEADING for cell in filled):
        return False
    numbers = sum(_NUMBER.match(cell) is not None for cell in filled)
    return len(filled) > 1 and 2 * numbers <= len(filled)


def grids_of_text(preview: Preview) -> list[Grid]:
    """The text taken apart at each separator that a table may have."""
    return [Grid("", list(preview.rows(each)), partial(_load_text, preview, each)) for each in (*SEPARATORS, " ")]


def grid_of_frame(name: str, frame: pl.DataFrame) -> Grid:
    """A frame, whose columns have names, as a grid whose first row are the names."""

    def loading(_: Place, numbers: Mapping[int, str], texts: Collection[int]) -> Loaded:
        columns = frame.get_columns()
        chosen = pl.DataFrame({str(at): columns[at] for at in {*numbers, *texts}})
        kept = chosen.with_columns(pl.col(str(at)).cast(pl.String) for at in texts if at not in numbers)
        return to_numbers(kept, {str(at): title for at, title in numbers.items()})

    head = frame.head(_SAMPLE_ROWS)
    rows = [["" if cell is None else str(cell) for cell in row] for row in head.rows()]
    return Grid(name, [frame.columns, *rows], loading)


def _load_text(
    preview: Preview, separator: str, place: Place, numbers: Mapping[int, str], texts: Collection[int]
) -> Loaded:
    rows = preview.rows(separator)[place.first : place.end][:_SAMPLE_ROWS]
    commas = separator != "," and _has_decimal_commas(rows, numbers)
    headings = None if separator == " " else len(preview.rows(separator)[place.heading])
    return text.load(preview, text.Layout(place.first, separator, commas, place.end, headings), numbers, texts)


def _has_decimal_commas(rows: Sequence[list[str]], numbers: Mapping[int, str]) -> bool:
    cells = [row[at] for row in rows for at in numbers if at < len(row)]
    commas = sum(_DECIMAL_COMMA.match(cell) is not None for cell in cells)
    return commas > sum(_DECIMAL_POINT.match(cell) is not None for cell in cells)
