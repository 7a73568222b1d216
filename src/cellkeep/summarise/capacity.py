"""How the charge and the energy that a step moved are found, by the columns that the series has.

1. Both directional columns: the last value less the first.
2. A single column: its increments, by the sign of the current (energy: of the power).
3. Neither: trapezoidal integral over time of the current (energy: of the power), each direction for itself.

Where the cycler reported them (1 and 2), the integral is made too, to be held against them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from cellkeep.domain import columns
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.runs import Floats, Runs
from cellkeep.summarise import names
from cellkeep.summarise.pairs import Edge, Pairs, integral, split
from cellkeep.summarise.segments import Known, Signal


class Method(Enum):
    """Where the two directions of a quantity come from, as the tables say it."""

    DIRECTIONAL = "reported"
    SPLIT = "reported, by sign"
    INTEGRAL = "integrated"
    ZERO = "not known"
    """Capacities are there and energies can not be known: the field writes 0 then."""
    NONE = ""


@dataclass(frozen=True)
class Quantity:
    """Charge or energy: the columns that may tell it.

    Attributes:
        discharge: what moved in the discharge direction.
        charge: what moved in the charge direction.
        single: both directions in one column.
        driver: its sign is the direction and its integral over time the quantity.
        rule: the column of the tables that says how it was found.
    """

    discharge: str
    charge: str
    single: str
    driver: str
    rule: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.discharge, self.charge


CHARGE = Quantity(
    columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY, columns.CAPACITY, columns.CURRENT, names.CAPACITY_RULE
)
ENERGY = Quantity(columns.DISCHARGE_ENERGY, columns.CHARGE_ENERGY, columns.ENERGY, columns.POWER, names.ENERGY_RULE)


@dataclass(frozen=True)
class Way:
    """How a quantity is found.

    Attributes:
        method: what the tables show.
        integrable: whether its integral can be made.
    """

    method: Method
    integrable: bool

    @property
    def has_both(self) -> bool:
        """Whether there is an integral beside what the cycler reported."""
        return self.integrable and self.method in {Method.DIRECTIONAL, Method.SPLIT}


Ways = Mapping[Quantity, Way]


def choose_ways(
    present: Collection[str],
    data_type: columns.DataType | None,
    charge: Quantity = CHARGE,
    energy: Quantity = ENERGY,
) -> Ways:
    """Choose how charge and energy are found.

    Args:
        present: columns of the series.
        data_type: the single capacity of an `"ocp"` series is its x axis, not charge that a step moved.
        charge: the columns that may tell the charge, [A.h] unless said otherwise.
        energy: the same for the energy, [W.h] unless said otherwise.
    """
    drivers = {charge.driver} & set(present)
    if energy.driver in present or {columns.VOLTAGE, charge.driver} <= set(present):
        drivers.add(energy.driver)
    of_charge, of_energy = (_way(quantity, present, drivers, data_type) for quantity in (charge, energy))
    if of_energy.method is Method.NONE and of_charge.method is not Method.NONE:
        of_energy = Way(Method.ZERO, integrable=False)
    return {charge: of_charge, energy: of_energy}


def columns_read(present: Collection[str]) -> set[str]:
    """The capacity and energy columns that are looked at; a single one only where no pair is."""
    read: set[str] = set()
    for quantity in (CHARGE, ENERGY):
        pair = set(quantity.pair)
        read |= pair if pair <= set(present) else {quantity.single}
    return read


def known_ends(signals: Mapping[str, Signal], ways: Ways, runs: Runs) -> dict[str, Known]:
    """First and last values of the directional columns, by column."""
    directional = [quantity for quantity, way in ways.items() if way.method is Method.DIRECTIONAL]
    return {name: Known.of(signals[name], runs) for quantity in directional for name in quantity.pair}


def paired_sums(signals: Mapping[str, Signal], ways: Ways, rules: SummaryRules, runs: Runs) -> dict[str, Pairs]:
    """Sums over neighbouring rows: integrals by the column that drives them, split increments by the single column."""
    sums: dict[str, Pairs] = {}
    rule = integral(rules.longest_gap_s)
    for quantity, way in ways.items():
        driver = signals.get(quantity.driver)
        if way.integrable and driver:
            sums[quantity.driver] = Pairs.of(rule, signals[columns.TIME], driver, runs)
        if way.method is Method.SPLIT and driver:
            sums[quantity.single] = Pairs.of(split, signals[quantity.single], driver, runs)
    return sums


def moved(
    known: Mapping[str, Known], sums: Mapping[str, Pairs], ways: Ways, steps: int, before: Mapping[str, Edge] | None
) -> dict[str, Floats]:
    """What each step moved, by column of the step table; NaN where it is not known.

    Args:
        known: ends of the directional columns.
        sums: integrals and split increments.
        ways: how charge and energy are found.
        steps: their number.
        before: by column what the first step follows, where what lies between steps counts; None where it does not.
    """
    found: dict[str, Floats] = {}
    for quantity, way in ways.items():
        shown = _reported(quantity, way, known, sums, steps)
        if way.integrable:
            driver = sums[quantity.driver]
            inside = driver.sums()
            integrated = inside if before is None else driver.sums_with_gaps(before.get(quantity.driver))
            if way.has_both:
                shown = tuple(map(_with_what_lies_between, shown, inside, integrated))
                found |= _side_by_side(quantity, shown, integrated)
            else:
                shown = integrated
        found |= dict(zip(quantity.pair, shown, strict=True))
    return found


def rule_texts(ways: Ways, rules: SummaryRules) -> dict[str, str | None]:
    """How each quantity was found, by the column of the tables that says so."""
    texts: dict[str, str | None] = {}
    for quantity, way in ways.items():
        parts = [way.method.value]
        if way.integrable and rules.charge_between_steps == "include":
            parts.append("charge between steps included")
        if way.integrable and rules.longest_gap_s is not None:
            parts.append(f"gaps over {rules.longest_gap_s:.15g} s not integrated")
        texts[quantity.rule] = "; ".join(parts) or None
    return texts


def _reported(
    quantity: Quantity, way: Way, known: Mapping[str, Known], sums: Mapping[str, Pairs], steps: int
) -> tuple[Floats, ...]:
    if way.method is Method.DIRECTIONAL:
        return tuple(_advance(known[name]) for name in quantity.pair)
    if way.method is Method.SPLIT:
        discharge, charge = sums[quantity.single].sums()
        return np.abs(discharge), charge
    return (np.full(steps, 0.0 if way.method is Method.ZERO else np.nan),) * 2


def _with_what_lies_between(reported: Floats, inside: Floats, integrated: Floats) -> Floats:
    """What the cycler reported of a step, and what was integrated from the step before it."""
    return reported + np.nan_to_num(integrated - inside)


def _side_by_side(quantity: Quantity, shown: tuple[Floats, ...], integrated: tuple[Floats, ...]) -> dict[str, Floats]:
    def pairs() -> Iterator[tuple[str, Floats]]:
        for name, reported, ours in zip(quantity.pair, shown, integrated, strict=True):
            yield names.integrated(name), ours
            yield names.difference(name), reported - ours

    return dict(pairs())


def _way(
    quantity: Quantity, present: Collection[str], drivers: Collection[str], data_type: columns.DataType | None
) -> Way:
    integrable = quantity.driver in drivers and columns.TIME in present
    if set(quantity.pair) <= set(present):
        return Way(Method.DIRECTIONAL, integrable)
    if quantity.driver not in drivers:
        return Way(Method.NONE, integrable=False)
    if quantity.single in present and data_type != "ocp":
        return Way(Method.SPLIT, integrable)
    return Way(Method.INTEGRAL if integrable else Method.NONE, integrable)


def _advance(ends: Known) -> Floats:
    return np.abs(ends.figure(1) - ends.figure(0))
