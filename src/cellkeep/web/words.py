"""How numbers, units, times and ids are written on a page."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup

from cellkeep.domain.findings import by_severity

_DIGITS: Final = 5
_SHORT_ID: Final = 8
_UNITS: Final = {
    "degC": "°C",
    "degF": "°F",
    "deg": "°",
    "Ohm": "Ω",
    "ohm": "Ω",
    "percent": "%",
    "um": "µm",
    "uL": "µL",
    "mohm": "mΩ",
    "mOhm": "mΩ",
}
_CODE: Final = re.compile(r"`([^`\n]+)`")
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STEPS: Final = ("B", "kB", "MB", "GB", "TB")
_KILO: Final = 1000


def number(value: Any, digits: int = _DIGITS) -> str:
    """A number to so many significant digits, with thousands apart; whole numbers whole; anything else as it is.

    >>> number(1234.5678), number(0.000012345678), number(12345), number(-0.0), number(None)
    ('1,234.6', '1.2346e-05', '12,345', '0', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return f"{value:,}"
    if value and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits}g}"
    places = max(digits - 1 - (math.floor(math.log10(abs(value))) if value else 0), 0)
    text = f"{value + 0.0:,.{places}f}"  # a zero has no sign
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit(text: str | None) -> str:
    """A unit as it is printed.

    >>> unit("mA.cm-2"), unit("A*h"), unit("mg/cm**2"), unit("degC")
    ('mA·cm⁻²', 'A·h', 'mg/cm²', '°C')
    """
    parts = (text or "").replace("**", "").replace("^", "").replace("*", ".").split(".")
    return "·".join("/".join(map(_factor, part.split("/"))) for part in parts)


def _factor(text: str) -> str:
    bare = text.rstrip("-0123456789")
    return _UNITS.get(bare, bare) + (text[len(bare) :].translate(_RAISED) if bare else text)


def quantity(value: Any) -> str:
    """A value with its unit, where it has one; mappings and lists in short.

    >>> quantity({"value": 5.0, "unit": "A.h"}), quantity([1, 2])
    ('5 A·h', '1, 2')
    """
    if isinstance(value, Mapping):
        if "value" in value and set(value) <= {"value", "unit", "error"}:
            return f"{number(value['value'])} {unit(value.get('unit'))}".strip()
        return "; ".join(f"{key}: {quantity(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(quantity, value))
    return number(value)


def count(number_of: int, noun: str) -> str:
    """How many of something.

    >>> count(1, "cell"), count(1200, "batch")
    ('1 cell', '1,200 batches')
    """
    return f"{number_of:,} {noun if number_of == 1 else plural(noun)}"


def plural(noun: str) -> str:
    if noun.endswith(("ch", "s", "x")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def size(n_bytes: int | None) -> str:
    """A size in decimal units.

    >>> size(999), size(999_900), size(1_234_567)
    ('999 B', '1,000 kB', '1.23 MB')
    """
    if n_bytes is None:
        return ""
    power = min(int(math.log(max(n_bytes, 1), _KILO) + 1e-9), len(_STEPS) - 1)
    return f"{_briefly(n_bytes / _KILO**power)} {_STEPS[power]}" if power else f"{n_bytes} B"


def _briefly(value: float) -> str:
    """Three digits, or all that are before the point."""
    return f"{value:.3g}" if value < 999.5 else f"{value:,.0f}"


def instant(moment: datetime | None) -> Markup:
    """A moment in UTC, which the script of the page turns to the zone of whoever looks at it."""
    if moment is None:
        return Markup("")
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(utc.isoformat(), utc.strftime("%Y-%m-%d %H:%M UTC"))


def day(moment: datetime | None) -> Markup:
    """The day of a moment, in UTC until the script of the page knows better; all of it where somebody points."""
    if moment is None:
        return Markup("")
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}" data-day title="{}">{}</time>').format(
        utc.isoformat(), utc.strftime("%Y-%m-%d %H:%M UTC"), utc.strftime("%Y-%m-%d")
    )


def duration(seconds: float | None) -> str:
    """A length of time in its largest unit that fits.

    >>> duration(45), duration(5400), duration(200_000), duration(1095 * 86_400)
    ('45 s', '1.5 h', '2.31 d', '1,095 d')
    """
    if seconds is None:
        return ""
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{_briefly(seconds / length)} {name}"
    return f"{seconds:.3g} s"


def short_id(record_id: str) -> Markup:
    """The first letters of an id, that copies all of it when it is pressed."""
    return Markup('<button type="button" class="id" data-copy="{0}" title="copy {0}">{1}</button>').format(
        record_id, record_id[:_SHORT_ID]
    )


def plainly(name: str) -> str:
    """A name of the wire as words.

    >>> plainly("time_series")
    'time series'
    """
    return name.replace("_", " ")


def kind(record: Any) -> str:
    """What a measurement is of, in words."""
    special = {"eis": "impedance", "ocp": "open circuit"}
    return special.get(record.data_type) or plainly(record.measurement_type.value)


def told(sentence: str) -> Markup:
    """A sentence of ours, in which what is between backticks is code.

    >>> str(told("`cellkeep user link` makes <another>."))
    '<code>cellkeep user link</code> makes &lt;another&gt;.'
    """
    parts = enumerate(_CODE.split(sentence))
    return Markup().join(Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in parts)


def client(base_url: str, **further: str) -> str:
    """The line of Python that makes a client; what is empty is left out.

    >>> client("https://cells.example.org", api_key="")
    'client = cellkeep.Client(api_url="https://cells.example.org")'
    """
    given = {"api_url": base_url, **further}
    named = ", ".join(f'{name}="{value}"' for name, value in given.items() if value)
    return f"client = cellkeep.Client({named})"


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "number": number,
    "unit": unit,
    "quantity": quantity,
    "count": count,
    "size": size,
    "instant": instant,
    "day": day,
    "duration": duration,
    "short_id": short_id,
    "plainly": plainly,
    "kind": kind,
    "told": told,
    "client": client,
    "by_severity": by_severity,
}
