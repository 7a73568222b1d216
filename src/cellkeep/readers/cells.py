"""Cells as they are written, made numbers; what can not be one is left out, and told."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

from cellkeep.domain.findings import Repair

LINE = "line"
"""The column that says in which line of the file a row stands, counted from 1."""

_BLANK = ("", "nan", "na", "n/a", "#n/a", "null", "none", "-", "--", "---", "nil")
"""What stands for no value at all, in small letters."""
_MOST_EXAMPLES = 3
_ONE_COMMA = r"^[+-]?\d{1,3},\d{3}$"
_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?([eE][+-]?\d+)?$"


class Loaded(NamedTuple):
    """Columns of a table.

    Attributes:
        frame: the columns by their position in the file, as text: `"0"`; with `line` where rows were left out before.
        repairs: what could not be read.
    """

    frame: pl.DataFrame
    repairs: list[Repair]


def to_numbers(frame: pl.DataFrame, titles: Mapping[str, str], *, decimal_comma: bool = False) -> Loaded:
    """Make columns of text numbers.

    A cell that says that there is no value, such as `N/A`, becomes null; so does one that can not be read, and that is
    told, with the lines of the first few where the frame has a column `line`.

    Args:
        frame: columns of text, and others that stay as they are.
        titles: which columns are to be numbers, and what they are called in the file.
        decimal_comma: whether `1,5` is one and a half; otherwise a comma may stand between thousands.
    """
    repairs = []
    made: dict[str, pl.Series] = {}
    for name, title in titles.items():
        if frame[name].dtype != pl.String:
            made[name] = frame[name].cast(pl.Float64)
            continue
        text = frame[name].str.strip_chars(" \t\r\"'\xa0")
        plain = text.str.replace(",", ".", literal=True) if decimal_comma else _without_thousands(text)
        made[name] = plain.cast(pl.Float64, strict=False)
        bad = (made[name].is_null() & text.is_not_null()).to_frame().to_series()
        if bad.any():
            bad &= ~text.str.to_lowercase().is_in(_BLANK)
        if count := int(bad.sum()):
            shown = _examples(frame.filter(bad), text.filter(bad))
            repairs.append(
                Repair(
                    action="cells_left_out",
                    message=f"{count:,} cells of '{title}' are not numbers and were left out: {shown}.",
                    payload={"column": title, "count": count},
                )
            )
    return Loaded(frame.with_columns(series.alias(name) for name, series in made.items()), repairs)


def lines_shown(lines: Iterable[int], count: int) -> str:
    """Where something was, for a message: `lines 7, 9, 12 and 4 more`."""
    first = [f"{line:,}" for line in list(lines)[:_MOST_EXAMPLES]]
    more = f" and {count - len(first):,} more" if count > len(first) else ""
    return f"line{'s' if count > 1 else ''} {', '.join(first)}{more}"


def left_out(lines: pl.Series, why: str) -> list[Repair]:
    """What is to be told of rows that were left out; nothing where there are none.

    Args:
        lines: where they stand in the file.
        why: goes on after `7 rows`.
    """
    if lines.is_empty():
        return []
    message = f"{len(lines):,} rows {why}; they were left out ({lines_shown(lines, len(lines))})."
    payload = {"count": len(lines), "lines": lines.head(100).to_list()}
    return [Repair(action="rows_left_out", message=message, payload=payload)]


def _without_thousands(text: pl.Series) -> pl.Series:
    grouped = text.str.contains(_THOUSANDS)
    if not grouped.any():
        return text
    doubtful = text.str.contains(_ONE_COMMA)
    if (text.str.contains(".", literal=True) & ~grouped).any() and grouped.eq_missing(doubtful).all():
        return text  # all others have a decimal point and no thousands, so the comma may be one
    return pl.select(pl.when(grouped).then(text.str.replace_all(",", "", literal=True)).otherwise(text)).to_series()


def _examples(rows: pl.DataFrame, text: pl.Series) -> str:
    lines = rows[LINE].head(_MOST_EXAMPLES) if LINE in rows.columns else [None] * _MOST_EXAMPLES
    shown = [f"'{cell[:40]}'" + (f" in line {line:,}" if line else "") for cell, line in zip(text, lines, strict=False)]
    return ", ".join(shown) + (" …" if len(text) > _MOST_EXAMPLES else "")
