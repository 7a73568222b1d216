"""What the address of a comparison says: which measurements, which of their cycles, and how they are drawn."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.time_series import Run, runs
from cellkeep.web.figures.asked import Asked

CYCLE_PLOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "capacity": ("Discharge capacity [A.h]",),
    "charge_capacity": ("Charge capacity [A.h]",),
    "retention": ("Capacity retention",),
    "coulombic_efficiency": ("Coulombic efficiency",),
    "energy_efficiency": ("Energy efficiency",),
    "voltages": ("Max voltage [V]", "Min voltage [V]"),
}
"""What is drawn by cycle, and the columns of the cycle table that it shows."""
PLOTS: Final[Mapping[str, str]] = {
    "capacity": "discharge capacity",
    "charge_capacity": "charge capacity",
    "retention": "capacity retention",
    "coulombic_efficiency": "coulombic efficiency",
    "energy_efficiency": "energy efficiency",
    "voltages": "voltages",
    "voltage_capacity": "voltage against capacity",
    "incremental_capacity": "dQ/dV",
    "differential_voltage": "dV/dQ",
    "time_series": "time series",
    "pulse_resistance": "pulse resistance",
    "nyquist": "Nyquist",
    "bode": "Bode",
    "properties": "properties",
}
SERIES: Final = ("Voltage [V]", "Current [A]", "Temperature [degC]")
"""Columns that are drawn of time series; the first two where none is chosen."""
NORMALISING: Final[Mapping[str, str]] = {
    "none": "as measured",
    "rated": "by rated capacity",
    "first": "by first capacity",
    "reference": "by capacity of cycle",
}
X_AXES: Final[Mapping[str, str]] = {
    "cycle": "cycle",
    "full_cycles": "equivalent full cycles",
    "throughput": "throughput",
    "days": "days since start",
}
BY: Final[Mapping[str, str]] = {
    "measurement": "measurement",
    "cell": "cell",
    "spec": "specification",
    "batch": "batch",
    "temperature": "temperature",
    "tag": "tags",
}
"""By what lines are coloured or grouped, beside any property."""
_MOST_DIGITS = 3
SPREADS: Final[Mapping[str, str]] = {"range": "min to max", "deviation": "standard deviation"}


@dataclass(frozen=True)
class Entry:
    """One measurement of the list.

    Attributes:
        id: of the measurement.
        cycles: those of its cycles that count, as `5` or `7-9`; all where there is none.
        colour: its place in the palette, where it has one of its own.
    """

    id: str
    cycles: Sequence[str] = ()
    colour: int | None = None

    @classmethod
    def of(cls, text: str) -> "Entry":
        """Read `id`, `id:cycles` or `id:cycles:colour`; BadRequestError where the cycles are none."""
        measurement_id, _, rest = text.partition(":")
        cycles, _, colour = rest.partition(":")
        place = int(colour) if colour.isdecimal() and len(colour) <= _MOST_DIGITS else None
        return cls(measurement_id, numbers_of(cycles, "m"), place)

    def __str__(self) -> str:
        parts = [self.id, ",".join(self.cycles), "" if self.colour is None else str(self.colour)]
        return ":".join(parts).rstrip(":")

    def has(self, cycle: int) -> bool:
        """Whether a cycle counts."""
        place = bisect_right(self._runs, cycle, key=lambda run: run.first)
        return not self.cycles or (place > 0 and cycle <= self._runs[place - 1].last)

    @cached_property
    def _runs(self) -> Sequence[Run]:
        return runs(self.cycles)


@dataclass(frozen=True)
class View:
    """What is compared, and how.

    Attributes:
        entries: the measurements, each once.
        hidden: ids of those that are not drawn.
        plot: one of `PLOTS`.
        cycles: which cycles of each are drawn as curves; some of the full ones where there is none.
        colour: one of `BY`, or a property.
        group: the same; empty where each is drawn for itself.
        spread: one of `SPREADS`.
        normalise: one of `NORMALISING`.
        reference: the cycle that others are compared with.
        x: one of `X_AXES`.
        over: the property that others are drawn over, or `age`.
        of: the property that is drawn.
        y: columns of a time series.
        dark: whether the page is.
    """

    entries: Sequence[Entry]
    hidden: frozenset[str]
    plot: str
    cycles: Sequence[str]
    colour: str
    group: str
    spread: Literal["range", "deviation"]
    normalise: str
    reference: int | None
    x: str
    over: str
    of: str
    y: Sequence[str]
    dark: bool

    @classmethod
    def of_query(cls, query: str) -> "View":
        """Read an address.

        Raises:
            BadRequestError: a part of it is not understood; says what it may be.
        """
        asked = Asked.of(query)
        entries: dict[str, Entry] = {}
        for entry in map(Entry.of, asked.texts("m")):
            entries.setdefault(entry.id, entry)
        return cls(
            [entry for entry in entries.values() if entry.id],
            frozenset(asked.texts("hide")),
            _one_of(asked, "plot", PLOTS),
            asked.numbers("cycles"),
            asked.text("colour", "measurement"),
            asked.text("group"),
            "deviation" if _one_of(asked, "spread", SPREADS) == "deviation" else "range",
            _one_of(asked, "normalise", NORMALISING),
            asked.whole("reference"),
            _one_of(asked, "x", X_AXES),
            asked.text("over", "age"),
            asked.text("of"),
            asked.texts("y"),
            asked.dark,
        )

    @property
    def shown(self) -> list[Entry]:
        """The entries that are drawn."""
        return [entry for entry in self.entries if entry.id not in self.hidden]


def fact_name(key: str) -> str:
    """A property in a list of them.

    >>> fact_name("cell:cathode.loading"), fact_name("test:Cycles")
    ('cathode.loading (cell)', 'Cycles (test)')
    """
    whose, _, path = key.partition(":")
    return f"{path} ({whose})"


def numbers_of(text: str, name: str) -> list[str]:
    """Numbers and runs of numbers; BadRequestError where they are none."""
    return Asked([(name, text)]).numbers(name)


def _one_of(asked: Asked, name: str, known: Mapping[str, str]) -> str:
    """One of a few words; the first of them where nothing is said."""
    found = asked.text(name, next(iter(known)))
    if found not in known:
        raise BadRequestError(f"{name}: '{found[:100]}' is none of {', '.join(known)}.")
    return found
