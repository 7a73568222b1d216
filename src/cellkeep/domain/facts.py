"""What is said of records, beside each other: numbers in one unit, or words."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cellkeep.domain.quantities import canonical, is_quantity

_LONGEST_WORDS = 100


class Fact(NamedTuple):
    """One value that is said of a record.

    Attributes:
        value: a number, or words.
        unit: as it was written; empty where it has none.
    """

    value: float | str
    unit: str = ""


class Side(NamedTuple):
    """What several records say of the same thing.

    Attributes:
        values: by record; numbers of one unit, or words of all.
        unit: of the numbers.
    """

    values: dict[str, float] | dict[str, str]
    unit: str = ""

    @property
    def numbers(self) -> dict[str, float] | None:
        """The values, where they are numbers."""
        found = {key: value for key, value in self.values.items() if isinstance(value, float)}
        return found if len(found) == len(self.values) else None


def facts_of(properties: Any, path: str = "") -> dict[str, Fact]:
    """What nested JSON says, by dotted path; lists and long texts say nothing that could be compared.

    >>> facts_of({"cell": {"weight": {"value": 45.3, "unit": "g"}, "lot": "A"}})
    {'cell.weight': Fact(value=45.3, unit='g'), 'cell.lot': Fact(value='A', unit='')}
    """
    return dict(_facts(properties, path))


def beside(facts: Mapping[str, Fact]) -> Side:
    """Bring what several records say into one unit: as it was written where all write the same, else the canonical one.

    A number whose unit does not fit the others is left out. Where one record has words, all have.

    >>> beside({"a": Fact(5.0, "A.h"), "b": Fact(4800.0, "mA.h")})
    Side(values={'a': 5.0, 'b': 4.8}, unit='A.h')
    """
    numbers = {key: (fact.value, fact.unit) for key, fact in facts.items() if isinstance(fact.value, float)}
    if len(numbers) < len(facts):
        return Side({key: _in_words(fact) for key, fact in facts.items()})
    units = {unit for _, unit in numbers.values()}
    if len(units) <= 1:
        return Side({key: value for key, (value, _) in numbers.items()}, next(iter(units), ""))
    known = {key: found for key, number in numbers.items() if (found := canonical(*number)) is not None}
    kinds = [found.unit for found in known.values()]
    most = max(dict.fromkeys(kinds), key=kinds.count, default="")
    return Side({key: found.value for key, found in known.items() if found.unit == most}, most)


def _facts(value: Any, path: str) -> Iterator[tuple[str, Fact]]:
    if is_quantity(value):
        yield path, Fact(float(value["value"]), value["unit"])
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _facts(each, f"{path}.{key}" if path else str(key))
    elif isinstance(value, bool):
        yield path, Fact("yes" if value else "no")
    elif isinstance(value, int | float):
        yield path, Fact(float(value))
    elif isinstance(value, str) and 0 < len(value) <= _LONGEST_WORDS:
        yield path, Fact(value)


def _in_words(fact: Fact) -> str:
    return fact.value if isinstance(fact.value, str) else f"{fact.value:.5g} {fact.unit}".strip()
