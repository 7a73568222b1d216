"""What was measured on cells beside what their specification says, and how cells of one kind differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from cellkeep.domain.instances import CellInstance
from cellkeep.domain.quantities import canonical, in_unit, is_quantity
from cellkeep.domain.records import Model
from cellkeep.domain.specs import SLOTS, CellSpecification

Key = tuple[str, str]
"""Component and property; `cell` for the cell as a whole."""

_WHOLE = "cell"
_BEGUN = ("initial_", "measured_", "actual_")
_ALIKE = {"weight": "mass", "mass": "weight"}
_FROM_ANY_ZERO = "degC"
"""Of this unit a share has no meaning."""


class Comparison(Model):
    """A measured property beside the specified one."""

    part: str
    name: str
    measured: Any
    specified: Any = None
    difference: float | None = None
    """Of the specified value, as a fraction; None where one can not be told from the other."""


class Spread(Model):
    """How a property differs among cells, in one unit."""

    part: str
    name: str
    unit: str | None
    """None where no cell has a quantity of it."""
    values: list[Any]
    """By cell: a number in that unit; as it is where it has none; None where it is not known."""
    specified: float | None = None
    count: int = 0
    """Of numbers."""
    mean: float | None = None
    deviation: float | None = None
    """The standard deviation of the sample."""
    low: float | None = None
    high: float | None = None


def comparisons(spec: CellSpecification, cell: CellInstance) -> list[Comparison]:
    """What was measured on a cell, each beside what is specified."""
    told = _specified(spec)
    found = []
    measured_on_it = _measured(cell)
    for part, name in sorted(measured_on_it, key=_place):
        measured = measured_on_it[part, name]
        specified = _counterpart(told, part, name)
        found.append(
            Comparison(
                part=part,
                name=name,
                measured=measured,
                specified=specified,
                difference=_difference(measured, specified),
            )
        )
    return found


def spreads(spec: CellSpecification, cells: Sequence[CellInstance]) -> list[Spread]:
    """How the cells differ in each property that was measured on any of them, whole cells first."""
    told = _specified(spec)
    measured = [_measured(cell) for cell in cells]
    keys = {key: None for each in measured for key in each}
    return [
        _spread(key, [each.get(key) for each in measured], _counterpart(told, *key)) for key in sorted(keys, key=_place)
    ]


def _spread(key: Key, found: Sequence[Any], specified: Any) -> Spread:
    unit = next((each["unit"] for each in found if is_quantity(each)), None)
    values = [each if unit is None else _number(each, unit) for each in found]
    numbers = [value for value, each in zip(values, found, strict=True) if unit and is_quantity(each) and value != each]
    there = None if unit is None or specified is None else in_unit(specified, unit)
    facts = _facts(numbers)
    return Spread(part=key[0], name=key[1], unit=unit, values=values, specified=there, count=len(numbers), **facts)


def _facts(numbers: Sequence[float]) -> dict[str, float]:
    try:
        facts = {"mean": fmean(numbers), "low": min(numbers), "high": max(numbers)} if numbers else {}
        return {**facts, "deviation": stdev(numbers)} if len(numbers) > 1 else facts
    except OverflowError:  # numbers beyond all sense are shown, and nothing is said of them
        return {}


def _number(value: Any, unit: str) -> Any:
    """The number of a quantity in a unit; whatever has none in it stays as it is."""
    if not is_quantity(value):
        return value
    if value["unit"] == unit:
        return value["value"]
    found = in_unit(value, unit)
    return value if found is None else found


def _difference(measured: Any, specified: Any) -> float | None:
    if not (is_quantity(measured) and is_quantity(specified)):
        return None
    found, told = (canonical(each["value"], each["unit"]) for each in (measured, specified))
    if found is None or told is None or found.unit != told.unit or told.unit == _FROM_ANY_ZERO or not told.value:
        return None
    return (found.value - told.value) / abs(told.value)


def _measured(cell: CellInstance) -> dict[Key, Any]:
    """The measured properties by component and name."""
    found: dict[Key, Any] = {}
    for part, below in cell.measured_properties.items():
        if isinstance(below, Mapping) and not is_quantity(below):
            found |= {(part, name): value for name, value in _flat(below)}
        else:
            found[_WHOLE, part] = below
    return found


def _flat(properties: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in properties.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping) and not is_quantity(value):
            yield from _flat(value, name)
        else:
            yield name, value


def _specified(spec: CellSpecification) -> dict[Key, Any]:
    whole = {**dict(_flat(spec.properties)), **dict(_flat(spec.ratings))}
    parts = {slot: getattr(spec, slot) for slot in SLOTS}
    return {
        **{(_WHOLE, name): value for name, value in whole.items()},
        **{(slot, name): value for slot, part in parts.items() if part for name, value in _flat(part.properties)},
    }


def _counterpart(told: Mapping[Key, Any], part: str, name: str) -> Any:
    """What is specified of a property: under its own name, or as `capacity` of an `initial_capacity`."""
    return next((told[part, each] for each in _names(name) if (part, each) in told), None)


def _names(name: str) -> Iterable[str]:
    bare = next((name.removeprefix(begun) for begun in _BEGUN if name.startswith(begun)), name)
    return name, bare, _ALIKE.get(bare, bare)


def _place(key: Key) -> tuple[int, str]:
    return ([_WHOLE, *SLOTS].index(key[0]) if key[0] in {_WHOLE, *SLOTS} else len(SLOTS) + 1), key[0]
