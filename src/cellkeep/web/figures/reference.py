"""The cycle that retention refers to on a page: the first comparable one, unless somebody chose another."""

from dataclasses import dataclass

import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.services.measurements import referred
from cellkeep.summarise.derived import comparable_cycles, full_cycles
from cellkeep.summarise.names import REFERENCE_CYCLE


@dataclass(frozen=True)
class Reference:
    """A cycle table with what its retention refers to.

    Attributes:
        table: retention and fade in it refer to the cycle.
        cycle: its `Cycle count`; None where the table tells none.
        asked: the same, where it is another than that of the stored table.
        told: what is to be known of it, in a sentence.
    """

    table: pl.DataFrame
    cycle: int | None
    asked: int | None = None
    told: str = ""


def reference_of(table: pl.DataFrame, record: CellMeasurement, asked: int | None) -> Reference:
    """Have retention refer to the cycle that is asked for; else to that of the table, or to the first comparable one.

    Args:
        table: of cycles, as it is stored.
        record: its measurement; a cycle that its rules name stays, be it comparable or not.
        asked: a `Cycle count`.

    Raises:
        BadRequestError: there is no such cycle.
    """
    stored = _stored(table)
    own = stored if asked is None else asked
    full, alike = _counting(table)
    if own is None or not alike or own in alike:
        return _to(table, own, asked, "")
    why = "was not discharged as fast as most" if own in full else "is not full"
    if asked is None and (record.summary_rules is None or record.summary_rules.reference_cycle is None):
        told = f"Retention refers to cycle {alike[0]}, the first comparable one, since cycle {own} {why}."
        return _to(table, alike[0], alike[0], told)
    told = f"Retention refers to cycle {own}, which {why}; cycle {alike[0]} is the first comparable one."
    return _to(table, own, asked, told)


def _counting(table: pl.DataFrame) -> tuple[list[int], list[int]]:
    """The full cycles and the comparable ones; none where the table does not tell."""
    try:
        return full_cycles(table), comparable_cycles(table)
    except UnusableDataError:
        return [], []


def _to(table: pl.DataFrame, cycle: int | None, asked: int | None, told: str) -> Reference:
    return Reference(table if asked is None else referred(table, asked), cycle, asked, told)


def _stored(table: pl.DataFrame) -> int | None:
    known = table[REFERENCE_CYCLE].drop_nulls() if REFERENCE_CYCLE in table.columns else pl.Series([])
    return int(known[0]) if known.len() and known.dtype.is_numeric() else None
