"""Search, through either client."""

from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def mark(client: Any, spec: Any) -> str:
    """A word in the names of seven cells and in the notes of an eighth."""
    word = f"Zähler{uuid4().hex[:8]}"
    for number in range(7):
        client.cell_instance.create(spec.id, {"name": f"{word} {number}"})
    client.cell_instance.create(spec.id, {"name": "other", "notes": f"see {word}"})
    return word


def test_names_come_first_and_the_newest_before(client: Any, spec: Any, project_id: str, mark: str) -> None:
    """Each result tells what it is and where it belongs."""
    found = client.search.query(mark.upper(), per_type=20)
    assert [result.name for result in found.results] == [
        *(f"{mark} {number}" for number in reversed(range(7))),
        "other",
    ]
    assert {result.entity_type for result in found.results} == {"cell_instance"}
    assert {result.parent_id for result in found.results} == {spec.id}
    assert {result.project_id for result in found.results} == {project_id}
    assert (found.total, found.limit, found.offset, found.query) == (8, 25, 0, mark.upper())


def test_each_kind_is_capped(client: Any, mark: str) -> None:
    """Five of each kind, unless more are asked for."""
    assert client.search.query(mark).total == 5
    assert client.search.query(mark, per_type=7).total == 7


def test_pages_are_the_whole(client: Any, mark: str) -> None:
    """Pages neither repeat nor drop a result."""
    whole = [result.id for result in client.search.query(mark, per_type=20).results]
    pages = [client.search.query(mark, per_type=20, limit=3, offset=at) for at in (0, 3, 6)]
    assert [result.id for page in pages for result in page.results] == whole
    assert {page.total for page in pages} == {8}


def test_kinds_and_projects_are_chosen(client: Any, project_id: str, mark: str) -> None:
    """Other kinds, kinds that are not kept here, and other projects hold nothing."""
    query = client.search.query
    assert query(mark, entity_types=["cell_instance", "model"], project_id=project_id).total == 5
    for said in ({"entity_types": ["pipeline", "model"]}, {"entity_types": []}, {"project_id": str(uuid4())}):
        nothing = query(mark, **said)
        assert (nothing.results, nothing.total) == ([], 0), said


@pytest.mark.parametrize(("sought", "status"), [("x", 422), ("   ", 400), ("", 422)])
def test_too_little_is_refused(client: Any, errors: type[Exception], sought: str, status: int) -> None:
    """Fewer than two characters, and white space alone, are nothing to look for."""
    with pytest.raises(errors) as refused:
        client.search.query(sought)
    assert refused.value.status_code == status
