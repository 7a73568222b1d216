"""People, roles and usage on the wire."""

import json
import threading
from typing import Any

import httpx2
import pytest

from server.conftest import Join, Things
from server.test_context import require_error

NO_ADDRESSES: list[Any] = [
    "",
    "x",
    "@",
    "a@",
    "@b",
    "a@b@c",
    "a b@c",
    "a@b c",
    "a\n@b",
    "a\0@b",
    "\ud800@b",
    "a" * 250 + "@b.org",
    5,
    None,
]
NO_CHANGES: list[tuple[str, str, Any, Any]] = [
    ("POST", "/by-email", {"email": "a@b", "role_name": "admin"}, 422),
    ("POST", "/by-email", {"email": "a@b", "role_name": None}, 422),
    ("POST", "/by-email", [], 422),
    ("PATCH", "/{user}", {}, 422),
    ("PATCH", "/{user}", {"is_active": None}, 422),
    ("PATCH", "/{user}", {"is_active": "perhaps"}, 422),
    ("PATCH", "/{user}/role", {"role_name": "Owner"}, 422),
    ("PATCH", "/{user}/role", {}, 422),
    ("PATCH", "/nobody", {"is_active": True}, 404),
    ("PATCH", "/nobody/role", {"role_name": "Admin"}, 404),
    ("PATCH", "/%00/role", {"role_name": "Admin"}, {404, 422}),
    ("POST", "/nobody/resend-invite", {}, 404),
    ("DELETE", "/nobody", None, 404),
]


@pytest.fixture
def users(http: httpx2.Client) -> str:
    """Path of the people of the admin's organization."""
    return f"/organizations/{http.get('/users/me').json()['authorized_organization']['id']}/users"


def invite(http: httpx2.Client, users: str, email: str, **said: Any) -> str:
    answer = http.post(f"{users}/by-email", json={"email": email, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["user_id"])


def test_the_roles_never_change(http: httpx2.Client) -> None:
    """A bare array of three roles with ids that programs may keep."""
    roles = http.get("/roles/project").json()
    assert [(role["id"], role["name"]) for role in roles] == [
        ("project-admin", "Project Admin"),
        ("project-contributor", "Project Contributor"),
        ("project-viewer", "Project Viewer"),
    ]
    assert all(role["description"] for role in roles)


def test_people_are_a_bare_array(http: httpx2.Client, users: str, things: Things) -> None:
    """Every documented key is there, and roles are told by id."""
    user_id = invite(http, users, "  Jane@Lab.ORG ")
    body = {"user_id": user_id, "project_role_id": "project-viewer"}
    answer = http.post(f"/projects/{things.project_id}/members", json=body)
    assert (answer.status_code, answer.json()) == (201, {"project_id": things.project_id, **body})
    (jane,) = [each for each in http.get(users).json() if each["id"] == user_id]
    assert jane.pop("created_at").endswith("Z")
    assert jane == {
        "id": user_id,
        "email": "jane@lab.org",
        "is_active": True,
        "organization_role": {"name": "Member"},
        "user_project_roles": [{"project_id": things.project_id, "project_role_id": "project-viewer"}],
    }


def test_an_invitation_tells_what_it_led_to(http: httpx2.Client, users: str, things: Things) -> None:
    """No mail is sent, and who is in already keeps their role in the organization."""
    for path, body in (
        (f"{users}/by-email", {"email": "jane@lab.org", "role_name": "Admin"}),
        (f"{users}/by-email", {"email": "jane@lab.org"}),
    ):
        found = http.post(path, json=body).json()
        assert found.keys() == {"user_id", "invite_sent", "already_member", "role_name"}
        assert (found["invite_sent"], found["role_name"]) == (False, "Admin")
    again = http.post(f"{users}/{found['user_id']}/resend-invite", json={}).json()
    assert again == {**found, "already_member": True}
    to_project = {"email": "new@lab.org", "project_role_id": "project-viewer"}
    new = http.post(f"/projects/{things.project_id}/invites", json=to_project).json()
    assert (new["already_member"], new["invite_sent"], new["role_name"]) == (False, False, "Project Viewer")


def test_a_change_of_role_holds_from_the_next_request_on(http: httpx2.Client, join: Join, things: Things) -> None:
    """The same key may more, less, and nothing again, as the role goes."""
    jane = join("jane@localhost")
    user_id = jane.get("/users/me").json()["id"]
    spec, members = f"/cell_specifications/{things.spec_id}", f"/projects/{things.project_id}/members"
    assert jane.get(spec).status_code == 404
    http.post(members, json={"user_id": user_id, "project_role_id": "project-viewer"})
    assert (jane.get(spec).status_code, jane.patch(spec, json={"notes": "x"}).status_code) == (200, 403)
    http.patch(f"{members}/{user_id}", json={"project_role_id": "project-contributor"})
    assert jane.patch(spec, json={"notes": "x"}).status_code == 200
    require_error(jane.patch(f"/projects/{things.project_id}", json={"description": "x"}), 403, "FORBIDDEN")
    http.patch(f"{members}/{user_id}", json={"project_role_id": "project-admin"})
    assert jane.patch(f"/projects/{things.project_id}", json={"description": "x"}).status_code == 200
    assert http.delete(f"{members}/{user_id}").status_code == 204
    assert jane.get(spec).status_code == 404
    require_error(http.delete(f"{members}/{user_id}"), 404, "NOT_FOUND")


def test_who_is_deactivated_is_out_at_once(http: httpx2.Client, join: Join, users: str, server: Any) -> None:
    """Keys open nothing, and do again once the person is back; sessions of the pages have ended."""
    from cellkeep.services import accounts  # noqa: PLC0415  the fixtures make no login links

    jane = join("jane@localhost")
    user_id = jane.get("/users/me").json()["id"]
    with httpx2.Client(base_url=server.url) as browser:
        browser.get(f"/ui/login?token={accounts.create_login_token(server.store, user_id)}")
        assert browser.get("/ui/").status_code == 200
        assert http.patch(f"{users}/{user_id}", json={"is_active": False}).json()["is_active"] is False
        require_error(jane.get("/users/me"), 401, "UNAUTHORIZED")
        assert browser.get("/ui/").status_code == 401
        http.patch(f"{users}/{user_id}", json={"is_active": True})
        assert jane.get("/users/me").status_code == 200
        assert browser.get("/ui/").status_code == 401
        assert http.delete(f"{users}/{user_id}").status_code == 204
        require_error(jane.get("/users/me"), 401, "UNAUTHORIZED")
    require_error(http.delete(f"{users}/{user_id}"), 404, "NOT_FOUND")


def test_the_last_admin_stays(http: httpx2.Client, users: str) -> None:
    """Demoting, deactivating and removing the only active admin is a conflict that names no record."""
    me = http.get("/users/me").json()["id"]
    for answer in (
        http.patch(f"{users}/{me}/role", json={"role_name": "Member"}),
        http.patch(f"{users}/{me}", json={"is_active": False}),
        http.delete(f"{users}/{me}"),
    ):
        require_error(answer, 409, "CONFLICT")
        assert answer.json()["detail"] is None
        assert "last active admin" in answer.json()["message"]
    assert http.get("/users/me").status_code == 200


def test_two_admins_do_not_both_go(http: httpx2.Client, join: Join, users: str) -> None:
    """Of two requests that take the other admin away at the same moment one is a conflict."""
    second = join("second@localhost", role="Admin")
    ids = [person.get("/users/me").json()["id"] for person in (second, http)]
    answers: list[int] = []
    barrier = threading.Barrier(2)

    def remove(person: httpx2.Client, user_id: str) -> None:
        barrier.wait()
        answers.append(person.patch(f"{users}/{user_id}", json={"is_active": False}).status_code)

    deeds = [threading.Thread(target=remove, args=pair) for pair in zip((http, second), ids, strict=True)]
    for deed in deeds:
        deed.start()
    for deed in deeds:
        deed.join(30)
    assert 200 in answers
    assert set(answers) <= {200, 401, 409}
    assert answers.count(200) == 1
    assert sum(person.get("/users/me").status_code == 200 for person in (http, second)) == 1


def test_what_is_no_address_is_refused(http: httpx2.Client, users: str, things: Things) -> None:
    """Both ways to invite say that it is malformed, and nobody is taken in."""
    before = http.get(users).json()
    for email in NO_ADDRESSES:
        for path, more in (
            (f"{users}/by-email", {}),
            (f"/projects/{things.project_id}/invites", {"project_role_id": "project-viewer"}),
        ):
            body = json.dumps({"email": email, **more})
            answer = http.post(path, content=body, headers={"content-type": "application/json"})
            require_error(answer, 422, "INVALID")
    assert http.get(users).json() == before


def test_what_makes_no_sense_is_refused(http: httpx2.Client, users: str) -> None:
    """Malformed changes and unknown people get an answer that says so."""
    user_id = invite(http, users, "jane@lab.org")
    for method, path, body, status in NO_CHANGES:
        answer = http.request(method, users + path.replace("{user}", user_id), json=body)
        assert answer.status_code in (status if isinstance(status, set) else {status}), answer.text
        assert answer.json()["message"]


def test_an_unknown_role_or_person_is_told(http: httpx2.Client, users: str, things: Things) -> None:
    """A role id that is none lists those that are; people and projects that are not there are not found."""
    members = f"/projects/{things.project_id}/members"
    user_id = invite(http, users, "jane@lab.org")
    wrong = http.post(members, json={"user_id": user_id, "project_role_id": "boss"})
    require_error(wrong, 400, "BAD_REQUEST")
    assert "'project-viewer'" in wrong.json()["message"]
    require_error(http.post(members, json={"user_id": "nobody", "project_role_id": "project-viewer"}), 404, "NOT_FOUND")
    require_error(http.patch(f"{members}/{user_id}", json={"project_role_id": "project-viewer"}), 404, "NOT_FOUND")
    nowhere = http.post("/projects/nowhere/members", json={"user_id": user_id, "project_role_id": "project-viewer"})
    require_error(nowhere, 404, "NOT_FOUND")


def test_another_organization_is_unknown(http: httpx2.Client, join: Join, things: Things) -> None:
    """Neither its people nor its existence is told; `current` is one's own."""
    other = join("other@elsewhere", organization="Elsewhere", role="Admin")
    require_error(other.get(f"/organizations/{things.organization_id}/users"), 404, "NOT_FOUND")
    require_error(http.get("/organizations/nowhere/users"), 404, "NOT_FOUND")
    assert other.get("/organizations/current/usage").json()["storage"] == {"bytes": 0, "measurements": 0}


def test_a_member_is_told_whom_to_ask(join: Join) -> None:
    """Making a project is an admin's, and the refusal says who that is."""
    refused = join("jane@localhost").post("/projects", json={"name": "mine"})
    require_error(refused, 403, "FORBIDDEN")
    assert "ask admin@localhost" in refused.json()["message"]


def test_usage_has_every_key(http: httpx2.Client, things: Things) -> None:
    """The month, zeros for what is not metered, and the true size of what is kept."""
    found = http.get("/organizations/current/usage").json()
    assert found["storage"]["measurements"] == 3
    assert found["storage"]["bytes"] > 0
    assert found["simulation"] == {"usage": 0.0, "limit": None}
    assert found["compute"] == {"usage": 0.0, "usage_by_type": {}, "limit": None}
    assert found["period_start"].endswith("-01T00:00:00Z")
    assert found["period_end"].endswith("-01T00:00:00Z")
