"""What wrote a file, told by its content."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.readers.files.arbin import open_database
from cellkeep.readers.files.biologic import open_module
from cellkeep.readers.files.neware import open_neware
from cellkeep.readers.files.opened import Opened
from cellkeep.readers.files.parquet import open_parquet
from cellkeep.readers.files.workbooks import open_workbook
from cellkeep.readers.format import Format, Match
from cellkeep.readers.formats.arbin import ARBIN
from cellkeep.readers.formats.basytec import BASYTEC
from cellkeep.readers.formats.bdf import BDF
from cellkeep.readers.formats.biologic import BIOLOGIC
from cellkeep.readers.formats.digatron import DIGATRON
from cellkeep.readers.formats.gamry import GAMRY, GAMRY_EIS
from cellkeep.readers.formats.generic import GENERIC
from cellkeep.readers.formats.impedance import IMPEDANCE
from cellkeep.readers.formats.landt import LANDT
from cellkeep.readers.formats.maccor import MACCOR
from cellkeep.readers.formats.neware import NEWARE
from cellkeep.readers.formats.novonix import NOVONIX
from cellkeep.readers.formats.pec import PEC
from cellkeep.readers.formats.repower import REPOWER
from cellkeep.readers.grid import Grid, grids_of_text
from cellkeep.readers.preview import Preview

FORMATS: tuple[Format, ...] = (
    BDF, GAMRY_EIS, GAMRY, BASYTEC, NOVONIX, PEC, DIGATRON, REPOWER, LANDT, ARBIN, NEWARE, BIOLOGIC, MACCOR, IMPEDANCE,
    GENERIC,
)  # fmt: skip
"""In the order in which they are tried: those first that say most of themselves."""
GROUP = "cellkeep.readers"
"""Installed packages name further formats as entry points of this group; they are tried before the others."""
_SOUGHT = ("time", "voltage", "current")
_LIKELY_ROWS = 400
_OPENING = {
    "workbook": open_workbook,
    "parquet": open_parquet,
    "access": open_database,
    "nda": open_neware,
    "ndax": open_neware,
    "mpr": open_module,
}


def open_file(preview: Preview) -> Opened:
    """The tables of a file.

    Raises:
        UnusableDataError: it is empty, damaged, or of a kind that no reader knows.
        ModuleNotFoundError: the library for its kind is not installed.
    """
    if preview.kind == "text":
        return Opened(grids_of_text(preview))
    if preview.kind in _OPENING:
        return _OPENING[preview.kind](preview.path)
    if preview.kind == "empty":
        raise UnusableDataError(f"'{preview.path.name}' is empty.", detail={"file": preview.path.name, "rows": 0})
    raise UnusableDataError(
        f"'{preview.path.name}' is no text, workbook, parquet, database of Arbin, file of Neware or module of "
        "BioLogic, so no reader knows it. Export it as text, or keep it as a file measurement.",
        detail={"file": preview.path.name, "unknown": True},
    )


def detect(
    preview: Preview, opened: Opened, reader: str | Format | None, mapping: Mapping[str, str]
) -> tuple[Format, Match]:
    """Tell what wrote a file, and where in it the table stands.

    Args:
        preview: its beginning.
        opened: its tables.
        reader: the one that a person names, or a declaration of one's own.
        mapping: headings that a person names.

    Raises:
        InvalidError: there is no such reader.
        UnusableDataError: no reader knows the file; says what was looked for and what was found.
    """
    own = format_named(reader) if isinstance(reader, str) else reader
    for fmt in [own] if own else (*_further(), *FORMATS):
        if match := fmt.match(preview, opened.grids):
            return fmt, match
    if mapping and (match := _by_mapping(opened, mapping)):
        return own or GENERIC, match
    likely = likely_headings(opened)
    words, has = likely.words[:30], likely.has
    if mapping:
        there = {cell.strip().lower() for cell in words}
        if absent := [title for title in mapping if title.strip().lower() not in there]:
            raise InvalidError(
                f"The mapping names {quoted(absent)}, and the line of '{preview.path.name}' that looks most like "
                f"headings has {quoted(words)}."
            )
    raise UnusableDataError(
        _not_recognised(preview, own, words, has),
        detail={
            "file": preview.path.name,
            "readers": list(readers()),
            "unknown": not has,  # nothing in it looks like a series
        },
    )


def _by_mapping(opened: Opened, mapping: Mapping[str, str]) -> Match | None:
    """The table whose headings a person names."""
    wanted = {title.strip().lower() for title in mapping}
    for grid in opened.grids:
        for at, row in enumerate(grid.rows):
            if wanted <= {cell.strip().strip('"').strip().lower() for cell in row}:
                return Match(grid, grid.place(at), "its headings were named")
    return None


def _not_recognised(preview: Preview, own: Format | None, headings: Sequence[str], has: Collection[str]) -> str:
    """What was looked for, what there is, and how to name it."""
    who = f"no file of {own.title}" if own else "of no format that is known"
    lacks = [what for what in _SOUGHT if what not in has]
    looked = "headings of a time, a voltage and a current, or of a frequency and an impedance"
    if len(lacks) == 1:
        seen = f" The headings {quoted(headings)} name no {lacks[0]}."
    else:
        seen = f" The line that looks most like headings has {quoted(headings)}." if headings else ""
    return (
        f"'{preview.path.name}' is {who}: {looked} were looked for in its first lines and not found.{seen} If it holds "
        "a series, say what its columns are: columns={'HEADING': 'Time [s]', …}, or --column 'HEADING=Time [s]', with "
        "'Voltage [V]' and 'Current [A]'. Or keep it as a file measurement."
    )


@dataclass(frozen=True)
class Likely:
    """The row that looks most like headings.

    Attributes:
        words: of its cells, without those that are numbers.
        has: which of time, voltage and current it names.
        grid: the table in which it stands; None where no row looks like headings at all.
        at: which row.
    """

    words: Sequence[str] = ()
    has: frozenset[str] = frozenset()
    grid: Grid | None = None
    at: int = 0


def likely_headings(opened: Opened) -> Likely:
    """The row that looks most like headings: it names most of what is sought, and then has most words."""
    best = Likely()
    for grid in opened.grids:
        for at, (names, row) in enumerate(zip(grid.folded[:_LIKELY_ROWS], grid.rows, strict=False)):
            words = [cell.strip() for cell in row if any(char.isalpha() for char in cell)]
            has = {what for what, group in zip(_SOUGHT, GENERIC.needs, strict=True) if set(group) & set(names)}
            if len(words) > 1 and (len(has), len(words)) > (len(best.has), len(best.words)):
                best = Likely(words, frozenset(has), grid, at)
    return best


def readers() -> dict[str, str]:
    """Names of the readers, and for whose files each is."""
    return {fmt.name: fmt.title for fmt in (*FORMATS, *_further())}


def format_named(name: str) -> Format:
    """The declaration of that name.

    Raises:
        InvalidError: there is none.
    """
    for fmt in (*_further(), *FORMATS):
        if fmt.name == name:
            return fmt
    raise InvalidError(f"There is no reader '{name}'. Readers are {quoted(readers())}.")


@cache
def _further() -> tuple[Format, ...]:
    """The formats that other installed packages declare."""
    return tuple(found for point in entry_points(group=GROUP) if isinstance(found := point.load(), Format))


def newest_version(name: str) -> int | None:
    """The version of the declaration of that name; None where there is none any more."""
    return next((fmt.version for fmt in (*_further(), *FORMATS) if fmt.name == name), None)


def look_for(path: Path) -> None:
    """Refuse what is no file.

    Raises:
        FileNotFoundError: it is not there, or is a folder.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file '{path}'." if not path.exists() else f"'{path}' is a folder.")
