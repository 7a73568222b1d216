"""Checks of what was counted against what flowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from cellkeep.domain.columns import (
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    CURRENT,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
    POWER,
    STEP_COUNT,
    TIME,
    VOLTAGE,
)
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Floats
from cellkeep.validate.check import Asked, Check
from cellkeep.validate.rows import Part, Rows

TOLERANCE = 0.10
_SECONDS_PER_HOUR = 3600.0
_PRODUCT = f"{VOLTAGE} * {CURRENT}"
_CODES = {
    DISCHARGE_CAPACITY: Code.DISCHARGE_CAPACITY_INTEGRAL_MISMATCH,
    CHARGE_CAPACITY: Code.CHARGE_CAPACITY_INTEGRAL_MISMATCH,
    DISCHARGE_ENERGY: Code.DISCHARGE_ENERGY_INTEGRAL_MISMATCH,
    CHARGE_ENERGY: Code.CHARGE_ENERGY_INTEGRAL_MISMATCH,
}
_ENERGIES = frozenset({DISCHARGE_ENERGY, CHARGE_ENERGY})
_OF_CHARGE = frozenset({CHARGE_CAPACITY, CHARGE_ENERGY})
"""They count what flows where the driver is negative."""


@dataclass
class _Counted:
    """One column beside its integral.

    Attributes:
        source: the column that is integrated, or the product of two.
        time: of the last row [s].
        flow: the driver's part of the column's direction, in the last row [A or W].
        since_start: integral since the last step began [A.h or W.h].
        lost: whether a value was missing, behind which the integral over the series is not known.
        largest: of the integral.
        largest_reported: of the column.
        difference: largest difference so far, at
        row_index: this row, where the column has
        reported: this value, and the integral is
        integrated: this.
    """

    source: str
    time: float | None = None
    flow: float = 0.0
    since_start: float = 0.0
    lost: bool = False
    largest: float = 0.0
    largest_reported: float = 0.0
    difference: float = -1.0
    row_index: int = 0
    reported: float = 0.0
    integrated: float = 0.0


@dataclass
class Integrals(Check):
    """Each column is, to 10 % of its largest value, the integral over time of what flowed in its direction.

    The integral is the trapezoidal one of max(I, 0) for discharge and max(-I, 0) for charge, by 3600 s/h, from the
    first row of each step on; for energy that of the power, which is voltage times current where it has no column.
    Only timed rows count, and rows are numbered among these.
    """

    codes = tuple(_CODES.values())
    name = "capacity_energy_from_current_power"
    reads = (TIME, STEP_COUNT)

    columns: dict[str, _Counted]
    num_rows: int = 0

    @classmethod
    def applies(cls, asked: Asked) -> bool:
        return super().applies(asked) and bool(_sources(asked))

    @classmethod
    def begin(cls, asked: Asked) -> Self:
        return cls({name: _Counted(source) for name, source in _sources(asked).items()})

    def add(self, rows: Rows) -> None:
        part = rows.timed
        if not part.size:
            return
        time = part.values(TIME)
        drivers: dict[str, Floats] = {}
        for name, column in self.columns.items():
            if column.source not in drivers:
                drivers[column.source] = _driver(part, column.source)
            _add(column, part, time, _flow(drivers[column.source], charge=name in _OF_CHARGE), part.values(name))
        self.num_rows += part.size

    def findings(self) -> Iterator[Finding]:
        if self.num_rows < 2:
            return
        for name, column in self.columns.items():
            scale = max(column.largest, column.largest_reported)
            if column.difference < 0 or scale == 0 or not column.difference / scale > TOLERANCE:
                continue
            error, unit = column.difference / scale, "W.h" if name in _ENERGIES else "A.h"
            sign = "-" if name in _OF_CHARGE else ""
            driver = "P" if name in _ENERGIES else "I"
            yield found(
                _CODES[name],
                f"'{name}' differs by {error:.1%} from the integral of max({sign}{driver}, 0) over time, more than "
                f"{TOLERANCE:.0%}: in timed row {column.row_index} it is {column.reported:.6g} {unit}, integrated "
                f"{column.integrated:.6g} {unit}. The column may be in another unit, of the other direction, or count "
                "over several steps; or rows are missing. cellkeep.derived.with_capacity computes it anew.",
                column=name,
                source_column=column.source,
                unit=unit,
                worst_row_index=column.row_index,
                reported_at_worst=column.reported,
                integrated_at_worst=column.integrated,
                max_scale=scale,
                relative_error=error,
                tolerance=TOLERANCE,
            )


def _sources(asked: Asked) -> dict[str, str]:
    """The columns that are checked, and what each is the integral of."""
    present = asked.present
    power = POWER if POWER in present else _PRODUCT if {VOLTAGE, CURRENT} <= present else None
    sources = {name: power if name in _ENERGIES else CURRENT for name in _CODES if name in present}
    return {name: source for name, source in sources.items() if source == _PRODUCT or source in present}


def _driver(part: Part, source: str) -> Floats:
    if source != _PRODUCT:
        return part.values(source)
    return part.values(VOLTAGE) * part.values(CURRENT)


def _flow(driver: Floats, *, charge: bool) -> Floats:
    return np.maximum(-driver if charge else driver, 0.0)


def _add(column: _Counted, part: Part, time: Floats, flow: Floats, reported: Floats) -> None:
    largest = np.fmax.reduce(np.abs(reported))
    column.largest_reported = float(np.fmax(column.largest_reported, largest))
    integrated = _integrated(column, part, time, flow)
    if not integrated.size:
        return
    column.largest = float(np.fmax(column.largest, np.fmax.reduce(np.abs(integrated))))
    difference = np.abs(reported[: integrated.size] - integrated)
    if np.isnan(difference).all():
        return
    at = int(np.nanargmax(difference))
    if difference[at] > column.difference:
        column.difference, column.row_index = float(difference[at]), part.before.rows + at
        column.reported, column.integrated = float(reported[at]), float(integrated[at])


def _integrated(column: _Counted, part: Part, time: Floats, flow: Floats) -> Floats:
    """The integral since the start of each step, at the rows up to the first behind which it is not known."""
    if column.lost:
        return flow[:0]
    moved = np.empty_like(flow)
    moved[0] = 0.0 if column.time is None else (flow[0] + column.flow) * (time[0] - column.time)
    np.multiply(flow[1:] + flow[:-1], np.diff(time), out=moved[1:])
    moved *= 0.5 / _SECONDS_PER_HOUR
    known = np.isfinite(moved)
    if not known.all():
        end = int(np.argmin(known))
        column.lost = True
        moved, time, flow = moved[:end], time[:end], flow[:end]
        if not end:
            return moved
    running = np.cumsum(moved)
    starts = part.runs.starts[: np.searchsorted(part.runs.starts, moved.size)]
    lengths = np.diff(starts, append=moved.size)
    begun_at = running[starts]
    if part.continued:
        begun_at[0] = -column.since_start
    running -= np.repeat(begun_at, lengths)
    column.time, column.flow, column.since_start = float(time[-1]), float(flow[-1]), float(running[-1])
    return running
