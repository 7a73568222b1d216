"""Tags of measurements."""

import pytest

from cellkeep.domain.errors import BadRequestError, ForbiddenError, NotFoundError
from cellkeep.domain.measurements import MeasurementPatch, PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.tags import TagChange
from cellkeep.services import measurements, tags
from cellkeep.storage.store import Store
from services.bench import Bench, bench, together


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def make(at: Bench, name: str, *own: str) -> str:
    with at.store.writing(at.caller) as work:
        draft = PropertiesDraft(name=name, tags=list(own), properties={})
        return measurements.create_properties(work, at.caller, at.instance_id, draft).id


def change(at: Bench, ids: list[str], add: list[str] | None = None, remove: list[str] | None = None) -> int:
    with at.store.writing(at.caller) as work:
        return tags.change(work, at.caller, TagChange(measurement_ids=ids, add=add or [], remove=remove or []))


def read(at: Bench, measurement_id: str) -> list[str]:
    with at.store.reading() as work:
        return work.measurements.get(measurement_id).tags


def test_tags_are_added_and_removed_in_bulk(at: Bench) -> None:
    """Adding what is there and removing what is not changes nothing, and only what changed is counted."""
    one, two = make(at, "1", "rpt"), make(at, "2")
    assert change(at, [one, two, one], add=["rpt", " Öl "]) == 2
    assert change(at, [one, two], add=["RPT"]) == 0
    assert change(at, [one, two], remove=["never"]) == 0
    assert change(at, [one], remove=["öL"]) == 1
    assert (read(at, one), read(at, two)) == (["rpt"], ["rpt", "Öl"])


def test_a_new_tag_takes_the_spelling_of_the_project(at: Bench) -> None:
    """The first spelling in a project is everybody's, whichever way a tag comes."""
    make(at, "1", "HPPC")
    second = make(at, "2", "hppc")
    third = make(at, "3")
    change(at, [third], add=["Hppc"])
    with at.store.writing(at.caller) as work:
        patch = MeasurementPatch(tags=["hPPC", "x"])
        measurements.update(work, at.caller, second, patch)
    assert (read(at, second), read(at, third)) == (["HPPC", "x"], ["HPPC"])


def test_a_change_is_made_on_all_or_on_none(at: Bench) -> None:
    """One id that is not there, or one measurement that would have too many tags, and nothing changes."""
    one, full = make(at, "1"), make(at, "2", *(f"t{number}" for number in range(50)))
    with pytest.raises(NotFoundError):
        change(at, [one, "nothing"], add=["x"])
    with pytest.raises(BadRequestError, match="at most 50"):
        change(at, [one, full], add=["x"])
    with pytest.raises(BadRequestError):
        change(at, [one], add=["  "])
    assert read(at, one) == []
    assert len(read(at, full)) == 50


def test_who_may_only_look_changes_no_tags(at: Bench) -> None:
    """A viewer sees the tags and may not change them."""
    one = make(at, "1", "x")
    with at.store.writing() as work:
        user_id = work.people.add_user(at.caller.organization, "viewer@lab", "Member")
        work.people.add_member(at.project_id, user_id, "Project Viewer")
    with at.store.reading() as work:
        viewer = work.people.caller_of_user(user_id)
    assert viewer is not None
    with at.store.writing(viewer) as work:
        assert tags.usage(work, at.project_id, None, 50).total == 1
        asked = TagChange(measurement_ids=[one], add=["y"])
        with pytest.raises(ForbiddenError):
            tags.change(work, viewer, asked)


def test_the_same_tag_added_at_once_is_there_once(at: Bench) -> None:
    """Eight threads that add the same tag to the same measurement all succeed."""
    one = make(at, "1")
    answers = together(8, lambda _: change(at, [one], add=["x"]))
    assert all(isinstance(answer, int) for answer in answers), answers
    assert sum(answers) == 1
    assert read(at, one) == ["x"]


def test_different_tags_added_at_once_are_all_there(at: Bench) -> None:
    """Eight threads that each add a tag of their own lose none."""
    one = make(at, "1")
    answers = together(8, lambda number: change(at, [one], add=[f"t{number}"]))
    assert answers == [1] * 8
    assert read(at, one) == [f"t{number}" for number in range(8)]
