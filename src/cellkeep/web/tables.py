"""Which columns of the tables a page shows, and how."""

from collections.abc import Mapping, Sequence
from typing import Any

from cellkeep.web.words import number

Headings = Mapping[str, tuple[str, str]]
"""Heading and number format by column."""
PLAIN = "plain"
"""The format of numbers that may be small or large, and never need a power of ten."""

STEP_HEADINGS: Headings = {
    "Step count": ("step", "d"),
    "Cycle count": ("cycle", "d"),
    "Step type": ("type", "s"),
    "Label": ("label", "s"),
    "Start time [s]": ("start [s]", ",.0f"),
    "Duration [s]": ("time [s]", PLAIN),
    "Mean current [A]": ("mean I [A]", "+#.4g"),
    "Mean current [mA.cm-2]": ("mean I [mA·cm⁻²]", "+#.4g"),
    "Start voltage [V]": ("V start [V]", ".4f"),
    "End voltage [V]": ("V end [V]", ".4f"),
    "Discharge capacity [A.h]": ("Q discharge [A·h]", "#.5g"),
    "Charge capacity [A.h]": ("Q charge [A·h]", "#.5g"),
    "Discharge capacity [mA.h.cm-2]": ("Q discharge [mA·h·cm⁻²]", "#.5g"),
    "Charge capacity [mA.h.cm-2]": ("Q charge [mA·h·cm⁻²]", "#.5g"),
    "Mean temperature [degC]": ("mean T [°C]", ".1f"),
}
CYCLE_HEADINGS: Headings = {
    "Cycle count": ("cycle", "d"),
    "Discharge capacity [A.h]": ("Q discharge [A·h]", "#.5g"),
    "Charge capacity [A.h]": ("Q charge [A·h]", "#.5g"),
    "Discharge capacity [mA.h.cm-2]": ("Q discharge [mA·h·cm⁻²]", "#.5g"),
    "Charge capacity [mA.h.cm-2]": ("Q charge [mA·h·cm⁻²]", "#.5g"),
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
    if form == PLAIN:
        return number(value, 4)
    try:
        return format(value, form) if isinstance(value, (int, float, str)) else str(value)
    except ValueError:  # a person's own table may hold something else there
        return str(value)
