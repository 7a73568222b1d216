"""Series with current by electrode area: worked out like any other, and written with units by area.

Wherever the tables are made, current is in A, charge in A.h, power in W. Of a series by area the same figures are in
mA/cm², mA·h/cm² and mW/cm², so only the names of the columns differ.
"""

from collections.abc import Collection

import polars as pl

from cellkeep.domain import columns

_BY_AREA = {"[A]": "[mA.cm-2]", "[A.h]": "[mA.h.cm-2]", "[W]": "[mW.cm-2]", "[W.h]": "[mW.h.cm-2]"}
_TOTAL = {by_area: total for total, by_area in _BY_AREA.items()}
_TOTALS = {
    columns.CURRENT, columns.POWER, columns.CAPACITY, columns.DISCHARGE_CAPACITY, columns.CHARGE_CAPACITY,
    columns.ENERGY, columns.DISCHARGE_ENERGY, columns.CHARGE_ENERGY,
}  # fmt: skip


def areal(name: str) -> str:
    """The name by area of a column of current, charge, power or energy; any other stays as it is."""
    return _in_other_unit(name, _BY_AREA)


def total(name: str) -> str:
    """The total name of such a column."""
    return _in_other_unit(name, _TOTAL)


def tells_by_area(names: Collection[str]) -> bool:
    """Whether a series tells current by area, and nothing in total."""
    return columns.AREAL_CURRENT in names and not _TOTALS & set(names)


def tells(table: pl.DataFrame, name: str) -> bool:
    """Whether a table has a column with a value in it."""
    return name in table.columns and table[name].null_count() < table.height


def is_areal(table: pl.DataFrame) -> bool:
    """Whether a step or cycle table is of such a series: it knows no total."""
    total_name = columns.DISCHARGE_CAPACITY
    return areal(total_name) in table.columns and not tells(table, total_name)


def as_areal(table: pl.DataFrame) -> pl.DataFrame:
    """A table with units by area in place of total ones."""
    return table.rename(areal)


def as_total(table: pl.DataFrame) -> pl.DataFrame:
    """The same figures under total names, for working with them; total columns, all null, are dropped."""
    by_area = [name for name in table.columns if total(name) != name]
    return table.drop(*(total(name) for name in by_area), strict=False).rename({name: total(name) for name in by_area})


def _in_other_unit(name: str, units: dict[str, str]) -> str:
    quantity, _, unit = name.rpartition(" ")
    return f"{quantity} {units[unit]}" if unit in units else name
