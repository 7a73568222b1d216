"""Labels of steps: the tests are those of ionworksdata, the limits those of cellkeep."""

import math
from typing import Any, NamedTuple

import ionworksdata
import polars as pl

EIS, UNKNOWN = "EIS", "Unknown step type"


class Limits(NamedTuple):
    """Below which a mean current is a rest [A], a spread of the current none [A], and one of the power none [W]."""

    rest_a: float
    steady_a: float
    power_w: float


def limits(steps: pl.DataFrame, rated_capacity_ah: float | None) -> list[Limits]:
    """The limits of each step, by the rated capacity or else by the largest current; `docs/tables.md` says them."""
    extremes = steps.select(pl.max_horizontal(pl.col("Min current [A]").abs(), pl.col("Max current [A]").abs()).max())
    largest = extremes.item()
    if rated_capacity_ah:
        rest, steady, floor = rated_capacity_ah / 1000, rated_capacity_ah / 200, rated_capacity_ah / 5000
    elif largest:
        rest, steady, floor = largest * 0.01, largest * 0.01, largest / 5000
    else:
        rest, steady, floor = math.inf, math.inf, 0.0
    found = []
    for step in steps.iter_rows(named=True):
        current, voltage, power = (
            abs(step[f"Mean {name}"] or 0.0) for name in ("current [A]", "voltage [V]", "power [W]")
        )
        small = min(1e-2, steady)
        found.append(
            Limits(
                max(min(1e-3, rest), floor), max(small, 1e-3 * current), max(min(1e-2, small * voltage), 1e-3 * power)
            )
        )
    return found


def step_types(steps: pl.DataFrame, rated_capacity_ah: float | None) -> pl.Series:
    """What each step is labelled; a step without a current is unknown unless it is impedance."""
    labels = [
        _label(step, limit)
        for step, limit in zip(steps.iter_rows(named=True), limits(steps, rated_capacity_ah), strict=True)
    ]
    return pl.Series("Step type", labels)


def _label(step: dict[str, Any], limit: Limits) -> str:
    figures = {name: math.nan if value is None else value for name, value in step.items()}
    label: str = ionworksdata.steps.infer_type(
        figures, rest_tol=limit.rest_a, current_std_tol=limit.steady_a, power_std_tol=limit.power_w
    )
    return label if label == EIS or step["Mean current [A]"] is not None else UNKNOWN
