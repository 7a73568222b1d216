"""What the files of a crate are called: names that tell what they are, that any disk takes, and that differ."""

import re
from urllib.parse import quote, unquote

from cellkeep.client.export_files import folded, numbered, safe_name

_PLAIN = "/!$&'()*+,;=@~-._"
"""What stands for itself in the path of an address."""


class Places:
    """Gives out paths, each once."""

    def __init__(self) -> None:
        self._taken: dict[str, set[str]] = {}

    def of(self, folder: str, name: str) -> str:
        """A path in a folder for a file or a folder of that name."""
        taken = self._taken.setdefault(folder, set())
        own = numbered(safe_name(name), taken)
        taken.add(folded(own))
        return f"{folder}/{own}"


def reference(path: str) -> str:
    """A path as the crate's metadata names it: letters of all languages as they are, all else escaped.

    >>> reference("raw/Müller 50%.csv")
    'raw/Müller%2050%25.csv'
    """
    return "".join(char if ord(char) > 127 else quote(char, safe=_PLAIN) for char in path)


def path_of(reference_: str) -> str | None:
    """The path that metadata names; None where it is an address elsewhere, or no file."""
    if reference_.startswith("#") or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", reference_):
        return None
    return unquote(reference_.removeprefix("./"))
