"""Repairs of a series that a person asks for: each is small, safe, and told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Code, Finding, Repair
from cellkeep.runs import Floats, Runs, changes
from cellkeep.summarise.capacity import CHARGE, ENERGY, Quantity
from cellkeep.summarise.derived import (
    spread_times,
    with_capacity,
    with_current_reversed,
    with_cycle_count,
    with_step_count,
)
from cellkeep.summarise.derived.reversal import SIGNED
from cellkeep.summarise.derived.rows import numbers, signal, since_first, step_runs

_AGREES = 0.5
"""What was counted is kept where it is within this share of its integral: the counters of a cycler are mostly better
than an integral of rounded currents, so no more is asked of them than the direction and the unit."""
_FALLS = -1e-6
NEGATED = "current_negated"
"""The action of a repair that turns the sign of currents, and of power."""
_COUNTING = frozenset({
    Code.STEP_COUNT_MISSING,
    Code.STEP_COUNT_DOES_NOT_START_AT_ZERO,
    Code.STEP_COUNT_NON_SEQUENTIAL,
    Code.STEP_COUNT_DISAGREES_WITH_CURRENT,
})  # fmt: skip
_CUMULATIVE = frozenset({Code.CUMULATIVE_VALUE_NOT_RESET, Code.CUMULATIVE_VALUE_DECREASED})


class Mended(NamedTuple):
    """A series after repair.

    Attributes:
        frame: the rows, in their order.
        repairs: what was done, in order; empty where nothing could be.
        refused: why a repair was not made that a finding asks for.
    """

    frame: pl.DataFrame
    repairs: list[Repair]
    refused: list[str]


def negated(repairs: Iterable[Repair]) -> list[str]:
    """The columns whose sign repairs of `mend` turned."""
    return [name for each in repairs if each.action == NEGATED for name in each.payload["columns"]]


def mend(frame: pl.DataFrame, findings: Iterable[Finding]) -> Mended:
    """Repair what findings tell, where that is safe, and leave everything else as it is.

    | finding | repair |
    |---|---|
    | `time_does_not_start_at_zero` | the first time is subtracted from all |
    | `step_count_does_not_start_at_zero` alone | the first count is subtracted from all |
    | `step_count_…` | the steps are counted anew: by `Step from cycler`; where there is none, by the changes of the old
      count, which is kept as `Step from cycler`; where there is none either, by the sign of the current |
    | `current_sign_reversed` | the current is negated, and power with it; capacities and energies are kept, change
      places, or are computed anew, whichever agrees with the current then |
    | `cumulative_value_…` | of each column named, the value at the start of each step is taken off; where it still
      falls, it is computed anew from the current |
    | `time_repeated` | repeats are set a microsecond apart |
    | `eis_zim_sign_reversed` | `Z_Im [Ohm]` is negated |
    | `cycles_not_counted` | cycles are counted by the full swings of the current |

    Args:
        frame: the series in which they were found.
        findings: what was found, such as `errors` of a `MeasurementValidationError`; other findings are passed over.

    Returns:
        The series and what was done, for `repairs` of the measurement; and what could not be done, and why. Check it
        again: some faults hide others.
    """
    wanted = list(findings)
    done: list[Repair] = []
    refused: list[str] = []
    for codes, repair in _REPAIRS:
        if asked := [finding for finding in wanted if finding.code in codes]:
            try:
                frame, repairs = repair(frame, asked)
            except UnusableDataError as error:
                refused.append(error.message)
            else:
                done += repairs
    return Mended(frame, done, refused)


_Repaired = tuple[pl.DataFrame, list[Repair]]


def _shifted(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    columns.require([columns.TIME], frame.columns, "Letting time start at 0")
    time = numbers(frame, columns.TIME)
    known = time[~np.isnan(time)]
    if not known.size or known[0] == 0:
        return frame, []
    first = float(known[0])
    # Whole numbers stay such: as floats, large ones would be rounded.
    times = frame[columns.TIME]
    shifted = (
        times.cast(pl.Int64) - int(times.drop_nulls()[0])
        if times.dtype.is_integer()
        else times.cast(pl.Float64).fill_nan(None) - first
    )
    moved = frame.with_columns(shifted)
    message = f"{first:.15g} s were subtracted from '{columns.TIME}'."
    return moved, [_repair("time_shifted", message, asked, subtracted_s=first)]


def _counted(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    only_start = {finding.code for finding in asked} == {Code.STEP_COUNT_DOES_NOT_START_AT_ZERO}
    if only_start and _is_whole(frame) and not _is_finer(frame, columns.STEP_FROM_CYCLER, columns.STEP_COUNT):
        return _from_zero(frame, asked)
    there, by_cycler = columns.STEP_COUNT in frame.columns, _tells_steps(frame, columns.STEP_FROM_CYCLER)
    told_by = [f"'{columns.STEP_FROM_CYCLER}'"] if by_cycler else ["the changes of the old count"] if there else []
    if by_cycler:
        counted = with_step_count(frame.drop(columns.STEP_COUNT, strict=False), source="cycler")
    elif there:
        labels = frame.drop(columns.STEP_FROM_CYCLER, strict=False).rename(
            {columns.STEP_COUNT: columns.STEP_FROM_CYCLER}
        )
        counted = with_step_count(labels, source="cycler")
    else:
        counted = with_step_count(frame.drop(columns.STEP_FROM_CYCLER, strict=False))
        told_by.append("the sign of the current, or the status")
    if any(finding.code == Code.STEP_COUNT_DISAGREES_WITH_CURRENT for finding in asked):
        counted = _with_turns(counted)
        told_by.append("the sign of the current")
    counts = counted[columns.STEP_COUNT]
    kept = there and columns.STEP_FROM_CYCLER not in frame.columns
    mended = frame.with_columns(counts, *([frame[columns.STEP_COUNT].alias(columns.STEP_FROM_CYCLER)] if kept else []))
    old = f" The old count is kept as '{columns.STEP_FROM_CYCLER}'." if kept else ""
    if there and not kept:
        old = " They take the place of the old count."
    steps = counts[-1] + 1 if counts.len() else 0
    message = f"{steps:,} step(s) were counted by {' and '.join(told_by)}.{old}"
    return mended, [_repair("steps_counted", message, asked, steps=steps)]


def _tells_steps(frame: pl.DataFrame, name: str) -> bool:
    """Whether a column numbers the steps, and no more coarsely than the count that is there."""
    if name not in frame.columns or not frame[name].drop_nulls().len():
        return False
    return columns.STEP_COUNT not in frame.columns or not _is_finer(frame, columns.STEP_COUNT, name)


def _is_finer(frame: pl.DataFrame, name: str, other: str) -> bool:
    """Whether one column tells more steps than another."""
    return name in frame.columns and bool(changes(frame[name]).sum() > changes(frame[other]).sum())


def _is_whole(frame: pl.DataFrame) -> bool:
    """Whether each row has a whole number of its step."""
    counts = numbers(frame, columns.STEP_COUNT) if columns.STEP_COUNT in frame.columns else np.zeros(0)
    return bool(counts.size and (counts == np.trunc(counts)).all())


def _from_zero(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    """The same count, less its first value: nothing else is wrong with it."""
    counts = frame[columns.STEP_COUNT].cast(pl.Int64)
    first = counts[0]
    if first == 0:
        return frame, []
    message = f"{first} was subtracted from '{columns.STEP_COUNT}', so that it starts at 0."
    moved = frame.with_columns(counts - first)
    return moved, [_repair("step_count_shifted", message, asked, subtracted=first)]


def _with_turns(frame: pl.DataFrame) -> pl.DataFrame:
    """A step begins, too, where the current turns around; where most rows begin one, only there."""
    turns = with_step_count(frame, source="current")[columns.STEP_COUNT]
    counts = frame[columns.STEP_COUNT]
    begins = changes(turns)
    if frame.height and counts.n_unique() <= frame.height / 2:
        begins |= changes(counts)
    return frame.with_columns(begins.cum_sum().cast(pl.Int64).alias(columns.STEP_COUNT))


def _reversed(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    turned = with_current_reversed(frame.drop(*CHARGE.pair, *ENERGY.pair, strict=False))
    signed = [name for name in frame.columns if name in SIGNED]
    message = f"{columns.quoted(signed)} negated: the voltage rose where current was positive, so that was charge."
    done = [_repair(NEGATED, message, asked, columns=signed)]
    counted: dict[str, pl.Series] = {}
    for quantity in (CHARGE, ENERGY):
        found, repairs = _agreeing(frame, turned, quantity, asked)
        counted |= found
        done += repairs
    return turned.select(counted[name] if name in counted else turned[name] for name in frame.columns), done


def _agreeing(
    frame: pl.DataFrame, turned: pl.DataFrame, quantity: Quantity, asked: Sequence[Finding]
) -> tuple[dict[str, pl.Series], list[Repair]]:
    """The columns of a quantity as the turned current has them, by the name of the column whose place they take.

    They are exchanged, as they were, or computed anew.
    """
    present = [name for name in quantity.pair if name in frame.columns]
    opposite = dict(zip(quantity.pair, quantity.pair[::-1], strict=True))
    if not present:
        return {}, []
    if len(present) == 1:
        exchanged = {name: frame[name].alias(opposite[name]) for name in present}
    else:
        exchanged = {name: frame[opposite[name]].alias(name) for name in present}
    message = f"{columns.quoted(present)} counted the other direction and were renamed."
    swap = [_repair("columns_exchanged", message, asked, columns=present)]
    fitting = _integrals(turned, quantity)
    if fitting is None:
        return exchanged, swap
    off = {
        "exchanged": _off(turned, fitting, exchanged.values()),
        "kept": _off(turned, fitting, map(frame.get_column, present)),
    }
    if min(off.values()) <= _AGREES:
        as_they_were = {name: frame[name] for name in present}
        return (exchanged, swap) if off["exchanged"] <= off["kept"] else (as_they_were, [])
    message = f"{columns.quoted(present)} were computed anew from the current: as they were, neither fits it."
    computed = {name: fitting[name] for name in present}
    return computed, [_repair("recomputed", message, asked, columns=present)]


def _reset(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    runs = step_runs(frame, "Resetting what is counted in each step")
    done: list[Repair] = []
    for quantity in (CHARGE, ENERGY):
        # Where the two were exchanged, the finding names the other one.
        of_these = [finding for finding in asked if finding.payload.get("column") in quantity.pair]
        for name in quantity.pair if of_these else ():
            if name in frame.columns:
                frame, repairs = _reset_one(frame, name, quantity, runs, of_these)
                done += repairs
    return frame, done


def _reset_one(frame: pl.DataFrame, name: str, quantity: Quantity, runs: Runs, asked: Sequence[Finding]) -> _Repaired:
    since = _since_start(frame[name], runs)
    if _falls(since, runs):
        return _recomputed(frame, name, quantity, asked)
    values = numbers(frame, name)
    if not np.nanmax(np.abs(since - values), initial=0.0) > 0:
        return frame, []
    infinite = frame[name].cast(pl.Float64).is_infinite().fill_null(value=False)
    reset = pl.Series(name, since, nan_to_null=True)
    message = f"What '{name}' had at the start of each step was taken off."
    taken_off = frame.with_columns(pl.when(infinite).then(pl.col(name)).otherwise(reset).alias(name))
    return taken_off, [_repair("reset_per_step", message, asked, column=name)]


def _since_start(column: pl.Series, runs: Runs) -> Floats:
    return since_first(signal(column.to_frame(), column.name), runs)


def _falls(since: Floats, runs: Runs) -> bool:
    falls = np.diff(since) < _FALLS
    falls[runs.starts[1:] - 1] = False
    return bool(falls.any())


def _recomputed(frame: pl.DataFrame, name: str, quantity: Quantity, asked: Sequence[Finding]) -> _Repaired:
    fitting = _integrals(frame, quantity)
    runs = step_runs(frame, "Computing what was counted")
    if fitting is None or _falls(_since_start(fitting[name], runs), runs):
        raise UnusableDataError(
            f"'{name}' falls within steps, and no current over rising times tells what it should be.",
            detail={"column": name, "available_columns": frame.columns},
        )
    message = f"'{name}' fell within steps and was computed anew from the current."
    return frame.with_columns(fitting[name]), [_repair("recomputed", message, asked, columns=[name])]


def _integrals(frame: pl.DataFrame, quantity: Quantity) -> dict[str, pl.Series] | None:
    """The pair of a quantity, integrated; None where there is nothing to integrate, or not what tells the steps."""
    try:
        computed = with_capacity(frame.drop(*quantity.pair, quantity.single, strict=False))
    except UnusableDataError:
        return None
    return {name: computed[name] for name in quantity.pair} if set(quantity.pair) <= set(computed.columns) else None


def _off(frame: pl.DataFrame, fitting: Mapping[str, pl.Series], counted: Iterable[pl.Series]) -> float:
    """How far what was counted in the steps of a frame is from what was integrated, as a share of the larger one."""
    runs = step_runs(frame, "Comparing")
    worst = 0.0
    for column in counted:
        since = _since_start(column, runs)
        meant: Floats = fitting[column.name].cast(pl.Float64).to_numpy()
        scale = max(np.nanmax(np.abs(since), initial=0.0), np.nanmax(meant, initial=0.0))
        if scale > 0:
            worst = max(worst, float(np.nanmax(np.abs(since - meant), initial=0.0) / scale))
    return worst


def _spread(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    columns.require([columns.TIME], frame.columns, "Telling repeated times apart")
    time = numbers(frame, columns.TIME)
    try:
        apart = spread_times(frame)
    except UnusableDataError as error:
        raise UnusableDataError(
            "Rows with one time can not be set a microsecond apart: another time follows too closely, or they are too "
            "far from 0. Use cellkeep.derived.spread_times with a smaller offset_s, or a clock of finer steps.",
            detail=error.detail,
        ) from error
    if apart is frame:
        return frame, []
    moved = int(np.count_nonzero(np.nan_to_num(numbers(apart, columns.TIME) - time)))
    message = f"Repeated values of '{columns.TIME}' were set a microsecond apart."
    return apart, [_repair("times_spread", message, asked, rows=moved)]


def _impedance(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    columns.require([columns.Z_IM], frame.columns, "Negating the imaginary part")
    numbers(frame, columns.Z_IM)
    value = pl.col(columns.Z_IM).cast(pl.Float64)
    negated = frame.with_columns(pl.when(value == 0).then(value).otherwise(-value).alias(columns.Z_IM))
    return negated, [_repair("impedance_negated", f"'{columns.Z_IM}' negated.", asked, columns=[columns.Z_IM])]


def _cycles_counted(frame: pl.DataFrame, asked: Sequence[Finding]) -> _Repaired:
    by_cycler = columns.CYCLE_FROM_CYCLER in frame.columns and bool(changes(frame[columns.CYCLE_FROM_CYCLER]).any())
    if _changes_cycles(frame) or (by_cycler and columns.CYCLE_COUNT not in frame.columns):
        return frame, []
    counted = with_cycle_count(frame, source="cycler" if by_cycler else "current")
    if not _changes_cycles(counted):
        return frame, []
    cycles = counted[columns.CYCLE_COUNT][-1] + 1
    told_by = f"'{columns.CYCLE_FROM_CYCLER}'" if by_cycler else "the full swings of the current"
    message = f"{cycles:,} cycles were counted by {told_by}; before, all rows were one."
    return counted, [_repair("cycles_counted", message, asked, cycles=cycles)]


def _changes_cycles(frame: pl.DataFrame) -> bool:
    """Whether there is a count of cycles that tells more than one."""
    return columns.CYCLE_COUNT in frame.columns and bool(changes(frame[columns.CYCLE_COUNT]).any())


def _repair(action: str, message: str, asked: Sequence[Finding], **payload: object) -> Repair:
    codes = list(dict.fromkeys(finding.code for finding in asked))
    return Repair(action=action, message=message, codes=codes, payload=payload)


_REPAIRS: tuple[tuple[Collection[str], Callable[[pl.DataFrame, Sequence[Finding]], _Repaired]], ...] = (
    ({Code.TIME_DOES_NOT_START_AT_ZERO}, _shifted),
    (_COUNTING, _counted),
    ({Code.CURRENT_SIGN_REVERSED}, _reversed),
    (_CUMULATIVE, _reset),
    ({Code.TIME_REPEATED}, _spread),
    ({Code.EIS_ZIM_SIGN_REVERSED}, _impedance),
    ({Code.CYCLES_NOT_COUNTED}, _cycles_counted),
)
"""In the order in which they stand on each other: what counts since the start of a step needs the steps."""
MENDED_CODES = frozenset(code for codes, _ in _REPAIRS for code in codes)
