"""The beginning of a text, and of a table in one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from cellkeep.readers.preview import encoding_of, split_cells

HEAD_BYTES = 256 * 1024
"""So much of a text is looked at."""
MOST_LINES = 200
_MOST_ROWS, _MOST_COLUMNS = 20, 20
_LONGEST_LINE, _LONGEST_CELL = 1000, 100
_SEPARATORS = ("\t", ";", "|", ",")
"""A comma is taken last, since it may stand in numbers."""
_MOST_LINES_AGREE = 0.8
_LETTER_BYTES = 4
_ENCODINGS = {"latin-1": "latin-1, as a guess"}


@dataclass(frozen=True)
class TextPreview:
    """A text.

    Attributes:
        lines: the first ones.
        encoding: what it is written in, in words.
        is_cut: whether there is more.
        table: the first rows of the table that it holds; empty where it is none.
    """

    lines: Sequence[str]
    encoding: str
    is_cut: bool
    table: Sequence[Sequence[str]] = ()


def preview(head: bytes, size_bytes: int, *, is_table: bool) -> TextPreview | None:
    """What is seen of a text of which these are the first bytes; None where it is no text."""
    if not head:
        return TextPreview([], "nothing", is_cut=False)
    if (encoding := _encoding(head, is_whole=size_bytes <= len(head))) is None:
        return None
    text = head.decode(encoding, errors="replace").removeprefix("\ufeff")
    lines = text.splitlines()
    is_cut = size_bytes > len(head) or len(lines) > MOST_LINES
    if size_bytes > len(head) and len(lines) > 1:
        lines.pop()  # the head ends somewhere in it
    shown = [_short(line, _LONGEST_LINE) for line in lines[:MOST_LINES]]
    table = _table(lines) if is_table else ()
    return TextPreview(shown, _ENCODINGS.get(encoding, encoding), is_cut, table)


def _table(lines: Sequence[str]) -> Sequence[Sequence[str]]:
    """The first rows, each with as many cells as the longest."""
    first = [line for line in islice(lines, _MOST_ROWS) if line.strip()]
    separator = next((each for each in _SEPARATORS if _agree(first, each)), ",")
    rows = [[_short(cell.strip(), _LONGEST_CELL) for cell in split_cells(line, separator)] for line in first]
    width = min(max(map(len, rows), default=0), _MOST_COLUMNS)
    return [[*row, *[""] * width][:width] for row in rows] if width > 1 else ()


def _agree(lines: Sequence[str], separator: str) -> bool:
    """Whether it stands equally often in most lines."""
    counts = Counter(count for line in lines if (count := line.count(separator)))
    return max(counts.values(), default=0) >= max(_MOST_LINES_AGREE * len(lines), 1)


def _encoding(head: bytes, *, is_whole: bool) -> str | None:
    found = encoding_of(head)
    if found == "utf-8" and is_whole:
        try:
            head.decode(found)
        except UnicodeDecodeError as error:
            return "latin-1" if error.start > len(head) - _LETTER_BYTES else found  # it is not the end that is missing
    return found


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
