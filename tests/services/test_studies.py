"""Studies and their measurements."""

from typing import Any

import pytest

from cellkeep.domain.errors import BadRequestError, ForbiddenError, NotFoundError
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.measurements import MeasurementQuery, PropertiesDraft
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.specs import SpecDraft
from cellkeep.domain.studies import Study, StudyDraft, StudyMeasurement, StudyPatch
from cellkeep.services import measurements, studies
from cellkeep.storage.store import Store
from services.bench import Bench, bench, together


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def study_id(at: Bench) -> str:
    return create(at, "S").id


def create(at: Bench, name: str, **said: Any) -> Study:
    with at.store.writing(at.caller) as work:
        draft = StudyDraft.model_validate({"name": name, **said})
        return studies.create(work, at.caller, at.project_id, draft)


def measure(at: Bench, name: str) -> str:
    with at.store.writing(at.caller) as work:
        draft = PropertiesDraft(name=name, properties={})
        return measurements.create_properties(work, at.caller, at.instance_id, draft).id


def assign(at: Bench, study_id: str, measurement_id: str) -> StudyMeasurement:
    with at.store.writing(at.caller) as work:
        return studies.assign(work, at.caller, at.project_id, study_id, measurement_id)


def members(at: Bench, study_id: str, **asked: Any) -> list[str]:
    with at.store.reading(at.caller) as work:
        found = studies.measurements_of(work, at.project_id, study_id, MeasurementQuery(**asked))
        assert work.studies.get(at.project_id, study_id).measurement_count == found.total
        return [each.name for each in found]


def test_a_name_may_be_given_twice(at: Bench) -> None:
    """Two studies of one name are two studies; what is said of each is its own, and custom keys stay."""
    first, second = create(at, "S", mine=1), create(at, "S", description="d")
    assert first.id != second.id
    with at.store.writing(at.caller) as work:
        changed = studies.update(
            work, at.caller, at.project_id, second.id, StudyPatch.model_validate({"name": "T", "description": None})
        )
        with pytest.raises(BadRequestError, match="name"):
            studies.update(work, at.caller, at.project_id, second.id, StudyPatch.model_validate({"name": None}))
    assert (changed.name, changed.description) == ("T", None)
    with at.store.reading(at.caller) as work:
        asked = ListQuery(name="ilike.%s%", order_by="name", order="asc")
        found = studies.list_of(work, at.project_id, asked)
        assert [each.model_dump() for each in found] == [first.model_dump()]
    assert first.model_dump()["mine"] == 1


def test_measurements_come_and_go(at: Bench, study_id: str) -> None:
    """Adding twice adds once, removing what is not there changes nothing, and the measurement itself stays."""
    one, two = measure(at, "one"), measure(at, "two")
    for _ in range(2):
        assert assign(at, study_id, one) == StudyMeasurement(study_id=study_id, measurement_id=one)
    assign(at, study_id, two)
    assert members(at, study_id) == ["two", "one"]
    with at.store.reading(at.caller) as work:
        page = studies.measurements_of(work, at.project_id, study_id, MeasurementQuery(limit=1, offset=1))
        assert ([each.name for each in page], page.total) == (["one"], 2)
    for _ in range(2):
        with at.store.writing(at.caller) as work:
            studies.remove(work, at.caller, at.project_id, study_id, one)
    assert members(at, study_id) == ["two"]
    assert len(at.records()) == 2


def test_a_removed_measurement_leaves_the_study(at: Bench, study_id: str) -> None:
    """And a removed study leaves its measurements."""
    one, two = measure(at, "one"), measure(at, "two")
    assign(at, study_id, one)
    assign(at, study_id, two)
    with at.store.writing(at.caller) as work:
        measurements.delete(work, at.caller, one)
    assert members(at, study_id) == ["two"]
    with at.store.writing(at.caller) as work:
        studies.delete(work, at.caller, at.project_id, study_id)
    assert at.records() == [two]


def test_a_study_holds_measurements_of_its_project(at: Bench, study_id: str) -> None:
    """One of another project is refused, one that is not there is not found, and so is a study of another project."""
    one = measure(at, "one")
    with at.store.writing(at.caller) as work:
        other = work.projects.create(ProjectDraft(name="other"), at.caller).id
        spec = work.specs.create(other, SpecDraft(name="S"), at.caller)
        cell = work.instances.create(work.specs.row(spec.id), InstanceDraft(name="C"), None, at.caller)
        foreign = measurements.create_properties(work, at.caller, cell.id, PropertiesDraft(name="P", properties={})).id
    with pytest.raises(BadRequestError, match="another project"):
        assign(at, study_id, foreign)
    with pytest.raises(NotFoundError, match="measurement"):
        assign(at, study_id, "nothing")
    with pytest.raises(NotFoundError, match="study"):
        assign(at, "nothing", one)
    with at.store.writing(at.caller) as work, pytest.raises(NotFoundError, match="study"):
        studies.assign(work, at.caller, other, study_id, foreign)
    with at.store.writing(at.caller) as work, pytest.raises(NotFoundError, match="project"):
        studies.list_of(work, "nowhere", ListQuery())
    assert members(at, study_id) == []


def test_who_may_only_look_changes_nothing(at: Bench, study_id: str) -> None:
    """A viewer sees studies with their measurements, and can neither make nor change nor fill one."""
    one = measure(at, "one")
    assign(at, study_id, one)
    with at.store.writing() as work:
        user_id = work.people.add_user(at.caller.organization, "viewer@lab", "Member")
        work.people.add_member(at.project_id, user_id, "Project Viewer")
        viewer = work.people.caller_of_user(user_id)
    assert viewer is not None
    seeing = Bench(at.store, viewer, at.project_id, at.spec_id, at.instance_id)
    assert members(seeing, study_id) == ["one"]
    with pytest.raises(ForbiddenError):
        create(seeing, "x")
    with pytest.raises(ForbiddenError):
        assign(seeing, study_id, one)
    with at.store.writing(viewer) as work, pytest.raises(ForbiddenError):
        studies.remove(work, viewer, at.project_id, study_id, one)


def test_the_same_measurement_added_at_once_is_there_once(at: Bench, study_id: str) -> None:
    """Eight threads that add the same measurement all succeed."""
    one = measure(at, "one")
    answers = together(8, lambda _: assign(at, study_id, one))
    assert all(isinstance(answer, StudyMeasurement) for answer in answers), answers
    assert members(at, study_id) == ["one"]


def test_adding_beside_a_removal_leaves_nothing(at: Bench, study_id: str) -> None:
    """While a measurement is removed, adding it succeeds before or finds nothing after."""
    one = measure(at, "one")

    def do(number: int) -> Any:
        if number:
            return assign(at, study_id, one)
        with at.store.writing(at.caller) as work:
            return measurements.delete(work, at.caller, one)

    answers = together(5, do)
    assert answers[0] is None, answers
    assert all(isinstance(answer, (StudyMeasurement, NotFoundError)) for answer in answers[1:]), answers
    assert members(at, study_id) == []
