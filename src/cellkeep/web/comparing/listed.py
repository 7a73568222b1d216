"""The measurements of a comparison: what each is called, what is known of it, and why it may not be drawn."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from cellkeep.domain.facts import Fact, Side, beside, facts_of
from cellkeep.domain.people import Caller
from cellkeep.domain.quantities import in_unit
from cellkeep.services import comparing
from cellkeep.services.comparing import Subject
from cellkeep.services.spectra import NO_CYCLES
from cellkeep.storage.store import Store
from cellkeep.summarise import derived
from cellkeep.summarise.names import MEAN_TEMPERATURE
from cellkeep.web.comparing.asked import CYCLE_PLOTS, Entry, View

_SHORT_ID = 8
_TEST = "test"


@dataclass(frozen=True)
class Listed:
    """One measurement of the list.

    Attributes:
        entry: as the address names it.
        subject: what is known of it.
        label: what it is called in figures; no other of the list is called so.
        cycles: its cycle table, where there is one.
        lacking: why it has none.
        is_spectrum: whether it is impedance and nothing else, and so has none.
    """

    entry: Entry
    subject: Subject
    label: str
    cycles: pl.DataFrame | None = None
    lacking: str | None = None
    is_spectrum: bool = False

    @property
    def id(self) -> str:
        return self.subject.id

    @cached_property
    def ageing(self) -> Mapping[str, Any]:
        """How its cell fared, by the columns of `derived.ageing`; nothing where it has no cycles."""
        if self.cycles is None or self.cycles.is_empty():
            return {}
        return derived.ageing(self.cycles).row(0, named=True)

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """What is said of it, of its cell and its specification, and what follows from its cycles."""
        if self.subject.record is None:
            return {}
        said = {"measurement": self.subject.record.properties, **(self.subject.properties or {})}
        found = {f"{whose}:{path}": fact for whose, each in said.items() for path, fact in facts_of(each or {}).items()}
        for column, value in self.ageing.items():
            if isinstance(value, int | float):
                quantity, _, unit = column.partition(" [")
                found[f"{_TEST}:{quantity}"] = Fact(float(value), unit.removesuffix("]"))
        if name := (self.subject.record.protocol or {}).get("name"):
            found["protocol:name"] = Fact(str(name))
        return found

    @cached_property
    def temperature(self) -> float | None:
        """Mean temperature [degC]: of its cycles; else what its properties say, or its protocol."""
        if isinstance(found := self.ageing.get(MEAN_TEMPERATURE), float):
            return found
        record = self.subject.record
        for path, value in _leaves(record.properties if record else None):
            if "temperature" in path.lower() and (found := in_unit(value, "degC")) is not None:
                return found
        ambient = (record.protocol or {}).get("ambient_temperature_degc") if record else None
        return float(ambient) if isinstance(ambient, int | float) else None


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        store: where its rows are.
        who: for whom.
        view: what the address says.
        listed: the measurements, in the order of the address.
        base_url: what links start with.
    """

    store: Store
    who: Caller
    view: View
    listed: Sequence[Listed]
    base_url: str
    lacking: dict[str, str] = field(default_factory=dict)
    """Why a measurement is not drawn in this figure, by id; figures write it as they find out."""

    @property
    def shown(self) -> list[Listed]:
        return [each for each in self.listed if each.id not in self.view.hidden]

    def why_not(self, each: Listed) -> str:
        """Why a measurement is not drawn, as far as that is known before the figure is."""
        if self.view.plot in CYCLE_PLOTS:
            return each.lacking or ""
        return "" if self.view.plot == "properties" and each.subject.record else each.subject.lacking or ""

    def side(self, key: str) -> Side:
        """What the measurements say of one thing, by label and in one unit."""
        return beside({each.label: fact for each in self.listed if (fact := each.facts.get(key)) is not None})

    def fact_keys(self) -> list[str]:
        """Of what at least one measurement says something."""
        return sorted({key for each in self.listed for key in each.facts}, key=lambda key: (key.startswith(_TEST), key))


def comparison(store: Store, who: Caller, view: View, base_url: str) -> Comparison:
    """Look up what the address names.

    Raises:
        InvalidError: it names too many.
    """
    subjects = comparing.subjects(store, who, [entry.id for entry in view.entries])
    tables = comparing.cycle_tables(store, subjects)
    spectra = comparing.spectra(store, subjects, tables)
    listed = []
    for entry, subject, label in zip(view.entries, subjects, _labels(subjects), strict=True):
        table = tables[subject.id]
        if subject.id in spectra:
            listed.append(Listed(entry, subject, label, lacking=NO_CYCLES, is_spectrum=True))
        elif isinstance(table, str):
            listed.append(Listed(entry, subject, label, lacking=table))
        else:
            listed.append(Listed(entry, subject, label, table))
    return Comparison(store, who, view, listed, base_url)


def _labels(subjects: Sequence[Subject]) -> list[str]:
    """The shortest names by which all are told apart."""
    ways: list[Callable[[Subject], str]] = [
        lambda each: each.cell,
        lambda each: f"{each.cell} \N{MIDDLE DOT} {_name(each)}",
        lambda each: f"{each.spec} \N{MIDDLE DOT} {each.cell} \N{MIDDLE DOT} {_name(each)}",
    ]
    for way in ways:
        found = [way(each) if each.record else each.id[:_SHORT_ID] for each in subjects]
        if max(Counter(found).values(), default=0) <= 1:
            return found
    return [f"{name} ({number})" for number, name in enumerate(found, 1)]


def _name(subject: Subject) -> str:
    return subject.record.name if subject.record else ""


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and not value.keys() >= {"value", "unit"}:
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}" if path else str(key))
    else:
        yield path, value
