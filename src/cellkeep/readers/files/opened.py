"""What a file holds: tables, and what is said beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cellkeep.readers.grid import Grid
from cellkeep.readers.units import folded


@dataclass(frozen=True)
class Opened:
    """A file, ready to be looked through.

    Attributes:
        grids: its tables.
        labels: what is said beside them, by label in small letters.
    """

    grids: Sequence[Grid]
    labels: Mapping[str, str] = field(default_factory=dict)


def flat(values: Any, into: dict[str, str] | None = None, label: str = "") -> dict[str, str]:
    """Nested values as labels and texts: of `{"Creator": {"Value": "x"}}` the label is `creator`."""
    found: dict[str, str] = {} if into is None else into
    if isinstance(values, Mapping):
        for key, value in values.items():
            flat(value, found, label if str(key) in {"Value", "Main"} else str(key))
    elif values is not None and not isinstance(values, list | tuple) and str(values).strip():
        found.setdefault(folded(label), str(values))
    return found
