"""Measurements and their tags."""

import pytest

from cellkeep.domain.measurements import MeasurementPatch, MeasurementQuery, MeasurementType
from cellkeep.storage.store import Store
from storage.world import World, add_measurement, populate


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def test_tags_of_a_project_are_counted(store: Store, world: World) -> None:
    """The tags of a project are told with their uses, most used first, and are found by text without case."""
    with store.writing(world.admin) as work:
        for number, tags in enumerate([["RPT", "hppc"], ["RPT"], ["RPT", "Öl"], ["10%"]]):
            add_measurement(work, world.admin, world.first.instance, f"M{number}", tags=tags)
    with store.reading(world.admin) as work:
        usage = work.tags.usage(world.first.project, None, 50)
        assert [(item.tag, item.usage_count) for item in usage][:2] == [("RPT", 3), ("hppc", 2)]
        assert (usage.total, usage.count) == (4, 4)
        page = work.tags.usage(world.first.project, None, 1)
        assert (len(page), page.count, page.total) == (1, 1, 4)
        texts = {"pp": ["hppc"], "ö": ["Öl"], "%": ["10%"], "_": [], "  ": ["RPT", "hppc", "10%", "Öl"]}
        for text, expected in texts.items():
            assert [item.tag for item in work.tags.usage(world.first.project, text, 50)] == expected


def test_measurements_are_found_by_tags(store: Store, world: World) -> None:
    """Every one of some tags, or at least one of others, compared without case."""
    with store.writing(world.admin) as work:
        add_measurement(work, world.admin, world.first.instance, "M1", tags=["A", "Öl"])
        add_measurement(work, world.admin, world.first.instance, "M2", tags=["A"])
    with store.reading(world.admin) as work:

        def found(**asked: object) -> set[str]:
            query = MeasurementQuery.model_validate(asked)
            return {item.name for item in work.measurements.list(world.first.instance, query)}

        assert found(tags_all=["a", " ÖL "]) == {"M1"}
        assert found(tags_any=["öl", "HPPC"]) == {"M1", "Test"}
        assert found(tags_all=["a"], tags_any=["hppc"]) == set()
        assert found(measurement_type="file") == {"M1", "M2", "Test"}
        assert found(measurement_type=MeasurementType.properties) == set()


def test_tags_are_replaced(store: Store, world: World) -> None:
    """New tags take the place of the old ones, a tag that stays stays, and an empty list clears them."""
    with store.writing(world.admin) as work:
        row = work.measurements.row(world.first.measurement)
        work.measurements.set_tags(row, ["HPPC", "new"])
    for tags, expected in [(["HPPC", "new"], ["HPPC", "new"]), (["new"], ["new"]), ([], [])]:
        with store.writing(world.admin) as work:
            patch = MeasurementPatch(tags=tags)
            work.measurements.update(work.measurements.row(world.first.measurement), patch.changes(), {})
        with store.reading(world.admin) as work:
            assert work.measurements.get(world.first.measurement).tags == expected


def test_files_are_told_with_what_is_known_of_them(store: Store, world: World) -> None:
    """A file measurement tells the facts of each file by its name."""
    with store.reading(world.admin) as work:
        read = work.measurements.get(world.first.measurement)
    facts = {"content_type": "application/octet-stream", "size_bytes": 1, "sha256": "0"}
    assert read.file_metadata == {"a.bin": facts}


def test_unfinished_work_is_told_oldest_first(store: Store, world: World) -> None:
    """Measurements that are pending or running are unfinished; those ready or failed are not."""
    ids = {}
    with store.writing() as work:
        for status in ("running", "ready", "pending", "failed"):
            row = add_measurement(work, world.admin, world.first.instance, status)
            row.processing_status = status
            ids[status] = row.id
    with store.reading() as work:
        assert work.measurements.unfinished() == [ids["running"], ids["pending"]]
