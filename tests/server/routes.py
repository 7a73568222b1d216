"""Every route of an application, with a request that fits it."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from fastapi import FastAPI

from cellkeep.server import not_offered
from server.conftest import TABLE, Things

OPEN = ("/healthz", "/blobs/", "/ui")
"""What may be asked without a key: health, signed links, and web pages, which have a session; and `/` leads there."""

OF_ITS_OWN = ("/sites", "/planned_measurements", "/watch", "/time_series/query")
"""Parts of paths with rules of their own about who may do what, which their own tests hold."""


def guarded(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route that needs a key and does something."""
    return [(method, path) for method, path in _every(app.routes) if path != "/" and not path.startswith(OPEN)]


def _every(routes: Any) -> Iterator[tuple[str, str]]:
    for route in routes:
        if (nested := getattr(route, "routes", None)) is not None and not hasattr(route, "methods"):
            yield from _every(nested)
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from _every(router.routes)
        elif getattr(getattr(route, "endpoint", None), "__module__", "") != not_offered.__name__:
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
        ("raw_data_id", things.raw_data_id),
        ("material_id", things.material_id),
        ("dataset_id", things.dataset_id),
        ("analysis_id", things.analysis_id),
        ("study_id", things.study_id),
        ("organization_id", things.organization_id),
        ("user_id", things.user_id),
        ("name", "data"),
        ("number", "1"),
        ("part", "steps"),
        ("site_id", things.site_id),
        ("cycler_id", things.cycler_id),
        ("channel_id", things.channel_id),
        ("planned_id", things.planned_id),
    ):
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, path
    return path


def body(method: str, path: str, things: Things) -> Any:
    """A body that the route takes, or None."""
    if method == "PATCH":
        role = {"role_name": "Admin", "is_active": True, "project_role_id": "project-viewer"}
        return role if "{user_id}" in path else {"notes": "changed"}
    if method != "POST":
        return None
    raw = {"project_id": things.project_id, "name": "new", "filename": "new.csv"}
    whole: dict[str, Any] = {
        "/raw_data/initiate-upload": raw,
        "/raw_data/{raw_data_id}/confirm-upload": {**raw, "size_bytes": 7},
        "/cell_measurements/{measurement_id}/raw_data": {"raw_data_ids": [things.raw_data_id]},
        "/cell_measurements/{measurement_id}/time_series/query": {"steps": [0]},
        "/cell_measurements/{measurement_id}/initiate-replace": {"force": True},
        "/cell_measurements/{measurement_id}/confirm-replace": {
            "path": "x",
            "seen_at": "2026-01-01T00:00:00Z",
            "provenance": {
                "reader": "arbin",
                "reader_version": 1,
                "files": [{"name": "a.csv", "sha256": "0" * 64, "size_bytes": 1}],
            },
        },
    }
    if path in whole:
        return whole[path]
    bodies: dict[str, Any] = {
        "bulk": {"measurement_ids": [things.measurement_id], "add": ["x"]},
        "initiate-upload": {"measurement": {"name": "new"}},
        "confirm-upload": {"cell_instance_id": things.instance_id, "measurement": {"name": "new"}},
        "create": {"name": "new", "properties": {"a": "b"}},
        "cell_specifications": {"name": "new", "project_id": things.project_id},
        "members": {"user_id": things.user_id, "project_role_id": "project-viewer"},
        "invites": {"email": "new@lab.org", "project_role_id": "project-viewer"},
        "by-email": {"email": "new@lab.org"},
        "cyclers": {"name": "new", "project_id": things.project_id},
        "service_events": {"event_type": "repair", "scheduled_for": "2026-01-01"},
        "auto_schedule_proposal": {"planned_measurement_ids": [things.planned_id]},
        "apply_auto_schedule_proposal": {"assignments": []},
    }
    return bodies.get(path.rpartition("/")[2], {"name": "new"})


def form(method: str, path: str, things: Things) -> dict[str, str] | None:
    """The text fields of a form that the route takes, or None where it takes none."""
    forms = {
        ("POST", "/material_property_datasets"): {"material_id": things.material_id, "name": "new"},
        ("PATCH", "/material_property_datasets/{dataset_id}/file"): {"name": "changed"},
        ("POST", "/analyses"): {"measurement_id": things.measurement_id, "name": "new", "analysis_type": "t"},
    }
    return forms.get((method, path))


def table() -> dict[str, Any]:
    """The file of a form."""
    buffer = BytesIO()
    TABLE.write_parquet(buffer)
    return {"file": ("data.parquet", buffer.getvalue(), "application/vnd.apache.parquet")}


def query(method: str, path: str, things: Things) -> dict[str, str]:
    """The parameters the route can not do without."""
    if path == "/search":
        return {"q": "new"}
    wanted = {"/cell_measurements", "/cell_measurements/tags", "/raw_data", "/materials", "/analyses"}
    if method == "GET" and path == "/material_property_datasets":
        return {"material_id": things.material_id}
    return {"project_id": things.project_id} if method == "GET" and path in wanted else {}


def names_records(method: str, path: str, things: Things) -> bool:
    """Whether the request that fits the route names records, so that it is not for those who do not see them."""
    if path.startswith(("/search", "/discovery")):
        return False
    found = "{" in path or query(method, path, things) or form(method, path, things)
    return bool(found) or path == "/cell_measurements/tags/bulk"
