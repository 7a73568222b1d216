"""A walk through the calls for cells and measurements, for tests that look at what passed on the wire."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proxy import Exchange, Proxy
from samples import series


def walk(client: Any, project_id: str, folder: Path) -> None:
    """Make one of everything, read it, list it, change it."""
    (folder / "a b.txt").write_bytes(b"x")
    project = client.project.update(project_id, {"description": "walked"})
    client.project.get(project.id)
    client.project.list(limit=5)
    spec = client.cell_spec.create({"name": "Walk", "anode": {"material": {"name": "Graphite"}}})
    batch = client.cell_batch.create(spec.id, {"name": "LOT", "properties": {"a": {"value": 1, "unit": "V"}}})
    cell = client.cell_instance.create(spec.id, {"name": "Cell", "batch_id": batch.id})
    client.cell_spec.update(spec.id, {"notes": "n"})
    client.cell_batch.update(batch.id, {"notes": "n"})
    client.cell_instance.update(cell.id, {"notes": "n"})
    for resource, found in ((client.cell_spec, spec), (client.cell_batch, batch), (client.cell_instance, cell)):
        resource.get(found.id)
    client.cell_spec.list(project_id=project_id)
    client.cell_spec.list(include_components=True, project_id=project_id)
    client.cell_batch.list(spec.id)
    client.cell_instance.list(spec.id)
    _walk_measurements(client, project_id, cell.id, str(folder / "a b.txt"))
    client.health_check()
    client.whoami()


def _walk_measurements(client: Any, project_id: str, cell_id: str, path: str) -> None:
    of = client.cell_measurement
    rows = of.create(cell_id, series("Rows"))
    files = of.create_file(cell_id, "Files", [path])
    values = of.create_properties(cell_id, "Values", {"a": 1}, tags=["tag"])
    for each in (rows, files, values):
        of.get(each.id)
        of.update(each.id, {"notes": "n"})
    of.add_tags([rows.id], ["tag"])
    of.list_tags(project_id)
    of.list(cell_id)
    of.list_by_project(project_id)
    of.cycles(rows.id)
    of.steps_and_cycles(rows.id)
    of.time_series(rows.id)
    of.list_files(files.id)
    of.download_files(files.id)


def told(proxy: Proxy) -> list[tuple[Exchange, Any]]:
    """Each exchange whose answer is JSON, and what it says."""
    return [
        (each, json.loads(each.answer))
        for each in proxy.exchanges
        if each.answer and "json" in each.answer_headers.get("content-type", "")
    ]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, however deep."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)
