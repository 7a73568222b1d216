"""How the charge and the energy that a step moved are found, by the columns that the series has.

1. Both directional columns: the last value less the first.
2. A single column: its increments, by the sign of the current (energy: of the power).
3. Neither: trapezoidal integral over time of the current (energy: of the power), each direction for itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from cellkeep.domain import columns
from cellkeep.summarise.pairs import Integral, Pairs, Split
from cellkeep.summarise.segments import Floats, Known, Runs, Signal


class Method(Enum):
    """Where the two directions of a quantity come from."""

    DIRECTIONAL = auto()
    SPLIT = auto()
    INTEGRAL = auto()
    ZERO = auto()
    """Capacities are there and energies can not be known: the field writes 0 then."""
    NONE = auto()


@dataclass(frozen=True)
class Quantity:
    """Charge or energy: the columns that may tell it.

    Attributes:
        discharge: what moved in the discharge direction.
        charge: what moved in the charge direction.
        single: both directions in one column.
        driver: its sign is the direction and its integral over time the quantity.
    """

    discharge: str
    charge: str
    single: str
    driver: str


CHARGE = Quantity(columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY, columns.CAPACITY, columns.CURRENT)
ENERGY = Quantity(columns.DISCHARGE_ENERGY, columns.CHARGE_ENERGY, columns.ENERGY, columns.POWER)

Methods = Mapping[Quantity, Method]


def choose_methods(names: Collection[str], data_type: columns.DataType | None) -> Methods:
    """Choose how charge [A.h] and energy [W.h] are found.

    Args:
        names: columns of the series.
        data_type: the single capacity of an `"ocp"` series is its x axis, not charge that a step moved.
    """
    drivers = {columns.CURRENT} & set(names)
    if columns.POWER in names or {columns.VOLTAGE, columns.CURRENT} <= set(names):
        drivers.add(columns.POWER)
    charge = _method(CHARGE, names, drivers, data_type)
    energy = _method(ENERGY, names, drivers, data_type)
    if energy is Method.NONE and charge is not Method.NONE:
        energy = Method.ZERO
    return {CHARGE: charge, ENERGY: energy}


def columns_read(names: Collection[str]) -> set[str]:
    """The capacity and energy columns that are looked at; a single one only where no pair is."""
    read: set[str] = set()
    for quantity in (CHARGE, ENERGY):
        pair = {quantity.discharge, quantity.charge}
        read |= pair if pair <= set(names) else {quantity.single}
    return read


def known_ends(signals: Mapping[str, Signal], methods: Methods, runs: Runs) -> dict[str, Known]:
    """First and last values of the directional columns, by column."""
    directional = [quantity for quantity, method in methods.items() if method is Method.DIRECTIONAL]
    names = [name for quantity in directional for name in (quantity.discharge, quantity.charge)]
    return {name: Known.of(signals[name], runs) for name in names}


def paired_sums(signals: Mapping[str, Signal], methods: Methods, runs: Runs) -> dict[str, Pairs]:
    """Sums over neighbouring rows, by the column that drives them."""
    sums: dict[str, Pairs] = {}
    for quantity, method in methods.items():
        driver = quantity.driver
        if method is Method.SPLIT:
            sums[driver] = Split.of(signals[quantity.single], signals[driver], runs)
        elif method is Method.INTEGRAL:
            sums[driver] = Integral.of(signals[columns.TIME], signals[driver], runs)
    return sums


def moved(known: Mapping[str, Known], sums: Mapping[str, Pairs], methods: Methods, steps: int) -> dict[str, Floats]:
    """What each step moved, by column of the step table; NaN where it is not known."""
    found: dict[str, Floats] = {}
    for quantity, method in methods.items():
        if method is Method.DIRECTIONAL:
            both = _advance(known[quantity.discharge]), _advance(known[quantity.charge])
        elif method in {Method.SPLIT, Method.INTEGRAL}:
            both = sums[quantity.driver].sums()
        else:
            both = (np.full(steps, 0.0 if method is Method.ZERO else np.nan),) * 2
        found[quantity.discharge], found[quantity.charge] = both
    return found


def _method(
    quantity: Quantity, names: Collection[str], drivers: Collection[str], data_type: columns.DataType | None
) -> Method:
    if {quantity.discharge, quantity.charge} <= set(names):
        return Method.DIRECTIONAL
    if quantity.driver not in drivers:
        return Method.NONE
    if quantity.single in names and data_type != "ocp":
        return Method.SPLIT
    return Method.INTEGRAL if columns.TIME in names else Method.NONE


def _advance(ends: Known) -> Floats:
    return np.abs(ends.figure(1) - ends.figure(0))
