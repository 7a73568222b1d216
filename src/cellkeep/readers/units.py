"""Names of columns as instruments write them: the quantity, and the unit that stands beside it."""

import re
from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """How a value in some unit becomes one of the data format: value * factor + offset."""

    factor: float
    offset: float = 0.0


AS_IT_IS = Unit(1.0)
"""The value is in the unit that is wanted."""


class Heading(NamedTuple):
    """The heading of a column, taken apart.

    Attributes:
        name: in small letters, with single blanks for whatever stands between the words: `charge capacity`.
        unit: as written, or an empty text.
    """

    name: str
    unit: str


_SECONDS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "millisecond": 1e-3,
    "us": 1e-6, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hr": 3600.0, "hrs": 3600.0, "hour": 3600.0, "hours": 3600.0,
}  # fmt: skip
_PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9, "k": 1e3}
_SCALED = {
    "V": ("V", "volt", "volts"), "A": ("A", "amp", "amps", "ampere"), "W": ("W", "watt", "watts"),
    "A.h": ("Ah", "AHr", "Amphr", "amperehour"), "W.h": ("Wh", "WHr", "Watthr", "watthour"),
    "Ohm": ("Ohm", "Ohms", "Ω", "Ω"), "Hz": ("Hz", "hertz"),
}  # fmt: skip
_PLAIN = {
    "degC": {"C": Unit(1.0), "degc": Unit(1.0), "°c": Unit(1.0), "celsius": Unit(1.0), "ºc": Unit(1.0),
             "℃": Unit(1.0), "k": Unit(1.0, -273.15), "kelvin": Unit(1.0, -273.15), "degk": Unit(1.0, -273.15),
             "°f": Unit(5 / 9, -160 / 9), "degf": Unit(5 / 9, -160 / 9)},
    "deg": {"deg": Unit(1.0), "°": Unit(1.0), "degree": Unit(1.0), "rad": Unit(57.29577951308232)},
    "mA.cm-2": {"macm2": Unit(1.0), "ma/cm2": Unit(1.0), "ma/cm^2": Unit(1.0), "ma/cm²": Unit(1.0),
                "acm2": Unit(1e3), "a/cm2": Unit(1e3), "ua/cm2": Unit(1e-3), "µa/cm2": Unit(1e-3)},
    "s": {name: Unit(factor) for name, factor in _SECONDS.items()},
}  # fmt: skip
_NOT_IN_A_UNIT = re.compile(r"[\s.*·_-]")
_BRACKETED = re.compile(r"^(.*?)\s*[\[(]([^\[\]()]*)[\])]\s*$")
_ALONE = re.compile(r"^(.*?)\s*/\s*1$")
"""`Cycle Count / 1` has no unit."""
_BETWEEN = re.compile(r"[\s_]+")
_SMALL = ("v", "a", "w")
"""Units that Digatron may write small: `voltage#v`."""
_LOST = "�"
"""What stands for a letter that could not be decoded; degrees are the ones that are lost in practice."""


def unit_in(text: str, wanted: str) -> Unit | None:
    """What makes a value in the written unit one in the wanted unit; None where it is no such unit.

    Args:
        text: as the heading has it: `mAh`, `mA.h`, `mAHr`. A small m is milli, and mega is never meant.
        wanted: a unit of the data format, such as `A.h`.
    """
    plain = _NOT_IN_A_UNIT.sub("", text)
    if wanted in _PLAIN:
        known = _PLAIN[wanted]
        return known.get(plain) or known.get(plain.lower().replace(_LOST, "°").replace("â", ""))
    for spelling in _SCALED.get(wanted, ()):
        bare = _NOT_IN_A_UNIT.sub("", spelling)
        if plain.lower().endswith(bare.lower()):
            prefix = plain[: len(plain) - len(bare)]
            if prefix in _PREFIXES and (len(plain) > 1 or plain == bare):
                return Unit(_PREFIXES[prefix])
            if prefix == "milli":
                return Unit(1e-3)
    return None


def is_unit(text: str) -> bool:
    """Whether a text is a unit that the readers know."""
    return any(unit_in(text, wanted) for wanted in (*_SCALED, *_PLAIN))


@lru_cache(4096)
def heading(text: str) -> Heading:
    """Take a heading apart: `Current (mA)`, `Current[mA]`, `I/mA`, `Voltage#V`, `Test Time / s`, `current_A`."""
    plain = text.strip().strip('"').lstrip("﻿~").strip()
    name, unit = _unit_at_end(plain)
    return Heading(folded(name), unit)


def folded(name: str) -> str:
    """A name for comparing: small letters, single blanks between words."""
    return _BETWEEN.sub(" ", name).strip().lower()


def _unit_at_end(text: str) -> tuple[str, str]:
    if alone := _ALONE.match(text):
        return alone[1], ""
    bracketed = _BRACKETED.match(text)
    if bracketed and bracketed[1]:
        return bracketed[1], bracketed[2].strip()
    for mark in ("#", "/"):
        name, there, unit = text.rpartition(mark)
        unit = unit.upper() if mark == "#" and unit in _SMALL else unit
        if there and name and is_unit(unit.strip()):
            return name.strip(), unit.strip()
    parts = text.split("_")
    for length in (2, 1):
        if len(parts) > length and parts[-1] != "min" and is_unit("_".join(parts[-length:])):
            return "_".join(parts[:-length]).strip("_"), "_".join(parts[-length:])
    return text, ""
