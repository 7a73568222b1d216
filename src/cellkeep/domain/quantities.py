"""Numbers with units: value and unit kept verbatim, a canonical value beside them.

Both spellings of the field are read (`A*h`, `mg/cm**2` and `A.h`, `mg.cm-2`), a few habits too (`Ah`, `mohm`,
`µm`, `%`), and a lone `C` is the C-rate. An unknown unit is kept and has no canonical form.
"""

import math
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pint

_FIELD_UNITS = (
    "A.h",
    "A.h.kg-1",
    "A.h.m-2",
    "W.h",
    "W.h.kg-1",
    "W.h.m-2",
    "degC",
    "V",
    "Ohm",
    "Ohm.m",
    "Ohm.m2",
    "S",
    "S.m-1",
    "W",
    "W.kg-1",
    "W.m-1.K-1",
    "F",
    "H",
    "N",
    "J.kg-1.K-1",
)
"""Canonical where SI base units would read badly; every other quantity is canonical in SI base units."""


_LONGEST_UNIT = 100

_UNIT = re.compile(r"(?:[A-Za-z_]+(?:\*\*-?\d{1,2}(?:\.\d{1,3})?)?|1(?=/)|[()*/ ])+")
"""Names, small powers, products and quotients. Anything else a parser of units might take for arithmetic."""


class Canonical(NamedTuple):
    """A value in the one unit its kind of quantity is kept in."""

    value: float
    unit: str


def is_quantity(value: Any) -> bool:
    """Whether a JSON value is `{"value": number, "unit": text}`."""
    return (
        isinstance(value, dict)
        and value.keys() == {"value", "unit"}
        and isinstance(value["unit"], str)
        and isinstance(value["value"], (int, float))
        and not isinstance(value["value"], bool)
    )


def canonical(value: float, unit: str) -> Canonical | None:
    """The quantity in its canonical unit, or None where the unit is not understood.

    Capacity is in A.h, energy in W.h, temperature in degC, C-rate in C, all else in SI.

    >>> canonical(45.3, "mA.h")
    Canonical(value=0.0453, unit='A.h')
    >>> canonical(1.5, "bananas") is None
    True
    """
    if len(unit) > _LONGEST_UNIT:
        return None
    spelled = _pint_spelling(unit)
    if not _UNIT.fullmatch(spelled):
        return None
    try:
        quantity = _registry().Quantity(float(value), spelled)
        target = _canonical_unit(spelled)
        number = float(f"{quantity.to(_pint_spelling(target)).magnitude:.15g}")
    except Exception:  # noqa: BLE001  pint raises a dozen unrelated classes for text that is not a unit
        return None
    return Canonical(number, target) if math.isfinite(number) else None


def canonical_of(properties: Any, path: str = "") -> dict[str, dict[str, Any] | None]:
    """The canonical form of every quantity in nested JSON, by dotted path; None marks a unit not understood.

    >>> canonical_of({"cell": {"weight": {"value": 45.3, "unit": "g"}}})
    {'cell.weight': {'value': 0.0453, 'unit': 'kg'}}
    """
    if is_quantity(properties):
        found = canonical(properties["value"], properties["unit"])
        return {path: found._asdict() if found else None}
    if not isinstance(properties, dict):
        return {}
    result: dict[str, dict[str, Any] | None] = {}
    for key, value in properties.items():
        result |= canonical_of(value, f"{path}.{key}" if path else str(key))
    return result


def in_unit(quantity: Any, unit: str) -> float | None:
    """The number a quantity has in `unit`, or None where it is no quantity of that kind.

    >>> in_unit({"value": 5000, "unit": "mA*h"}, "A.h")
    5.0
    """
    if not is_quantity(quantity):
        return None
    found, asked = canonical(quantity["value"], quantity["unit"]), canonical(1, unit)
    if found is None or asked is None or found.unit != asked.unit:
        return None
    there = _registry().Quantity(found.value, _pint_spelling(found.unit))
    return float(f"{there.to(_pint_spelling(unit)).magnitude:.15g}")


@cache
def _registry() -> "pint.UnitRegistry[Any]":
    import pint  # noqa: PLC0415  a third of a second that reading data does not need

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    registry.define("c_rate = [c_rate]")
    return registry


@lru_cache(maxsize=4096)
def _canonical_unit(spelled: str) -> str:
    registry = _registry()
    unit = registry.Unit(spelled)
    if unit == registry.Unit("c_rate"):
        return "C"
    for name in _FIELD_UNITS:
        if unit.dimensionality == registry.Unit(_pint_spelling(name)).dimensionality:
            return name
    if unit.dimensionality == registry.Unit("pascal").dimensionality:
        return "W.h.m-3" if {"watt", "joule"} & {name.removeprefix("kilo") for name in unit._units} else "Pa"  # noqa: SLF001
    return _field_spelling(registry.get_base_units(unit)[1])


def _field_spelling(unit: Any) -> str:
    parts = [
        f"{unit._REGISTRY.get_symbol(name)}{'' if power == 1 else f'{power:g}'}"  # noqa: SLF001
        for name, power in sorted(unit._units.items(), key=lambda item: -item[1])  # noqa: SLF001
    ]
    return ".".join(parts) or "dimensionless"


_LOOKALIKES = str.maketrans({"\u03bc": "u", "\u00b5": "u", "\u03a9": "ohm", "\u2126": "ohm", "\u00b7": "."})
"""Greek mu, micro sign, Greek omega, ohm sign, middle dot."""


@lru_cache(maxsize=4096)
def _pint_spelling(unit: str) -> str:
    """`mg.cm-2` and `mg/cm**2` alike as pint reads them."""
    text = unit.strip().translate(_LOOKALIKES)
    if text == "C":
        return "c_rate"
    if text in {"%", "percent"}:
        return "percent"
    if text in {"", "-", "1", "dimensionless"}:
        return "dimensionless"
    text = re.sub(r"(?i)\b([munkM]?)ohm", lambda found: f"{found[1]}ohm", text)
    text = re.sub(r"\b([munk]?)([AW])h\b", r"\1\2*h", text)
    text = re.sub(r"(?<=[A-Za-z0-9)])[.\s](?=[A-Za-z(])", "*", text).replace("°C", "degC").replace("^", "**")
    return re.sub(r"(?<=[A-Za-z])(-?\d+)", r"**\1", text)
