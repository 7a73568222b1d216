"""Running the code of a page as a reader would: from the top, in an empty folder."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cellkeep.client import Client

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page of the documentation, by its path in the checkout."""

    path: str
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", (ROOT / self.path).read_text(encoding="utf-8"))

    def blocks(self, language: str = "python") -> list[str]:
        """Its fenced blocks of a language, in order."""
        return [found[2] for found in _FENCE.finditer(self.text) if found[1] == language]

    def run(self, first: int = 0, last: int | None = None, replace: dict[str, str] | None = None) -> dict[str, Any]:
        """Run its Python blocks from `first` to before `last` in one namespace, which is returned."""
        namespace: dict[str, Any] = {"__name__": "page"}
        found = [match for match in _FENCE.finditer(self.text) if match[1] == "python"]
        for match in found[first:last]:
            code = match[2]
            for old, new in (replace or {}).items():
                code = code.replace(old, new)
            line = self.text.count("\n", 0, match.start(2))
            exec(compile("\n" * line + code, self.path, "exec"), namespace)  # noqa: S102  our own pages
        return namespace


@pytest.fixture(scope="session")
def page() -> Callable[[str], Page]:
    """A page by its path in the checkout."""
    return Page


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the code runs."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def closing() -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """Takes a namespace and closes the clients in it when the test ends."""
    kept: list[Client] = []

    def keep(namespace: dict[str, Any]) -> dict[str, Any]:
        kept.extend(value for value in namespace.values() if isinstance(value, Client))
        return namespace

    yield keep
    for client in kept:
        client.close()
