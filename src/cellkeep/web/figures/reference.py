"""The cycle that retention refers to on a page: one that is full, unless somebody chose another."""

from dataclasses import dataclass

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.measurements import CellMeasurement
from cellkeep.services.measurements import referred
from cellkeep.summarise.derived import full_cycles
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
    """Have retention refer to the cycle that is asked for; else to that of the table, or to the first full one.

    Args:
        table: of cycles, as it is stored.
        record: its measurement; a cycle that its rules name stays.
        asked: a `Cycle count`.

    Raises:
        BadRequestError: there is no such cycle.
    """
    stored = _stored(table)
    own = stored if asked is None else asked
    full = full_cycles(table) if columns.CYCLE_COUNT in table.columns else []
    if own is None or not full or own in full:
        return _to(table, own, asked, "")
    if asked is None and (record.summary_rules is None or record.summary_rules.reference_cycle is None):
        return _to(table, full[0], full[0], f"Retention refers to cycle {full[0]}, since cycle {own} is not full.")
    told = f"Retention refers to cycle {own}, which is not full; cycle {full[0]} is the first that is."
    return _to(table, own, asked, told)


def _to(table: pl.DataFrame, cycle: int | None, asked: int | None, told: str) -> Reference:
    return Reference(table if asked is None else referred(table, asked), cycle, asked, told)


def _stored(table: pl.DataFrame) -> int | None:
    known = table[REFERENCE_CYCLE].drop_nulls() if REFERENCE_CYCLE in table.columns else pl.Series([])
    return int(known[0]) if known.len() else None
