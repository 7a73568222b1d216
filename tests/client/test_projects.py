"""`client.project`, the same over HTTP and in a folder."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from cellkeep import ConflictError, InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from cellkeep.domain.specs import CellSpecification
from client.samples import series


def test_a_project_comes_back_as_it_was_made(any_client: Client) -> None:
    """What was sent is there, with who made it and when, and a key of one's own beside it."""
    name = f"Pouch cells ü {uuid4()}"
    made = any_client.project.create({"name": f"  {name} ", "description": "first", "funding": {"grant": 7}})
    assert made.name == name
    assert made.description == "first"
    assert made.funding == {"grant": 7}
    assert made.created_by == any_client.whoami().id
    assert made.created_by_email == any_client.whoami().email
    assert made.organization_id == any_client.whoami().authorized_organization.id
    assert abs((datetime.now(UTC) - made.created_at).total_seconds()) < 60
    assert any_client.project.get(made.id) == made


def test_a_name_is_taken_once(any_client: Client, project: Project) -> None:
    """A second project of the name is refused with the id of the first; create_or_get gives the first, unchanged."""
    with pytest.raises(ConflictError) as caught:
        any_client.project.create({"name": project.name})
    assert caught.value.existing_id == project.id
    assert any_client.project.create_or_get({"name": project.name, "description": "other"}) == project


def test_update_changes_what_is_sent(any_client: Client, project: Project) -> None:
    """Keys that are sent change, null clears, others stay."""
    any_client.project.update(project.id, {"description": "text", "mine": 1})
    changed = any_client.project.update(project.id, {"name": f"{project.name} b"})
    assert (changed.name, changed.description, changed.mine) == (f"{project.name} b", "text", 1)
    assert changed.updated_at > project.updated_at
    assert changed.created_at == project.created_at
    assert any_client.project.update(project.id, {"description": None}).description is None


def test_a_name_is_never_cleared(any_client: Client, project: Project) -> None:
    """Null as a name is refused, and so is an empty one."""
    with pytest.raises(BadRequestError, match="name"):
        any_client.project.update(project.id, {"name": None})
    with pytest.raises(InvalidError, match="name"):
        any_client.project.update(project.id, {"name": "  "})
    assert any_client.project.get(project.id).name == project.name


def test_a_rename_to_a_taken_name_is_refused(any_client: Client, project: Project) -> None:
    """The other project keeps its name, and the error tells which it is."""
    other = any_client.project.create({"name": f"{project.name} other"})
    with pytest.raises(ConflictError) as caught:
        any_client.project.update(other.id, {"name": project.name})
    assert caught.value.existing_id == project.id
    assert any_client.project.get(other.id).name == other.name


def test_lists_are_paged_filtered_and_ordered(any_client: Client) -> None:
    """Pages together are the whole, filters narrow it, and the total counts all matches."""
    mark = uuid4().hex
    made = [any_client.project.create({"name": f"{letter} {mark}"}) for letter in "bac"]
    found = any_client.project.list(name=mark.upper(), order_by="name", order="asc")
    assert [each.name[0] for each in found] == ["a", "b", "c"]
    assert (found.count, found.total, len(found)) == (3, 3, 3)
    assert [each.id for each in any_client.project.list(name=mark)] == [each.id for each in reversed(made)]
    page = any_client.project.list(limit=1, offset=1, name=mark, order_by="name", order="asc")
    assert ([each.name[0] for each in page], page.total) == (["b"], 3)
    assert any_client.project.list(name_exact=f"a {mark}").items == [made[1]]
    assert any_client.project.list(name_exact=mark).total == 0
    assert any_client.project.list(name=mark, created_after=made[0].created_at.isoformat()).total == 2
    assert any_client.project.list(name=mark, created_before=made[0].created_at.isoformat()).total == 0
    any_client.project.update(made[0].id, {"description": "later"})
    assert any_client.project.list(name=mark, updated_after=made[2].created_at.isoformat()).items[0].id == made[0].id
    assert any_client.project.list(name=mark, created_by_email="ADMIN@").total == 3
    assert any_client.project.list(name=mark, created_by_email="somebody else").total == 0


def test_deleting_a_project_removes_everything_in_it(
    any_client: Client, project: Project, spec: CellSpecification, cell: CellInstance
) -> None:
    """Specifications, cells and measurements go with it."""
    made = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    any_client.project.delete(project.id)
    for read, key in (
        (any_client.project.get, project.id),
        (any_client.cell_spec.get, spec.id),
        (any_client.cell_instance.get, cell.id),
        (any_client.cell_measurement.get, made.id),
        (any_client.cell_measurement.time_series, made.id),
    ):
        with pytest.raises(NotFoundError):
            read(key)


def test_a_project_without_a_name_is_refused(any_client: Client) -> None:
    """Nothing to name it by is a malformed request that says so."""
    with pytest.raises(InvalidError, match="name") as caught:
        any_client.project.create()
    assert caught.value.status_code == 422


def test_a_filter_that_no_list_has_is_a_mistake_of_the_caller(any_client: Client) -> None:
    """A misspelled filter is named instead of being ignored."""
    with pytest.raises(TypeError, match="colour"):
        any_client.project.list(colour="red")
