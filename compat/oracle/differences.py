"""The differences that are meant: where each may show, and nowhere else. `docs/differences.md` explains them."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import polars as pl
import polars.selectors as cs
from oracle.case import (
    AREAL_CURRENT,
    COUNTED,
    CURRENT,
    CYCLE_COUNT,
    CYCLE_FROM_CYCLER,
    FREQUENCY,
    POWER,
    STEP_COUNT,
    TIME,
    VOLTAGE,
)
from oracle.reference import CYCLE_SUMS, RATIOS, RUNNING, TRANSFERS, WAYS, statistics

Applies = Callable[[pl.DataFrame], bool]

STEP_TYPE = "Step type"
SUMS = (*TRANSFERS, *CYCLE_SUMS)
CYCLE_FIGURES = (*TRANSFERS, *(ratio for ratios in RATIOS.values() for ratio in ratios), *RUNNING)
CYCLE_DURATION = "Cycle duration [s]"
DURATIONS = [f"{way.capitalize()} duration [s]" for way in WAYS]
MEANS = [f"Mean {way} current [A]" for way in WAYS]
EVERY = None
"""Every column of a table, and its rows."""


class Difference(NamedTuple):
    """One of them.

    Attributes:
        title: of its section on the page.
        applies: whether a series has what it takes.
        steps: columns of the step table that may differ; `EVERY` where ionworksdata may make none.
        cycles: the same of the cycle table.
        only: rows that may differ, told by the table that cellkeep has to give.
    """

    title: str
    applies: Applies = lambda _: True
    steps: Collection[str] | None = ()
    cycles: Collection[str] | None = ()
    only: pl.Expr = pl.lit(value=True)


def _has(*names: str) -> Applies:
    return lambda series: set(names) <= set(series.columns)


def _has_nan(name: str) -> Applies:
    def applies(series: pl.DataFrame) -> bool:
        return name in series.columns and series[name].dtype.is_float() and bool(series[name].is_nan().any())

    return applies


def _counts_other_cycles(series: pl.DataFrame) -> bool:
    """Whether the cycle count is not the number of changes of what the cycler counts."""
    if CYCLE_COUNT not in series.columns:
        return False
    if CYCLE_FROM_CYCLER not in series.columns or series[CYCLE_FROM_CYCLER].null_count():
        return True
    changes = series[CYCLE_FROM_CYCLER].rle_id().cast(pl.Int64)
    return not changes.equals(series[CYCLE_COUNT].cast(pl.Int64))


def _misses_a_number(series: pl.DataFrame) -> bool:
    if CYCLE_COUNT in series.columns or CYCLE_FROM_CYCLER not in series.columns:
        return False
    return series[CYCLE_FROM_CYCLER].null_count() > 0


def _misses_a_summand(series: pl.DataFrame) -> bool:
    if _makes_no_charge(series):
        return False
    names = [TIME, VOLTAGE, CURRENT, POWER, *(name for columns in COUNTED for name in columns)]
    summands = series.select(cs.by_name(names, require_all=False).cast(pl.Float64))
    return not all(summands.select(pl.all().is_finite().fill_null(value=False).all()).row(0))


def _measures_power(series: pl.DataFrame) -> bool:
    """Whether power is not just voltage times current."""
    if POWER not in series.columns:
        return False
    product = pl.col(VOLTAGE) * pl.col(CURRENT)
    close = (pl.col(POWER) - product).abs() <= 1e-12 * product.abs()
    return not series.select((close | pl.col(POWER).eq_missing(product)).fill_null(value=False).all()).item()


def _is_spectrum_alone(series: pl.DataFrame) -> bool:
    return "Z_Re [Ohm]" in series.columns and not {STEP_COUNT, VOLTAGE, TIME} <= set(series.columns)


def _makes_no_charge(series: pl.DataFrame) -> bool:
    return not {TIME, CURRENT} <= set(series.columns)


def _is_single(series: pl.DataFrame) -> bool:
    return pl.Float32 in series.dtypes


def _null(name: str) -> pl.Expr:
    return pl.col(name).is_null()


_NAN = (
    (TIME, ["Start time [s]", "End time [s]", "Duration [s]"], ["Start time [s]", CYCLE_DURATION, *MEANS, *DURATIONS]),
    (
        VOLTAGE,
        ["Start voltage [V]", "End voltage [V]", *statistics(VOLTAGE).values(), *statistics(POWER).values(), STEP_TYPE],
        ["Min voltage [V]", "Max voltage [V]"],
    ),
    (
        CURRENT,
        [*statistics(CURRENT).values(), *statistics(POWER).values(), STEP_TYPE],
        [*MEANS, *DURATIONS],
    ),
    (FREQUENCY, [*statistics(FREQUENCY).values(), STEP_TYPE], []),
)
"""Columns that a NaN reaches: the column that holds it, those of the steps, those of the cycles."""
_SPREADS = [statistics(name)["Std"] for name in (VOLTAGE, CURRENT, POWER)]
_IN_SINGLE = [statistics(name)[word] for name in (VOLTAGE, CURRENT) for word in ("Std", "Mean")]

DIFFERENCES = (
    Difference("The cycle count of the series", _counts_other_cycles, (CYCLE_COUNT, *CYCLE_SUMS), EVERY),
    Difference("A cycle number that is missing", _misses_a_number, (CYCLE_COUNT, *CYCLE_SUMS), EVERY),
    Difference("Rows without a value", _misses_a_summand, SUMS, CYCLE_FIGURES),
    *(Difference("Null, never NaN", _has_nan(name), steps, cycles) for name, steps, cycles in _NAN),
    *(
        Difference("A mean over no time", cycles=[mean], only=(pl.col(duration) <= 0) | _null(duration))
        for mean, duration in zip(MEANS, DURATIONS, strict=True)
    ),
    *(Difference("The spread of nothing", steps=[spread], only=_null(spread)) for spread in _SPREADS),
    *(Difference("The spread of nothing", steps=[STEP_TYPE], only=_null(spread)) for spread in _SPREADS),
    *(
        Difference("The sum of nothing", cycles=[name], only=_null(name))
        for name in (*CYCLE_FIGURES, CYCLE_DURATION, *DURATIONS)
    ),
    Difference("The limits of the step types", steps=[STEP_TYPE]),
    Difference("The type of a step without a current", steps=[STEP_TYPE], only=_null("Mean current [A]")),
    *(Difference("A direction that there was not", cycles=[name], only=pl.col(name) == 0) for name in DURATIONS),
    Difference("Power that was measured", _measures_power, (*statistics(POWER).values(), STEP_TYPE)),
    Difference("A spectrum alone", _is_spectrum_alone, EVERY, EVERY),
    Difference("A cycle table without charge", _makes_no_charge, cycles=EVERY),
    Difference("Areal current", _has(AREAL_CURRENT), (*SUMS, STEP_TYPE), EVERY),
    Difference(
        "Numbers are doubles",
        _is_single,
        (*_IN_SINGLE, *statistics(POWER).values(), *SUMS),
        (*CYCLE_FIGURES, *MEANS),
    ),
)
OF_ONE_SIDE = {"Charge and energy are always found", "Temperature", "What is refused", "Decimals"}
"""Differences that no comparison meets: ionworksdata is asked otherwise, or one side has nothing to compare."""
