"""Checks of `Time [s]`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cellkeep.domain.columns import BACKWARDS_S, FREQUENCY, TIME
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import previous
from cellkeep.validate.check import Check
from cellkeep.validate.rows import Rows

START_TOLERANCE_S = 1e-6
LONGEST_GAP_S = 18_000.0


@dataclass
class TimeMissing(Check):
    """A row without a time has to carry an impedance frequency."""

    codes = (Code.TIME_MISSING_ON_NON_EIS_ROW,)
    reads = (TIME,)

    row_index: int | None = None
    num_rows: int = 0

    def add(self, rows: Rows) -> None:
        if rows.timed.size == rows.height:
            return
        missing = np.isnan(rows.values(TIME))
        if FREQUENCY in rows:
            missing &= np.isnan(rows.values(FREQUENCY))
        if missing.any() and self.row_index is None:
            self.row_index = rows.first_row + int(np.argmax(missing))
        self.num_rows += int(np.count_nonzero(missing))

    def findings(self) -> Iterator[Finding]:
        if self.row_index is not None:
            yield found(
                Code.TIME_MISSING_ON_NON_EIS_ROW,
                f"'{TIME}' has no value in {self.num_rows:,} row(s) without an impedance frequency, the first of which "
                f"is row {self.row_index}. Only rows of an impedance sweep may lack it: fill the times in, or drop "
                "the rows.",
                row_index=self.row_index,
                num_rows=self.num_rows,
            )


@dataclass
class TimeStart(Check):
    """The first time is 0, to 1e-6 s."""

    codes = (Code.TIME_DOES_NOT_START_AT_ZERO,)
    reads = (TIME,)

    observed: float | None = None

    def add(self, rows: Rows) -> None:
        if self.observed is None and rows.timed.size:
            self.observed = float(rows.timed.values(TIME)[0])

    def findings(self) -> Iterator[Finding]:
        if self.observed is not None and abs(self.observed) > START_TOLERANCE_S:
            yield found(
                Code.TIME_DOES_NOT_START_AT_ZERO,
                f"'{TIME}' starts at {self.observed:.15g} s and must start at 0. Subtract the first time from all; "
                "when the test started belongs in start_time. cellkeep.mend does it.",
                observed=self.observed,
                tolerance=START_TOLERANCE_S,
            )


@dataclass
class TimeOrder(Check):
    """Time never falls; rows without one are stepped over."""

    codes = (Code.TIME_NOT_MONOTONIC,)
    reads = (TIME,)

    last: float | None = None
    row_index: int | None = None
    previous_time: float | None = None
    current_time: float | None = None
    num_violations: int = 0

    def add(self, rows: Rows) -> None:
        time = rows.timed.values(TIME)
        if not time.size:
            return
        before = previous(time, self.last)
        falls = time - before < -BACKWARDS_S
        if falls.any():
            if self.row_index is None:
                at = int(np.argmax(falls))
                self.row_index = rows.timed.row(at)
                self.previous_time, self.current_time = float(before[at]), float(time[at])
            self.num_violations += int(np.count_nonzero(falls))
        self.last = float(time[-1])

    def findings(self) -> Iterator[Finding]:
        if self.row_index is not None:
            more = f" It falls {self.num_violations:,} times." if self.num_violations > 1 else ""
            yield found(
                Code.TIME_NOT_MONOTONIC,
                f"'{TIME}' falls from {self.previous_time:.15g} s to {self.current_time:.15g} s in row "
                f"{self.row_index}.{more} It counts the seconds since the first row over the whole test: where each "
                "step or cycle begins at 0, add the end of the one before; where rows are out of order, sort them.",
                row_index=self.row_index,
                previous_time=self.previous_time,
                current_time=self.current_time,
                num_violations=self.num_violations,
            )


@dataclass
class TimeGaps(Check):
    """Rows lie at most five hours apart."""

    codes = (Code.TIME_GAP_TOO_LARGE,)
    name = "time_gaps"
    reads = (TIME,)

    last: float | None = None
    last_row: int = 0
    row_index: int | None = None
    gap_seconds: float = 0.0
    num_violations: int = 0

    def add(self, rows: Rows) -> None:
        time = rows.timed.values(TIME)
        if not time.size:
            return
        gaps = time - previous(time, self.last)
        wide = gaps > LONGEST_GAP_S
        if wide.any():
            if self.row_index is None:
                at = int(np.argmax(wide))
                self.row_index = rows.timed.row(at - 1) if at else self.last_row
                self.gap_seconds = float(gaps[at])
            self.num_violations += int(np.count_nonzero(wide))
        self.last, self.last_row = float(time[-1]), rows.timed.row(time.size - 1)

    def findings(self) -> Iterator[Finding]:
        if self.row_index is not None:
            more = f" There are {self.num_violations:,} such gaps." if self.num_violations > 1 else ""
            yield found(
                Code.TIME_GAP_TOO_LARGE,
                f"After row {self.row_index} there is no row for {self.gap_seconds / 3600:.2f} h, more than "
                f"{LONGEST_GAP_S / 3600:g} h.{more} Where rows were lost, an integral over the gap counts a current "
                "that nobody measured: export the test again.",
                row_index=self.row_index,
                gap_seconds=self.gap_seconds,
                max_gap_seconds=LONGEST_GAP_S,
                num_violations=self.num_violations,
            )


@dataclass
class TimeRepeated(Check):
    """Each row of a step has a time of its own; where one step ends and the next begins, one may come twice."""

    codes = (Code.TIME_REPEATED,)
    reads = (TIME,)

    last: float | None = None
    row_index: int | None = None
    time: float = 0.0
    num_rows: int = 0

    def add(self, rows: Rows) -> None:
        if not rows.has_steps or not rows.timed.size:
            return
        time = rows.timed.values(TIME)
        same = (time == previous(time, self.last if rows.timed.continued else None)) & ~rows.timed.begins
        same &= np.isfinite(time)
        if self.last is None or not rows.timed.continued:
            same[0] = False
        if same.any():
            if self.row_index is None:
                at = int(np.argmax(same))
                self.row_index, self.time = rows.timed.row(at), float(time[at])
            self.num_rows += int(np.count_nonzero(same))
        self.last = float(time[-1])

    def findings(self) -> Iterator[Finding]:
        if self.row_index is not None:
            yield found(
                Code.TIME_REPEATED,
                f"{self.num_rows:,} row(s) have the time of the row before in the same step, the first of which is "
                f"row {self.row_index} at {self.time:.15g} s. Rates of change are infinite there. cellkeep.mend sets "
                "such rows a microsecond apart.",
                row_index=self.row_index,
                time=self.time,
                num_rows=self.num_rows,
            )
