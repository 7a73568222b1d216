"""Gamry: `.DTA`, text with several tables; the spectrum is read where there is one, else the curve."""

import re
from collections.abc import Callable, Sequence

from cellkeep.domain import columns as c
from cellkeep.readers.format import Format, labels, source
from cellkeep.readers.grid import Grid, Place

_KEYWORD = re.compile(r"^[A-Z][A-Z0-9_]{2,}$")


def _table(name: str) -> Callable[[Grid], Place | None]:
    """Finds the first table of that name, `CURVE` or `CURVE1`; it ends with the first line that begins a new thing."""

    def find(grid: Grid) -> Place | None:
        for at, row in enumerate(grid.rows[:-2]):
            if row[1:2] == ["TABLE"] and row[0].strip().upper().rstrip("0123456789") == name:
                end = next((below for below in range(at + 2, len(grid.rows)) if _begins(grid.rows[below])), None)
                return grid.place(at + 1, end)
        return None

    return find


def _begins(row: Sequence[str]) -> bool:
    """Whether a line begins a new thing, such as `EXPERIMENTABORTED`, and is no row of values that is damaged."""
    return _KEYWORD.match(row[0].strip()) is not None and not any(char.isdigit() for char in "".join(row[1:2]))


def _about(lines: Sequence[str]) -> dict[str, str]:
    """Lines such as `DATE`, `LABEL`, `4/23/2018`, `Date`, apart by tabs."""
    cells = [line.split("\t") for line in lines]
    said = {row[0].strip().lower(): [cell.strip() for cell in row[1:3]] for row in reversed(cells) if row[0].strip()}
    found = {label: values[1] for label, values in said.items() if len(values) == 2}
    if tag := next(iter(said.get("tag", [])), ""):
        found["tag"] = tag  # the one label whose value follows at once
    notes = next((at for at, row in enumerate(cells) if row[:2] == ["NOTES", "NOTES"]), None)
    if notes is not None:
        found["notes"] = " ".join(
            row[1].strip() for row in cells[notes + 1 : notes + 4] if row[0] == "" and len(row) > 1
        )
    return found


_HEADER = labels(
    protocol__name="tag",
    start_time="date",
    start_clock="time",
    instrument="pstat",
    notes="notes",
    test_name="title",
)
_COLUMNS = (
    source(c.TIME, "time", "t", unit="s"),
    source(c.VOLTAGE, "vf", "vdc", unit="V"),
    source(c.CURRENT, "im", "idc", unit="A"),
    source(c.TEMPERATURE, "temp"),
)

GAMRY_EIS = Format(
    name="gamry",
    title="Gamry",
    find=_table("ZCURVE"),
    positive="charge",
    data_type="eis",
    columns=(
        *_COLUMNS,
        source(c.FREQUENCY, "freq"),
        source(c.Z_RE, "zreal"),
        source(c.Z_IM, "zimag"),
        source(c.Z_MOD, "zmod"),
        source(c.Z_PHASE, "zphz"),
    ),
    header=_HEADER,
    about=_about,
)
GAMRY = Format(
    name="gamry-curve",
    title="Gamry",
    marks=("EXPLAIN",),
    find=_table("CURVE"),
    positive="charge",
    columns=_COLUMNS,
    header=_HEADER,
    about=_about,
)
