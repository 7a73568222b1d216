"""A test of many cycles in one row."""

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.errors import UnusableDataError
from cellkeep.summarise import names
from cellkeep.summarise.areal import as_total, is_areal
from cellkeep.summarise.derived.choosing import comparable_cycles, deeper_cycles, full_cycles
from cellkeep.summarise.derived.fade import fade_rate
from cellkeep.summarise.derived.frames import takes_frame

_MEANS = {
    "Coulombic efficiency": "Mean coulombic efficiency",
    "Energy efficiency": "Mean energy efficiency",
    names.MEAN_TEMPERATURE: names.MEAN_TEMPERATURE,
}
_TYPES = {
    "Cycles": pl.Int64(),
    "Full cycles": pl.Int64(),
    "Comparable cycles": pl.Int64(),
    "Deeper cycles": pl.Int64(),
    "First capacity [A.h]": pl.Float64(),
    "Last capacity [A.h]": pl.Float64(),
    "Capacity retention": pl.Float64(),
    "Fade per 100 cycles [%]": pl.Float64(),
    **dict.fromkeys(_MEANS.values(), pl.Float64()),
}


LEAST_CYCLES = 3
"""Comparable cycles of which retention and fade are told: of two nothing says whether one is as it should be."""


@takes_frame
def ageing(cycles: pl.DataFrame) -> pl.DataFrame:
    """Tell in one row how a cell fared, so that cells can be listed beside each other.

    Only full cycles count, as `full_cycles` finds them: neither the cycle that is still running nor one of impedance.
    Capacities are those of comparable ones, as `comparable_cycles` finds them: discharged as fast as most. Where
    `deeper_cycles` finds check-ups, the others are of partial depth, and what they move does not tell what is left.

    Args:
        cycles: a cycle table.

    Returns:
        One row: `Cycles` in the table, `Full cycles`, `Comparable cycles` and `Deeper cycles` among them; `First
        capacity [A.h]` and `Last capacity [A.h]`, both of discharge; `Capacity retention`, which is last by first, and
        `Fade per 100 cycles [%]` as `fade_rate` finds it, where at least three are comparable and none is deeper; `Mean
        coulombic efficiency`, `Mean energy efficiency` and `Mean temperature [degC]`, each the mean over the full
        cycles that have one. What the table does not tell is null. Of a table by area the capacities are by area:
        `First capacity [mA.h.cm-2]`.

    Raises:
        UnusableDataError: there is no `Cycle count`, or a column holds text.
    """
    by_area = is_areal(cycles)
    known = as_total(cycles) if by_area else cycles
    full = known.filter(pl.col(columns.CYCLE_COUNT).is_in(full_cycles(known))).sort(columns.CYCLE_COUNT)
    alike = full.filter(pl.col(columns.CYCLE_COUNT).is_in(comparable_cycles(known)))
    deeper = len(deeper_cycles(known))
    row = {
        "Cycles": known.height,
        "Full cycles": full.height,
        "Comparable cycles": alike.height,
        "Deeper cycles": deeper,
        **_capacities(alike, telling=alike.height >= LEAST_CYCLES and not deeper),
        **{as_: full[name].fill_nan(None).mean() for name, as_ in _MEANS.items() if name in full.columns},
    }
    found = pl.DataFrame({name: [row.get(name)] for name in _TYPES}, _TYPES, strict=False)
    return found.rename(lambda name: name.replace("[A.h]", "[mA.h.cm-2]")) if by_area else found


def _capacities(alike: pl.DataFrame, *, telling: bool) -> dict[str, float | None]:
    """First, last, and how fast they fall where they tell of that; nothing where no cycle was discharged."""
    try:
        fade = fade_rate(alike).row(0, named=True)
    except UnusableDataError:
        return {}
    discharged = alike[columns.DISCHARGE_CAPACITY].drop_nulls()
    first, last = float(discharged[0]), float(discharged[-1])
    ends: dict[str, float | None] = {"First capacity [A.h]": first, "Last capacity [A.h]": last}
    if not telling:
        return ends
    return {
        **ends,
        "Capacity retention": last / first if first > 0 else None,
        "Fade per 100 cycles [%]": fade["Fade per 100 cycles [%]"],
    }
