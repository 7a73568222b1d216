"""The chosen columns of a table, as numbers in the units of the data format."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.findings import Repair
from cellkeep.readers.cells import LINE, Loaded
from cellkeep.readers.choosing import TEXTS, Choice, Chosen
from cellkeep.readers.clock import Moments, are_clocks, elapsed, moments
from cellkeep.readers.format import RECORD, STEP_TIME, TIMESTAMP, Format, Match, wanted_unit

SHEET = "Sheet"
"""The column that tells sheets apart that were joined."""


@dataclass(frozen=True)
class Table:
    """A table whose columns are known, read as they are needed.

    Attributes:
        fmt: the declaration.
        match: where it stands.
        choice: which column is what.
    """

    fmt: Format
    match: Match
    choice: Choice

    @property
    def clock(self) -> str | None:
        """The column that tells the time that passed, if there is one."""
        return next((name for name in (columns.TIME, STEP_TIME) if name in self.choice), None)

    def load(self) -> tuple[pl.DataFrame, list[Repair]]:
        """All columns but those that are seldom needed, by their targets, and the line in which each row stands."""
        seldom = {TIMESTAMP, RECORD, STEP_TIME} - {self.clock}
        by_target = {target: each for target, each in self.choice.by_target.items() if target not in seldom}
        clocks = {self.clock} if self.clock and self._holds_clock_texts(self.clock) else set()
        texts = {at.at for target, at in by_target.items() if target in clocks or not _is_numeric(target)}
        frame, repairs = self._parts(
            {each.at: each.title for each in by_target.values() if each.at not in texts}, texts
        )
        made = [
            (_seconds(frame[str(each.at)]) if target in clocks else _scaled(frame[str(each.at)], each)).alias(target)
            for target, each in by_target.items()
        ]
        return pl.DataFrame([*made, *(frame[name] for name in (LINE, SHEET) if name in frame.columns)]), repairs

    def records(self, rows: pl.DataFrame) -> pl.Series | None:
        """The numbers that the file gives rows that were read before; None where it has none, or not of all."""
        if RECORD not in self.choice:
            return None
        chosen = self.choice.by_target[RECORD]
        numbers = self._beside(rows, {chosen.at: chosen.title}, ())
        return None if numbers.null_count() else numbers

    def moments(self, rows: pl.DataFrame, span_s: float | None = None) -> Moments | None:
        """The moments of rows that were read before; None where the file tells none.

        Args:
            rows: with their lines.
            span_s: what passes from the first to the last of them by another clock [s].
        """
        if TIMESTAMP not in self.choice:
            return None
        return moments(self._beside(rows, {}, {self.choice.by_target[TIMESTAMP].at}), self.fmt.dates, span_s)

    def _beside(self, rows: pl.DataFrame, numbers: Mapping[int, str], texts: Collection[int]) -> pl.Series:
        keys = [name for name in (LINE, SHEET) if name in rows.columns]
        frame, _ = self._parts(numbers, texts)
        return rows.select(keys).join(frame, on=keys, how="left", maintain_order="left").drop(keys).to_series()

    def _parts(self, numbers: Mapping[int, str], texts: Collection[int]) -> tuple[pl.DataFrame, list[Repair]]:
        parts, repairs = [], []
        for grid in (self.match.grid, *self.match.others):
            loaded = grid.load(self.match.place, numbers, texts)
            part = self._with_lines(loaded)
            parts.append(part.with_columns(pl.lit(grid.name).alias(SHEET)) if self.match.others else part)
            repairs += loaded.repairs
        return pl.concat(parts), repairs

    def _with_lines(self, loaded: Loaded) -> pl.DataFrame:
        frame = loaded.frame
        if LINE not in frame.columns:
            frame = frame.with_row_index(LINE, self.match.place.first + 1)
        return frame.with_columns(pl.col(LINE).cast(pl.Int64))

    def _holds_clock_texts(self, target: str) -> bool:
        at = self.choice.by_target[target].at
        return are_clocks(row[at] for row in self.match.grid.sample(self.match.place) if at < len(row))


def _is_numeric(target: str) -> bool:
    return target not in TEXTS and (bool(wanted_unit(target)) or target in columns.NUMERIC)


def _seconds(text: pl.Series) -> pl.Series:
    seconds = elapsed(text)
    return pl.Series([None] * len(text), dtype=pl.Float64) if seconds is None else seconds


def _scaled(values: pl.Series, chosen: Chosen) -> pl.Series:
    factor, offset = chosen.unit
    if factor != 1.0:
        parts = round(1 / factor)
        values = values / parts if parts * factor == 1 else values * factor  # a thousandth is no binary number
    if chosen.negated:
        values = values * -1
    return values + offset if offset else values
