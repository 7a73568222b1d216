"""Two crates beside each other."""

import json
from pathlib import Path
from typing import Any

from cellkeep.client.crate import TakenIn
from cellkeep.domain.specs import SLOTS

_BY_THE_SERVER = {"created_at", "updated_at", "created_by", "created_by_email", "organization_id", "imported_from"}
_PERSONS = {"Person", "Organization", "ContactPoint"}
_ABOUT_PERSONS = {"creator", "author", "agent", "publisher", "dateCreated", "endTime"}


def records(folder: Path) -> list[dict[str, Any]]:
    """The lines of a crate."""
    return [json.loads(line) for line in (folder / "records.jsonl").read_bytes().split(b"\n") if line]


def graph(folder: Path) -> list[dict[str, Any]]:
    """The metadata of a crate."""
    found: list[dict[str, Any]] = json.loads((folder / "ro-crate-metadata.json").read_bytes())["@graph"]
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a crate, but for the two that tell of them."""
    told = {"records.jsonl", "ro-crate-metadata.json"}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in told}


def mapped(lines: list[dict[str, Any]], taken: TakenIn, there: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with the ids that their records have in the other store."""
    ids = {old: new for (_, old), new in taken.ids.items()}
    ids[lines[1]["record"]["id"]] = taken.project.id
    for before, after in zip(lines, there, strict=True):
        for slot in SLOTS:  # ids of components are nobody's
            if before["kind"] == "cell_specification" and before["record"][slot]:
                ids[before["record"][slot]["id"]] = after["record"][slot]["id"]
    return renamed(lines, ids)


def renamed(value: Any, ids: dict[str, str]) -> Any:
    """JSON with other ids, wherever they stand."""
    text = json.dumps(value)
    for old, new in ids.items():
        text = text.replace(old, new)
    return json.loads(text)


def said(line: dict[str, Any]) -> str:
    """All of a line that people say, in its order."""
    if line["kind"] == "crate":
        return ""
    past = {"service_events", "incidents"}
    kept = {key: value for key, value in line.items() if key not in past}
    return json.dumps(_without(kept, _BY_THE_SERVER))


def described(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The metadata without persons, and without the file of records."""
    kept = [each for each in entities if each["@type"] not in _PERSONS and each["@id"] != "records.jsonl"]
    return [_without(each, _ABOUT_PERSONS) for each in kept]


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return [_without(item, keys) for item in value] if isinstance(value, list) else value
