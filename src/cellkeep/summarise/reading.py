"""What is read of a series, checked and turned into numbers block by block."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.runs import Bools, Floats, Runs, as_floats, find_runs, holds_numbers
from cellkeep.summarise import areal, capacity
from cellkeep.summarise.segments import Signal

BLOCK_ROWS = 65_536
"""Few enough that a block and what is made of it stay in the cache of a core; fewer cost more in calls."""

_ALWAYS_READ = frozenset({
    columns.TIME,
    columns.VOLTAGE,
    columns.CURRENT,
    columns.POWER,
    columns.FREQUENCY,
    columns.TEMPERATURE,
    columns.STEP_COUNT,
    columns.STEP_FROM_CYCLER,
    columns.CYCLE_COUNT,
    columns.CYCLE_FROM_CYCLER,
    columns.FRAME,
})  # fmt: skip

_LARGEST_COUNT = 2.0**53
"""Above this, neighbouring whole numbers are no longer told apart."""


@dataclass(frozen=True)
class Layout:
    """What the columns of a series allow to be found.

    Attributes:
        names: the columns that are read; those of a series by area under their total names.
        areal: current is told by electrode area.
        spectrum: an impedance spectrum that counts no steps: all its rows are one step.
        ways: how charge and energy are found.
        rules: what counts in them.
    """

    names: tuple[str, ...]
    areal: bool
    spectrum: bool
    ways: capacity.Ways
    rules: SummaryRules

    @classmethod
    def of(cls, names: Iterable[str], data_type: columns.DataType | None, rules: SummaryRules) -> Self:
        listed = list(names)
        by_area = areal.tells_by_area(listed)
        present = [areal.total(name) for name in listed] if by_area else listed
        wanted = _ALWAYS_READ | capacity.columns_read(present)
        impedance = "eis" in {data_type, columns.infer_data_type(present)}
        return cls(
            tuple(name for name in present if name in wanted),
            by_area,
            impedance and columns.STEP_COUNT not in present,
            capacity.choose_ways(present, data_type),
            rules,
        )

    def own_name(self, name: str) -> str:
        """What the series calls a column that is read."""
        return areal.areal(name) if self.areal else name

    @property
    def tallied(self) -> list[str]:
        """Quantities with statistics; power is known too where voltage and current are."""
        found = {*self.names, *([columns.POWER] if self.multiplies_power else [])}
        order = (columns.VOLTAGE, columns.CURRENT, columns.POWER, columns.FREQUENCY, columns.TEMPERATURE)
        return [name for name in order if name in found]

    @property
    def multiplies_power(self) -> bool:
        return columns.POWER not in self.names and {columns.VOLTAGE, columns.CURRENT} <= set(self.names)

    @property
    def edged(self) -> list[str]:
        """Columns of which only the first or last row of a step is shown."""
        order = (columns.TIME, columns.STEP_FROM_CYCLER, columns.CYCLE_FROM_CYCLER, columns.FRAME)
        return [name for name in order if name in self.names]


@dataclass(frozen=True)
class Block:
    """Some rows of a series as numbers.

    Attributes:
        first_row: their place in the series.
        steps: step count of each row.
        runs: neighbouring rows of equal step count.
        signals: the other columns that are read, and power.
    """

    first_row: int
    steps: Floats
    runs: Runs
    signals: Mapping[str, Signal]


def check(chunk: pl.DataFrame, layout: Layout, first_row: int) -> None:
    """Refuse a chunk from which no step table can be made.

    Raises:
        UnusableDataError: names the column and the first row that is to blame.
    """
    expected = layout.names if layout.spectrum else (columns.STEP_COUNT, *layout.names)
    for name in map(layout.own_name, expected):
        if name not in chunk.columns:
            raise UnusableDataError(
                f"'{name}' is not among the columns from row {first_row} on. "
                "Every part of a series needs the same columns, and a series needs 'Step count'.",
                detail={"missing": [name], "row": first_row, "available_columns": chunk.columns},
            )
        refuse_text(chunk[name], first_row)


def blocks(chunk: pl.DataFrame, layout: Layout, first_row: int) -> Iterator[Block]:
    """Cut a checked chunk into blocks.

    Raises:
        UnusableDataError: a step count is missing or not a whole number; names the row.
    """
    for offset in range(0, chunk.height, BLOCK_ROWS):
        yield _block(chunk.slice(offset, BLOCK_ROWS), layout, first_row + offset)


def no_rows(layout: Layout) -> Block:
    """A block without rows, of a series that has none."""
    empty = np.zeros(0)
    signals = {name: Signal(empty, None) for name in (*layout.names, *layout.tallied)}
    return Block(0, empty, find_runs(empty), signals)


def _block(rows: pl.DataFrame, layout: Layout, first_row: int) -> Block:
    steps = np.zeros(rows.height) if layout.spectrum else as_floats(rows[columns.STEP_COUNT])
    refuse_broken_count(steps, first_row)
    read = [name for name in layout.names if name != columns.STEP_COUNT]
    signals = {name: Signal.of(as_floats(rows[layout.own_name(name)])) for name in read}
    if (counts := signals.get(columns.CYCLE_COUNT)) is not None:
        _refuse_broken_cycles(counts, first_row)
    if layout.multiplies_power:
        signals[columns.POWER] = _product(signals[columns.VOLTAGE], signals[columns.CURRENT])
    return Block(first_row, steps, find_runs(steps), signals)


def _product(one: Signal, other: Signal) -> Signal:
    with np.errstate(over="ignore"):  # what is too large is no reading either
        return Signal.of(one.values * other.values)


def refuse_text(series: pl.Series, first_row: int) -> None:
    if holds_numbers(series.dtype):
        return
    present = series.is_not_null().arg_true()
    row = int(present[0]) if present.len() else 0
    raise UnusableDataError(
        f"'{series.name}' must hold numbers, but is of type {series.dtype} and holds {series[row]!r} "
        f"in row {first_row + row}.",
        detail={"not_numeric": [series.name], "row": first_row + row},
    )


def refuse_broken_count(steps: Floats, first_row: int) -> None:
    broken = ~(np.abs(steps) <= _LARGEST_COUNT) | (steps != np.trunc(steps))
    _refuse_first(broken, steps, columns.STEP_COUNT, "in every row", first_row)


def _refuse_broken_cycles(counts: Signal, first_row: int) -> None:
    values = counts.values
    broken = (np.abs(values) > _LARGEST_COUNT) | ((values != np.trunc(values)) & ~np.isnan(values))
    _refuse_first(broken, values, columns.CYCLE_COUNT, "wherever it has a value", first_row)


def _refuse_first(broken: Bools, values: Floats, name: str, where: str, first_row: int) -> None:
    if not broken.any():
        return
    at = int(np.argmax(broken))
    shown = "no value" if np.isnan(values[at]) else f"{values[at]:g}"
    raise UnusableDataError(
        f"'{name}' must be a whole number {where}, but has {shown} in row {first_row + at}.",
        detail={"column": name, "row": first_row + at},
    )
