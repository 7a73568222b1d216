"""The beginning of a file, enough to tell what wrote it."""

import gzip
import re
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from cellkeep.domain.errors import UnusableDataError

Kind = Literal["text", "workbook", "parquet", "access", "nda", "ndax", "mpr", "empty", "unknown"]

HEAD_BYTES = 512 * 1024
"""So much of a text is looked at."""
_WHOLE = b"EXPLAIN"
"""A file of Gamry begins so. Its spectrum may stand behind many other tables, so it is looked at whole."""
_MOST_BYTES = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_BOM_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_BOM_8 = b"\xef\xbb\xbf"
_SIGNATURES: tuple[tuple[bytes, int, Kind], ...] = (
    (b"PAR1", 0, "parquet"),
    (b"Standard Jet DB", 4, "access"),
    (b"Standard ACE DB", 4, "access"),
    (b"BIO-LOGIC MODULAR FILE", 0, "mpr"),
    (b"NEWARE", 0, "nda"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "workbook"),
)  # fmt: skip
_LOST = "\ufffd"
_MOST_GARBLED = 8
"""So many letters may be damaged for each that is not."""
_FEW_ZEROS = 8
_BLANKS = re.compile(r"\s{2,}")
SEPARATORS = ("\t", ";", ",")


@dataclass(frozen=True)
class Preview:
    """What can be told of a file without reading it whole.

    Attributes:
        path: where it lies.
        kind: told by its first bytes, never by its name.
        encoding: of a text.
        text: the beginning of a text, decoded; empty for anything else.
        packed: whether a text is compressed.
    """

    path: Path
    kind: Kind
    encoding: str = ""
    text: str = ""
    packed: bool = False

    @property
    def suffix(self) -> str:
        """The extension in small letters, `.gz` left out: `.csv`."""
        suffixes = [suffix.lower() for suffix in self.path.suffixes if suffix.lower() != ".gz"]
        return suffixes[-1] if suffixes else ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines of a text, without their ends."""
        return [line.rstrip("\r") for line in self.text.split("\n")] if self.text else []

    def rows(self, separator: str) -> Sequence[list[str]]:
        """The lines, taken apart at each separator."""
        return self._rows[separator] if separator in self._rows else [split_cells(it, separator) for it in self.lines]

    @cached_property
    def _rows(self) -> dict[str, list[list[str]]]:
        return {each: [split_cells(line, each) for line in self.lines] for each in SEPARATORS}


def split_cells(line: str, separator: str) -> list[str]:
    """The cells of a line; a separator within quotes does not separate."""
    if separator == " ":
        return line.split()
    if '"' not in line:
        return line.split(separator)
    if (inner := _whole_line_quoted(line)) is not None:
        return inner
    cells: list[str] = []
    part: list[str] = []
    quoted = False
    for char in line:
        if char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            cells.append("".join(part))
            part = []
        else:
            part.append(char)
    return [*cells, "".join(part)]


def _whole_line_quoted(line: str) -> list[str] | None:
    """The cells of a line that is one quoted text, in which they stand apart by blanks, as ZView writes headings."""
    plain = line.strip()
    inner = plain[1:-1]
    if not (plain.startswith('"') and plain.endswith('"')) or '"' in inner or "," in inner or "  " not in inner:
        return None
    return _BLANKS.split(inner.strip())


def look_at(path: Path) -> Preview:
    """Look at the beginning of a file.

    Raises:
        FileNotFoundError: there is none.
        UnusableDataError: it is compressed and broken.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith(_WHOLE):
            head += file.read(_MOST_BYTES)
    if not head.strip(b"\x00\r\n\t "):
        return Preview(path, "empty")
    if head.startswith(_GZIP):
        head = _unpacked_head(path)
        return _text(path, head, packed=True)
    if head.startswith(b"PK\x03\x04"):
        return Preview(path, _in_archive(path))
    for signature, at, kind in _SIGNATURES:
        if head[at : at + len(signature)] == signature:
            return Preview(path, kind)
    return _text(path, head, packed=False)


def _text(path: Path, head: bytes, *, packed: bool) -> Preview:
    encoding = encoding_of(head)
    if encoding is None:
        return Preview(path, "unknown", packed=packed)
    whole = head if len(head) != HEAD_BYTES else head[: head.rfind(b"\n") + 1] or head
    text = whole.decode(encoding, errors="replace").lstrip("﻿")
    lines = text if "\n" in text else text.replace("\r", "\n")
    return Preview(path, "text", encoding, lines.rstrip("\r\n"), packed)


def encoding_of(head: bytes) -> str | None:
    """The encoding of a text, by its first bytes; None where it is no text."""
    for mark, encoding in _BOM_16.items():
        if head.startswith(mark):
            return encoding
    plain = head.removeprefix(_BOM_8)
    zeros = plain.rstrip(b"\x00\r\n").count(0)  # a computer that fails may leave a block of zeros at the end
    if zeros > max(_FEW_ZEROS, len(plain) // 1000) or _control_share(plain) > 0.01:
        return None
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start > len(plain) - 4 or _is_garbled_utf8(plain) else "latin-1"
    return "utf-8"


def _is_garbled_utf8(head: bytes) -> bool:
    """Whether only some letters are none of UTF-8, and others are: bytes were damaged, and the rest is as it was."""
    letters = head.decode("utf-8", errors="ignore")
    bad = head.decode("utf-8", errors="replace").count(_LOST) - letters.count(_LOST)
    good = sum(not letter.isascii() for letter in letters)
    return bad <= _MOST_GARBLED * good


def _control_share(head: bytes) -> float:
    controls = sum(head.count(code) for code in range(32) if code not in b"\t\n\r\x0b\x0c\x00")
    return controls / max(len(head), 1)


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(HEAD_BYTES)
    except unpacking_errors() as error:
        raise UnusableDataError(
            f"'{path.name}' is compressed by gzip and can not be unpacked ({error}). It is cut off or damaged: copy or "
            "export it again.",
            detail={"file": path.name},
        ) from error


def unpacking_errors() -> tuple[type[Exception], ...]:
    """What is raised where a compressed file is broken.

    Where a program has imported fastnda itself, another library unpacks in the whole process, with errors of its own.
    """
    isal = sys.modules.get("isal.isal_zlib")
    return (OSError, EOFError, zlib.error, *([isal.error] if isal else []))


def _in_archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return "ndax" if path.suffix.lower() == ".ndax" else "workbook" if "xls" in path.suffix.lower() else "unknown"
    if any(name.startswith("xl/") for name in names):
        return "workbook"
    return "ndax" if any(name.lower().endswith((".ndc", "versioninfo.xml")) for name in names) else "unknown"
