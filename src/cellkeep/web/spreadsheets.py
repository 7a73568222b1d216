"""Tables for a spreadsheet, which takes some texts for formulas and works them out."""

import io
import re
from typing import Any, Final

import polars as pl
import polars.selectors as cs

_FORMULA: Final = r"^[=@+\-\t\r]"
"""How such a text begins."""
_NUMBER: Final = r"^[+-]\d+([.,]\d+)*([eE][+-]?\d+)?$"
"""A number with a sign begins so too, and is none."""


def cell(value: Any) -> Any:
    """A value as a cell: an apostrophe before a text that would be worked out, by which it is shown as it is.

    >>> cell("=1+1"), cell("-5.2"), cell("C1")
    ("'=1+1", '-5.2', 'C1')
    """
    is_formula = isinstance(value, str) and re.match(_FORMULA, value) and not re.match(_NUMBER, value)
    return f"'{value}" if is_formula else value


def as_csv(table: pl.DataFrame) -> bytes:
    """A table with its headings."""
    texts = table.select(cs.string()).columns
    shown = table.with_columns(_shown(pl.col(name)).alias(name) for name in texts)
    target = io.BytesIO()
    shown.rename({name: cell(name) for name in table.columns}).write_csv(target)
    return target.getvalue()


def _shown(text: pl.Expr) -> pl.Expr:
    is_formula = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(is_formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
