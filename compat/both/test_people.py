"""Accounts, roles, and what the server tells of itself, through either client."""

from typing import Any
from uuid import uuid4

import pytest
from clients import connect
from stands import Stand


@pytest.fixture
def email() -> str:
    return f"jane-{uuid4()}@lab.org"


def role_in(client: Any, email: str, project_id: str) -> str | None:
    """The id of somebody's role in a project."""
    places = client.organization.get_member(email).projects
    return next((place.project_role_id for place in places if place.project_id == project_id), None)


def test_the_roles_of_a_project(client: Any) -> None:
    """There are three, with an id and a sentence each."""
    roles = client.project.roles()
    assert [role.name for role in roles] == ["Project Admin", "Project Contributor", "Project Viewer"]
    assert all(role.id and role.description for role in roles)


def test_a_person_is_given_other_roles(client: Any, project_id: str, email: str) -> None:
    """Added, added again with another role, changed and removed, by a role's name or id."""
    user_id = client.organization.invite(email).user_id
    client.project.add_member(project_id, user_id)
    assert role_in(client, email, project_id) == "project-contributor"
    client.project.add_member(project_id, user_id, "project ADMIN")
    assert role_in(client, email, project_id) == "project-admin"
    client.project.update_member(project_id, user_id, "project-viewer")
    assert role_in(client, email, project_id) == "project-viewer"
    client.project.remove_member(project_id, user_id)
    assert role_in(client, email, project_id) is None


def test_a_role_that_is_none_is_a_mistake_of_the_caller(client: Any, project_id: str, email: str) -> None:
    """It is refused before anything is sent, in every call that takes a role."""
    user_id = client.organization.invite(email).user_id
    for call in (client.project.add_member, client.project.update_member):
        with pytest.raises(ValueError, match="Project Viewer"):
            call(project_id, user_id, "boss")
    with pytest.raises(ValueError, match="Project Viewer"):
        client.project.invite_member(project_id, email, "boss")


def test_a_person_is_invited_to_a_project(client: Any, project_id: str, email: str) -> None:
    """A new address becomes a member of the organization with that role; a known one takes the new role."""
    first = client.project.invite_member(project_id, f" {email.upper()} ")
    assert (first.invite_sent, first.already_member, first.role_name) == (False, False, "Project Contributor")
    again = client.project.invite_member(project_id, email, "Project Viewer")
    assert (again.user_id, again.already_member, again.role_name) == (first.user_id, True, "Project Viewer")
    member = client.organization.get_member(email)
    assert (member.id, member.email, member.role) == (first.user_id, email, "Member")
    assert role_in(client, email, project_id) == "project-viewer"


def test_a_person_comes_and_goes(client: Any, installation: Stand, email: str, errors: type[Exception]) -> None:
    """Invited, promoted, shut out, let in and removed: the key tells at once."""
    invited = client.organization.invite(email)
    assert (invited.invite_sent, invited.already_member, invited.role_name) == (False, False, "Member")
    assert client.organization.invite(email, role="Admin").already_member
    client.organization.resend_invite(invited.user_id)
    own = connect(installation.api_url, installation.key_of(email))
    assert own.organization.get_member(email).role == "Member"
    client.organization.set_role(invited.user_id, "Admin")
    assert own.organization.get_member(email).role == "Admin"
    made = own.project.create({"name": f"by {email}"})
    client.organization.deactivate(invited.user_id)
    with pytest.raises(errors) as shut_out:
        own.whoami()
    assert shut_out.value.status_code == 401
    with pytest.raises(errors) as not_again:
        client.organization.invite(email)
    assert (not_again.value.status_code, not_again.value.error_code) == (409, "CONFLICT")
    client.organization.reactivate(invited.user_id)
    assert own.health_check() == {"status": "ok"}
    assert own.organization.usage().simulation.usage == 0
    client.organization.remove(invited.user_id)
    with pytest.raises(errors) as gone:
        own.whoami()
    assert gone.value.status_code == 401
    assert client.project.get(made.id).created_by_email == email
    with pytest.raises(ValueError, match=email):
        client.organization.get_member(email)


def test_an_unknown_person_is_not_found(client: Any, errors: type[Exception]) -> None:
    """Every call about somebody who is not there says so."""
    own = client.organization
    for call in (own.deactivate, own.reactivate, own.resend_invite, own.remove, lambda key: own.set_role(key, "Admin")):
        with pytest.raises(errors) as refused:
            call(str(uuid4()))
        assert (refused.value.status_code, refused.value.error_code) == (404, "NOT_FOUND")


def test_usage_is_that_of_this_month(client: Any, cell: Any) -> None:
    """A measurement more is one more, and its bytes are counted."""
    before = client.organization.usage()
    client.cell_measurement.create_properties(cell.id, "P", {"a": "b"})
    after = client.organization.usage()
    assert before.period_start.day == before.period_end.day == 1
    assert before.period_start < before.period_end
    assert after.compute.usage_by_type == {}
    assert usage_of(after)["measurements"] > usage_of(before)["measurements"]


def usage_of(usage: Any) -> dict[str, int]:
    """What is stored, which one client knows by name and the other keeps as it came."""
    found: dict[str, int] = usage.model_dump()["storage"]
    return found


def test_the_server_tells_of_itself(client: Any) -> None:
    """Its capabilities, and the form of data and protocols, come as objects; another schema is refused."""
    told = client.capabilities()
    assert {"domain_context", "schemas", "openapi_spec", "authentication"} <= told.keys()
    assert "cell_measurement" in client.schema("data")
    assert client.schema("protocol")["type"] == "object"
    with pytest.raises(ValueError, match="protocol"):
        client.schema("nothing")


def test_names_lead_to_a_measurement(client: Any, spec: Any, cell: Any, errors: type[Exception]) -> None:
    """The names of specification, cell and measurement find it, and a wrong one finds nothing."""
    made = client.cell_measurement.create_properties(cell.id, "100 % of it", {"a": "b"})
    assert client.resolve_measurement(spec.name, cell.name, "100 % of it").id == made.id
    for names in (("x", cell.name, "T"), (spec.name, "x", "T"), (spec.name, cell.name, "x")):
        with pytest.raises(errors) as refused:
            client.resolve_measurement(*names)
        assert refused.value.status_code == 404


def test_projects_are_made_found_and_removed(client: Any, errors: type[Exception]) -> None:
    """Every call on a project does what it says."""
    name = f"Project {uuid4()}"
    made = client.project.create({"name": name, "description": "first"})
    assert (client.project.get(made.id).name, made.description) == (name, "first")
    assert client.project.update(made.id, {"description": None}).description is None
    for found in (
        client.project.list(name=name[:20].upper()),
        client.project.list(name_exact=name, limit=1, offset=0, order_by="name", order="asc"),
        client.project.list(name=name, created_after="2020-01-01", updated_before="2100-01-01T00:00:00Z"),
    ):
        assert (made.id in [each.id for each in found], found.total >= 1) == (True, True)
    with pytest.raises(errors) as refused:
        client.project.create({"name": name})
    assert refused.value.data["detail"]["existing_id"] == made.id
    with pytest.raises(errors) as nameless:
        client.project.create()
    assert nameless.value.status_code == 422
    client.project.delete(made.id)
    with pytest.raises(errors) as gone:
        client.project.get(made.id)
    assert gone.value.status_code == 404
