"""Resistance from the answer of the voltage to a change of current."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.runs import Floats, Ints
from cellkeep.summarise import labels, names
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import CHARGE, DIRECTION, DISCHARGE
from cellkeep.summarise.derived.rows import known_rows, numbers
from cellkeep.summarise.summary import steps as steps_of

_TOLD = [names.START_INDEX, names.END_INDEX, columns.STEP_COUNT, columns.CYCLE_COUNT, names.STEP_TYPE]
_SCHEMA: dict[str, pl.DataType] = {
    columns.STEP_COUNT: pl.Int64(),
    columns.CYCLE_COUNT: pl.Int64(),
    DIRECTION: pl.String(),
    names.START_TIME: pl.Float64(),
    names.DURATION: pl.Float64(),
    columns.SOC: pl.Float64(),
    "Current before [A]": pl.Float64(),
    columns.CURRENT: pl.Float64(),
    "Voltage before [V]": pl.Float64(),
    columns.VOLTAGE: pl.Float64(),
    "R0 [Ohm]": pl.Float64(),
}

_SHARE_OF_LARGEST_CURRENT = 0.01
_SLACK_S = 1e-6
"""Rounding of times must not cost the value at the very end of a pulse."""


@takes_frame
def pulse_resistance(
    frame: pl.DataFrame,
    steps: pl.DataFrame | None = None,
    *,
    at_s: Sequence[float] = (1.0, 10.0, 30.0),
    min_change_a: float | None = None,
) -> pl.DataFrame:
    """Compute the resistance of each step that begins with a change of current.

    With I and V at time t after the pulse began, and I_before and V_before in the last row before it,

        R(t) = (V_before - V(t)) / (I(t) - I_before)

    which is positive for a cell whose voltage falls under discharge, in both directions of the change. R0 is taken in
    the first row of the pulse, so it holds whatever the cell did until the cycler wrote that row; t counts from there.
    Between rows I and V are interpolated linearly. This is the resistance of the hybrid pulse power characterization of
    the USABC battery test manuals. The drift of the open-circuit voltage during the pulse is in it.

    A pulse begins with the first row whose current is nearer to the median of its step than to the current before: a
    first row that still carries the current of the step before does not count, nor does a last row that carries that
    of the next. At least half of the change must come from one row to the next, so that a current that only drifts, as
    in a hold at constant voltage, begins none. Rests and impedance are no pulses; a step that follows another current
    is one, as much as one after a rest.

    Args:
        frame: a series with `Time [s]`, `Voltage [V]`, `Current [A]` (positive on discharge) and `Step count`.
        steps: its step table, whole or only the steps that are wanted; made from the frame by default.
        at_s: times after the beginning of the pulse [s].
        min_change_a: smallest change of current [A]; by default 1 % of the largest |current|.

    Returns:
        A row for each pulse, in row order: `Step count`, `Cycle count`, `Direction` (`discharge` or `charge`, by the
        current of the pulse), `Start time [s]`, `Duration [s]`, `SOC` before the pulse (from `Nominal SOC` or `SOC` of
        the frame; else null), `Current before [A]`, `Current [A]`, `Voltage before [V]` (the open-circuit voltage,
        after a rest), `Voltage [V]`, `R0 [Ohm]`, and `R 10 s [Ohm]` for each time; null if the pulse is shorter.

    Raises:
        UnusableDataError: a column is missing or holds text, or time runs backwards in a pulse.
        InvalidError: a time is negative or not finite, or the smallest change is not positive and finite.
    """
    _refuse_settings(at_s, min_change_a)
    needed = [columns.TIME, columns.VOLTAGE, columns.CURRENT, columns.STEP_COUNT]
    columns.require(needed, frame.columns, "The resistance of a pulse")
    table = steps_of(frame) if steps is None else steps
    columns.require(_TOLD, table.columns, "A step table with pulses")
    known = _Known.of(frame)
    smallest = min_change_a or _SHARE_OF_LARGEST_CURRENT * np.abs(known.current).max(initial=0.0)
    at = {f"R {seconds:.12g} s [Ohm]": float(seconds) for seconds in at_s}
    working = table.filter(~pl.col(names.STEP_TYPE).is_in([labels.REST, labels.EIS])).select(_TOLD[:4])
    found = (_pulse(known, step, smallest, at) for step in working.iter_rows())
    rows = [pulse for pulse in found if pulse is not None]
    table = pl.DataFrame(rows, _SCHEMA | dict.fromkeys(at, pl.Float64()))
    return table.with_columns(cs.float().fill_nan(None))


@dataclass(frozen=True)
class _Known:
    """The rows that have time, voltage and current, and their places in the frame."""

    places: Ints
    time: Floats
    voltage: Floats
    current: Floats
    step: Floats
    soc: Floats

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        measured = [numbers(frame, name) for name in (columns.TIME, columns.VOLTAGE, columns.CURRENT)]
        soc = next((name for name in (columns.NOMINAL_SOC, columns.SOC) if name in frame.columns), None)
        of_soc = numbers(frame, soc) if soc else np.full(frame.height, np.nan)
        places = known_rows(*measured)
        return cls(places, *(values[places] for values in (*measured, numbers(frame, columns.STEP_COUNT), of_soc)))

    def step_rows(self, start: int, end: int) -> tuple[int, int]:
        first, after = np.searchsorted(self.places, [start, end + 1])
        return int(first), int(after)


def _pulse(
    known: _Known, step: tuple[int, int, int, int], smallest_a: float, at: Mapping[str, float]
) -> dict[str, float | str | None] | None:
    start, end, count, cycle = step
    first, after = known.step_rows(start, end)
    begin = _beginning(known, first, after)
    if begin is None:
        return None
    before = begin - 1
    time, voltage, current = (values[begin:after] for values in (known.time, known.voltage, known.current))
    if not abs(current[0] - known.current[before]) >= smallest_a > 0:
        return None
    if (np.diff(time) < 0).any():
        raise UnusableDataError(f"'{columns.TIME}' runs backwards in step {count}.", detail={"step": count})
    since = np.array([0.0, *at.values()])
    change = np.interp(since, time - time[0], current) - known.current[before]
    drop = known.voltage[before] - np.interp(since, time - time[0], voltage)
    usable = (np.abs(change) >= smallest_a) & (since <= time[-1] - time[0] + _SLACK_S)
    resistance = np.divide(drop, change, out=np.full(since.size, np.nan), where=usable)
    told = (
        count, cycle, DISCHARGE if current[0] > 0 else CHARGE, time[0], time[-1] - time[0], known.soc[before],
        known.current[before], current[0], known.voltage[before], voltage[0],
    )  # fmt: skip
    # Adding zero turns -0.0 into 0.0.
    return dict(zip([*_SCHEMA, *at], [*told, *(resistance + 0.0)], strict=True))


def _beginning(known: _Known, first: int, after: int) -> int | None:
    """Number of the first row that carries the current of the pulse; none where the current drifts there."""
    if first == after or not first:
        return None
    earlier = first - 2 if first > 1 and known.step[first - 2] == known.step[first - 1] else first - 1
    current = known.current[earlier:after]
    half = 0.5 * abs(np.median(known.current[first:after]) - current[0])
    far = np.flatnonzero(np.abs(current - current[0]) > half)
    if not far.size or abs(current[far[0]] - current[far[0] - 1]) < half:
        return None
    return earlier + int(far[0])


def _refuse_settings(at_s: Sequence[float], min_change_a: float | None) -> None:
    if any(not (math.isfinite(seconds) and seconds >= 0) for seconds in at_s):
        raise InvalidError(f"Times after the beginning of a pulse must be finite and not negative, not {list(at_s)}.")
    if min_change_a is not None and not (math.isfinite(min_change_a) and min_change_a > 0):
        raise InvalidError(f"The smallest change of current must be positive and finite, not {min_change_a} A.")
