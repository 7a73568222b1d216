"""Units of work."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from cellkeep.domain.paging import ListQuery
from cellkeep.domain.projects import ProjectDraft
from cellkeep.storage.database import connect
from cellkeep.storage.s3_blobs import S3Blobs
from cellkeep.storage.store import Store
from cellkeep.testing import servers
from storage.world import populate


class OddError(Exception):
    pass


def test_discarded_objects_go_after_the_commit(store: Store) -> None:
    """An object is still there while the transaction runs, and gone once it is committed."""
    store.blobs.put("measurements/a", b"1")
    with store.writing() as work:
        work.discard(["measurements/a", "measurements/never"])
        assert store.blobs.head("measurements/a") is not None
    assert store.blobs.head("measurements/a") is None


def test_a_rollback_discards_nothing(store: Store) -> None:
    """Where the transaction fails, records and objects stay as they were."""
    world = populate(store)
    store.blobs.put("measurements/a", b"1")
    with pytest.raises(OddError):
        remove_and_fail(store, world.first.project)
    assert store.blobs.get("measurements/a") == b"1"
    with store.reading() as work:
        work.measurements.row(world.first.measurement)


def test_an_object_that_can_not_be_removed_does_not_undo_the_commit(
    database_url: str, s3_server: servers.S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed is answered as done, although its objects can not be removed at this moment."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "changed since")
    store = Store(connect(database_url), S3Blobs(s3_server.url))
    with closing(store), store.writing() as work:
        work.people.add_organization("Kept")
        work.discard(["measurements/a"])


def test_a_folder_where_the_object_should_be_does_not_undo_the_commit(store: Store, tmp_path: Path) -> None:
    """Trouble of the file system while removing does not reach the caller."""
    (tmp_path / "data" / "blobs" / "measurements" / "a" / "b").mkdir(parents=True)
    with store.writing() as work:
        work.discard(["measurements/a"])


def test_eight_writers_lose_nothing(store: Store) -> None:
    """Eight threads that write at once, each reading first, all succeed, and every record is there."""
    admin = populate(store).admin

    def write(number: int) -> None:
        for turn in range(6):
            with store.writing(admin) as work:
                work.projects.list(ListQuery())
                work.projects.create(ProjectDraft(name=f"P{number}.{turn}"), admin)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    with store.reading(admin) as work:
        names = {project.name for project in work.projects.list(ListQuery())}
    assert names == {"First", "Second", *(f"P{number}.{turn}" for number in range(8) for turn in range(6))}


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    """While one writes, others read what was there before."""
    admin = populate(store).admin
    with store.writing(admin) as writing:
        writing.projects.create(ProjectDraft(name="New"), admin)
        before = time.monotonic()
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(lambda: _count(store)).result(timeout=20) == 3
        assert time.monotonic() - before < 5
    assert _count(store) == 4


def test_many_readers_at_once(store: Store) -> None:
    """Forty threads read at the same moment."""
    populate(store)
    together = threading.Barrier(40)

    def read(_: int) -> int:
        together.wait()
        return _count(store)

    with ThreadPoolExecutor(40) as threads:
        assert set(threads.map(read, range(40))) == {3}


def remove_and_fail(store: Store, project_id: str) -> None:
    with store.writing() as work:
        work.discard(["measurements/a"])
        work.projects.delete(project_id)
        raise OddError


def _count(store: Store) -> int:
    with store.reading() as work:
        return work.projects.list(ListQuery()).total
