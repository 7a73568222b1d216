"""Cells, lots and what is removed with them."""

from collections.abc import Callable

import pytest

from cellkeep.domain.batches import BatchDraft
from cellkeep.domain.errors import BadRequestError, ConflictError, ForbiddenError, NotFoundError
from cellkeep.domain.instances import InstanceDraft, InstancePatch
from cellkeep.domain.measurements import MeasurementPatch, PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft, ProjectPatch
from cellkeep.domain.specs import SpecDraft, SpecPatch
from cellkeep.services import batches, instances, measurements, projects, specs
from cellkeep.storage.store import Store, UnitOfWork
from services.bench import Bench, bench, together


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def create(at: Bench, name: str, **said: object) -> str:
    with at.store.writing(at.caller) as work:
        draft = InstanceDraft.model_validate({"name": name, **said})
        return instances.create(work, at.caller, at.spec_id, draft).id


def test_a_lot_is_made_where_its_name_is_new(at: Bench) -> None:
    """A cell names its lot by id or by name, without case, and a new name makes a lot."""
    with at.store.writing(at.caller) as work:
        lot = batches.create(work, at.caller, at.spec_id, BatchDraft(name="Lot 1"))
    cells = [create(at, "N1", batch="LOT 1"), create(at, "N2", batch_id=lot.id), create(at, "N3", batch="Lot 2")]
    with at.store.reading() as work:
        assert [work.instances.get(cell).batch_name for cell in cells] == ["Lot 1", "Lot 1", "Lot 2"]
        assert work.batches.get(lot.id).instance_count == 2


def test_a_new_lot_named_by_many_at_once_is_one(at: Bench) -> None:
    """Eight cells made at once that name the same new lot are all in one lot."""
    answers = together(8, lambda number: create(at, f"N{number}", batch="New lot"))
    assert all(isinstance(answer, str) for answer in answers), answers
    with at.store.reading() as work:
        assert len({work.instances.get(cell).batch_id for cell in answers}) == 1


def test_a_lot_of_another_specification_is_refused(at: Bench) -> None:
    """A cell can not be put into a lot of another specification, or into none that there is."""
    with at.store.writing(at.caller) as work:
        other = specs.create(work, at.caller, SpecDraft(name="S2", project_id=at.project_id))
        lot = batches.create(work, at.caller, other.id, BatchDraft(name="Lot"))
    for batch_id in (lot.id, "nothing"):
        with pytest.raises(BadRequestError, match="is not a batch"):
            create(at, "A", batch_id=batch_id)
        with pytest.raises(BadRequestError, match="is not a batch"), at.store.writing(at.caller) as work:
            instances.update(work, at.caller, at.instance_id, InstancePatch(batch_id=batch_id))


def test_names_are_not_cleared(at: Bench) -> None:
    """Null in the place of a name is refused everywhere."""
    measurement_id = at.create().id
    with at.store.writing(at.caller) as work:
        lot = batches.create(work, at.caller, at.spec_id, BatchDraft(name="Lot"))
        with pytest.raises(BadRequestError):
            projects.update(work, at.caller, at.project_id, ProjectPatch(name=None))
        with pytest.raises(BadRequestError):
            specs.update(work, at.caller, at.spec_id, SpecPatch(name=None))
        with pytest.raises(BadRequestError):
            instances.update(work, at.caller, at.instance_id, InstancePatch(name=None))
        with pytest.raises(BadRequestError):
            measurements.update(work, at.caller, measurement_id, MeasurementPatch(name=None))
        assert lot.name == "Lot"


@pytest.mark.parametrize("kind", ["project", "spec", "instance", "measurement"])
def test_what_is_removed_takes_its_objects_with_it(at: Bench, kind: str) -> None:
    """Removing a record at any height removes the bytes of all measurements below, and of no others."""
    measurement_id = at.create().id
    with at.store.writing(at.caller) as work:
        other = projects.create(work, at.caller, ProjectDraft(name="Other"))
        spec = specs.create(work, at.caller, SpecDraft(name="S", project_id=other.id))
        cell = instances.create(work, at.caller, spec.id, InstanceDraft(name="C"))
    neighbour = Bench(at.store, at.caller, other.id, spec.id, cell.id)
    kept = neighbour.create().id
    with at.store.writing(at.caller) as work:
        {
            "project": lambda: projects.delete(work, at.caller, at.project_id),
            "spec": lambda: specs.delete(work, at.caller, at.spec_id),
            "instance": lambda: instances.delete(work, at.caller, at.instance_id),
            "measurement": lambda: measurements.delete(work, at.caller, measurement_id),
        }[kind]()
        assert len(at.stored()) == 6
    assert at.stored() == at.named()
    assert len(at.stored()) == 3
    assert neighbour.records() == [kept]
    with at.store.reading() as work, pytest.raises(NotFoundError):
        work.measurements.row(measurement_id)


def changes(at: Bench, who: Caller, work: UnitOfWork, measurement_id: str, lot_id: str) -> list[Callable[[], object]]:
    """Every change there is, tried by somebody."""
    return [
        lambda: projects.delete(work, who, at.project_id),
        lambda: projects.update(work, who, at.project_id, ProjectPatch(description="x")),
        lambda: specs.create(work, who, SpecDraft(name="X", project_id=at.project_id)),
        lambda: specs.update(work, who, at.spec_id, SpecPatch(notes="x")),
        lambda: specs.delete(work, who, at.spec_id),
        lambda: batches.create(work, who, at.spec_id, BatchDraft(name="X")),
        lambda: batches.delete(work, who, lot_id),
        lambda: instances.create(work, who, at.spec_id, InstanceDraft(name="X")),
        lambda: instances.update(work, who, at.instance_id, InstancePatch(notes="x")),
        lambda: instances.delete(work, who, at.instance_id),
        lambda: measurements.create_properties(work, who, at.instance_id, PropertiesDraft(name="X", properties={})),
        lambda: measurements.update(work, who, measurement_id, MeasurementPatch(notes="x")),
        lambda: measurements.delete(work, who, measurement_id),
    ]


def test_who_may_only_look_changes_nothing(at: Bench) -> None:
    """A viewer is refused every change, and somebody outside of the project finds nothing to change."""
    measurement_id = at.create().id
    with at.store.writing(at.caller) as work:
        lot = batches.create(work, at.caller, at.spec_id, BatchDraft(name="Lot"))
        people = [work.people.add_user(at.caller.organization, f"{name}@lab", "Member") for name in ("in", "out")]
        work.people.add_member(at.project_id, people[0], "Project Viewer")
    for user_id, error in zip(people, (ForbiddenError, NotFoundError), strict=True):
        with at.store.reading() as work:
            who = work.people.caller_of_user(user_id)
        assert who is not None
        with at.store.writing(who) as work:
            for attempt in changes(at, who, work, measurement_id, lot.id):
                with pytest.raises(error):
                    attempt()
        with pytest.raises(ForbiddenError), at.store.writing(who) as work:
            projects.create(work, who, ProjectDraft(name="Mine"))
    assert at.records() == [measurement_id]


def test_a_project_name_out_of_sight_is_not_given_away(at: Bench) -> None:
    """Who may not see a project learns no id of it by taking its name."""
    with at.store.writing(at.caller) as work:
        hidden = projects.create(work, at.caller, ProjectDraft(name="Hidden"))
        user_id = work.people.add_user(at.caller.organization, "pa@lab", "Member")
        work.people.add_member(at.project_id, user_id, "Project Admin")
    with at.store.reading() as work:
        who = work.people.caller_of_user(user_id)
    assert who is not None
    with pytest.raises(ConflictError) as conflict, at.store.writing(who) as work:
        projects.update(work, who, at.project_id, ProjectPatch(name="Hidden"))
    assert conflict.value.existing_id != hidden.id


def test_the_end_of_a_test_is_kept_after_its_start(at: Bench) -> None:
    """A change of one end is checked against the other as it is recorded."""
    with at.store.writing(at.caller) as work:
        draft = PropertiesDraft.model_validate(
            {"name": "P", "properties": {}, "start_time": "2026-01-02", "end_time": "2026-01-03"}
        )
        made = measurements.create_properties(work, at.caller, at.instance_id, draft)
        with pytest.raises(BadRequestError, match="before start_time"):
            measurements.update(work, at.caller, made.id, MeasurementPatch.model_validate({"end_time": "2026-01-01"}))
        measurements.update(work, at.caller, made.id, MeasurementPatch.model_validate({"start_time": None}))
        moved = measurements.update(
            work, at.caller, made.id, MeasurementPatch.model_validate({"end_time": "2026-01-01"})
        )
        assert moved.start_time is None
