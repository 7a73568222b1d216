"""Which checks a series goes through, and the pass over its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain.columns import NUMERIC, require_numeric
from cellkeep.domain.findings import Finding
from cellkeep.runs import holds_numbers
from cellkeep.validate import step_table
from cellkeep.validate.check import Asked, Check, Timing
from cellkeep.validate.clock import HourJumps, WallClock, may_hold_stamps
from cellkeep.validate.cumulative import Cumulative
from cellkeep.validate.current_sign import CurrentSign
from cellkeep.validate.cycles import CyclesCounted
from cellkeep.validate.integrals import Integrals
from cellkeep.validate.phases import StepsByCurrent
from cellkeep.validate.repeated_rows import RepeatedRows
from cellkeep.validate.rows import OWN_STEPS, Place, blocks
from cellkeep.validate.spectra import EisColumns, ImpedanceMagnitude, OcpColumns, ZImSign
from cellkeep.validate.steps import CYCLE_COLUMNS, CycleCounter, CycleOfStep, StepCount, StepLength
from cellkeep.validate.time import TimeGaps, TimeMissing, TimeOrder, TimeRepeated, TimeStart
from cellkeep.validate.timing import Span, timing_findings
from cellkeep.validate.values import Values
from cellkeep.validate.voltage import VoltageContinuity

_CYCLER: tuple[type[Check], ...] = (
    CurrentSign, TimeMissing, TimeStart, TimeOrder, StepCount, Cumulative,
    StepLength, CycleOfStep, Integrals, TimeGaps, VoltageContinuity,
)  # fmt: skip
_OF_KIND: dict[str | None, tuple[type[Check], ...]] = {
    "ocp": (OcpColumns, StepCount),
    "eis": (EisColumns, ZImSign, ImpedanceMagnitude),
}
_OWN: tuple[type[Check], ...] = (
    Values, TimeRepeated, HourJumps, WallClock, CycleCounter, StepsByCurrent, RepeatedRows, CyclesCounted,
)  # fmt: skip
_OWN_OF_KIND: dict[str | None, tuple[type[Check], ...]] = {"ocp": (Values,), "eis": (Values,)}

_OF_MORE = (CurrentSign, TimeMissing, TimeOrder, Values, TimeRepeated, CycleCounter, StepsByCurrent)

_READ = frozenset({*NUMERIC, *CYCLE_COLUMNS})
_MOST_STAMPS = 16
"""Columns with timestamps; a series of thousands would take as long as so many series."""

COLUMN_DIRECTION = "charge_discharge_column_direction"
FULL_STEPS = "consecutive_same_direction_full_steps"
STEP_CAPACITY = "step_capacity_within_rated"

ALL_CHECKS = tuple(dict.fromkeys((*_CYCLER, *_OF_KIND["ocp"], *_OF_KIND["eis"], *_OWN)))
STRICT_NAMES = frozenset({
    *(check.name for check in ALL_CHECKS if check.name is not None), COLUMN_DIRECTION, FULL_STEPS, STEP_CAPACITY,
})  # fmt: skip
"""Names of the checks that run only where they are asked for, and can be skipped."""


def chosen(asked: Asked) -> list[Check]:
    """The checks that a series goes through, in the order of their findings."""
    kinds = (*_OF_KIND.get(asked.data_type, _CYCLER), *_OWN_OF_KIND.get(asked.data_type, _OWN))
    wanted = [kind for kind in kinds if kind.name is None or (asked.strict and kind.name not in asked.skip)]
    return [kind.begin(asked) for kind in wanted if kind.applies(asked)]


@dataclass
class Checking:
    """The checks of one series, fed with its rows in order, in pieces of any size.

    Memory does not grow with the rows, but for some figures of each step.

    Attributes:
        asked: what is known of the series, and what is to be looked at.
        checks: those that run.
        span: how long the series is.
        place: where it stands.
        timed_place: where its timed rows stand.
        counts_own_steps: whether a column was added that tells the steps of a series which counts none.
    """

    asked: Asked
    checks: list[Check] = field(default_factory=list)
    span: Span = field(default_factory=Span)
    place: Place = field(default_factory=Place)
    timed_place: Place = field(default_factory=Place)
    counts_own_steps: bool = False

    def __post_init__(self) -> None:
        self._read: list[str] | None = None

    @classmethod
    def of(cls, asked: Asked) -> "Checking":
        """The checks that are asked for, before the first row."""
        return cls(asked, chosen(asked))

    @classmethod
    def of_more(cls, asked: Asked) -> "Checking":
        """Those checks that hold for rows which follow others, too."""
        return cls(asked, [check for check in chosen(asked) if isinstance(check, _OF_MORE)])

    def add(self, chunk: pl.DataFrame) -> None:
        """Look at the next rows, which have all columns of the series.

        Raises:
            UnusableDataError: a column of the data format does not hold numbers.
        """
        if self._read is None:
            self._read = self._to_be_read(chunk.schema)
        read = chunk.select(cs.by_name(self._read))
        require_numbers(read)
        with np.errstate(all="ignore"):  # what is no number passes a check, or has one of its own
            for rows in blocks(read, self.place, self.timed_place):
                for check in self.checks:
                    check.add(rows)
                if self.span.applies(self.asked):
                    self.span.add(rows)

    def _to_be_read(self, schema: pl.Schema) -> list[str]:
        """The columns that a check may look at: a series can have any number of others."""
        known = _READ | ({OWN_STEPS} if self.counts_own_steps else set())
        stamps = [name for name, dtype in schema.items() if name not in NUMERIC and may_hold_stamps(name, dtype)]
        return [*(name for name in known if name in schema), *stamps[:_MOST_STAMPS]]

    def findings(self, steps: pl.DataFrame | None = None, said: Timing | None = None) -> list[Finding]:
        """What is wrong with the rows so far, in the order of the checks.

        Args:
            steps: the step table, for the checks that look at it.
            said: when the test ran.
        """
        with np.errstate(all="ignore"):
            return [*self._found(steps, said)]

    def _found(self, steps: pl.DataFrame | None, said: Timing | None) -> Iterator[Finding]:
        own = tuple(_OWN)
        for check in self.checks:
            if not isinstance(check, own):
                yield from check.findings()
        if steps is not None and self.asked.data_type is None:
            yield from of_steps(steps, self.asked)
        if said is not None:
            yield from timing_findings(said, self.span.seconds)
        for check in self.checks:
            if isinstance(check, own):
                yield from check.findings()


def of_steps(steps: pl.DataFrame, asked: Asked) -> Iterator[Finding]:
    """What the strict checks of the step table find."""
    if not asked.strict:
        return
    if COLUMN_DIRECTION not in asked.skip:
        yield from step_table.column_direction(steps)
    if asked.capacity is not None and FULL_STEPS not in asked.skip:
        yield from step_table.consecutive_full_steps(steps, asked.capacity)
    if asked.capacity is not None and STEP_CAPACITY not in asked.skip:
        yield from step_table.step_capacity(steps, asked.capacity)


def require_numbers(frame: pl.DataFrame) -> None:
    """Refuse a frame in which a column of the data format holds something else than numbers.

    Raises:
        UnusableDataError: names the columns.
    """
    schema = frame.schema
    require_numeric(schema, (name for name in NUMERIC if name in schema and holds_numbers(schema[name])), schema)
