"""Names, filters, orders and pages, the same in every repository."""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cellkeep.domain.batches import BatchDraft, BatchPatch
from cellkeep.domain.errors import ConflictError, InvalidError
from cellkeep.domain.instances import InstanceDraft, InstancePatch
from cellkeep.domain.measurements import MeasurementPatch, MeasurementQuery, ProjectMeasurementQuery
from cellkeep.domain.paging import ListQuery
from cellkeep.domain.projects import ProjectDraft, ProjectPatch
from cellkeep.domain.records import iso
from cellkeep.domain.specs import SpecDraft, SpecPatch, SpecQuery
from cellkeep.storage.store import Store, UnitOfWork
from storage.world import World, add_measurement, populate

Make = Callable[[UnitOfWork, World, str], str]

MAKE: dict[str, Make] = {
    "project": lambda work, world, name: work.projects.create(ProjectDraft(name=name), world.admin).id,
    "spec": lambda work, world, name: work.specs.create(world.first.project, SpecDraft(name=name), world.admin).id,
    "batch": lambda work, world, name: (
        work.batches.create(work.specs.row(world.first.spec), BatchDraft(name=name), world.admin).id
    ),
    "instance": lambda work, world, name: (
        work.instances.create(work.specs.row(world.first.spec), InstanceDraft(name=name), None, world.admin).id
    ),
    "measurement": lambda work, world, name: add_measurement(work, world.admin, world.first.instance, name).id,
}
RENAME: dict[str, Callable[[UnitOfWork, World, str, str], object]] = {
    "project": lambda work, world, key, name: work.projects.update(key, ProjectPatch(name=name), {"name": name}),
    "spec": lambda work, world, key, name: work.specs.update(key, SpecPatch(name=name), {"name": name}, world.admin),
    "batch": lambda work, world, key, name: work.batches.update(key, BatchPatch(name=name), {"name": name}),
    "instance": lambda work, world, key, name: work.instances.update(key, InstancePatch(name=name), {"name": name}),
    "measurement": lambda work, world, key, name: work.measurements.update(
        work.measurements.row(key), MeasurementPatch(name=name).changes(), {}
    ),
}
KINDS = pytest.mark.parametrize("kind", MAKE)


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def make_specs(store: Store, world: World, *names: str, **said: object) -> None:
    for name in names:
        with store.writing(world.admin) as work:
            draft = SpecDraft.model_validate({"name": name, **said})
            work.specs.create(world.second.project, draft, world.admin)


def found(store: Store, world: World, **asked: object) -> list[str]:
    """Names of the specifications of the second project that match, without the one that was there."""
    with store.reading(world.admin) as work:
        query = SpecQuery.model_validate({"project_id": world.second.project, "order": "asc", **asked})
        page = work.specs.list(query)
        assert page.total >= page.count == len(page)
        return [spec.name for spec in page if spec.name != "Spec"]


@KINDS
def test_a_taken_name_is_a_conflict(store: Store, world: World, kind: str) -> None:
    """A second record of a name in its scope is refused with the id of the first, which stays as it was."""
    with store.writing(world.admin) as work:
        first = MAKE[kind](work, world, "N")
    with pytest.raises(ConflictError, match="'N' is already there") as refused, store.writing(world.admin) as work:
        MAKE[kind](work, world, "N")
    assert refused.value.existing_id == first


@KINDS
def test_renaming_to_a_taken_name_is_a_conflict(store: Store, world: World, kind: str) -> None:
    """A record can not take the name of another, and can keep its own."""
    with store.writing(world.admin) as work:
        first, second = MAKE[kind](work, world, "N"), MAKE[kind](work, world, "M")
        RENAME[kind](work, world, second, "M")
    with pytest.raises(ConflictError) as refused, store.writing(world.admin) as work:
        RENAME[kind](work, world, second, "N")
    assert refused.value.existing_id == first


def test_names_differ_by_case_except_of_batches(store: Store, world: World) -> None:
    """Names are compared exactly; those of lots without case, in every script."""
    with store.writing(world.admin) as work:
        for make in MAKE.values():
            make(work, world, "Ünit ß")
    for name in ("ÜNIT SS", "ünit ß"):
        with store.writing(world.admin) as work:
            for kind, make in MAKE.items():
                if kind != "batch":
                    make(work, world, name)
        with pytest.raises(ConflictError), store.writing(world.admin) as work:
            MAKE["batch"](work, world, name)


@KINDS
def test_of_many_that_take_a_name_at_once_one_gets_it(store: Store, world: World, kind: str) -> None:
    """Eight threads that make the same record at once end in one record and seven conflicts that name it."""
    together = threading.Barrier(8)

    def make(_: int) -> str | ConflictError:
        together.wait()
        try:
            with store.writing(world.admin) as work:
                return MAKE[kind](work, world, "Same")
        except ConflictError as conflict:
            return conflict

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(make, range(8)))
    made = [answer for answer in answers if isinstance(answer, str)]
    assert len(made) == 1
    assert {answer.existing_id for answer in answers if isinstance(answer, ConflictError)} == set(made)


def test_a_name_is_free_in_another_scope(store: Store, world: World) -> None:
    """The same name under another parent is no conflict."""
    with store.writing(world.admin) as work:
        for at in (world.first, world.second):
            spec = work.specs.create(at.project, SpecDraft(name="N"), world.admin)
            work.batches.create(work.specs.row(spec.id), BatchDraft(name="Lot"), world.admin)
            cell = work.instances.create(work.specs.row(spec.id), InstanceDraft(name="Cell"), None, world.admin)
            add_measurement(work, world.admin, cell.id, "Test")
    with store.writing(world.stranger) as work:
        work.projects.create(ProjectDraft(name="Second"), world.stranger)


NAMES = ["50%_a", "50%_b", "50_", "50X_a", "Öl\\x", "ЯЧЕЙКА", "ΣΑΣ", "İzmir"]
FILTERED = {
    "eq.50%_a": ["50%_a"],
    "50%_a": ["50%_a"],
    "eq.50%_A": [],
    "ilike.%50\\%%": [],
    "ilike.%0%_%": ["50%_a", "50%_b"],
    "ilike.%0_%": ["50_"],
    "ilike.50%": ["50%_a", "50%_b", "50_", "50X_a"],
    "ilike.%A": ["50%_a", "50X_a"],
    "ilike.%x_%": ["50X_a"],
    "ilike.%": NAMES,
    "ilike.%öl%": ["Öl\\x"],
    "ilike.%\\X%": ["Öl\\x"],
    "ilike.%ячей%": ["ЯЧЕЙКА"],
    "ilike.%ΣΑΣ%": ["ΣΑΣ"],
    "ilike.%İzm%": ["İzmir"],
    "like.%x_a": [],
    "like.%X_a": ["50X_a"],
    "like.öl%": [],
    "like.Öl%": ["Öl\\x"],
    "neq.50_": [name for name in NAMES if name != "50_"],
}


def test_names_are_filtered(store: Store, world: World) -> None:
    """Text is found literally, `%` and `_` included; `ilike` knows no case in any script and `like` and `eq` do."""
    make_specs(store, world, *NAMES)
    answers = {name: sorted(found(store, world, name=name), key=NAMES.index) for name in FILTERED}
    assert answers == FILTERED


def test_other_filters(store: Store, world: World) -> None:
    """Specifications are found by form factor and by who made them."""
    make_specs(store, world, "A", form_factor="21700")
    make_specs(store, world, "B", form_factor="pouch")
    assert found(store, world, form_factor="eq.pouch") == ["B"]
    assert found(store, world, form_factor="21700") == ["A"]
    assert found(store, world, created_by_email="ilike.%ADMIN@%") == ["A", "B"]
    assert found(store, world, created_by_email="ilike.%nobody%") == []


def test_bounds_of_time_are_strict(store: Store, world: World) -> None:
    """A record is not after, and not before, its own moment; a microsecond away it is."""
    make_specs(store, world, "A")
    with store.reading(world.admin) as work:
        spec = next(spec for spec in work.specs.list(SpecQuery(project_id=world.second.project)) if spec.name == "A")
    tick = timedelta(microseconds=1)
    for key, moment in (("created_at", spec.created_at), ("updated_at", spec.updated_at)):
        assert found(store, world, **{f"{key}_gt": iso(moment)}) == []
        assert found(store, world, **{f"{key}_lt": iso(moment)}) == []
        assert found(store, world, **{f"{key}_gt": iso(moment - tick)}) == ["A"]
        assert found(store, world, **{f"{key}_lt": (moment + tick).isoformat()}) == ["A"]


def test_a_change_moves_updated_at_alone(store: Store, world: World) -> None:
    """Changing a record leaves when it was made, and who made it."""
    with store.writing(world.admin) as work:
        before = work.specs.get(world.first.spec)
    time.sleep(0.002)
    with store.writing(world.contributor) as work:
        patch = SpecPatch(notes="new")
        after = work.specs.update(world.first.spec, patch, patch.changes(), world.contributor)
    assert after.updated_at > before.updated_at
    assert (after.created_at, after.created_by_email) == (before.created_at, "admin@a")


def test_a_filter_that_no_name_can_match_is_no_accident(store: Store, world: World) -> None:
    """A filter with a character that no name has finds nothing, or is told to be malformed."""
    with contextlib.suppress(InvalidError):
        assert found(store, world, name="eq.Spec\0") == []
    with contextlib.suppress(InvalidError), store.reading(world.admin) as work:
        asked = ProjectMeasurementQuery(project_id=world.first.project, q="\0", tags_any=["a\0b"])
        assert work.measurements.list_by_project(asked).total == 0


def test_pages_are_cut_from_one_order(store: Store, world: World) -> None:
    """Pages laid one after the other hold every record once, and each tells the full total."""
    make_specs(store, world, *(f"N{number}" for number in range(7)))
    for order_by in ("name", "created_at", "updated_at"):
        for order in ("asc", "desc"):
            with store.reading(world.admin) as work:
                base = {"project_id": world.second.project, "order_by": order_by, "order": order}
                whole = [item.id for item in work.specs.list(SpecQuery.model_validate(base))]
                pages = [
                    work.specs.list(SpecQuery.model_validate({**base, "limit": 3, "offset": offset}))
                    for offset in (0, 3, 6, 9)
                ]
            assert [item.id for page in pages for item in page] == whole
            assert [page.total for page in pages] == [8] * 4
            assert [page.count for page in pages] == [3, 3, 2, 0]


def test_a_page_far_behind_the_end_is_empty(store: Store, world: World) -> None:
    """However far a page begins, it is empty and tells the total."""
    with store.reading(world.admin) as work:
        for offset in (2, 2**31, 2**63, 10**30):
            page = work.projects.list(ListQuery(offset=offset))
            assert (len(page), page.total) == (0, 2)


def test_orders(store: Store, world: World) -> None:
    """Lists are ordered by name or by time, either way; the default is the newest first."""
    make_specs(store, world, "b", "a", "C", "ä")
    assert found(store, world, order_by="created_at") == ["b", "a", "C", "ä"]
    assert found(store, world, order_by="created_at", order="desc") == ["ä", "C", "a", "b"]
    assert found(store, world, order_by="name", order="desc") == found(store, world, order_by="name")[::-1]


def test_both_databases_order_names_alike(store: Store, world: World) -> None:
    """The order of names does not depend on the database."""
    make_specs(store, world, "b", "a", "C", "B 2", "B_1")
    assert found(store, world, order_by="name") == sorted(["b", "a", "C", "B 2", "B_1"])


def test_measurements_without_a_start_come_last(store: Store, world: World) -> None:
    """Ordered by start time, those without one come last either way."""
    with store.writing(world.admin) as work:
        for name, day in (("late", "2026-02-01"), ("early", "2026-01-01")):
            add_measurement(work, world.admin, world.first.instance, name, start_time=day)
    with store.reading(world.admin) as work:
        for order, expected in (("asc", ["early", "late", "Test"]), ("desc", ["late", "early", "Test"])):
            asked = MeasurementQuery.model_validate({"order_by": "start_time", "order": order})
            assert [item.name for item in work.measurements.list(world.first.instance, asked)] == expected
        asked = MeasurementQuery(start_time_gt="2026-01-01", start_time_lt="2026-03-01")
        assert [item.name for item in work.measurements.list(world.first.instance, asked)] == ["late"]


def test_free_text_is_found_in_name_notes_protocol_and_tags(store: Store, world: World) -> None:
    """Text is found without case, literally, in the name, the notes, the protocol's name and the tags."""
    with store.writing(world.admin) as work:
        add_measurement(work, world.admin, world.first.instance, "M1", notes="100% örtlich")
        add_measurement(work, world.admin, world.first.instance, "M2", protocol={"name": "CC-CV Ö/10"}, tags=["rpt"])
        add_measurement(work, world.admin, world.first.instance, "M3", protocol={"name": 5, "definition": "test"})
    expected = {
        "TEST": {"Test"},
        "ÖRT": {"M1"},
        "cc-cv ö": {"M2"},
        "RPT": {"M2"},
        "100%": {"M1"},
        "%": {"M1"},
        "_": set(),
        "5": {"M3"},
        "nothing": set(),
    }
    answers = {}
    with store.reading(world.admin) as work:
        for q in expected:
            asked = ProjectMeasurementQuery(project_id=world.first.project, q=q)
            answers[q] = {item.name for item in work.measurements.list_by_project(asked)}
    assert answers == expected


ODD: list[dict[str, object]] = [
    {"notes": "a\0b"},
    {"own": "a\0b"},
    {"own": {"a\0b": 1}},
    {"ratings": {"capacity": {"value": 1e308, "unit": "kA.h"}}},
    {"properties": {"text": "\ud800"}},
    {"own": [10**30, 6.02214076e23, 5.0, -0.5]},
]


def test_what_a_draft_lets_through_is_kept(store: Store, world: World) -> None:
    """What the domain does not refuse, both databases keep as it is."""
    broken = {}
    for said in ODD:
        try:
            draft = SpecDraft.model_validate({"name": repr(said), **said})
        except ValueError:
            continue
        try:
            with store.writing(world.admin) as work:
                made = work.specs.create(world.first.project, draft, world.admin)
            with store.reading(world.admin) as work:
                read = work.specs.get(made.id).model_dump()
        except Exception as error:  # noqa: BLE001  every accident is told
            broken[repr(said)] = f"{type(error).__name__}: {error}"[:80]
        else:
            if {key: read[key] for key in said} != said:
                broken[repr(said)] = repr({key: read[key] for key in said})
    assert broken == {}


def test_own_keys_are_kept_and_never_shadow_ours(store: Store, world: World) -> None:
    """Keys that a person added come back as they were, are merged on change, and can not stand for ours."""
    own = {
        "project": {"x": [1, None]},
        "created_by": "me",
        "organization_id": "o",
        "canonical": {},
        "instance_ids": ["x"],
    }
    with store.writing(world.admin) as work:
        draft = SpecDraft.model_validate({"name": "Own", **own})
        made = work.specs.create(world.first.project, draft, world.admin)
        patch = SpecPatch.model_validate({"second": 2})
        changed = work.specs.update(made.id, patch, patch.changes(), world.admin)
    assert changed.model_extra == {"project": {"x": [1, None]}, "second": 2}
    assert (changed.created_by, changed.organization_id) == (world.admin.user_id, world.admin.organization.id)
    assert changed.instance_ids == []
