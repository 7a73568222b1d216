"""Specifications, their components and the materials they share."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import ValidationError

from cellkeep.domain.specs import CellSpecification, SpecDraft, SpecPatch, SpecQuery
from cellkeep.storage.store import Store
from storage.world import GRAPHITE, World, populate

LOADING = {"value": 6.5, "unit": "mg.cm-2"}


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def create(store: Store, world: World, name: str, **said: Any) -> CellSpecification:
    with store.writing(world.admin) as work:
        draft = SpecDraft.model_validate({"name": name, **said})
        return work.specs.create(world.first.project, draft, world.admin)


def update(store: Store, world: World, spec_id: str, **said: Any) -> CellSpecification:
    with store.writing(world.admin) as work:
        patch = SpecPatch.model_validate(said)
        return work.specs.update(spec_id, patch, patch.changes(), world.admin)


def found(store: Store, world: World, **asked: Any) -> set[str]:
    with store.reading(world.admin) as work:
        return {spec.name for spec in work.specs.list(SpecQuery.model_validate(asked))}


def test_a_material_is_shared_by_the_specifications_of_a_project(store: Store, world: World) -> None:
    """Specifications that name the same material, maker and product share one; what is said of it is added up."""
    one = create(store, world, "One", anode={"material": {**GRAPHITE, "definition": {"type": "graphite"}}})
    two = create(store, world, "Two", cathode={"material": {**GRAPHITE, "definition": {"capacity": 360}}})
    other = create(store, world, "Other", anode={"material": {**GRAPHITE, "product_id": "X"}})
    assert one.anode is not None
    assert two.cathode is not None
    assert two.cathode.material is not None
    assert other.anode is not None
    assert one.anode.material_id == two.cathode.material_id == world.first.material
    assert two.cathode.material.definition == {"type": "graphite", "capacity": 360}
    assert other.anode.material_id != world.first.material


def test_one_new_material_in_two_slots_is_one(store: Store, world: World) -> None:
    """A specification that names a new material twice makes it once."""
    made = create(store, world, "One", anode={"material": {"name": "Li"}}, cathode={"material": {"name": " Li "}})
    assert made.anode is not None
    assert made.cathode is not None
    assert made.anode.material_id == made.cathode.material_id


def test_a_new_material_named_by_many_at_once_is_one(store: Store, world: World) -> None:
    """Eight specifications made at once that name the same new material all come to share one."""
    together = threading.Barrier(8)

    def make(number: int) -> CellSpecification:
        together.wait()
        return create(store, world, f"N{number}", anode={"material": {"name": "New"}})

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(make, range(8)))
    assert len({spec.anode.material_id for spec in made if spec.anode}) == 1


def test_a_patch_changes_only_what_it_names(store: Store, world: World) -> None:
    """A component that is not named stays, one that is gets what was said and keeps the rest, and null removes it."""
    made = create(
        store,
        world,
        "One",
        notes="kept",
        ratings={"capacity": {"value": 5000, "unit": "mA*h"}},
        anode={"properties": {"loading": LOADING}, "material": GRAPHITE},
        cathode={"properties": {"binder": "PVDF"}},
    )
    changed = update(
        store, world, made.id, anode={"properties": {"thickness": {"value": 70, "unit": "um"}}}, cathode=None
    )
    assert made.anode is not None
    assert changed.anode is not None
    assert (changed.notes, changed.cathode, changed.anode.id) == ("kept", None, made.anode.id)
    assert changed.anode.material_id == made.anode.material_id
    assert changed.canonical == {
        "ratings.capacity": {"value": 5.0, "unit": "A.h"},
        "anode.thickness": {"value": 7e-05, "unit": "m"},
    }
    cleared = update(store, world, made.id, ratings=None, notes=None, anode=None)
    assert (cleared.ratings, cleared.notes, cleared.anode, cleared.canonical) == ({}, None, None, {})


def test_values_and_units_come_back_verbatim(store: Store, world: World) -> None:
    """What was sent is read back as it was, numbers and spellings included."""
    ratings = {"capacity": {"value": 5000, "unit": " mA*h"}, "odd": {"value": 0.1, "unit": "bananas"}, "text": "x"}
    made = create(store, world, "One", ratings=ratings, properties={"list": ["EC", 1, 0.1, None, True, {"x": {}}]})
    with store.reading(world.admin) as work:
        read = work.specs.get(made.id)
    assert read == made
    assert read.ratings == ratings
    assert isinstance(read.ratings["capacity"]["value"], int)
    assert read.properties == {"list": ["EC", 1, 0.1, None, True, {"x": {}}]}
    assert read.canonical["ratings.odd"] is None


def test_specifications_are_found_by_material(store: Store, world: World) -> None:
    """A material is looked for in any slot, several as any of them, and per slot as this or that slot."""
    one = create(store, world, "One", anode={"material": {"name": "Si"}}, cathode={"material": {"name": "NMC"}})
    create(store, world, "Two", anode={"material": {"name": "NMC"}})
    assert one.anode is not None
    assert one.cathode is not None
    silicon, nmc = one.anode.material_id, one.cathode.material_id
    assert found(store, world, material_id=nmc) == {"One", "Two"}
    assert found(store, world, material_ids=[silicon, world.first.material]) == {"One", "Spec"}
    assert found(store, world, cathode_material_id=nmc) == {"One"}
    assert found(store, world, anode_material_id=nmc, cathode_material_id=nmc) == {"One", "Two"}
    assert found(store, world, material_id=nmc, exclude_cell_spec_id=one.id) == {"Two"}
    assert found(store, world, material_id="nothing") == set()


def test_components_are_nested_where_they_are_asked_for(store: Store, world: World) -> None:
    """A list names the components, and holds them only in full; a single record always does."""
    with store.reading(world.admin) as work:
        (light,) = work.specs.list(SpecQuery(project_id=world.first.project))
        (full,) = work.specs.list(SpecQuery(project_id=world.first.project, full=True))
        read = work.specs.get(world.first.spec)
    assert (light.anode, light.instance_ids) == (None, None)
    assert full.anode is not None
    assert light.anode_id == full.anode.id == read.anode_id
    assert read.anode == full.anode
    assert read.instance_ids == [world.first.instance]


def test_what_tells_materials_apart_fits_into_an_index(store: Store, world: World) -> None:
    """As much as may be said is kept, in any script, and more is refused before a database sees it."""
    chance = random.Random(1)

    def letters(count: int, first: int = 0x10000) -> str:
        return "".join(chr(chance.randrange(first, first + 0xFFFF)) for _ in range(count))

    most = {"name": letters(200), "manufacturer": letters(200), "product_id": letters(200)}
    made = create(store, world, "Long", anode={"material": most})
    assert made.anode is not None
    assert made.anode.material is not None
    assert made.anode.material.product_id == most["product_id"]
    for further in (
        {"manufacturer": "m" * 256},
        {"product_id": "p" * 9000},
        {"name": letters(255), "manufacturer": letters(255), "product_id": letters(255)},
    ):
        with pytest.raises(ValidationError):
            create(store, world, "Longer", anode={"material": {"name": "A", **further}})
    widest = {"name": "n" * 255, "manufacturer": "m" * 255, "product_id": "p" * 255}
    create(store, world, "Wide", anode={"material": widest})
