"""What the cycler did in a step, told from its statistics."""

import polars as pl

from cellkeep.summarise import names

EIS = "EIS"
REST = "Rest"
UNKNOWN = "Unknown step type"

_MIN_FREQUENCY_HZ = 1e-8
_REST_CURRENT_A = 1e-3
_STEADY_CURRENT_A = 1e-2
_STEADY_VOLTAGE_V = 1e-2
_STEADY_POWER_W = 1e-2

_REST_PER_AH = 1 / 1000
_STEADY_PER_AH = 1 / 200
_SHARE_OF_LARGEST_CURRENT = 0.01
"""The limits in ampere exceed every current of a coin cell, so they are capped by its scale."""


def step_type(steps: pl.DataFrame, rated_capacity_ah: float | None) -> pl.Expr:
    """Label each step; the first test that holds decides.

    Args:
        steps: statistics of the steps, unknown values null.
        rated_capacity_ah: caps rest at C/1000 and steady current at C/200 [A.h]. Without it, both are capped
            at 1 % of the largest current of the series.

    Returns:
        `EIS`, `Rest`, `Constant current|voltage|power discharge|charge`, or `Unknown step type`.
    """
    rest_a, steady_a = current_limits(steps, rated_capacity_ah)
    mean = pl.col(names.MEAN_CURRENT)
    way = pl.when(mean > 0).then(pl.lit("discharge")).otherwise(pl.lit("charge"))
    known = mean.is_finite()
    return (
        pl.when(pl.col(names.MEAN_FREQUENCY) > _MIN_FREQUENCY_HZ)
        .then(pl.lit(EIS))
        .when(mean.abs() < rest_a)
        .then(pl.lit(REST))
        .when(known & (pl.col(names.STD_CURRENT) < steady_a))
        .then(pl.format("Constant current {}", way))
        .when(known & (pl.col(names.STD_VOLTAGE) < _STEADY_VOLTAGE_V))
        .then(pl.format("Constant voltage {}", way))
        .when(known & (pl.col(names.STD_POWER) < _STEADY_POWER_W))
        .then(pl.format("Constant power {}", way))
        .otherwise(pl.lit(UNKNOWN))
        .alias(names.STEP_TYPE)
    )


def current_limits(steps: pl.DataFrame, rated_capacity_ah: float | None) -> tuple[float, float]:
    """Largest mean current of a rest and largest spread of a steady current, both in A."""
    if rated_capacity_ah is not None and rated_capacity_ah > 0:
        return (
            min(_REST_CURRENT_A, rated_capacity_ah * _REST_PER_AH),
            min(_STEADY_CURRENT_A, rated_capacity_ah * _STEADY_PER_AH),
        )
    cap = _SHARE_OF_LARGEST_CURRENT * _largest_current(steps)
    return min(_REST_CURRENT_A, cap), min(_STEADY_CURRENT_A, cap)


def _largest_current(steps: pl.DataFrame) -> float:
    """The scale of the cell; infinite, so that nothing is capped, where no current ever flowed."""
    extremes = steps.select(pl.max_horizontal(pl.col(names.MIN_CURRENT).abs(), pl.col(names.MAX_CURRENT).abs()).max())
    largest = extremes.item()
    return float(largest) if largest else float("inf")
