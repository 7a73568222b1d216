"""`client.organization`, the members of `client.project`, and names in other forms, over HTTP and in a folder."""

from uuid import uuid4

import pytest

from cellkeep import CellkeepError, ConflictError, NotFoundError, NotOfferedError
from cellkeep.client import Client
from cellkeep.client.navigator import Navigator
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from cellkeep.domain.specs import CellSpecification
from client.conftest import Lab
from client.samples import series


@pytest.mark.parametrize("role", ["Project Viewer", "project viewer", "project-viewer", "PROJECT-VIEWER"])
def test_a_role_is_named_in_any_way(any_client: Client, project: Project, role: str) -> None:
    """Its name or its id in any case, and no other word."""
    user_id = any_client.organization.invite(f"{uuid4()}@lab.org").user_id
    any_client.project.add_member(project.id, user_id, role)
    member = next(each for each in any_client.organization.members() if each.id == user_id)
    assert [(place.project_id, place.project_role_id) for place in member.projects] == [(project.id, "project-viewer")]
    with pytest.raises(ValueError, match="'Project Admin'"):
        any_client.project.add_member(project.id, user_id, "viewer")


def test_an_update_of_nothing_changes_nothing(any_client: Client, project: Project) -> None:
    """A project that is updated without data stays as it is."""
    assert any_client.project.update(project.id).name == project.name


def test_names_lead_to_a_measurement(
    any_client: Client, project: Project, spec: CellSpecification, cell: CellInstance
) -> None:
    """Three names find it; a wrong one, and one that two projects have, are told apart."""
    made = any_client.cell_measurement.create_properties(cell.id, "T", {"a": "b"})
    find = any_client.resolve_measurement
    assert find(spec.name, cell.name, "T", project_id=project.id).id == made.id
    for names in (("x", cell.name, "T"), (spec.name, "x", "T"), (spec.name, cell.name, "x")):
        with pytest.raises(NotFoundError, match="'x'"):
            find(*names, project_id=project.id)
    other = any_client.project.create({"name": f"other {uuid4()}"})
    any_client.cell_spec.create({"name": spec.name, "project_id": other.id})
    with pytest.raises(ConflictError, match="project_id"):
        find(spec.name, cell.name, "T")


def test_a_navigator_walks_by_name(
    any_client: Client, project: Project, spec: CellSpecification, cell: CellInstance
) -> None:
    """Whole lists come in pages of any size, and the tables of a measurement with them."""
    for number in range(4):
        any_client.cell_instance.create(spec.id, {"name": f"{number}"})
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    for page_size in (1, 2, 200):
        walk = Navigator(any_client, page_size, project_id=project.id)
        assert walk.specs() == {spec.name: any_client.cell_spec.list(project_id=project.id).items[0]}
        assert walk.spec(spec.name).id == spec.id
        assert {each.name for each in walk.instances(spec.name)} == {cell.name, "0", "1", "2", "3"}
        assert [each.id for each in walk.measurements(cell.id)] == [made.id]
        assert walk.time_series(made.id).equals(series())
        assert walk.steps(made.id).height == 2
    any_client.cell_instance.create(spec.id, {"name": "later"})
    walk.invalidate(spec_name=spec.name)
    walk.clear()
    assert len(walk.instances(spec.name)) == 6
    with pytest.raises(KeyError, match=spec.name):
        walk.instances("unknown")


def test_a_navigator_needs_to_know_its_project(any_client: Client, project: Project) -> None:
    """With several projects in sight and none chosen, it asks which."""
    any_client.project.create({"name": f"second {uuid4()}"})
    with pytest.raises(ValueError, match="project_id"):
        Navigator(any_client).specs()


def test_addresses_are_those_of_pages(any_client: Client, lab: Lab) -> None:
    """They lie below `/ui` of the server; a folder has none, and says how to get them."""
    urls = any_client.urls
    if lab.embedded is not None:
        with pytest.raises(CellkeepError, match="cellkeep serve"):
            urls.measurement("m")
        return
    below = f"{lab.url}/ui/projects/p"
    assert urls.measurement("m 1") == f"{lab.url}/ui/measurements/m%201"
    assert urls.project("p") == f"{below}/studies"
    assert urls.cell_specs("p") == f"{below}/data/specs"
    assert urls.cell_instances("s", "p") == f"{below}/data/specs/s/instances"
    assert urls.material("m", "p") == f"{below}/materials/m"
    assert urls.study("s", "p") == f"{below}/studies/s"
    with pytest.raises(ValueError, match="CELLKEEP_PROJECT_ID"):
        urls.cell_specs()
    with Client(lab.key, lab.url, "mine") as client:
        assert client.urls.cell_specs() == f"{lab.url}/ui/projects/mine/data/specs"


def test_what_is_not_offered_is_an_error_of_its_own(any_client: Client) -> None:
    """Whoever asks for simulations is told so by a class that can be caught."""
    with pytest.raises(NotOfferedError) as refused:
        any_client._transport.get("/simulations")
    assert (refused.value.status_code, refused.value.error_code) == (501, "NOT_IMPLEMENTED")


def test_a_folder_has_people_too(any_client: Client) -> None:
    """What a folder keeps, it keeps for an organization with an admin."""
    assert any_client.organization.get_member(" ADMIN@localhost ").role == "Admin"
    with pytest.raises(ValueError, match="nobody@lab"):
        any_client.organization.get_member("nobody@lab")


def test_an_unknown_schema_is_a_mistake_of_the_caller(any_client: Client) -> None:
    """There are two, and a third is a ValueError that names them."""
    with pytest.raises(ValueError, match="data and protocol"):
        any_client.schema("models")
