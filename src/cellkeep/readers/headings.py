"""What a person has to see of a file to say which of its columns is what."""

from dataclasses import dataclass
from pathlib import Path

from cellkeep.domain.errors import UnusableDataError
from cellkeep.readers.choosing import choose
from cellkeep.readers.detection import detect, format_named, likely_headings, look_for, open_file
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.format import Format, Match
from cellkeep.readers.formats.generic import GENERIC
from cellkeep.readers.preview import Preview, look_at

_SHOWN_ROWS = 8
_SHOWN_COLUMNS = 200
_LONGEST_CELL = 200


@dataclass(frozen=True)
class Headings:
    """The headings of a table, and its first rows, as they are written.

    Attributes:
        titles: of the columns; empty where a column has none.
        rows: the first ones, with as many cells as there are titles.
        line: where the headings stand, counted from 1.
        sheet: of a workbook in which the table is; empty for other files.
        known: what a reader takes of them by itself, by title.
    """

    titles: list[str]
    rows: list[list[str]]
    line: int
    sheet: str
    known: dict[str, str]


def headings_of(path: Path, reader: str | None = None) -> Headings | None:
    """The headings of the table that is read, or of what looks most like one; None where nothing does.

    Raises:
        FileNotFoundError: there is no such file.
        UnusableDataError: it is empty, damaged, or of a kind that no reader knows.
        InvalidError: there is no such reader.
        ModuleNotFoundError: the library for its kind is not installed.
    """
    look_for(path)
    preview = look_at(path)
    opened = open_file(preview)
    found = _matched(preview, opened, reader)
    if found is None:
        return None
    fmt, match = found
    grid, place = match.grid, match.place
    titles = grid.titles(place)[:_SHOWN_COLUMNS]
    rows = [[cell.strip()[:_LONGEST_CELL] for cell in row[: len(titles)]] for row in grid.sample(place)[:_SHOWN_ROWS]]
    known = {chosen.title: target for target, chosen in choose(fmt, match, {}).by_target.items()}
    whole = [row + [""] * (len(titles) - len(row)) for row in rows]
    return Headings(titles, whole, place.heading + 1, grid.name, known)


def _matched(preview: Preview, opened: Opened, reader: str | None) -> tuple[Format, Match] | None:
    try:
        return detect(preview, opened, reader, {})
    except UnusableDataError:
        likely = likely_headings(opened)
        if likely.grid is None:
            return None
        fmt = GENERIC if reader is None else format_named(reader)
        return fmt, Match(likely.grid, likely.grid.place(likely.at), "")
