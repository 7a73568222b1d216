"""Current of the cell and current of a square centimetre of it."""

import math

import numpy as np
import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import numbers
from cellkeep.summarise.segments import Signal

_MA_PER_A = 1000.0


@takes_frame
def with_total_current(frame: pl.DataFrame, area_cm2: float) -> pl.DataFrame:
    """Add `Current [A]` = `Current [mA.cm-2]` * area / 1000.

    Args:
        frame: a series with `Current [mA.cm-2]`, which stays.
        area_cm2: area of the electrode [cm2].

    Returns:
        The frame with `Current [A]`, in place of one that was there.

    Raises:
        UnusableDataError: there is no areal current, or it holds text.
        InvalidError: the area is not positive and finite.
    """
    return _converted(frame, columns.AREAL_CURRENT, columns.CURRENT, _area(area_cm2) / _MA_PER_A)


@takes_frame
def with_areal_current(frame: pl.DataFrame, area_cm2: float) -> pl.DataFrame:
    """Add `Current [mA.cm-2]` = 1000 * `Current [A]` / area.

    Args:
        frame: a series with `Current [A]`, which stays.
        area_cm2: area of the electrode [cm2].

    Returns:
        The frame with `Current [mA.cm-2]`, in place of one that was there.

    Raises:
        UnusableDataError: there is no current, or it holds text.
        InvalidError: the area is not positive and finite.
    """
    return _converted(frame, columns.CURRENT, columns.AREAL_CURRENT, _MA_PER_A / _area(area_cm2))


def _area(area_cm2: float) -> float:
    if not (math.isfinite(area_cm2) and area_cm2 > 0):
        raise InvalidError(f"The area of an electrode must be positive and finite, not {area_cm2} cm2.")
    return area_cm2


def _converted(frame: pl.DataFrame, source: str, wanted: str, factor: float) -> pl.DataFrame:
    columns.require([source], frame.columns, f"'{wanted}'")
    with np.errstate(over="ignore"):
        converted = Signal.of(numbers(frame, source) * factor).values
    return frame.with_columns(pl.Series(wanted, converted, nan_to_null=True))
