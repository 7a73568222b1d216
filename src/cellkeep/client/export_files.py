"""Where exported files go: names that any disk takes, and files that are whole or not there."""

import errno
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

_MAX_BYTES = 180
"""File systems take 255. There is room for an id and for extensions behind."""
_LONGEST_EXTENSION_BYTES = 12
_REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]')
"""What some file system takes for something else, and marks that turn the direction in which a name is shown."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
"""Names that Windows keeps for itself, whatever their extension."""


def safe_name(text: str) -> str:
    """The text as the name of a file: never empty, never a path, and shortened before its extension.

    >>> safe_name("../RPT 3: C/10 *final*")
    '_._RPT 3_ C_10 _final_'
    """
    name = _REFUSED.sub("_", unicodedata.normalize("NFC", text)).strip()
    if name.startswith("."):
        name = f"_{name[1:]}"
    if _DEVICES.match(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _LONGEST_EXTENSION_BYTES:
        stem, dot, extension = name, "", ""
    room = _MAX_BYTES - len(f"{dot}{extension}".encode())
    return (stem.encode()[:room].decode(errors="ignore") + dot + extension).rstrip(". ") or "_"


def folded(name: str) -> str:
    """Equal for names that a file system without case takes for one."""
    return unicodedata.normalize("NFC", name.casefold())


def numbered(name: str, taken: Container[str]) -> str:
    """The name, with a number before its extension where it is taken; `taken` holds folded names.

    >>> numbered("LOG.csv", {"log.csv"})
    'LOG (2).csv'
    """
    path, own, number = Path(name), name, 2
    while folded(own) in taken:
        own, number = f"{path.stem} ({number}){path.suffix}", number + 1
    return own


def require_free(path: Path) -> None:
    """Refuse to write where something is already.

    Raises:
        FileExistsError: there is a file or a folder.
    """
    if path.exists():
        raise FileExistsError(
            errno.EEXIST, "This is there already, and is kept unless overwriting is allowed", str(path)
        )


@contextmanager
def fresh(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """A path to write to. What was written gets its name once it is whole, and is removed where that fails."""
    if not overwrite:
        require_free(target)
    temporary = target.with_name(f".cellkeep-{secrets.token_hex(8)}")
    try:
        yield temporary
        if overwrite:
            temporary.replace(target)
        else:
            _name(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """The same for a folder, which is never overwritten."""
    require_free(target)
    temporary = target.with_name(f".cellkeep-{secrets.token_hex(8)}")
    temporary.mkdir()
    try:
        yield temporary
        require_free(target)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _name(temporary: Path, target: Path) -> None:
    """Give a file its name, also where another program took the name meanwhile: then this one fails."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        require_free(target)
        raise
    except OSError:  # a file system without links
        require_free(target)
        temporary.rename(target)
