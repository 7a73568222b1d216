"""Lots, cells and what goes with them."""

import pytest

from cellkeep.domain.batches import BatchPatch
from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.instances import InstancePatch, InstanceQuery
from cellkeep.domain.paging import ListQuery
from cellkeep.storage.store import Store
from storage.world import World, populate


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def test_a_batch_counts_its_cells(store: Store, world: World) -> None:
    """A lot tells how many cells it has, alone and in a list, and a cell tells the present name of its lot."""
    with store.writing(world.admin) as work:
        assert work.batches.get(world.first.batch).instance_count == 1
        assert work.batches.list(world.first.spec, ListQuery())[0].instance_count == 1
        patch = BatchPatch(name="Renamed")
        work.batches.update(world.first.batch, patch, patch.changes())
    with store.reading(world.admin) as work:
        assert work.instances.get(world.first.instance).batch_name == "Renamed"
        assert work.batches.named(world.first.spec, "RENAMED") is not None
        assert work.batches.named(world.first.spec, "Lot") is None


def test_a_removed_batch_leaves_its_cells(store: Store, world: World) -> None:
    """Removing a lot keeps its cells, which then belong to none."""
    with store.writing(world.admin) as work:
        work.batches.delete(world.first.batch)
    with store.reading(world.admin) as work:
        cell = work.instances.get(world.first.instance)
        assert (cell.batch_id, cell.batch_name) == (None, None)
        assert cell.measurement_ids == [world.first.measurement]
        assert work.instances.list(world.first.spec, InstanceQuery(batch_id=world.first.batch)).total == 0


def test_a_cell_leaves_its_batch(store: Store, world: World) -> None:
    """A cell whose lot is set to null is in none, and at once says so."""
    with store.writing(world.admin) as work:
        patch = InstancePatch(batch_id=None)
        cell = work.instances.update(world.first.instance, patch, patch.changes())
        assert (cell.batch_id, cell.batch_name) == (None, None)
        assert work.batches.get(world.first.batch).instance_count == 0


@pytest.mark.parametrize("kind", ["projects", "specs", "instances", "measurements"])
def test_what_is_removed_takes_everything_below_with_it(store: Store, world: World, kind: str) -> None:
    """Nothing of what lay below is found, its neighbours stay, and no object is named any more."""
    key = {"projects": "project", "specs": "spec", "instances": "instance", "measurements": "measurement"}[kind]
    with store.writing(world.admin) as work:
        getattr(work, kind).delete(getattr(world.first, key))
    below = ["projects", "specs", "instances", "measurements"]
    with store.reading() as work:
        for name, field in zip(below, ["project", "spec", "instance", "measurement"], strict=True):
            work.measurements.row(world.second.measurement)
            if below.index(name) >= below.index(kind):
                with pytest.raises(NotFoundError):
                    getattr(work, name).row(getattr(world.first, field))
            else:
                getattr(work, name).row(getattr(world.first, field))
        assert len(work.objects.used()) == 2
        assert work.tags.usage(world.first.project, None, 50).total == 0
