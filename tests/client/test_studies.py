"""`client.study`, the same over HTTP and in a folder."""

import pytest

from cellkeep import BadRequestError, InvalidError, NotFoundError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project


def test_a_study_comes_back(any_client: Client, project: Project) -> None:
    """What was sent is there, changes and clears, and a name may be that of another study."""
    studies = any_client.study
    made = studies.create({"name": "Ageing", "description": "d", "mine": [1]}, project.id)
    assert studies.get(made.id, project.id) == made
    assert (made.name, made.description, made.mine, made.measurement_count) == ("Ageing", "d", [1], 0)
    assert studies.create({"name": "Ageing"}, project.id).id != made.id
    assert studies.update(made.id, {"name": "B", "description": None}, project.id).description is None
    assert studies.update(made.id, project_id=project.id).name == "B"
    assert {each.name for each in studies.list(project.id)} == {"B", "Ageing"}
    assert [each.id for each in studies.list(project.id, name="b")] == [made.id]
    assert studies.list(project.id, name_exact="b").total == 0
    page = studies.list(project.id, 1, 1, order_by="name", order="asc")
    assert ([each.name for each in page], page.total) == (["B"], 2)
    studies.delete(made.id, project.id)
    with pytest.raises(NotFoundError):
        studies.get(made.id, project.id)


def test_measurements_come_and_go(any_client: Client, project: Project, cell: CellInstance) -> None:
    """Adding and removing may be said twice; the answers are those of the field's own client."""
    studies = any_client.study
    study_id = studies.create({"name": "S"}, project.id).id
    one, two = (any_client.cell_measurement.create_properties(cell.id, name, {}).id for name in ("one", "two"))
    for _ in range(2):
        answer = studies.assign_measurement(study_id, one, project.id)
        assert answer == {"study_id": study_id, "measurement_id": one}
    studies.assign_measurement(study_id, two, project.id)
    found = studies.list_measurements(study_id, project.id)
    assert ([each["name"] for each in found["items"]], found["count"], found["total"]) == (["two", "one"], 2, 2)
    assert studies.list_measurements(study_id, project.id, limit=1, offset=1)["items"][0]["id"] == one
    for _ in range(2):
        studies.remove_measurement(study_id, one, project.id)
    assert studies.get(study_id, project.id).measurement_count == 1
    assert any_client.cell_measurement.get(one).name == "one"


def test_what_does_not_fit_is_refused(any_client: Client, project: Project, cell: CellInstance) -> None:
    """A study needs a name, and holds measurements that are there and of its project."""
    with pytest.raises(InvalidError, match="name"):
        any_client.study.create({}, project.id)
    with pytest.raises(InvalidError, match="name"):
        any_client.study.create(None, project.id)
    other = any_client.project.create({"name": f"beside {project.name}"})
    measurement_id = any_client.cell_measurement.create_properties(cell.id, "P", {}).id
    elsewhere = any_client.study.create({"name": "S"}, other.id)
    with pytest.raises(BadRequestError, match="another project"):
        any_client.study.assign_measurement(elsewhere.id, measurement_id, other.id)
    with pytest.raises(NotFoundError):
        any_client.study.assign_measurement(elsewhere.id, "nothing", other.id)
    with pytest.raises(NotFoundError):
        any_client.study.get(elsewhere.id, project.id)
