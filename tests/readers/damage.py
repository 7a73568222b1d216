"""Ways in which a file is damaged, or only written differently."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from readers.files import Row, TextFile

Damage = Callable[[Random, TextFile], list[Row]]
"""Makes other rows of those of a file."""
_WORDS = ("abc", "3.7V", "--7", "1.2.3", "#REF!", "0x1F", "12 34", "ÿ", "1e", "OVER")


def _hit(rng: Random, rows: Sequence[Row], change: Callable[[str], str], times: int = 1) -> list[Row]:
    """Change some rows; one that is changed may be read as it was or not at all."""
    done = list(rows)
    for _ in range(times):
        at = rng.randrange(len(done))
        done[at] = Row(change(done[at].text), None, done[at].torn if done[at].of is None else done[at].of)
    return done


def _loosely(rows: Sequence[Row]) -> list[Row]:
    """Damaged rows of which anything may be read."""
    return [replace(row, torn=None) for row in rows]


def flips(rng: Random, file: TextFile) -> list[Row]:
    """Some bits are turned over."""

    def change(text: str) -> str:
        at = rng.randrange(max(len(text), 1))
        return text[:at] + chr(ord(text[at]) ^ (1 << rng.randrange(8))) + text[at + 1 :] if text else text

    return _loosely(_hit(rng, file.rows, change, rng.choice((1, 1, 3, 12))))


def zero_bytes(rng: Random, file: TextFile) -> list[Row]:
    """A run of bytes became zero, within one line."""

    def change(text: str) -> str:
        at = rng.randrange(max(len(text), 1))
        length = rng.choice((1, 1, 2, 7))
        return text[:at] + "\x00" * min(length, len(text) - at) + text[at + length :]

    return _hit(rng, file.rows, change, rng.choice((1, 3)))


def zero_lines(rng: Random, file: TextFile) -> list[Row]:
    """A block of zeros stands between two rows, as after a crash of the computer."""
    at = rng.randrange(len(file.rows) + 1)
    return [*file.rows[:at], Row("\x00" * 512), *file.rows[at:]]


def joined(rng: Random, file: TextFile) -> list[Row]:
    """The end of a line is missing."""
    rows = list(file.rows)
    if len(rows) > 1:
        at = rng.randrange(len(rows) - 1)
        rows[at : at + 2] = [Row(rows[at].text + rows[at + 1].text)]
    return rows


def cut_line(rng: Random, file: TextFile) -> list[Row]:
    """The end of a row is missing, or its beginning."""

    def change(text: str) -> str:
        at = rng.randrange(max(len(text), 1))
        return text[:at] if rng.random() < 0.5 else text[at:]

    return _loosely(_hit(rng, file.rows, change))


def doubled(rng: Random, file: TextFile) -> list[Row]:
    """A row stands there twice."""
    at = rng.randrange(len(file.rows))
    return [*file.rows[: at + 1], *file.rows[at:]]


def shuffled(rng: Random, file: TextFile) -> list[Row]:
    """Some rows changed places."""
    rows = list(file.rows)
    for _ in range(rng.choice((1, 3))):
        one, other = rng.randrange(len(rows)), rng.randrange(len(rows))
        rows[one], rows[other] = rows[other], rows[one]
    return rows


def neighbours_swapped(rng: Random, file: TextFile) -> list[Row]:
    """Two neighbouring rows changed places."""
    rows = list(file.rows)
    if len(rows) > 1:
        at = rng.randrange(len(rows) - 1)
        rows[at : at + 2] = rows[at : at + 2][::-1]
    return rows


def cell_less(rng: Random, file: TextFile) -> list[Row]:
    """A row lacks a cell somewhere."""

    def change(text: str) -> str:
        cells = file.cells(text)
        del cells[rng.randrange(len(cells))]
        return file.separator.join(cells)

    return _hit(rng, file.rows, change, rng.choice((1, 2)))


def cell_more(rng: Random, file: TextFile) -> list[Row]:
    """A row has a cell too much somewhere."""

    def change(text: str) -> str:
        cells = file.cells(text)
        cells.insert(rng.randrange(len(cells) + 1), rng.choice(("7", "", "x")))
        return file.separator.join(cells)

    return _hit(rng, file.rows, change, rng.choice((1, 2)))


def other_decimal_sign(rng: Random, file: TextFile) -> list[Row]:
    """One row is written in another language."""

    def change(text: str) -> str:
        return text.replace(",", ".") if file.separator != "," and "," in text else text.replace(".", ",")

    return _hit(rng, file.rows, change)


def words(rng: Random, file: TextFile) -> list[Row]:
    """A word stands where a number should be."""

    def change(text: str) -> str:
        cells = file.cells(text)
        cells[rng.randrange(len(cells))] = rng.choice(_WORDS)
        return file.separator.join(cells)

    return _hit(rng, file.rows, change, rng.choice((1, 4)))


def strange_numbers(rng: Random, file: TextFile) -> list[Row]:
    """A number is no finite one, or a huge one."""

    def change(text: str) -> str:
        cells = file.cells(text)
        cells[rng.randrange(len(cells))] = rng.choice(("NaN", "inf", "-inf", "1e300", "-1e300", "1e19", "-9999", ""))
        return file.separator.join(cells)

    return _loosely(_hit(rng, file.rows, change, rng.choice((1, 3))))


def quotes(rng: Random, file: TextFile) -> list[Row]:
    """A quotation mark stands alone."""

    def change(text: str) -> str:
        cells = file.cells(text)
        at = rng.randrange(len(cells))
        cells[at] = rng.choice((f'"{cells[at]}', f'{cells[at]}"', f'"{cells[at]}"'))
        return file.separator.join(cells)

    return _hit(rng, file.rows, change, rng.choice((1, 2, 3)))


def returns(rng: Random, file: TextFile) -> list[Row]:
    """A line breaks in the middle."""

    def change(text: str) -> str:
        at = rng.randrange(len(text) + 1)
        return text[:at] + rng.choice(("\r", "\n", "\r\n")) + text[at:]

    return _loosely(_hit(rng, file.rows, change))


def blank_lines(rng: Random, file: TextFile) -> list[Row]:
    """Empty lines stand between the rows, or lines of separators alone."""
    rows = list(file.rows)
    for _ in range(rng.choice((1, len(rows)))):
        rows.insert(rng.randrange(len(rows) + 1), Row(rng.choice(("", "", "  ", file.separator * 3))))
    return rows


def missing(rng: Random, file: TextFile) -> list[Row]:
    """All but one row, or the last ones, are missing."""
    return list(file.rows[: rng.choice((1, 2, len(file.rows) // 2 or 1))])


ROWS: tuple[Damage, ...] = (
    flips, zero_bytes, zero_lines, joined, cut_line, doubled, shuffled, neighbours_swapped, cell_less, cell_more,
    other_decimal_sign, words, strange_numbers, quotes, returns, blank_lines, missing,
)  # fmt: skip
"""Damages of rows."""


def written_alike(file: TextFile) -> dict[str, bytes]:
    """The file written in other ways, of which each says the same."""
    plain = file.content()
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError:
        text = plain.decode("latin-1")
    latin = text.encode("latin-1", errors="ignore")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return {
        "LF": lines.encode(),
        "CRLF": lines.replace("\n", "\r\n").encode(),
        "CR": lines.replace("\n", "\r").encode(),
        "CRCRLF": lines.replace("\n", "\r\r\n").encode(),
        "BOM": b"\xef\xbb\xbf" + lines.encode(),
        "UTF-16": lines.encode("utf-16"),
        "UTF-16 of Windows": b"\xff\xfe" + lines.replace("\n", "\r\n").encode("utf-16-le"),
        "UTF-16, big end first": b"\xfe\xff" + lines.encode("utf-16-be"),
        "latin-1": latin if latin.decode("latin-1") == text else plain,
        "gzip": gzip.compress(plain),
        "no last end": lines.rstrip("\n").encode(),
        "empty lines at its end": lines.encode() + b"\n" * 300,
    }


def in_another_order(rng: Random, file: TextFile) -> bytes | None:
    """The columns in another order; None where the cells of a line can not be told apart by splitting it."""
    lines = [*file.before[file.headings :], *(row.text for row in file.rows)]
    widths = {len(file.cells(line)) for line in lines}
    if len(widths) != 1 or file.separator == " " or any('"' in line for line in lines) or file.after:
        return None
    order = rng.sample(range(width := widths.pop()), width)
    moved = [file.separator.join(file.cells(line)[at] for at in order) for line in lines]
    return (file.end.join([*file.before[: file.headings], *moved]) + file.end).encode("latin-1")


def beside(file: TextFile, headings: Sequence[str], cells: Sequence[str], *, before: bool = False) -> bytes | None:
    """The file with further columns; None where the cells of a line can not be told apart."""
    lines = [*file.before[file.headings :], *(row.text for row in file.rows)]
    if len({len(file.cells(line)) for line in lines}) != 1 or file.separator == " " or file.after:
        return None
    added = [
        headings,
        *([["" for _ in headings]] * (len(file.before) - 1 - file.headings)),
        *([cells] * len(file.rows)),
    ]
    parts = [(more, [line]) if before else ([line], more) for line, more in zip(lines, added, strict=True)]
    moved = [file.separator.join([*one, *other]) for one, other in parts]
    return (file.end.join([*file.before[: file.headings], *moved]) + file.end).encode("latin-1")
