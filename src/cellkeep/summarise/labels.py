"""What the cycler did in a step, told from its statistics."""

from typing import NamedTuple

import polars as pl

from cellkeep.domain.columns import MIN_FREQUENCY_HZ
from cellkeep.summarise import names

EIS = "EIS"
REST = "Rest"
UNKNOWN = "Unknown step type"

CONSTANT_CURRENT = "Constant current"
CONSTANT_VOLTAGE = "Constant voltage"
CONSTANT_POWER = "Constant power"

_REST_CURRENT_A = 1e-3
_STEADY_CURRENT_A = 1e-2
_STEADY_VOLTAGE_V = 1e-2
_STEADY_POWER_W = 1e-2

_REST_PER_AH = 1 / 1000
_STEADY_PER_AH = 1 / 200
_SHARE_OF_LARGEST_CURRENT = 0.01
"""The limits in ampere and watt exceed all that a coin cell does, so they are capped by its scale."""

_REST_PER_SCALE = 1 / 5000
_STEADY_SHARE = 1e-3
"""And a cycler for hundreds of amperes has offset and noise beyond them: 0.02 % of its range, 0.1 % of its reading."""


class Limits(NamedTuple):
    """Largest mean current of a rest, and largest spread of a small steady current, both in A."""

    rest_a: float
    steady_a: float


def step_type(limits: Limits) -> pl.Expr:
    """Label each step from its statistics, where unknown values are null; the first test that holds decides.

    Args:
        limits: as `current_limits` finds them.

    Returns:
        `EIS`, `Rest`, `Constant current|voltage|power discharge|charge`, or `Unknown step type`.
    """
    mean, power = pl.col(names.MEAN_CURRENT), pl.col(names.MEAN_POWER).abs()
    way = pl.when(mean > 0).then(pl.lit("discharge")).otherwise(pl.lit("charge"))
    smallest_w = pl.min_horizontal(pl.lit(_STEADY_POWER_W), limits.steady_a * pl.col(names.MEAN_VOLTAGE).abs())
    tests = {
        CONSTANT_CURRENT: (names.STD_CURRENT, pl.max_horizontal(pl.lit(limits.steady_a), _STEADY_SHARE * mean.abs())),
        CONSTANT_VOLTAGE: (names.STD_VOLTAGE, pl.lit(_STEADY_VOLTAGE_V)),
        CONSTANT_POWER: (names.STD_POWER, pl.max_horizontal(smallest_w, _STEADY_SHARE * power)),
    }
    labelled = (
        pl.when(pl.col(names.MEAN_FREQUENCY) > MIN_FREQUENCY_HZ)
        .then(pl.lit(EIS))
        .when(mean.abs() < limits.rest_a)
        .then(pl.lit(REST))
    )
    for kind, (spread, limit) in tests.items():
        labelled = labelled.when(mean.is_not_null() & (pl.col(spread) < limit)).then(pl.format(f"{kind} {{}}", way))
    return labelled.otherwise(pl.lit(UNKNOWN)).alias(names.STEP_TYPE)


def current_limits(steps: pl.DataFrame, rated_capacity_ah: float | None) -> Limits:
    """Limits that fit the size of the cell.

    Args:
        steps: smallest and largest currents of the steps [A].
        rated_capacity_ah: caps rest at C/1000 and steady current at C/200, and lets rest reach C/5000 [A.h].
            Without it, both are capped at 1 % of the largest current of the series, and rest reaches 0.02 % of it.
    """
    if rated_capacity_ah is not None and rated_capacity_ah > 0:
        scale, rest, steady = rated_capacity_ah, rated_capacity_ah * _REST_PER_AH, rated_capacity_ah * _STEADY_PER_AH
    elif largest := _largest_current(steps):
        scale, rest, steady = largest, *(_SHARE_OF_LARGEST_CURRENT * largest,) * 2
    else:  # no current ever flowed, so nothing is capped
        return Limits(_REST_CURRENT_A, _STEADY_CURRENT_A)
    return Limits(max(min(_REST_CURRENT_A, rest), scale * _REST_PER_SCALE), min(_STEADY_CURRENT_A, steady))


def _largest_current(steps: pl.DataFrame) -> float:
    extremes = steps.select(pl.max_horizontal(pl.col(names.MIN_CURRENT).abs(), pl.col(names.MAX_CURRENT).abs()).max())
    return float(extremes.item() or 0.0)
