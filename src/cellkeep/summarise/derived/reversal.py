"""The other sign of the current, and everything that follows it."""

import polars as pl

from cellkeep.domain import columns
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import AREAL, TOTAL, units_of
from cellkeep.summarise.reading import refuse_text

SIGNED = tuple(
    name
    for units in (TOTAL, AREAL)
    for name in (units.charge.driver, units.energy.driver, units.net_capacity, units.net_capacity_of_step)
)
_PAIRS = [
    (quantity.discharge, quantity.charge) for units in (TOTAL, AREAL) for quantity in (units.charge, units.energy)
]
_OPPOSITE = dict([*_PAIRS, *(pair[::-1] for pair in _PAIRS)])


_LOWEST: dict[pl.DataType, int] = {pl.Int8(): -(2**7), pl.Int16(): -(2**15), pl.Int32(): -(2**31)}
"""These have no opposite of their own type."""


@takes_frame
def with_current_reversed(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the sign of the current around, and what depends on it.

    Current, power and net capacity are negated, in A and per square centimetre. Discharge and charge capacity, and
    discharge and charge energy, change places. A single `Capacity [A.h]` or `Energy [W.h]` stays: it is the current
    that tells its direction. Twice gives the frame as it was. `Nominal SOC` is left as it is and has to be derived
    again.

    Args:
        frame: a series in which positive current is charge.

    Returns:
        The series in which positive current is discharge; the columns in their order.

    Raises:
        UnusableDataError: there is no current, or it holds text.
    """
    current = units_of(frame.columns).charge.driver
    columns.require([current], frame.columns, "Reversing the current")
    return frame.select(_turned(frame, name) for name in frame.columns)


def _turned(frame: pl.DataFrame, name: str) -> pl.Series:
    opposite = _OPPOSITE.get(name)
    if name in SIGNED:
        return _negated(frame[name])
    if opposite is None:
        return frame[name]
    return frame[opposite].alias(name) if opposite in frame.columns else frame[name].alias(opposite)


def _negated(values: pl.Series) -> pl.Series:
    refuse_text(values, 0)
    if values.dtype == pl.Null:
        return values
    lowest = _LOWEST.get(values.dtype)
    overflows = values.dtype.is_unsigned_integer() or (lowest is not None and values.min() == lowest)
    signed = values.cast(pl.Int64) if overflows else values
    value = pl.col(values.name)
    return signed.to_frame().select(pl.when(value == 0).then(value).otherwise(-value)).to_series()  # no rest at -0.0
