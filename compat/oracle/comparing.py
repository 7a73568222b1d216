"""Two tables, cell by cell."""

import math
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

RELATIVE = 1e-9
ABSOLUTE = 1e-12
"""Of the largest figure in the same unit: what is left when large sums and means are taken from each other."""
DIVISORS = {
    "Charge capacity [A.h]": ["Coulombic efficiency"],
    "Charge energy [W.h]": ["Energy efficiency"],
    "Discharge capacity [A.h]": ["Capacity retention", "Capacity fade"],
    "Discharge energy [W.h]": ["Energy retention", "Energy fade"],
}
"""A ratio is as exact as what it is divided by."""
_UNIT = re.compile(r"\[(.+)\]")

Masks = Mapping[str, pl.Series]
"""Which rows of a column may differ."""


def differing(found: pl.DataFrame, expected: pl.DataFrame, excused: Masks | None = None) -> list[str]:
    """Say where `found` is not `expected`; columns that only `found` has may be there."""
    missing = [name for name in expected.columns if name not in found.columns]
    if missing or found.height != expected.height:
        return [f"{found.height} rows instead of {expected.height}; no {missing}"]
    shared = [name for name in found.columns if name in expected.columns]
    wrong = [] if shared == expected.columns else [f"The order is {shared}, not {expected.columns}"]
    everywhere = pl.repeat(value=False, n=found.height, eager=True)
    scales = _scales(expected)
    for name in shared:
        skipped = (excused or {}).get(name, everywhere)
        rows = zip(found[name], expected[name], _least(expected, name, scales), skipped, strict=True)
        for row, (one, other, least, skip) in enumerate(rows):
            if not skip and not _same(one, other, least):
                wrong.append(f"row {row}, {name}: {one} instead of {other}")
    return wrong


def _same(one: Any, other: Any, least: float) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=least)
    return bool(one == other)


def _least(table: pl.DataFrame, name: str, scales: Mapping[str, float]) -> list[float]:
    """How far the figures of a column may be apart, in each row."""
    divisor = next((divisor for divisor, names in DIVISORS.items() if name in names), None)
    if divisor is None:
        return [ABSOLUTE * scales.get(_unit(name), 1.0)] * table.height
    divisors = table[divisor].to_list() if "efficiency" in name else [table[divisor][0]] * table.height
    scale = scales[_unit(divisor)]
    return [
        (abs(ratio or 0.0) + 1.0) * ABSOLUTE * scale / by if by else ABSOLUTE
        for ratio, by in zip(table[name], divisors, strict=True)
    ]


def _scales(table: pl.DataFrame) -> dict[str, float]:
    """The largest figure in each unit."""
    named = [name for name in table.columns if _unit(name)]
    figures = (pl.col(name).cast(pl.Float64).abs() for name in named)
    largest = table.select(each.filter(each.is_finite()).max() for each in figures).row(0)
    scales: dict[str, float] = {}
    for name, figure in zip(named, largest, strict=True):
        scales[_unit(name)] = max(scales.get(_unit(name), 0.0), figure or 0.0)
    return scales


def _unit(name: str) -> str:
    unit = _UNIT.search(name)
    return unit[1] if unit else ""
