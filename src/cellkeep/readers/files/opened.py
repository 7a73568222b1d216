"""What a file holds: tables, and what is said beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from cellkeep.domain.findings import Repair
from cellkeep.readers.grid import Grid
from cellkeep.readers.units import folded


@dataclass(frozen=True)
class Opened:
    """A file, ready to be looked through.

    Attributes:
        grids: its tables.
        labels: what is said beside them, by label in small letters.
        repairs: what could not be read.
    """

    grids: Sequence[Grid]
    labels: Mapping[str, str] = field(default_factory=dict)
    repairs: Sequence[Repair] = ()


def missing_rows(numbers: pl.Series) -> list[Repair]:
    """What is to be told of rows that a file does not hold, by the numbers of those that it holds."""
    known = numbers.cast(pl.Float64, strict=False).drop_nulls().unique().sort()
    gaps = known.diff().fill_null(1.0)
    missing = int((gaps - 1).sum())
    if missing <= 0:
        return []
    first = known.filter(gaps > 1)[0]
    message = f"{missing:,} rows are missing by the numbers of the others, the first before number {first:.0f}."
    return [Repair(action="rows_missing", message=message, payload={"count": missing})]


def flat(values: Any, into: dict[str, str] | None = None, label: str = "") -> dict[str, str]:
    """Nested values as labels and texts: of `{"Creator": {"Value": "x"}}` the label is `creator`."""
    found: dict[str, str] = {} if into is None else into
    if isinstance(values, Mapping):
        for key, value in values.items():
            flat(value, found, label if str(key) in {"Value", "Main"} else str(key))
    elif values is not None and not isinstance(values, list | tuple) and str(values).strip():
        found.setdefault(folded(label), str(values))
    return found
