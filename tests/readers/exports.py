"""Files of cyclers, as tests write them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ARBIN = (
    "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,Current (A),Voltage (V),"
    "Charge Capacity (Ah),Discharge Capacity (Ah)"
)


def arbin(
    path: Path, rows: int = 12, *, begin: str = "01/31/2026 08:00:00", clock: float = 0.0, every: int = 3
) -> Path:
    """A file as Arbin exports it: a row each minute, a new step each `every` rows, charge and discharge in turn.

    Args:
        path: where to write it.
        rows: how many.
        begin: moment of the first row.
        clock: what the clock of the test shows there [s].
        every: rows of a step.
    """
    first = datetime.strptime(begin, "%m/%d/%Y %H:%M:%S")  # noqa: DTZ007  Arbin writes no zone
    lines = [ARBIN]
    for row in range(rows):
        moment = first + timedelta(minutes=row)
        step = row // every
        current = 0.5 if step % 2 == 0 else -0.5
        voltage = 3.6 + (row % every) * (0.01 if step % 2 == 0 else -0.01)
        moved = row * 0.5 / 60
        lines.append(
            f"{row + 1},{moment:%m/%d/%Y %H:%M:%S},{clock + 60 * row},{60 * (row % every)},"
            f"{step // 2 + 1},{step % 2 + 1},"
            f"{current},{voltage:.4f},{moved if step % 2 == 0 else 0:.6f},{moved if step % 2 else 0:.6f}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def table(path: Path, columns: Mapping[str, Sequence[Any]], separator: str = ",", before: str = "") -> Path:
    """A file of text with these headings and values."""
    rows = [separator.join(columns), *(separator.join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text(before + "\n".join(rows) + "\n", encoding="utf-8")
    return path
