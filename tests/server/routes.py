"""Every route of an application, with a request that fits it."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from server.conftest import Things

OPEN = ("/healthz", "/blobs/", "/ui")
"""What may be asked without a key: health, signed links, and web pages, which have a session; and `/` leads there."""


def guarded(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route that needs a key."""
    return [(method, path) for method, path in _every(app.routes) if path != "/" and not path.startswith(OPEN)]


def _every(routes: Any) -> Iterator[tuple[str, str]]:
    for route in routes:
        if (nested := getattr(route, "routes", None)) is not None and not hasattr(route, "methods"):
            yield from _every(nested)
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from _every(router.routes)
        else:
            yield from ((method, route.path) for method in sorted(getattr(route, "methods", None) or ()))


def filled(path: str, things: Things) -> str:
    """The path with the ids of things."""
    for name, value in (
        ("project_id", things.project_id),
        ("spec_id", things.spec_id),
        ("batch_id", things.batch_id),
        ("instance_id", things.instance_id),
        ("measurement_id", things.file_id if "/files" in path else things.measurement_id),
        ("filename", "a.txt"),
    ):
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, path
    return path


def body(method: str, path: str, things: Things) -> Any:
    """A body that the route takes, or None."""
    if method != "POST":
        return {"notes": "changed"} if method == "PATCH" else None
    bodies: dict[str, Any] = {
        "bulk": {"measurement_ids": [things.measurement_id], "add": ["x"]},
        "initiate-upload": {"measurement": {"name": "new"}},
        "confirm-upload": {"cell_instance_id": things.instance_id, "measurement": {"name": "new"}},
        "create": {"name": "new", "properties": {"a": "b"}},
        "cell_specifications": {"name": "new", "project_id": things.project_id},
    }
    return bodies.get(path.rpartition("/")[2], {"name": "new"})


def query(method: str, path: str, things: Things) -> dict[str, str]:
    """The parameters the route can not do without."""
    wanted = {"/cell_measurements", "/cell_measurements/tags"}
    return {"project_id": things.project_id} if method == "GET" and path in wanted else {}
