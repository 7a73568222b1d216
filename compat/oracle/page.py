"""The page on differences: its examples, and what it says that either side makes of them."""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from oracle.case import Case
from oracle.reference import Tables, as_it_is

PAGE = (Path(__file__).parents[2] / "docs" / "differences.md").read_text(encoding="utf-8")
_CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `(.+)` of the (steps|cycles) \| (.+) \| (.+) \|$", re.MULTILINE)


class Said(NamedTuple):
    """A row of the page: what a column holds on either side, as it is written there."""

    column: str
    table: str
    ours: str
    theirs: str


class Section(NamedTuple):
    """A difference as the page tells it.

    Attributes:
        case: the series of the example.
        said: what comes out of it.
        with_charge: whether ionworksdata was asked to find charge and energy first.
    """

    case: Case
    said: list[Said]
    with_charge: bool


def _section(text: str) -> Section:
    names: dict[str, Any] = {"pl": pl}
    for code in _CODE.findall(text):
        exec(code, names)  # noqa: S102  our own page
    case = Case(names["series"], names.get("rated_capacity_ah"), names.get("data_type"))
    return Section(case, [Said(*row) for row in _ROW.findall(text)], "| `summarize` alone |" not in text)


SECTIONS = {
    title: _section(text)
    for title, text in (part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:])
}
"""By title."""


def examples() -> dict[str, Case]:
    """The series of the page."""
    return {title: section.case for title, section in SECTIONS.items()}


def theirs(section: Section) -> Tables:
    """What ionworksdata makes of the example."""
    return as_it_is(section.case, with_charge=section.with_charge)


def written(tables: Tables, said: Said) -> str:
    """How the page writes what is in a column: the name of the error where there is no table, a dash without it."""
    table = getattr(tables, said.table)
    if isinstance(table, str):
        return f"`{table}`"
    if said.column not in table.columns:
        return "\N{EN DASH}"
    return ", ".join(_written(value) for value in table[said.column])


def _written(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else f"{value:.9g}"
    return str(value)
