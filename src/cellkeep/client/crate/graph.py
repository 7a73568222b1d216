"""The metadata of a crate: what is in it, in the words of schema.org."""

import json
from collections.abc import Iterable, Iterator, Mapping
from tempfile import TemporaryFile
from typing import IO, Any, Self

from cellkeep.client.crate.packing import PIECE_BYTES, Stored
from cellkeep.client.crate.places import reference
from cellkeep.client.crate.records import METADATA
from cellkeep.domain.quantities import is_quantity

_CONTEXT = "https://w3id.org/ro/crate/1.2/context"
_SPECIFICATION = "https://w3id.org/ro/crate/1.2"

Entity = dict[str, Any]


def link(identifier: str) -> Entity:
    return {"@id": identifier}


def links(identifiers: Iterable[str]) -> list[Entity]:
    return [link(each) for each in identifiers]


class Graph:
    """Collects entities in a file, so that their number costs no memory."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile(prefix="cellkeep-")  # noqa: SIM115  closed by whoever uses it as a context
        self._known: set[str] = set()
        self.parts: list[str] = []
        """What the crate has directly."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, identifier: str, kind: str | list[str], name: str, **said: Any) -> str:
        """Add an entity, of whose properties those that say nothing are left out; twice is once."""
        if identifier not in self._known:
            self._known.add(identifier)
            self._file.write(_text({"@id": identifier, "@type": kind, "name": name, **said}) + b",\n")
        return identifier

    def file(self, stored: Stored, name: str, media_type: str, **said: Any) -> str:
        """Add a file of the crate."""
        facts = {"contentSize": str(stored.size_bytes), "encodingFormat": media_type, "sha256": stored.sha256}
        return self.add(reference(stored.name), "File", name, **facts, **said)

    def values(self, owner: str, nested: Mapping[str, Any]) -> list[Entity]:
        """Add quantities, texts and numbers of nested JSON as properties of an entity, by dotted path."""
        return links(
            self.add(f"{owner}/{reference(path)}", "PropertyValue", path, **value) for path, value in _flat(nested)
        )

    def pieces(self, root: Entity) -> Iterator[bytes]:
        """The whole document, with the crate itself last."""
        about = {
            "@id": METADATA,
            "@type": "CreativeWork",
            "name": "Description of this crate",
            "conformsTo": link(_SPECIFICATION),
            "about": link("./"),
        }
        yield f'{{"@context": {json.dumps(_CONTEXT)}, "@graph": [\n'.encode()
        yield _text(about) + b",\n"
        self._file.seek(0)
        while piece := self._file.read(PIECE_BYTES):
            yield piece
        yield _text({"@id": "./", "@type": "Dataset", **root, "hasPart": links(self.parts)}) + b"\n]}\n"


def _text(said: Entity) -> bytes:
    """An entity without what says nothing; one value of several stands by itself, as JSON-LD is compacted."""
    kept = {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in said.items()
        if value not in (None, "", [], {})
    }
    return json.dumps(kept, ensure_ascii=False).encode()


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Entity]]:
    if is_quantity(value):
        yield path, {"value": value["value"], "unitText": value["unit"]}
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list | bool):
        yield path, {"value": json.dumps(value, ensure_ascii=False)}
    elif value is not None:
        yield path, {"value": value}
