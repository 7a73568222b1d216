"""One table of a text file, of any length: its cells as numbers or as text."""

import gzip
import mmap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.findings import Repair
from cellkeep.readers.cells import LINE, Loaded, left_out, lines_shown, to_numbers
from cellkeep.readers.preview import Preview, split_cells, unpacking_errors

_PIECE_BYTES = 1024 * 1024
_TAIL_BYTES = 64 * 1024
_MOST_UNPACKED = 1 << 30
_NEWLINE, _QUOTE = ord("\n"), ord('"')
_UNREADABLE = "\ufffd"
"""Stands for a zero byte: what is around it is not what was written."""
_FEW_ROWS = 2
_STYLE_SHARE = 0.05
"""Where more rows than these, or than this share, are shorter than the others, empty cells at their end were not
written."""


@dataclass(frozen=True)
class Layout:
    """Where the table stands in the file, and how it is written.

    Attributes:
        first_line: the line of its first row, counted from 0.
        separator: between the cells; a blank stands for any number of blanks and tabs.
        decimal_comma: whether `1,5` is one and a half.
        end_line: the line after its last row; None where it goes on to the end of the file.
        headings: how many there are; None where they do not stand apart as the cells do.
    """

    first_line: int
    separator: str
    decimal_comma: bool = False
    end_line: int | None = None
    headings: int | None = None


@dataclass(frozen=True)
class _Tidy:
    """A table in which every row has the same number of cells.

    Attributes:
        width: that number.
        quotes: whether there are any.
        rows: how many there are.
    """

    width: int
    quotes: bool
    rows: int


def load(preview: Preview, layout: Layout, numbers: Mapping[int, str], texts: Collection[int]) -> Loaded:
    """Read columns of the table.

    A file that is in order is read as numbers at once. One that is not is read as text, and each cell by itself: what
    can not be read is left out, and told.

    Args:
        preview: the file.
        layout: where and how the table is written.
        numbers: positions of columns to read as numbers, and their titles.
        texts: positions of columns to read as text.

    Raises:
        UnusableDataError: the file is compressed and broken, or many rows have more cells than the others.
    """
    source = _plain_bytes(preview)
    tidy = _tidy(preview, source, layout)
    if tidy is not None:
        beyond = [str(at) for at in range(layout.headings or tidy.width, tidy.width)]
        try:
            frame = _scan(preview, source, layout, tidy, numbers, {*texts, *map(int, beyond)})
        except pl.exceptions.PolarsError:
            pass  # a cell that is no number; each is looked at by itself
        else:
            whole = frame.height == tidy.rows or (frame.height > tidy.rows and not tidy.quotes)
            if whole and all(frame[name].null_count() == frame.height for name in beyond):
                # empty lines at the end are no rows
                return Loaded(frame.head(tidy.rows).drop(beyond), _open_end(preview, source, layout, numbers))
            # A quotation mark that stands alone swallows the lines up to the next one.
    cells = _cells(_lines(preview, source, layout), layout, sorted({*numbers, *texts}))
    made = to_numbers(
        cells.frame, {str(at): title for at, title in numbers.items()}, decimal_comma=layout.decimal_comma
    )
    return Loaded(made.frame, [*cells.repairs, *made.repairs, *_open_end(preview, source, layout, numbers)])


def _scan(
    preview: Preview,
    source: bytes | None,
    layout: Layout,
    tidy: _Tidy,
    numbers: Mapping[int, str],
    texts: Collection[int],
) -> pl.DataFrame:
    scan = pl.scan_csv(
        preview.path if source is None else source,
        has_header=False,
        schema={str(at): pl.Float64 if at in numbers else pl.String for at in range(tidy.width)},
        separator=layout.separator,
        quote_char='"' if tidy.quotes else None,
        skip_lines=layout.first_line,
        decimal_comma=layout.decimal_comma,
        encoding="utf8-lossy",
        glob=False,
    )
    there = [str(at) for at in sorted({*numbers, *texts}) if at < tidy.width]
    absent = [pl.lit(None, pl.Float64 if at in numbers else pl.String).alias(str(at)) for at in {*numbers, *texts}
              if at >= tidy.width]  # fmt: skip
    return scan.select(there).with_columns(absent).collect(engine="streaming")


def _plain_bytes(preview: Preview) -> bytes | None:
    """The content as UTF-8 with ordinary line ends; None where the file has it so, and can be read as it is."""
    if preview.packed:
        try:
            with gzip.open(preview.path) as file:
                content = file.read(_MOST_UNPACKED + 1)
        except unpacking_errors() as error:
            raise UnusableDataError(
                f"'{preview.path.name}' is compressed by gzip and breaks off ({error}). Copy or export it again.",
                detail={"file": preview.path.name},
            ) from error
        if len(content) > _MOST_UNPACKED:
            raise UnusableDataError(
                f"'{preview.path.name}' holds more than {_MOST_UNPACKED >> 30} GiB. Unpack it, and read what is in it.",
                detail={"file": preview.path.name},
            )
    elif preview.encoding.startswith("utf-16") or _ends_lines_by_return_alone(preview):
        content = preview.path.read_bytes()
    else:
        return None
    if preview.encoding.startswith("utf-16"):
        content = content.decode(preview.encoding, errors="replace").encode()
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _ends_lines_by_return_alone(preview: Preview) -> bool:
    with preview.path.open("rb") as file:
        head = file.read(_PIECE_BYTES)
    return b"\n" not in head and b"\r" in head


def _tidy(preview: Preview, source: bytes | None, layout: Layout) -> _Tidy | None:
    """Whether all rows have the same number of cells, told by counting separators within lines."""
    if layout.separator == " " or layout.end_line is not None:
        return None
    separator = ord(layout.separator)
    rows = cells = width = quotes = 0
    within = False
    for piece in _body(preview, source, layout.first_line):
        codes = np.frombuffer(piece, np.uint8)
        if not codes.all():
            return None  # a zero byte
        ends, apart, marks = codes == _NEWLINE, codes == separator, codes == _QUOTE
        if within or marks.any():
            quoted = np.logical_xor.accumulate(marks) ^ within
            within = bool(quoted[-1])
            quotes += 1
            apart &= ~quoted
            if (ends & quoted).any():
                return None  # a quotation mark that stands alone
        borders = codes[np.flatnonzero(ends | apart)] == _NEWLINE
        lasts = np.flatnonzero(borders) + 1
        width = width or (int(lasts[0]) + cells if lasts.size else 0)
        if (lasts + cells != width * np.arange(1, lasts.size + 1)).any():
            return None
        cells += borders.size - width * lasts.size
        rows += int(lasts.size)
    width = width or cells + 1
    return _Tidy(width, quotes > 0, rows + 1) if 1 < width == cells + 1 else None


def _body(preview: Preview, source: bytes | None, first_line: int) -> Iterator[bytes]:
    """The bytes of the rows, piece by piece, without line ends at the very end."""
    if source is not None:
        start = _start_of(source, first_line)
        yield from _pieces(source, start, len(source.rstrip(b"\r\n")))
        return
    with preview.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = len(content)
        while end and content[end - 1 : end] in b"\r\n":
            end -= 1
        yield from _pieces(content, _start_of(content, first_line), end)


def _pieces(content: bytes | mmap.mmap, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _PIECE_BYTES):
        yield content[at : min(at + _PIECE_BYTES, end)]


def _start_of(content: bytes | mmap.mmap, line: int) -> int:
    at = 0
    for _ in range(line):
        at = content.find(b"\n", at) + 1
        if not at:
            return len(content)
    return at


def _lines(preview: Preview, source: bytes | None, layout: Layout) -> pl.DataFrame:
    """The lines of the table that hold anything, each with its number in the file."""
    content: bytes = preview.path.read_bytes() if source is None else source
    if source is None and preview.encoding == "latin-1":
        content = content.decode("latin-1").encode()
    text = content.decode("utf-8", errors="replace").replace("\x00", _UNREADABLE)
    lines = pl.DataFrame({"text": text.split("\n")}).with_row_index(LINE, 1)
    chosen = lines.slice(layout.first_line, None if layout.end_line is None else layout.end_line - layout.first_line)
    return chosen.with_columns(pl.col("text").str.strip_chars_end("\r")).filter(pl.col("text").str.strip_chars() != "")


def _cells(lines: pl.DataFrame, layout: Layout, wanted: Iterable[int]) -> Loaded:
    """The cells of lines, as text; a row that is torn or garbled is left out, and told."""
    rows = lines.with_columns(_apart(lines["text"], layout.separator).alias("cells")).drop("text")
    rows = rows.filter(pl.col("cells").list.eval(pl.element().str.strip_chars() != "").list.any())
    if rows.is_empty():
        return Loaded(_columns(rows, wanted), [])
    lengths = rows["cells"].list.len()
    few = max(_FEW_ROWS, _STYLE_SHARE * rows.height)
    usual = _usual_length(lengths, layout.headings, few)
    surplus = rows["cells"].list.slice(min(usual, layout.headings or usual))
    filled = surplus.list.eval(pl.element().str.strip_chars() != "").list.any().fill_null(value=False)
    if filled.sum() > few:
        raise _too_long(rows.filter(filled), usual, layout.headings)
    short, long = lengths < usual, lengths > usual
    torn = short if short.sum() <= few else short & ~short
    wide = filled | (long if long.sum() <= few else filled)
    repairs = [
        *left_out(
            rows[LINE].filter(torn), "have fewer cells than the others: they were cut off, or written only in part"
        ),
        *left_out(rows[LINE].filter(wide), "have more cells than the others"),
        *_ragged(rows.filter((short & ~torn) | (long & ~wide))),
    ]
    return Loaded(_columns(rows.filter(~(torn | wide)), wanted), repairs)


def _usual_length(lengths: pl.Series, headings: int | None, few: float) -> int:
    """As many as the headings, where more than a few rows are so long: others may not have their last cells written."""
    if headings is not None and (lengths == headings).sum() > few:
        return headings
    return int(lengths.mode().max())  # type: ignore[arg-type]


def _too_long(rows: pl.DataFrame, usual: int, headings: int | None) -> UnusableDataError:
    others = f"{headings} headings" if headings is not None and headings < usual else f"{usual} of the others"
    return UnusableDataError(
        f"{rows.height:,} rows have more cells than the {others} ({lines_shown(rows[LINE], rows.height)}), so it can "
        "not be told which cell belongs to which column. Is the separator also the decimal sign? Export the file with "
        "another one.",
        detail={"rows": rows.height, "width": usual},
    )


def _ragged(rows: pl.DataFrame) -> list[Repair]:
    if rows.is_empty():
        return []
    message = (
        f"{rows.height:,} rows have not as many cells as the others ({lines_shown(rows[LINE], rows.height)}); what is "
        "absent or too much was taken to be empty cells at their end."
    )
    return [Repair(action="cells_absent", message=message, payload={"count": rows.height})]


def _apart(text: pl.Series, separator: str) -> pl.Series:
    if separator == " ":
        return text.str.strip_chars().str.replace_all(r"\s+", " ").str.split(" ")
    if text.str.contains('"', literal=True).any():
        return pl.Series([split_cells(line, separator) for line in text], dtype=pl.List(pl.String))
    return text.str.split(separator)


def _columns(rows: pl.DataFrame, wanted: Iterable[int]) -> pl.DataFrame:
    cells = pl.col("cells")
    return rows.select(LINE, *(cells.list.get(at, null_on_oob=True).alias(str(at)) for at in wanted))


def _open_end(preview: Preview, source: bytes | None, layout: Layout, numbers: Mapping[int, str]) -> list[Repair]:
    """What is to be told of a last row whose line does not end: where it was cut off, its last number lacks digits."""
    tail = (_tail(preview) if source is None else source[-_TAIL_BYTES:]).decode("latin-1")
    last = split_cells(tail.rpartition("\n")[2], layout.separator)
    torn = layout.headings is not None and len(last) < layout.headings
    if torn or layout.end_line is not None or not "".join(last[-1:]).strip() or len(last) - 1 not in numbers:
        return []
    message = f"The last line does not end; where the file was cut off there, '{last[-1].strip()[:40]}' lacks digits."
    return [Repair(action="last_row_open", message=message, payload={"column": numbers[len(last) - 1]})]


def _tail(preview: Preview) -> bytes:
    with preview.path.open("rb") as file:
        file.seek(max(0, preview.path.stat().st_size - _TAIL_BYTES))
        return file.read()
