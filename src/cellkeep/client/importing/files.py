"""Which files there are to import."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cellkeep.client.reading import AnyPath, paths_of
from cellkeep.domain.errors import InvalidError
from cellkeep.settings import holds_data

_NOT_DATA = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"})
"""What operating systems leave beside the files of people."""
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Found:
    """A file to import.

    Attributes:
        path: where it is, as a person would name it.
        relative: its path below the folder that was named, with `/`; below the
            present folder where it was named itself and lies there, else all of it.
        named: whether it was named itself, and not found in a folder.
    """

    path: Path
    relative: str
    named: bool


def find(paths: AnyPath | Iterable[AnyPath]) -> list[Found]:
    """All files of the given files and folders, each once, in the order of their names.

    Passed over are hidden files, what office programs and operating systems leave behind (`~$x.xlsx`, `Thumbs.db`), and
    folders in which cellkeep keeps its data.

    Raises:
        FileNotFoundError: there is no such file or folder.
        InvalidError: no path was given, or there is no file in any of them.
        OSError: a folder can not be read.
    """
    given = paths_of(paths)
    seen: set[Path] = set()
    found = []
    for each in (each for path in given for each in _in(path)):
        if (real := each.path.resolve()) not in seen:
            seen.add(real)
            found.append(each)
    if not found:
        raise InvalidError(f"There is no file to import in {', '.join(map(str, given)) or 'no path at all'}.")
    return found


def _in(path: Path) -> Iterator[Found]:
    if path.is_dir():
        yield from (Found(each, each.relative_to(path).as_posix(), named=False) for each in _walk(path, set()))
    elif path.is_file():
        whole, here = path.absolute(), Path.cwd()
        below = whole.relative_to(here) if whole.is_relative_to(here) else whole
        yield Found(path, below.as_posix(), named=True)
    else:
        raise FileNotFoundError(f"There is no file or folder '{path}'.")


def _walk(folder: Path, above: set[Path]) -> Iterator[Path]:
    """The files below a folder; links to folders are followed, but never around in a circle."""
    real = folder.resolve()
    if real in above or holds_data(folder):
        return
    for each in sorted(folder.iterdir(), key=lambda path: natural(path.name)):
        if _is_passed_over(each.name):
            continue
        if each.is_dir():
            yield from _walk(each, above | {real})
        elif each.is_file():
            yield each


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.endswith("~") or name.lower() in _NOT_DATA


def natural(name: str) -> list[tuple[str, int]]:
    """A key by which `cell 2` comes before `cell 10`."""
    parts = _DIGITS.split(name.lower())
    return [(text, int(digits or 0)) for text, digits in zip(parts[::2], [*parts[1::2], ""], strict=True)]
