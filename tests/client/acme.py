"""A make of cycler whose declaration becomes better: of two voltages it takes the right one, and it knows the room."""

from dataclasses import replace
from pathlib import Path

import pytest

from cellkeep.domain import columns as c
from cellkeep.readers import detection
from cellkeep.readers.format import Format, labels, source

FIRST = Format(
    name="acme",
    title="Acme",
    marks=("Acme Cycler",),
    needs=(("time",), ("voltage",), ("current",)),
    positive="discharge",
    columns=(source(c.TIME, "time"), source(c.VOLTAGE, "voltage"), source(c.CURRENT, "current")),
    header=labels(operator="user", start_time="started"),
)
BETTER = replace(
    FIRST,
    version=2,
    columns=(
        source(c.TIME, "time"),
        source(c.VOLTAGE, "sense"),
        source(c.CURRENT, "current"),
        source("Room temperature [degC]", "room"),
    ),
    header=labels(operator="user", start_time="started", cell_label="cell", protocol__name="program"),
)


def install(patch: pytest.MonkeyPatch, fmt: Format) -> None:
    """Have cellkeep know this make, as it is declared there."""
    patch.setattr(detection, "FORMATS", (fmt, *(each for each in detection.FORMATS if each.name != fmt.name)))


def written(path: Path, rows: int = 20, more: str = "") -> Path:
    """A file of that make: half of it discharge, half charge."""
    lines = [
        f"{row},{3.6 - level / 100:.3f},{3.5 - level / 100:.3f},{1 if row < rows // 2 else -1},23.5"
        for row in range(rows)
        for level in [min(row, rows - row)]
    ]
    head = "Acme Cycler\nUser: Ada\nCell: C1\nProgram: Formation\nStarted: 2026-03-15 10:30:00\n"
    table = "Time (s),Voltage (V),Sense (V),Current (A),Room (C)\n"
    path.write_text(f"{head}{more}{table}" + "\n".join(lines) + "\n", encoding="utf-8")
    return path
