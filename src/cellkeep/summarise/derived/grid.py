"""Curves on a uniform grid, and a Gaussian mean over them."""

import math

import numpy as np
import polars as pl

from cellkeep.domain.columns import STEP_COUNT
from cellkeep.domain.errors import InvalidError
from cellkeep.runs import Floats

LEAST_POINTS = 3
"""With fewer, a step has no curve: a rest, a hold at constant voltage, a short pulse."""

_MOST_POINTS = 1_000_000
"""More of them on one curve come from a wrong unit, and would fill the memory."""

_REACH = 4.0
"""The kernel ends at so many standard deviations, where its weight is below 0.0004 of the largest."""


class Curves:
    """Curves of several steps, one below the other."""

    def __init__(self, x: str, y: str) -> None:
        self._schema = {STEP_COUNT: pl.Int64, x: pl.Float64, y: pl.Float64}
        self._parts: list[pl.DataFrame] = []

    def add(self, count: int, x: Floats, y: Floats) -> None:
        self._parts.append(pl.DataFrame([np.full(x.size, count), x, y], self._schema))

    def frame(self) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=self._schema), *self._parts])


def smoothed(values: Floats, width: float) -> Floats:
    """Spread each value over its neighbours with normal weights.

    The grid is mirrored at both ends, so that what would leave it comes back: the sum of the values stays as it was, to
    rounding, and a constant stays constant.

    Args:
        values: on a uniform grid.
        width: standard deviation of the weights, in grid points; 0 leaves all as it is.
    """
    reach = bounded(math.ceil(_REACH * width))
    if not width:
        return values
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.convolve(np.pad(values, reach, mode="symmetric"), weights / weights.sum(), mode="valid")


def bounded(points: float) -> int:
    """At least one.

    Raises:
        InvalidError: they are too many.
    """
    if not points <= _MOST_POINTS:
        raise InvalidError(
            f"The grid would have {points:.3g} points, and may have {_MOST_POINTS}. Choose a coarser resolution or "
            "less smoothing, and look whether a voltage or a charge is in another unit."
        )
    return max(int(points), 1)


def require_widths(resolution: float, smoothing: float, unit: str) -> None:
    """Refuse a grid that can not be made.

    Raises:
        InvalidError: the resolution is not positive and finite, or the smoothing is negative or not finite.
    """
    if not 0 < resolution < math.inf or not 0 <= smoothing < math.inf:
        raise InvalidError(
            f"The resolution must be positive and the smoothing not negative, both finite: not {resolution} {unit} "
            f"and {smoothing} {unit}."
        )
