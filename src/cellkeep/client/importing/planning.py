"""What each file is to become, told before any is read."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cellkeep.client.importing.files import Found
from cellkeep.client.importing.naming import Names, Naming
from cellkeep.client.reading import source_file


@dataclass(frozen=True)
class Item:
    """A file, and what it is to become.

    Attributes:
        found: the file.
        names: what it is called; None where the pattern does not match it.
        rival: another file with other content that would make a measurement of the same name on the same cell.
    """

    found: Found
    names: Names | None
    rival: Path | None = None


def plan(found: Sequence[Found], naming: Naming) -> list[Item]:
    """Name all files, and tell those apart that would take the same name."""
    items = [Item(each, naming.of(each)) for each in found]
    alike = defaultdict(list)
    for at, item in enumerate(items):
        if item.names is not None:
            alike[item.names.spec, item.names.cell, item.names.name].append(at)
    for places in (places for places in alike.values() if len(places) > 1):
        for at, rival in _rivals([items[at].found.path for at in places]).items():
            items[places[at]] = replace(items[places[at]], rival=rival)
    return items


def _rivals(paths: Sequence[Path]) -> dict[int, Path]:
    """For each file, the first of the others that has other content."""
    digests: dict[int, str] = {}
    for at, path in enumerate(paths):
        with suppress(OSError):  # it is told when its turn comes
            digests[at] = source_file(path).sha256
    found = {}
    for at, digest in digests.items():
        if others := [paths[other] for other, its in digests.items() if its != digest]:
            found[at] = others[0]
    return found
