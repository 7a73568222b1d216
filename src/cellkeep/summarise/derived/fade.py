"""How the capacity of a cell falls from cycle to cycle."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
import polars.selectors as cs

from cellkeep.domain import columns
from cellkeep.domain.errors import InvalidError, UnusableDataError
from cellkeep.runs import Floats
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.names import CHARGE, DISCHARGE
from cellkeep.summarise.derived.rows import known_rows, numbers

Way = Literal["discharge", "charge"]

_COLUMNS = {DISCHARGE: columns.DISCHARGE_CAPACITY, CHARGE: columns.CHARGE_CAPACITY}

_FADE_RATE = {
    "Reference cycle": pl.Int64(),
    "Reference capacity [A.h]": pl.Float64(),
    "First cycle": pl.Int64(),
    "Last cycle": pl.Int64(),
    "Cycles": pl.Int64(),
    "Fade per cycle [A.h]": pl.Float64(),
    "Fade per 100 cycles [%]": pl.Float64(),
    "Capacity at cycle 0 [A.h]": pl.Float64(),
    "R squared": pl.Float64(),
}


@takes_frame
def fade_rate(
    cycles: pl.DataFrame,
    *,
    reference_cycle: int | None = None,
    first_cycle: int | None = None,
    last_cycle: int | None = None,
    way: Way = "discharge",
) -> pl.DataFrame:
    """Fit a straight line to capacity against cycle.

    By ordinary least squares over the cycles n from `first_cycle` to `last_cycle`, both included,

        Q(n) = Q_0 - k n

    A cycle that discharged nothing (charged nothing, with `way="charge"`), such as one of impedance alone or one that
    was cut short, tells no capacity and is left out. Cycles at another rate or temperature are not told from the
    others: take them out of the table first.

    Args:
        cycles: a cycle table: `Cycle count` and the capacity [A.h].
        reference_cycle: `Cycle count` of the cycle whose capacity is 100 %; by default the first with a capacity above
            0.
        first_cycle: `Cycle count` at which the fit begins; by default the reference cycle.
        last_cycle: `Cycle count` at which it ends; by default the last cycle.
        way: take the discharge or the charge capacity.

    Returns:
        One row: `Reference cycle`, `Reference capacity [A.h]`, `First cycle`, `Last cycle` and number of `Cycles` in
        the fit, `Fade per cycle [A.h]` (k, positive if capacity is lost), `Fade per 100 cycles [%]` (10000 k /
        Q_reference), `Capacity at cycle 0 [A.h]` (Q_0) and `R squared`. What fewer than two cycles do not tell is
        null.

    Raises:
        UnusableDataError: a column is missing or holds text, or no cycle has a capacity above 0.
        InvalidError: the reference cycle is not there, or its capacity is not above 0.
    """
    known = _known(cycles, way)
    reference = known.reference(reference_cycle)
    reference_cycle = int(known.cycle[0]) if reference_cycle is None else reference_cycle
    first = reference_cycle if first_cycle is None else first_cycle
    last = np.inf if last_cycle is None else last_cycle
    within = (known.cycle >= first) & (known.cycle <= last)
    cycle, capacity = known.cycle[within], known.capacity[within]
    slope, intercept, r_squared = _line(cycle, capacity)
    lost = 0.0 - slope
    ends = (cycle[0], cycle[-1]) if cycle.size else (None, None)
    row = (reference_cycle, reference, *ends, cycle.size, lost, lost / reference * 1e4, intercept, r_squared)
    return pl.DataFrame([row], _FADE_RATE, orient="row", strict=False).with_columns(cs.float().fill_nan(None))


@takes_frame
def cycle_at_retention(
    cycles: pl.DataFrame,
    retention: float = 0.8,
    *,
    reference_cycle: int | None = None,
    way: Way = "discharge",
) -> float | None:
    """Find the cycle at which the capacity has fallen to a share of that of the reference cycle.

    It is where the line between the first cycle at or below the share and the cycle before it crosses the share. Later
    cycles do not count, nor do those before the reference cycle. Cycles that tell no capacity are left out as in
    `fade_rate`; any other low cycle counts, so take cycles at another rate out of the table first.

    Args:
        cycles: a cycle table: `Cycle count` and the capacity [A.h].
        retention: the share, 0.8 for 80 %.
        reference_cycle: `Cycle count` of the cycle whose capacity is 100 %; by default the first with a capacity above
            0.
        way: take the discharge or the charge capacity.

    Returns:
        The `Cycle count`, with a fraction; None if the capacity has not fallen so far.

    Raises:
        UnusableDataError: a column is missing or holds text, or no cycle has a capacity above 0.
        InvalidError: the share is not above 0 and at most 1, or the reference cycle is not there or has no capacity.
    """
    if not 0 < retention <= 1:
        raise InvalidError(f"A retention is a share above 0 and at most 1, not {retention}; 80 % is 0.8.")
    known = _known(cycles, way)
    left = known.capacity / known.reference(reference_cycle)
    counted = known.cycle >= (known.cycle[0] if reference_cycle is None else reference_cycle)
    cycle, left = known.cycle[counted], left[counted]
    low = np.flatnonzero(left <= retention)
    if not low.size:
        return None
    after = int(low[0])
    before = max(after - 1, 0)
    fallen = left[before] - left[after]
    share = (left[before] - retention) / fallen if fallen else 0.0
    return float(cycle[before] + share * (cycle[after] - cycle[before]))


@dataclass(frozen=True)
class _Known:
    """The cycles that tell a capacity, ascending."""

    cycle: Floats
    capacity: Floats

    def reference(self, cycle: int | None) -> float:
        if cycle is None:
            return float(self.capacity[0])
        found = self.capacity[self.cycle == cycle]
        if not found.size:
            raise InvalidError(
                f"Cycle {cycle} can not be the reference: it is not in the table, or its capacity is not above 0. "
                f"Cycles with a capacity go from {self.cycle[0]:.0f} to {self.cycle[-1]:.0f}."
            )
        return float(found[0])


def _known(cycles: pl.DataFrame, way: Way) -> _Known:
    capacity, cycle = numbers(cycles, _require(cycles, way)), numbers(cycles, columns.CYCLE_COUNT)
    rows = known_rows(capacity, cycle)
    rows = rows[capacity[rows] > 0]
    if not rows.size:
        raise UnusableDataError(f"No cycle has a {way} capacity above 0, so there is nothing to compare with.")
    rows = rows[np.argsort(cycle[rows], kind="stable")]
    if (again := np.flatnonzero(np.diff(cycle[rows]) == 0)).size:
        raise UnusableDataError(
            f"Cycle {cycle[rows][again[0]]:.0f} has several rows: this is no cycle table. cellkeep.summarise.cycles "
            "makes one of a step table.",
            detail={"cycle": int(cycle[rows][again[0]])},
        )
    return _Known(cycle[rows], capacity[rows])


def _require(cycles: pl.DataFrame, way: Way) -> str:
    if way not in _COLUMNS:
        raise InvalidError(f"A capacity is one of {columns.quoted(_COLUMNS)}, not of '{way}'.")
    columns.require([columns.CYCLE_COUNT, _COLUMNS[way]], cycles.columns, "Fade of capacity")
    return _COLUMNS[way]


def _line(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Slope, value at 0 and share of the variance that the line explains; NaN where they are not determined."""
    if np.unique(x).size < 2:
        return np.nan, np.nan, np.nan
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    rest = dy - slope * dx
    explained = float(1.0 - rest @ rest / (dy @ dy)) if dy.any() else np.nan
    return slope, float(y.mean() - slope * x.mean()), explained
