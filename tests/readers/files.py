"""Files of cyclers for the tests of readers: real ones where they are at hand, as text that can be damaged."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cellkeep.readers.detection import detect, open_file
from cellkeep.readers.preview import look_at

REAL = Path(os.environ.get("CELLKEEP_CYCLER_FILES", Path(__file__).parents[3] / "shared" / "cycler_files"))
"""Real files; they are no part of this repository."""
_MOST_ROWS = 120


@dataclass(frozen=True)
class Row:
    """A line of a table.

    Attributes:
        text: without its end.
        of: which row of the intact table it is; None where it was damaged.
        torn: which row it was before it was damaged, where it may be read as that row or not at all.
    """

    text: str
    of: int | None = None
    torn: int | None = None


@dataclass(frozen=True)
class TextFile:
    """A text with a table, in its parts.

    Attributes:
        name: of the file.
        before: all that stands before the rows, the headings last.
        rows: the table.
        after: what stands behind it.
        separator: of the cells.
        end: of each line.
        headings: where in `before` the headings stand.
    """

    name: str
    before: tuple[str, ...]
    rows: tuple[Row, ...]
    after: tuple[str, ...]
    separator: str
    end: str
    headings: int

    def content(self, rows: Sequence[Row] | None = None, before: Sequence[str] | None = None) -> bytes:
        """The bytes of the file, with other rows or another beginning."""
        lines = [*(self.before if before is None else before), *(row.text for row in rows or self.rows), *self.after]
        return (self.end.join(lines) + self.end).encode("latin-1")

    def cells(self, line: str) -> list[str]:
        """The cells of a line."""
        return line.split(self.separator)


def text_file(path: Path) -> TextFile | None:
    """A text in its parts, cut to some rows; None where it is no text, or no table is found in it."""
    preview = look_at(path)
    if preview.kind != "text" or preview.encoding.startswith("utf-16") or preview.packed:
        return None
    _, match = detect(preview, open_file(preview), None, {})
    content = path.read_bytes().decode("latin-1")
    end = "\r\n" if "\r\n" in content else "\n"
    lines = [line.rstrip("\r") for line in content.split("\n")]
    first, last = match.place.first, len(lines) if match.place.end is None else match.place.end
    table = [line for line in lines[first:last] if line.strip()][:_MOST_ROWS]
    heading = lines[match.place.heading]
    separator = max("\t;,", key=heading.count)
    if match.place.end is None and max(map(len, table)) > 10_000:
        return None
    return TextFile(
        path.name,
        tuple(lines[:first]),
        tuple(Row(line, at) for at, line in enumerate(table)),
        tuple(line for line in lines[last:] if line),
        separator if separator in table[0] else max("\t;,", key=table[0].count),
        end,
        match.place.heading,
    )


def real_files(*suffixes: str) -> list[Path]:
    """Real files with these extensions; all where none is named; none where they are not at hand."""
    found = sorted(path for path in REAL.glob("*/*") if path.is_file()) if REAL.is_dir() else []
    return [path for path in found if not suffixes or path.suffix in suffixes]
