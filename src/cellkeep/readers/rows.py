"""Which rows of a table are measurements, and in which order they were made."""

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.findings import Repair
from cellkeep.readers.cells import LINE, left_out
from cellkeep.readers.format import STEP_TIME
from cellkeep.readers.loading import Table
from cellkeep.readers.timing import is_impedance

_ABSOLUTE_ZERO_DEGC = -273.15
COUNTED = (
    columns.STEP_FROM_CYCLER, columns.CYCLE_FROM_CYCLER, columns.FRAME, columns.STEP_COUNT, columns.CYCLE_COUNT,
)  # fmt: skip
"""Columns of whole numbers."""
_IMPOSSIBLE = 1e12
_LARGEST_COUNT = 2.0**53
"""Above it a float does not hold every whole number."""


def measured(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[Repair]]:
    """The rows that are measurements."""
    repairs = []
    if table.fmt.left_out and columns.STATUS in frame.columns:
        plain = frame[columns.STATUS].str.strip_chars().str.to_uppercase()
        message = plain.is_in(table.fmt.left_out).fill_null(value=False)
        repairs += left_out(frame[LINE].filter(message), "are messages of the cycler and no measurements")
        frame = frame.filter(~message)
    good = _is_measured(frame)
    if not good.all():
        repairs += left_out(frame[LINE].filter(~good), "lack a value without which they are no measurement")
    frame = frame.filter(good) if not good.all() else frame
    for mend in (_without_sentinels, _without_strange_counts):
        frame, repairs = mend(frame, repairs)
    return frame, repairs


def _is_measured(frame: pl.DataFrame) -> pl.Series:
    """Rows with voltage, current and time; of a spectrum, with its impedance."""
    spectral = is_impedance(frame)
    parts = [name for name in (columns.Z_RE, columns.Z_IM, columns.Z_MOD, columns.Z_PHASE) if name in frame.columns]
    clocks = [name for name in (columns.TIME, STEP_TIME) if name in frame.columns][:1]
    values = [name for name in (columns.VOLTAGE, columns.CURRENT, columns.AREAL_CURRENT) if name in frame.columns]
    impedance = _all_possible(frame, parts[:2]) & spectral
    if len(values) < 2:
        return impedance
    return impedance | (_all_possible(frame, [*values, *clocks]) & ~spectral)


def is_possible(values: pl.Series) -> pl.Series:
    """Whether values may have been measured at all: in any unit they are finite, and not beyond all bounds."""
    return (values.abs() < _IMPOSSIBLE).fill_null(value=False)


def _all_possible(frame: pl.DataFrame, names: list[str]) -> pl.Series:
    good = pl.repeat(value=True, n=frame.height, dtype=pl.Boolean, eager=True)
    for name in names:
        good &= is_possible(frame[name])
    return good


def _without_sentinels(frame: pl.DataFrame, repairs: list[Repair]) -> tuple[pl.DataFrame, list[Repair]]:
    if columns.TEMPERATURE in frame.columns:
        known = frame[columns.TEMPERATURE] > _ABSOLUTE_ZERO_DEGC
        absent = frame.height - int(known.sum()) - frame[columns.TEMPERATURE].null_count()
        if absent:
            temperature = pl.when(pl.col(columns.TEMPERATURE) > _ABSOLUTE_ZERO_DEGC).then(columns.TEMPERATURE)
            frame = frame.with_columns(temperature.alias(columns.TEMPERATURE))
            repairs.append(
                Repair(
                    action="sentinel_left_out",
                    message=f"{absent:,} temperatures below absolute zero mean that no sensor was there; now null.",
                    payload={"column": columns.TEMPERATURE, "count": absent},
                )
            )
    return frame, repairs


def _without_strange_counts(frame: pl.DataFrame, repairs: list[Repair]) -> tuple[pl.DataFrame, list[Repair]]:
    for name in COUNTED:
        if name not in frame.columns:
            continue
        counts = frame[name].fill_nan(None)
        strange = (counts.abs() > _LARGEST_COUNT).fill_null(value=False)
        kept = pl.when(~strange).then(counts).alias(name)
        frame = frame.with_columns(kept)
        if count := int(strange.sum()):
            message = f"{count:,} values of '{name}' are too large to count anything and were left out."
            repairs.append(Repair(action="cells_left_out", message=message, payload={"column": name, "count": count}))
    return frame, repairs


def in_order(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[Repair]]:
    """Sort rows whose times fall by their own numbers, where that alone lets time run forward."""
    if columns.TIME not in frame.columns or frame[columns.TIME].drop_nulls().is_sorted():
        return frame, []
    record = table.records(frame)
    if record is None or record.is_sorted() or record.n_unique() < len(record):
        return frame, []
    order = record.arg_sort()
    if not frame[columns.TIME].gather(order).drop_nulls().is_sorted():
        return frame, []
    message = "The rows were not in order; they were sorted by their numbers in the file."
    return frame[order], [Repair(action="rows_sorted", message=message)]
