"""Which columns of the tables a page shows, and how."""

from collections.abc import Mapping, Sequence
from typing import Any

Headings = Mapping[str, tuple[str, str]]
"""Heading and number format by column."""

STEP_HEADINGS: Headings = {
    "Step count": ("step", "d"),
    "Cycle count": ("cycle", "d"),
    "Step type": ("type", "s"),
    "Duration [s]": ("time [s]", ",.0f"),
    "Mean current [A]": ("mean current [A]", "+#.4g"),
    "Start voltage [V]": ("V start [V]", ".4f"),
    "End voltage [V]": ("V end [V]", ".4f"),
    "Discharge capacity [A.h]": ("Q discharge [A.h]", "#.5g"),
    "Charge capacity [A.h]": ("Q charge [A.h]", "#.5g"),
}
CYCLE_HEADINGS: Headings = {
    "Cycle count": ("cycle", "d"),
    "Discharge capacity [A.h]": ("Q discharge [A.h]", "#.5g"),
    "Charge capacity [A.h]": ("Q charge [A.h]", "#.5g"),
    "Coulombic efficiency": ("coulombic efficiency", ".2%"),
    "Energy efficiency": ("energy efficiency", ".2%"),
    "Capacity retention": ("capacity retention", ".1%"),
    "Min voltage [V]": ("V min [V]", ".3f"),
    "Max voltage [V]": ("V max [V]", ".3f"),
    "Cycle duration [s]": ("duration [s]", ",.0f"),
}


def cells(columns: Mapping[str, Sequence[Any]], headings: Headings) -> list[list[str]]:
    """The rows as text; columns a table does not have stay blank."""
    blank = [None] * max((len(values) for values in columns.values()), default=0)
    chosen = [columns.get(name, blank) for name in headings]
    forms = [form for _, form in headings.values()]
    return [[_text(value, form) for value, form in zip(row, forms, strict=True)] for row in zip(*chosen, strict=True)]


def _text(value: Any, form: str) -> str:
    if value is None:
        return ""
    try:
        return format(value, form)
    except ValueError:  # a person's own table may hold something else there
        return str(value)
