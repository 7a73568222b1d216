"""Names and kinds of files."""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from itertools import count
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from cellkeep.domain.errors import BadRequestError

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]
"""64 hexadecimal digits, taken in any case."""

MAX_FILENAME_LENGTH = 255

ANY_BYTES = "application/octet-stream"
"""The media type of what is of no known kind."""

PARQUET = "application/vnd.apache.parquet"

ROW_GROUP_ROWS = 128 * 1024
"""Of a stored series. A window of rows is read by whole row groups, so they are small; smaller ones would compress
worse."""
PAGE_BYTES = 256 * 1024
"""Of a row group only the pages are unpacked that hold the wanted rows: a cycle is read twice as fast as from pages of
a megabyte, for 3 % more bytes."""

_SIGNATURES: tuple[tuple[str, tuple[str, ...], tuple[tuple[int, bytes], ...]], ...] = (
    ("image/jpeg", ("jpg", "jpeg"), ((0, b"\xff\xd8\xff"),)),
    ("image/png", ("png",), ((0, b"\x89PNG\r\n\x1a\n"),)),
    ("image/gif", ("gif",), ((0, b"GIF87a"),)),
    ("image/gif", ("gif",), ((0, b"GIF89a"),)),
    ("image/webp", ("webp",), ((0, b"RIFF"), (8, b"WEBP"))),
    ("image/tiff", ("tiff", "tif"), ((0, b"II*\x00"),)),
    ("image/tiff", ("tiff", "tif"), ((0, b"MM\x00*"),)),
    ("image/bmp", ("bmp",), ((0, b"BM"),)),
    ("application/pdf", ("pdf",), ((0, b"%PDF-"),)),
    ("application/zip", ("zip", "xlsx", "docx", "npz"), ((0, b"PK\x03\x04"),)),
    ("application/x-hdf5", ("h5", "hdf5"), ((0, b"\x89HDF\r\n\x1a\n"),)),
    (PARQUET, ("parquet",), ((0, b"PAR1"),)),
)

HEAD_BYTES = 16
"""As many leading bytes as `sniff` looks at."""

IMAGE_EXTENSIONS = frozenset({"jpg", "jpeg", "png", "gif", "webp", "tiff", "tif", "bmp"})


def sniff(head: bytes) -> str:
    """The media type that the leading bytes tell; `application/octet-stream` where they tell none.

    >>> sniff(bytes.fromhex("89504e470d0a1a0a"))
    'image/png'
    """
    for media_type, _, marks in _SIGNATURES:
        if all(head[at : at + len(mark)] == mark for at, mark in marks):
            return media_type
    return ANY_BYTES


def media_type_by_name(filename: str) -> str:
    """The media type an image's extension promises; `application/octet-stream` for everything else."""
    extension = _extension(filename)
    for media_type, extensions, _ in _SIGNATURES:
        if extension in extensions and extension in IMAGE_EXTENSIONS:
            return media_type
    return ANY_BYTES


def require_image(filename: str, head: bytes) -> None:
    """Refuse a file that is no image of the kind its extension says.

    Raises:
        BadRequestError: the extension is not of an image, or the leading bytes are of something else.
    """
    if _extension(filename) not in IMAGE_EXTENSIONS:
        raise BadRequestError(
            f"'{filename}' is not an image by its extension. Known: {', '.join(sorted(IMAGE_EXTENSIONS))}. "
            "Leave validate_images off to store any file."
        )
    promised, found = media_type_by_name(filename), sniff(head)
    if promised != found:
        shown = "no known image" if found == ANY_BYTES else found
        raise BadRequestError(f"'{filename}' should be {promised} by its extension, but its first bytes are {shown}.")


def told_apart(filenames: Iterable[str]) -> list[str]:
    """The names under which files of one measurement are kept: of several alike, all but the first get a number.

    Raises:
        BadRequestError: no name, an empty or too long one, one with a path or a control character.

    >>> told_apart(["log.csv", "log.csv", "notes"])
    ['log.csv', 'log (2).csv', 'notes']
    """
    names = list(filenames)
    if not names:
        raise BadRequestError("A file measurement needs at least one file.")
    for name in names:
        _require_linkable(name)
    taken = set(names)
    free = {name: _numbered(name, taken) for name in taken}
    kept: dict[str, None] = {}
    for name in names:
        own = name if name not in kept else next(other for other in free[name] if other not in kept)
        require_filename(own)
        kept[own] = None
    return list(kept)


def _numbered(name: str, taken: Container[str]) -> Iterator[str]:
    """The name with 2, 3, … before its extension, passing over what is taken."""
    path = PurePosixPath(name)
    numbered = (f"{path.stem} ({number}){path.suffix}" for number in count(2))
    return (other for other in numbered if other not in taken)


def require_filename(name: str) -> None:
    """Refuse what is no name of a file.

    Raises:
        BadRequestError: it is empty or too long, or has a path or a control character in it.
    """
    if not name.strip() or name in {".", ".."}:
        raise BadRequestError(f"'{name}' is not a file name.")
    if "/" in name or "\\" in name:
        raise BadRequestError(
            f"'{name}' contains a path. Send the name alone, like '{PurePosixPath(name.replace(chr(92), '/')).name}'."
        )
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        raise BadRequestError(f"{name!a} contains a control character, or half of a surrogate pair.")
    if len(name.encode()) > MAX_FILENAME_LENGTH:
        raise BadRequestError(f"The file name '{name[:40]}…' is longer than {MAX_FILENAME_LENGTH} bytes.")


def _require_linkable(name: str) -> None:
    """Refuse a file name that can not stand in a link of every client."""
    require_filename(name)
    if "?" in name or "#" in name:
        raise BadRequestError(f"'{name}' contains a character that can not stand in a link: '?' or '#'.")
    if re.search("%[0-9A-Fa-f]{2}", name):
        raise BadRequestError(f"'{name}' contains '%' before two hex digits, which a link reads as another character.")


def _extension(filename: str) -> str:
    return PurePosixPath(filename).suffix.lower().removeprefix(".")
