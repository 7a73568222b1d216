"""The table below a comparison: a row for each measurement, with what its cycles amount to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from cellkeep.summarise.derived.ageing import LEAST_CYCLES
from cellkeep.web.comparing.listed import Comparison, Listed
from cellkeep.web.figures.asked import Asked
from cellkeep.web.words import count


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        heading: on the page.
        name: in the CSV, with the unit.
        value: of a measurement.
        form: how a number is written on the page; empty for text.
        least: comparable cycles that it takes; None where it is not of cycles.
    """

    heading: str
    name: str
    value: Callable[[Listed], Any]
    form: str = ""
    least: int | None = None


@dataclass(frozen=True)
class Shown:
    """What a row shows in a column; where that is nothing, why."""

    text: str
    is_number: bool
    why: str = ""


_FADE = "Fade per 100 cycles [%]"


def _aged(column: str, by_area: str = "") -> Callable[[Listed], Any]:
    def value(each: Listed) -> Any:
        return each.ageing.get(column, each.ageing.get(by_area))

    return value


COLUMNS: Final[Mapping[str, Column]] = {
    "cell": Column("cell", "Cell", lambda each: each.subject.cell),
    "measurement": Column(
        "measurement", "Measurement", lambda each: each.subject.record.name if each.subject.record else each.id
    ),
    "spec": Column("specification", "Specification", lambda each: each.subject.spec),
    "batch": Column("batch", "Batch", lambda each: each.subject.batch or ""),
    "rated": Column("rated [A·h]", "Rated capacity [A.h]", lambda each: each.subject.rated_ah, "#.4g"),
    "cycles": Column("cycles", "Cycles", _aged("Cycles"), "d", 0),
    "first": Column("Q first [A·h]", "First capacity [A.h]", _aged("First capacity [A.h]"), "#.5g", 1),
    "last": Column("Q last [A·h]", "Last capacity [A.h]", _aged("Last capacity [A.h]"), "#.5g", 1),
    "retention": Column("retention", "Capacity retention", _aged("Capacity retention"), ".2%", LEAST_CYCLES),
    "coulombic": Column(
        "mean coulombic eff.", "Mean coulombic efficiency", _aged("Mean coulombic efficiency"), ".3%", 0
    ),
    "energy": Column("mean energy eff.", "Mean energy efficiency", _aged("Mean energy efficiency"), ".2%", 0),
    "fade": Column("fade [%/100 cycles]", _FADE, _aged(_FADE), ",.2f", LEAST_CYCLES),
    "temperature": Column("mean T [°C]", "Mean temperature [degC]", lambda each: each.temperature, ".1f"),
}


def ordered(comparison: Comparison, asked: Asked) -> Sequence[Listed]:
    """The measurements in the order of the column that is asked for; those without a value last."""
    column = COLUMNS.get(asked.text("sort"))
    if column is None:
        return comparison.listed
    known = [each for each in comparison.listed if column.value(each) not in (None, "")]
    unknown = [each for each in comparison.listed if column.value(each) in (None, "")]
    return [*sorted(known, key=column.value, reverse=asked.text("order") == "desc"), *unknown]


def cells(each: Listed) -> list[Shown]:
    """What a row shows."""
    return [_shown(each, column) for column in COLUMNS.values()]


def is_lacking(rows: Sequence[Listed]) -> bool:
    """Whether a row lacks one of its figures for want of cycles that tell it."""
    return any(shown.why for each in rows if not each.is_spectrum for shown in cells(each))


def has_spectrum(rows: Sequence[Listed]) -> bool:
    """Whether one of them has no cycles, since it is impedance and nothing else."""
    return any(each.is_spectrum for each in rows)


def as_frame(listed: Sequence[Listed]) -> pl.DataFrame:
    """The table with its numbers as they are, and the ids."""
    found: dict[str, list[Any]] = {column.name: [column.value(each) for each in listed] for column in COLUMNS.values()}
    return pl.DataFrame({**found, "Measurement id": [each.id for each in listed]}, strict=False)


def _shown(each: Listed, column: Column) -> Shown:
    value = column.value(each)
    if value is not None:
        return Shown(format(value, column.form), bool(column.form))
    why = _why_not(each, column.least)
    return Shown("\N{EN DASH}" if why else "", bool(column.form), why)


def _why_not(each: Listed, least: int | None) -> str:
    """That it has no cycles, has fewer comparable ones than a figure takes, or most of partial depth."""
    if least is not None and each.is_spectrum:
        return each.lacking or ""
    alike, full = each.ageing.get("Comparable cycles"), each.ageing.get("Full cycles")
    if alike is None or not least:
        return ""
    of = count(each.ageing["Cycles"], "cycle")
    if alike >= least:
        deeper = each.ageing["Deeper cycles"]
        return f"Of {of} {deeper} went deeper; the others are of partial depth and tell no ageing." if deeper else ""
    return f"Of {of} {full} {'is' if full == 1 else 'are'} full, {alike} at the usual current; this takes {least}."
