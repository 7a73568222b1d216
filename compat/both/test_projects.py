"""Projects, through either client."""

from typing import Any
from uuid import uuid4

import pytest
from samples import series


@pytest.fixture
def word() -> str:
    """A word that no other project has in its name."""
    return uuid4().hex


def test_a_project_is_made_read_changed_and_removed(client: Any, word: str, errors: type[Exception]) -> None:
    """What was said of it is read again; a null clears; removed, it is not found."""
    made = client.project.create({"name": word, "description": "first"})
    assert (client.project.get(made.id).name, client.project.get(made.id).description) == (word, "first")
    changed = client.project.update(made.id, {"name": f"{word} two", "description": None})
    assert (changed.id, changed.name, changed.description) == (made.id, f"{word} two", None)
    assert client.project.get(made.id).name == f"{word} two"
    client.project.delete(made.id)
    with pytest.raises(errors) as refused:
        client.project.get(made.id)
    assert refused.value.status_code == 404


def test_a_project_has_the_organization_of_its_maker(client: Any, word: str) -> None:
    """Every project of one organization carries its id."""
    made = [client.project.create({"name": f"{word} {number}"}) for number in range(2)]
    assert len({project.organization_id for project in made}) == 1
    assert made[0].organization_id


def test_projects_are_listed_by_name(client: Any, word: str) -> None:
    """A part of the name finds all of them, the whole name one, and pages tell how many there are."""
    for number in range(3):
        client.project.create({"name": f"{word} {number}"})
    found = client.project.list(name=word.upper(), order_by="name", order="asc")
    assert [project.name for project in found] == [f"{word} {number}" for number in range(3)]
    assert [project.name for project in client.project.list(name_exact=f"{word} 1")] == [f"{word} 1"]
    page = client.project.list(2, 1, name=word, order_by="name", order="desc")
    assert ([project.name for project in page], page.total) == ([f"{word} 1", f"{word} 0"], 3)


def test_a_project_without_a_name_is_refused(client: Any, errors: type[Exception]) -> None:
    """Nothing at all is no project."""
    with pytest.raises(errors) as refused:
        client.project.create()
    assert refused.value.status_code == 422


def test_a_taken_name_is_refused(client: Any, word: str, errors: type[Exception]) -> None:
    """A second project of one name is a conflict that names the first, also where it would be renamed to it."""
    first = client.project.create({"name": word})
    other = client.project.create({"name": f"{word} other"})
    for attempt in (
        lambda: client.project.create({"name": word}),
        lambda: client.project.update(other.id, {"name": word}),
    ):
        with pytest.raises(errors) as refused:
            attempt()
        assert (refused.value.status_code, refused.value.data["detail"]) == (409, {"existing_id": first.id})


def test_a_project_goes_with_everything_in_it(client: Any, word: str, errors: type[Exception]) -> None:
    """Specification, cell, lot and measurement of a removed project are not found any more."""
    project = client.project.create({"name": word})
    spec = client.cell_spec.create({"name": "S", "project_id": project.id})
    batch = client.cell_batch.create(spec.id, {"name": "L"})
    cell = client.cell_instance.create(spec.id, {"name": "C"})
    measurement = client.cell_measurement.create(cell.id, series())
    client.project.delete(project.id)
    for get, gone in (
        (client.cell_spec.get, spec),
        (client.cell_batch.get, batch),
        (client.cell_instance.get, cell),
        (client.cell_measurement.get, measurement),
    ):
        with pytest.raises(errors) as refused:
            get(gone.id)
        assert refused.value.status_code == 404
