"""Nobody sees records of another organization, or of a project they have no role in."""

from collections.abc import Callable

import pytest

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.instances import InstanceQuery
from cellkeep.domain.measurements import MeasurementQuery, ProjectMeasurementQuery
from cellkeep.domain.paging import ListQuery, Page
from cellkeep.domain.people import Caller
from cellkeep.domain.specs import SpecQuery
from cellkeep.storage.store import Store, UnitOfWork
from storage.world import Records, World, populate

Listing = Callable[[UnitOfWork, Records], Page[object]]

LISTS: dict[str, Listing] = {
    "projects": lambda work, at: only(work.projects.list(ListQuery()), at.project),  # type: ignore[arg-type]
    "specs": lambda work, at: work.specs.list(SpecQuery(project_id=at.project)),  # type: ignore[return-value]
    "specs of a material": lambda work, at: work.specs.list(SpecQuery(material_id=at.material)),  # type: ignore[return-value]
    "batches": lambda work, at: work.batches.list(at.spec, ListQuery()),  # type: ignore[return-value]
    "instances": lambda work, at: work.instances.list(at.spec, InstanceQuery()),  # type: ignore[return-value]
    "instances of a batch": lambda work, at: work.instances.list(at.spec, InstanceQuery(batch_id=at.batch)),  # type: ignore[return-value]
    "measurements": lambda work, at: work.measurements.list(at.instance, MeasurementQuery()),  # type: ignore[return-value]
    "measurements of a project": lambda work, at: work.measurements.list_by_project(  # type: ignore[return-value]
        ProjectMeasurementQuery(project_id=at.project)
    ),
    "measurements found by a tag": lambda work, at: work.measurements.list_by_project(  # type: ignore[return-value]
        ProjectMeasurementQuery(project_id=at.project, tags_all=["hppc"], tags_any=["hppc"], q="test")
    ),
    "tags": lambda work, at: work.tags.usage(at.project, None, 50),  # type: ignore[return-value]
    "tags found by text": lambda work, at: work.tags.usage(at.project, "HPP", 50),  # type: ignore[return-value]
}
GETS: dict[str, Callable[[UnitOfWork, Records], object]] = {
    "projects.get": lambda work, at: work.projects.get(at.project),
    "projects.row": lambda work, at: work.projects.row(at.project),
    "projects.delete": lambda work, at: work.projects.delete(at.project),
    "specs.get": lambda work, at: work.specs.get(at.spec),
    "specs.row": lambda work, at: work.specs.row(at.spec),
    "specs.delete": lambda work, at: work.specs.delete(at.spec),
    "batches.get": lambda work, at: work.batches.get(at.batch),
    "batches.row": lambda work, at: work.batches.row(at.batch),
    "batches.delete": lambda work, at: work.batches.delete(at.batch),
    "instances.get": lambda work, at: work.instances.get(at.instance),
    "instances.row": lambda work, at: work.instances.row(at.instance),
    "instances.delete": lambda work, at: work.instances.delete(at.instance),
    "measurements.get": lambda work, at: work.measurements.get(at.measurement),
    "measurements.row": lambda work, at: work.measurements.row(at.measurement),
    "measurements.delete": lambda work, at: work.measurements.delete(at.measurement),
}


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def only(page: Page[object], record_id: str) -> Page[object]:
    """What of a page is that record."""
    found = [item for item in page if getattr(item, "id", None) == record_id]
    return Page(items=found, count=len(found), total=page.total if found else 0)


def seen_and_unseen(world: World) -> list[tuple[Caller, Records, bool]]:
    """Who sees which of the three projects."""
    return [
        (caller, at, at in seen)
        for caller, seen in [
            (world.admin, [world.first, world.second]),
            (world.contributor, [world.first]),
            (world.viewer, [world.first]),
            (world.outsider, []),
            (world.stranger, [world.foreign]),
        ]
        for at in (world.first, world.second, world.foreign)
    ]


def test_lists_hold_what_the_viewer_sees(store: Store, world: World) -> None:
    """Every list holds and counts the one record of a project that the viewer sees, and none of any other."""
    for caller, at, sees in seen_and_unseen(world):
        with store.reading(caller) as work:
            for what, listed in LISTS.items():
                page = listed(work, at)
                assert (len(page), page.count, page.total > 0) == (sees, sees, sees), (what, caller.email)


def test_a_record_out_of_sight_is_not_found(store: Store, world: World) -> None:
    """Reading, changing and removing by id answers for a hidden record as for one that is not there."""
    for caller, at, sees in seen_and_unseen(world):
        for what, get in GETS.items():
            if sees and not what.endswith("delete"):
                with store.reading(caller) as work:
                    assert get(work, at) is not None
            elif not sees:
                with pytest.raises(NotFoundError, match="There is no"), store.writing(caller) as work:
                    get(work, at)
    with store.reading() as work:
        assert {at.measurement for at in (world.first, world.second, world.foreign)} == {
            row.id
            for row in map(
                work.measurements.row, [world.first.measurement, world.second.measurement, world.foreign.measurement]
            )
        }


def test_names_are_looked_up_in_sight_only(store: Store, world: World) -> None:
    """Looking for a lot by name, or a measurement by id, finds nothing of another organization."""
    with store.reading(world.stranger) as work:
        assert work.batches.named(world.first.spec, "Lot") is None
        assert work.measurements.find(world.first.measurement) is None
    with store.reading(world.viewer) as work:
        assert work.batches.named(world.second.spec, "Lot") is None
        assert work.measurements.find(world.second.measurement) is None
        assert work.batches.named(world.first.spec, "LOT") is not None


def test_lists_without_a_parent_count_only_what_is_seen(store: Store, world: World) -> None:
    """Lists over all projects hold those of the viewer."""
    for caller, projects in [
        (world.admin, {world.first, world.second}),
        (world.viewer, {world.first}),
        (world.outsider, set()),
        (world.stranger, {world.foreign}),
    ]:
        with store.reading(caller) as work:
            assert {item.id for item in work.projects.list(ListQuery())} == {at.project for at in projects}
            assert work.projects.list(ListQuery()).total == len(projects)
            specs = work.specs.list(SpecQuery())
            assert {item.id for item in specs} == {at.spec for at in projects}
            assert specs.total == len(projects)


def test_materials_are_not_shared_across_projects(store: Store, world: World) -> None:
    """A material of the same name is another one in every project."""
    assert len({world.first.material, world.second.material, world.foreign.material}) == 3


def test_the_server_itself_sees_everything(store: Store, world: World) -> None:
    """Without a caller, every record of every organization is found."""
    with store.reading() as work:
        for at in (world.first, world.second, world.foreign):
            for what, get in GETS.items():
                if not what.endswith("delete"):
                    assert get(work, at) is not None
