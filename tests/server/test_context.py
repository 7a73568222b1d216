"""Who is let in, what they see and what they may change."""

from dataclasses import fields
from typing import Any

import httpx2
import pytest

from conftest import Server
from server.conftest import Join, Things
from server.routes import OF_ITS_OWN, body, filled, form, guarded, names_records, query, table


@pytest.fixture
def routes(server: Server) -> list[tuple[str, str]]:
    """Method and path of every route that needs a key."""
    found = guarded(server.app)
    assert len(found) >= 38, found
    return found


@pytest.fixture
def usual(routes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of them that belong to one project, whose members may do what their role says."""
    return [(method, path) for method, path in routes if not any(part in path for part in OF_ITS_OWN)]


def ask(http: httpx2.Client, method: str, path: str, things: Things, **more: Any) -> httpx2.Response:
    sent, params = body(method, path, things), query(method, path, things)
    if (parts := form(method, path, things)) is not None:
        return http.request(method, filled(path, things), data=parts, files=table(), **more)
    return http.request(method, filled(path, things), json=sent, params=params, **more)


def require_error(answer: httpx2.Response, status: int, code: str | None) -> None:
    """Claim that an answer is one of our errors."""
    assert answer.status_code == status, (answer.request.method, answer.request.url, answer.text)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {"error_code", "message", "detail"}
    assert answer.json()["error_code"] == code
    assert answer.json()["message"]


def test_every_route_needs_a_key(stranger: httpx2.Client, things: Things, routes: list[tuple[str, str]]) -> None:
    """Without a key and with a wrong one every route answers 401, also where nothing that is asked for exists."""
    nothing = Things(*["00000000-0000-0000-0000-000000000000"] * len(fields(Things)))
    for method, path in routes:
        for headers in (
            {},
            {"X-API-Key": ""},
            {"X-API-Key": "ck_wrong"},
            {"Authorization": "Bearer ck_wrong"},
            {"Authorization": "Basic Y2s6Y2s="},
            {"Authorization": "Bearer"},
        ):
            require_error(ask(stranger, method, path, things, headers=headers), 401, "UNAUTHORIZED")
        require_error(ask(stranger, method, path, nothing), 401, "UNAUTHORIZED")


def test_a_stranger_is_refused_before_the_body_is_read(
    stranger: httpx2.Client, things: Things, routes: list[tuple[str, str]]
) -> None:
    """A body that is malformed does not change that a key is needed."""
    for method, path in routes:
        if method in {"POST", "PATCH"}:
            for content in (b"{", b'{"name": 5}', b""):
                headers = {"content-type": "application/json"}
                answer = stranger.request(method, filled(path, things), content=content, headers=headers)
                require_error(answer, 401, "UNAUTHORIZED")


def test_a_key_is_taken_from_either_header(server: Any, stranger: httpx2.Client) -> None:
    """X-API-Key and a bearer token let the same person in; X-API-Key goes first."""
    for headers in (
        {"X-API-Key": server.key},
        {"Authorization": f"Bearer {server.key}"},
        {"Authorization": f"bearer  {server.key}"},
        {"X-API-Key": server.key, "Authorization": "Bearer wrong"},
    ):
        assert stranger.get("/users/me", headers=headers).status_code == 200
    wrong_first = {"X-API-Key": "wrong", "Authorization": f"Bearer {server.key}"}
    require_error(stranger.get("/users/me", headers=wrong_first), 401, "UNAUTHORIZED")
    require_error(stranger.get("/users/me", headers={"X-API-Key": "schlüssel".encode()}), 401, "UNAUTHORIZED")
    require_error(stranger.get("/users/me", params={"api_key": server.key}), 401, "UNAUTHORIZED")


def test_health_needs_no_key(stranger: httpx2.Client) -> None:
    """Whether the server is up is told to anybody."""
    answer = stranger.get("/healthz")
    assert (answer.json(), answer.headers["content-type"]) == ({"status": "ok"}, "application/json")


def test_another_organization_finds_nothing(
    http: httpx2.Client, join: Join, things: Things, routes: list[tuple[str, str]]
) -> None:
    """The ids of one organization are unknown to the admin of another, for reading and for changing alike."""
    other = join("other@elsewhere", organization="Elsewhere", role="Admin")
    before = snapshot(http, things)
    for method, path in routes:
        if names_records(method, path, things):
            require_error(ask(other, method, path, things), 404, "NOT_FOUND")
    require_error(ask(other, "POST", "/cell_specifications", things), 404, "NOT_FOUND")
    assert snapshot(http, things) == before
    for path in ("/projects", "/cell_specifications", f"/cell_specifications?project_id={things.project_id}"):
        assert other.get(path).json()["total"] == 0


def test_a_member_of_no_project_finds_nothing(join: Join, things: Things, usual: list[tuple[str, str]]) -> None:
    """A member of the same organization sees only the projects in which they have a role."""
    member = join("new@localhost")
    for method, path in usual:
        if names_records(method, path, things) and not path.startswith("/organizations"):
            require_error(ask(member, method, path, things), 404, "NOT_FOUND")
    assert member.get("/projects").json()["total"] == 0


def test_a_viewer_reads_and_changes_nothing(
    http: httpx2.Client, join: Join, things: Things, usual: list[tuple[str, str]]
) -> None:
    """A viewer of a project is answered every GET, and 403 for everything that changes something."""
    viewer = join("viewer@localhost", project_id=things.project_id)
    before = snapshot(http, things)
    for method, path in usual:
        answer = ask(viewer, method, path, things)
        if method == "GET":
            assert answer.status_code in {200, 307}, (path, answer.text)
        else:
            require_error(answer, 403, "FORBIDDEN")
    assert snapshot(http, things) == before


def test_a_contributor_changes_records_and_not_the_project(
    join: Join, things: Things, usual: list[tuple[str, str]]
) -> None:
    """A contributor may change what is in the project; the project itself belongs to its admins."""
    contributor = join("c@localhost", project_id=things.project_id, project_role="Project Contributor")
    for method, path in usual:
        if method in {"POST", "PATCH"}:
            answer = ask(contributor, method, path, things)
            managed = path.startswith("/organizations") or path in {"/projects", "/projects/{project_id}"}
            if managed or path.startswith(("/projects/{project_id}/members", "/projects/{project_id}/invites")):
                require_error(answer, 403, "FORBIDDEN")
            else:
                assert answer.status_code < 300 or "was not received" in answer.text, (path, answer.text)
    require_error(contributor.delete(f"/projects/{things.project_id}"), 403, "FORBIDDEN")
    assert contributor.delete(f"/cell_specifications/{things.spec_id}").status_code == 204


def test_nothing_is_linked_across_organizations(http: httpx2.Client, join: Join, things: Things, client: Any) -> None:
    """Foreign lots, cells and measurements can not be named in requests of one's own."""
    other = join("other@elsewhere", organization="Elsewhere", role="Admin")
    project = other.post("/projects", json={"name": "mine"}).json()["id"]
    spec = other.post("/cell_specifications", json={"name": "S", "project_id": project}).json()["id"]
    cells = f"/cell_specifications/{spec}/cell_instances"
    require_error(other.post(cells, json={"name": "C", "batch_id": things.batch_id}), 400, "BAD_REQUEST")
    cell = other.post(cells, json={"name": "C"}).json()["id"]
    require_error(other.patch(f"/cell_instances/{cell}", json={"batch_id": things.batch_id}), 400, "BAD_REQUEST")
    upload = other.post(
        f"/cell_instances/{cell}/cell_measurements/initiate-upload", json={"measurement": {"name": "T"}}
    )
    assert upload.status_code == 200
    confirm = {"cell_instance_id": cell, "measurement": {"name": "T"}}
    answer = other.post(f"/cell_measurements/{things.measurement_id}/confirm-upload", json=confirm)
    assert answer.status_code in {400, 404}
    assert client.cell_measurement.get(things.measurement_id).cell_instance_id == things.instance_id
    mixed = {"measurement_ids": [things.measurement_id], "add": ["x"]}
    require_error(other.post("/cell_measurements/tags/bulk", json=mixed), 404, "NOT_FOUND")
    assert other.get(f"{cells}?batch_id={things.batch_id}").json()["total"] == 0


def test_the_names_and_tags_of_others_are_not_told(join: Join, http: httpx2.Client, things: Things) -> None:
    """Two organizations may use the same names; neither learns of the other's by a conflict."""
    other = join("other@elsewhere", organization="Elsewhere", role="Admin")
    name = http.get(f"/projects/{things.project_id}").json()["name"]
    assert other.post("/projects", json={"name": name}).status_code == 201


def test_the_description_is_behind_a_key(http: httpx2.Client, stranger: httpx2.Client) -> None:
    """The OpenAPI description is whole for those with a key, and nobody else learns which routes there are."""
    described = http.get("/openapi.json").json()
    assert {"/cell_measurements/{measurement_id}", "/projects"} <= described["paths"].keys()
    require_error(stranger.get("/openapi.json"), 401, "UNAUTHORIZED")
    for path in ("/docs", "/redoc"):
        require_error(stranger.get(path), 401, "UNAUTHORIZED")
        require_error(http.get(path), 404, "NOT_FOUND")


def snapshot(http: httpx2.Client, things: Things) -> list[Any]:
    return [
        http.get(path).json()
        for path in (
            f"/projects/{things.project_id}",
            f"/cell_specifications/{things.spec_id}",
            f"/cell_batches/{things.batch_id}",
            f"/cell_instances/{things.instance_id}",
            f"/cell_measurements/{things.measurement_id}",
            f"/raw_data/{things.raw_data_id}",
            f"/material_property_datasets/{things.dataset_id}",
            f"/analyses/{things.analysis_id}",
            f"/projects/{things.project_id}/studies",
            "/projects",
            "/cell_specifications",
        )
    ]
