"""Text of figures: what names of columns and of sources look like in them."""

from html import unescape
from textwrap import wrap

from cellkeep.domain import columns

SIGNS = {
    columns.CURRENT: "positive = discharge",
    columns.AREAL_CURRENT: "positive = discharge",
    columns.POWER: "positive = discharge",
    "Power [mW.cm-2]": "positive = discharge",
    "Mean discharge current [A]": "positive = discharge",
    "Mean charge current [A]": "positive = discharge",
    "Net capacity [A.h]": "positive = discharged",
    "Net capacity [mA.h.cm-2]": "positive = discharged",
}
"""What a figure says of the sign of a column, beside its name."""

_LONGEST = 40
_LONGEST_LINE = 24
"""Letters that fit beside a plot of a stack."""


def plain(text: str) -> str:
    """Text that is shown as it is, though figures read tags and templates."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "% {")


def shortened(text: str) -> str:
    """Text that fits into a legend."""
    return plain(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}")


def quantity_of(column: str) -> str:
    """The name of a column without its unit."""
    return plain(column.partition(" [")[0])


def unit_of(column: str) -> str:
    """The unit of a column, with a space before it; nothing where it has none."""
    unit = column.partition(" [")[2].removesuffix("]")
    return f" {plain(unit)}" if unit else ""


def title_of(column: str) -> str:
    """Quantity and unit as the data format writes them; below it the sign, where one has to know it."""
    lines = wrap(column, _LONGEST_LINE, break_on_hyphens=False) or [""]
    return "<br>".join([*map(plain, lines), *([sign] if (sign := SIGNS.get(column)) else [])])


def title_below(column: str) -> str:
    """The same in one line, where there is room for it."""
    return ", ".join([plain(column), *([sign] if (sign := SIGNS.get(column)) else [])])


def read(text: str) -> str:
    """What a title or a name in a figure says, in one line and without markup."""
    return unescape(text.replace("<br>positive = ", ", positive = ").replace("<br>", " "))


def numbered(column: str, number: float) -> str:
    """A number of a column as the name of a line: `Cycle 3`."""
    return f"{column.partition(' [')[0].removesuffix(' count')} {number:.6g}{unit_of(column)}"


def value_of(axis: str, column: str) -> str:
    """A template that shows a value of a column with its unit."""
    return f"%{{{axis}:.5~g}}{unit_of(column)}"


def x_value_of(column: str) -> str:
    """A template that shows the value of the x axis, with its name and its unit."""
    return f"{quantity_of(column)} %{{x:.7~g}}{unit_of(column)}"
