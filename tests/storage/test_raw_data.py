"""Raw files: who sees them, how they are found, and what goes with them."""

from typing import Any

import pytest

from cellkeep.domain.errors import ConflictError, NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.domain.raw_data import ConfirmRawDataUpload, ProjectRawDataQuery, RawDataQuery
from cellkeep.domain.records import new_id
from cellkeep.storage.store import Store, UnitOfWork
from storage.world import Records, World, populate


@pytest.fixture
def world(store: Store) -> World:
    return populate(store)


def add(work: UnitOfWork, caller: Caller, project_id: str, name: str = "dump", **facts: Any) -> str:
    """A raw file that belongs to nothing yet; its id."""
    said = {key: facts.pop(key) for key in ("filename", "source", "content_type", "metadata") if key in facts}
    draft = ConfirmRawDataUpload.model_validate(
        {"project_id": project_id, "name": name, "filename": "dump.csv", "size_bytes": 1, **said}
    )
    return work.raw_data.add(draft, caller, **{"key": new_id(), "size_bytes": 1, "sha256": "0" * 64, **facts}).id


@pytest.fixture
def files(store: Store, world: World) -> dict[Records, str]:
    """A file in each of the three projects, attached to its measurement."""
    with store.writing() as work:
        found = {}
        for at, caller in ((world.first, world.admin), (world.second, world.admin), (world.foreign, world.stranger)):
            found[at] = add(work, caller, at.project)
            work.raw_data.attach(at.measurement, [found[at]])
        return found


def test_nobody_sees_files_of_others(store: Store, world: World, files: dict[Records, str]) -> None:
    """Each list holds and counts what the viewer sees; for the rest a file is not there."""
    for caller, seen in (
        (world.admin, [world.first, world.second]),
        (world.contributor, [world.first]),
        (world.viewer, [world.first]),
        (world.outsider, []),
        (world.stranger, [world.foreign]),
    ):
        for at, file in files.items():
            with store.reading(caller) as work:
                pages = [
                    work.raw_data.list_by_project(at.project, RawDataQuery()),
                    work.raw_data.list_by_measurement(at.measurement, RawDataQuery()),
                    work.raw_data.measurement_ids(file, limit=10, offset=0),
                ]
                for page in pages:
                    assert (len(page), page.count, page.total) == ((1,) * 3 if at in seen else (0,) * 3), caller.email
                assert (work.raw_data.find(file) is not None) == (at in seen)
                if at in seen:
                    assert work.raw_data.get(file).project_id == at.project
            if at not in seen:
                for look in ("get", "row", "delete"):
                    with pytest.raises(NotFoundError, match="no raw data file"), store.writing(caller) as work:
                        getattr(work.raw_data, look)(file)
                with pytest.raises(NotFoundError, match="no raw data file"), store.writing(caller) as work:
                    work.raw_data.rows([*(files[each] for each in seen), file])
    with store.reading() as work:
        assert len(work.raw_data.rows(files.values())) == 3


def test_files_are_found(store: Store, world: World) -> None:
    """By part of the name, file name, source, type of content, digest and time, in pages with true totals."""
    with store.writing() as work:
        one = add(work, world.admin, world.first.project, "100% A_1", filename="a%20#.csv", source="cycler 3")
        two = add(work, world.admin, world.first.project, "b", content_type="text/csv", sha256="ab" * 32)
        three = add(work, world.admin, world.first.project, "b")

    def found(**asked: Any) -> list[str]:
        with store.reading(world.viewer) as work:
            query = ProjectRawDataQuery(project_id=world.first.project, **asked)
            return [each.id for each in work.raw_data.list_by_project(world.first.project, query)]

    assert found() == [three, two, one]
    assert found(order_by="name", order="asc")[0] == one
    assert found(name="ilike.%0% a_%") == [one]
    assert found(name="ilike.%A1%") == []
    assert found(name="b") == [three, two]
    assert found(filename="eq.a%20#.csv") == [one]
    assert found(source="ilike.%CYCLER%") == [one]
    assert found(content_type="text/csv") == [two]
    assert found(sha256="AB" * 32) == [two]
    assert found(sha256="cd" * 32) == []
    assert found(created_at_gt="2999-01-01") == []
    with store.reading(world.viewer) as work:
        page = work.raw_data.list_by_project(world.first.project, RawDataQuery(limit=1, offset=1, sha256="0" * 64))
        assert ([each.id for each in page], page.count, page.total) == ([one], 1, 2)


def test_measurements_of_a_file_come_in_pages(store: Store, world: World, files: dict[Records, str]) -> None:
    """The newest first, with the number of all."""
    with store.reading(world.viewer) as work:
        page = work.raw_data.measurement_ids(files[world.first], limit=1, offset=1)
        assert (page.items, page.count, page.total) == ([], 0, 1)


def test_links_go_with_either_end(store: Store, world: World, files: dict[Records, str]) -> None:
    """Removing the file or the measurement removes the link, and the other end stays; a project takes all."""
    with store.writing(world.admin) as work:
        work.raw_data.delete(files[world.first])
        work.measurements.delete(world.second.measurement)
    with store.reading() as work:
        assert work.raw_data.list_by_measurement(world.first.measurement, RawDataQuery()).total == 0
        assert work.measurements.row(world.first.measurement)
        assert work.raw_data.measurement_ids(files[world.second], limit=10, offset=0).total == 0
        assert work.raw_data.find(files[world.second]) is not None
    with store.writing(world.admin) as work:
        key = work.raw_data.row(files[world.second]).key
        assert key in work.objects.of_project(world.second.project)
        assert key in work.objects.used()
        work.projects.delete(world.second.project)
        assert key not in work.objects.used()
    with store.reading() as work:
        assert work.raw_data.find(files[world.second]) is None


def test_an_id_is_taken_once(store: Store, world: World, files: dict[Records, str]) -> None:
    """A second record of one id, or one in a project that is not there, is a conflict, and names nobody."""
    for facts in ({"id": files[world.foreign]}, {"project_id": "nowhere"}):
        project = facts.pop("project_id", world.first.project)
        with pytest.raises(ConflictError, match="changed at the same moment") as refused, store.writing() as work:
            add(work, world.admin, project, **facts)
        assert refused.value.existing_id is None
