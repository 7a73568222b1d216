"""Checks of a step table; `docs/tables.md` says what its columns are."""

from collections.abc import Iterator
from types import NoneType
from typing import Any

import numpy as np
import polars as pl

from cellkeep.domain.columns import (
    CHARGE_CAPACITY,
    CHARGE_ENERGY,
    DISCHARGE_CAPACITY,
    DISCHARGE_ENERGY,
    STEP_COUNT,
)
from cellkeep.domain.findings import Code, Finding, found
from cellkeep.runs import Bools, Floats, as_floats, holds_numbers
from cellkeep.validate.check import Several

REST_A = 1e-3
SHORTEST_S = 60.0
MOST_SPREAD = 0.5
DOMINANCE = 4.0
SWAPPED_FROM = 0.75
FULL = 2.0
"""Times the rated capacity."""
MOST_RATED = 5.0
_MOST_EXAMPLES = 5
_MEAN, _MIN, _MAX, _STD = (f"{word} current [A]" for word in ("Mean", "Min", "Max", "Std"))
_DURATION, _STEP_TYPE = "Duration [s]", "Step type"
_PAIRS = {
    Code.CHARGE_DISCHARGE_CAPACITY_COLUMNS_SWAPPED: ("capacity", DISCHARGE_CAPACITY, CHARGE_CAPACITY),
    Code.CHARGE_DISCHARGE_ENERGY_COLUMNS_SWAPPED: ("energy", DISCHARGE_ENERGY, CHARGE_ENERGY),
}


def column_direction(steps: pl.DataFrame) -> Iterator[Finding]:
    """A discharging step moves what it moves in the discharge column, and a charging step in the charge column.

    Only steps vote that are clear: |mean I| >= 1 mA, 60 s or longer, current of one sign (or of a standard deviation up
    to half its mean), and four times as much in one column as in the other. Each votes with the amount it moved; three
    quarters of it in the wrong columns are a finding. Current positive on discharge.
    """
    if _MEAN not in steps.columns:
        return
    mean = _numbers(steps, _MEAN)
    clear = _clear(steps, mean)
    for code, (what, discharge_column, charge_column) in _PAIRS.items():
        if not {discharge_column, charge_column} <= set(steps.columns):
            continue
        discharge, charge = (_amounts(steps, it) for it in (discharge_column, charge_column))
        larger, smaller = np.maximum(discharge, charge), np.minimum(discharge, charge)
        votes = clear & (larger > 0) & (larger >= DOMINANCE * smaller)
        wrong = votes & np.where(mean > 0, charge > discharge, discharge > charge)
        total = larger[votes].sum()
        if not total > 0 or larger[wrong].sum() / total < SWAPPED_FROM:
            continue
        counts = _counts(steps)
        share = float(larger[wrong].sum() / total)
        yield found(
            code,
            f"'{discharge_column}' and '{charge_column}' seem to be swapped: {share:.0%} of the {what} that clear "
            f"steps moved lies in the column of the other direction, of {int(wrong.sum()):,} of {int(votes.sum()):,} "
            "steps. Rename the two columns.",
            discharge_column=discharge_column,
            charge_column=charge_column,
            swapped_fraction=share,
            n_steps_considered=int(votes.sum()),
            n_steps_swapped=int(wrong.sum()),
            example_steps=[counts[at] for at in np.flatnonzero(wrong)[:_MOST_EXAMPLES]],
            threshold=SWAPPED_FROM,
        )


def consecutive_full_steps(steps: pl.DataFrame, rated_capacity: float) -> Iterator[Finding]:
    """No two full steps of one direction follow each other; full is more than twice the rated capacity [A.h].

    The direction is that of `Step type`. Steps that are not full are passed over, of whatever direction.
    """
    if not {_STEP_TYPE, DISCHARGE_CAPACITY, CHARGE_CAPACITY} <= set(steps.columns):
        return
    threshold = FULL * rated_capacity
    ways = [_way(label) for label in steps[_STEP_TYPE].to_list()]
    amounts = {"discharge": _numbers(steps, DISCHARGE_CAPACITY), "charge": _numbers(steps, CHARGE_CAPACITY)}
    counts = _counts(steps)
    before: tuple[str, int] | None = None
    several = Several()
    for at, way in enumerate(ways):
        if way is None or not abs(amounts[way][at]) > threshold:
            continue
        if before is not None and before[0] == way:
            pair = {"direction": way, "previous_step": counts[before[1]], "current_step": counts[at]}
            limits = {"threshold_capacity": threshold, "rated_capacity": rated_capacity}
            several.add([at], lambda _, payload={**pair, **limits}: payload)
        before = (way, at)
    yield from several.findings(
        Code.CONSECUTIVE_SAME_DIRECTION_FULL_STEPS,
        lambda it: (
            f"Steps {it['previous_step']} and {it['current_step']} both {it['direction']} more than {threshold:g} A.h, "
            f"{FULL:g} times the rated capacity, with no full step of the other direction between them. Several tests "
            "may have been put into one file: make a measurement of each."
        ),
    )


def step_capacity(steps: pl.DataFrame, rated_capacity: float) -> Iterator[Finding]:
    """No step moves more than five times the rated capacity [A.h]."""
    threshold = MOST_RATED * rated_capacity
    names = [name for name in (DISCHARGE_CAPACITY, CHARGE_CAPACITY) if name in steps.columns]
    over = [(name, at) for name in names for at in np.flatnonzero(np.abs(_numbers(steps, name)) > threshold)]
    if not over:
        return
    column, first = over[0]
    value = float(np.abs(_numbers(steps, column))[first])
    step = _counts(steps)[first]
    yield found(
        Code.STEP_CAPACITY_EXCEEDS_RATED,
        f"{len(over):,} time(s) a step moves more than {MOST_RATED:g} times the rated capacity ({threshold:g} A.h). In "
        f"step {step}, the first, '{column}' is {value:.6g} A.h. The rated capacity may be that of another cell, a "
        "unit may be wrong, or the integral counts a gap.",
        total_count=len(over),
        first_step=step,
        first_column=column,
        first_value=value,
        threshold_capacity=threshold,
        rated_capacity=rated_capacity,
    )


def _clear(steps: pl.DataFrame, mean: Floats) -> Bools:
    """The steps of which the direction is beyond doubt."""
    with np.errstate(invalid="ignore"):
        clear: Bools = np.isfinite(mean) & (np.abs(mean) >= REST_A)
        if _DURATION in steps.columns:
            clear &= _numbers(steps, _DURATION) >= SHORTEST_S
        signed = np.zeros(mean.size, np.bool_)
        if {_MIN, _MAX} <= set(steps.columns):
            low, high = _numbers(steps, _MIN), _numbers(steps, _MAX)
            signed |= np.isfinite(low) & np.isfinite(high) & np.where(mean > 0, low >= -REST_A, high <= REST_A)
        if _STD in steps.columns:
            spread = _numbers(steps, _STD)
            signed |= np.isfinite(spread) & (spread <= MOST_SPREAD * np.abs(mean))
    return clear & signed


def _counts(steps: pl.DataFrame) -> list[Any]:
    """What each step is called: its count, or else its place."""
    if STEP_COUNT not in steps.columns:
        return list(range(steps.height))
    counts = steps[STEP_COUNT]
    return [count if isinstance(count, (int, float, str, NoneType)) else str(count) for count in counts.to_list()]


def _way(label: object) -> str | None:
    text = str(label or "").lower()
    return "discharge" if "discharge" in text else "charge" if "charge" in text else None


def _amounts(steps: pl.DataFrame, name: str) -> Floats:
    """What each step moved, without its sign; nothing where that is not known."""
    amounts = np.abs(_numbers(steps, name))
    return np.where(np.isfinite(amounts), amounts, 0.0)


def _numbers(steps: pl.DataFrame, name: str) -> Floats:
    """A column as numbers; one of another kind tells nothing."""
    column = steps[name]
    if not holds_numbers(column.dtype):
        return np.full(steps.height, np.nan)
    return as_floats(column)
