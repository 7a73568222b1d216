"""The only place that prints: results to stdout, words about the work to stderr."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(text: str = "") -> None:
    """A line of the result; `[bold]` and the like are understood."""
    out.print(text, soft_wrap=True)


def plain(text: str) -> None:
    """A line of the result as it is, such as one with the name of a file in it."""
    out.print(_text(text), markup=False, soft_wrap=True)


def doing(text: str) -> None:
    """A line about the work going on."""
    err.print(f"[dim]{text}[/dim]")


def fail(text: str) -> None:
    err.print(f"[bold red]error:[/bold red] {escape(text)}", soft_wrap=True)


def pairs(rows: Mapping[str, Any]) -> None:
    """Names and values under each other."""
    width = max(map(len, rows))
    for name, value in rows.items():
        # Links and keys are copied, so they are never cut or wrapped.
        out.print(f"[dim]{name:<{width}}[/dim]  {value}", soft_wrap=True)


def table(frame: pl.DataFrame, headings: Mapping[str, tuple[str, str]], *, title: str | None = None) -> None:
    """Some columns of a frame; `headings` gives for each column its heading and a format such as `.3f`."""
    shown = Table(title=title, title_justify="left", header_style="bold", box=None, padding=(0, 1))
    for heading, form in headings.values():
        shown.add_column(escape(heading), justify="left" if form == "s" else "right", no_wrap=True)
    for row in frame.select(headings.keys()).iter_rows():
        shown.add_row(*(_cell(value, form) for value, (_, form) in zip(row, headings.values(), strict=True)))
    out.print(shown)


def columns(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows under headings, each as long as it is: ids and addresses are copied, so nothing is cut or wrapped."""
    lines = [[*headings], *([_text(value) for value in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        padded = "  ".join(set_cell_size(text, width) for text, width in zip(line, widths, strict=True))
        out.print(padded.rstrip(), markup=False, soft_wrap=True, style="bold" if number == 0 else None)


def size(size_bytes: int) -> str:
    """Bytes in words."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} B"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return "".join(char if char.isprintable() else " " for char in str(value))


def _cell(value: Any, form: str) -> str:
    return "-" if value is None else format(value, form)


def ends(frame: pl.DataFrame, rows: int) -> Sequence[pl.DataFrame]:
    """The first and last rows of a long frame, or the frame itself where it is short."""
    return [frame] if frame.height <= 2 * rows else [frame.head(rows), frame.tail(rows)]
