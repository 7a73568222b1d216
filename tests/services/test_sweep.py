"""Removing what nothing names."""

import os
import threading
from pathlib import Path

import pytest

from cellkeep.domain.people import Caller
from cellkeep.services.sweep import sweep
from cellkeep.storage.local_blobs import LocalBlobs
from cellkeep.storage.store import Store
from services.bench import Bench, bench, parquet, series

DAY = 24 * 3600


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def age(at: Bench, key: str, seconds: float = 2 * DAY) -> None:
    path = path_of(at, key)
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def path_of(at: Bench, key: str) -> Path:
    assert isinstance(at.store.blobs, LocalBlobs)
    return at.store.blobs.path(key)


def test_abandoned_uploads_and_orphans_go(at: Bench) -> None:
    """What was sent and never confirmed, and what no record names, goes once it is old."""
    at.send(parquet(series()))
    orphan = f"measurements/{at.caller.organization.id}/m/r/time_series.parquet"
    at.store.blobs.put(orphan, b"1")
    for key in [*at.staged(), *at.stored()]:
        age(at, key)
    assert sweep(at.store) == 1
    assert at.stored() == [orphan]
    age(at, orphan, 31 * DAY)
    assert sweep(at.store) == 1
    assert at.staged() == at.stored() == []


def test_what_another_database_may_name_stays(at: Bench) -> None:
    """Objects of organizations that this database does not know are left alone, however old they are."""
    foreign = "measurements/of-another-database/m/r/time_series.parquet"
    at.store.blobs.put(foreign, b"1")
    age(at, foreign, 1000 * DAY)
    assert sweep(at.store) == 0
    assert at.stored() == [foreign]


def test_what_is_young_or_recorded_stays(at: Bench) -> None:
    """Uploads under way stay whatever names them, and what a record names stays however old it is."""
    kept = at.create()
    for key in at.stored():
        age(at, key, 1000 * DAY)
    at.send(parquet(series()), name="T2")
    at.store.blobs.put("measurements/o/m/r/time_series.parquet", b"1")
    assert sweep(at.store) == 0
    assert len(at.stored()) == 4
    assert at.table(kept.id, "time_series").equals(series())


def test_a_replaced_object_waits_for_its_links(at: Bench) -> None:
    """A retired object stays until the links to it have expired, however old it is, and then goes with its row."""
    key = f"datasets/{at.caller.organization.id}/d/r/data.parquet"
    at.store.blobs.put(key, b"1")
    age(at, key, 1000 * DAY)
    with at.store.writing() as work:
        work.objects.retire([key])
    assert sweep(at.store) == 0
    assert at.store.blobs.get(key) == b"1"
    assert sweep(at.store, retired_for_s=-1) == 1
    assert at.store.blobs.head(key) is None
    assert at.named() == []
    assert sweep(at.store, retired_for_s=-1) == 0


def test_a_retired_object_that_can_not_be_removed_is_garbage(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where storage fails at the removal, the object is swept later like anything that nothing names."""
    key = f"datasets/{at.caller.organization.id}/d/r/data.parquet"
    at.store.blobs.put(key, b"1")
    age(at, key, 31 * DAY)
    with at.store.writing() as work:
        work.objects.retire([key])
    with monkeypatch.context() as broken:
        broken.setattr(type(at.store), "remove", lambda store, keys: None)
        sweep(at.store, retired_for_s=-1, orphaned_for_s=32 * DAY)
    assert at.store.blobs.get(key) == b"1"
    assert sweep(at.store) == 1
    assert at.store.blobs.head(key) is None


def test_uploads_work_after_a_sweep(at: Bench) -> None:
    """A sweep that takes what a crash left behind does not hinder the uploads that follow."""
    at.put("staging/.incoming/left", b"half")
    at.send(parquet(series()))
    for key in at.staged():
        age(at, key)
    assert sweep(at.store) == 2
    assert at.create().processing_status == "ready"


def test_a_sweep_beside_a_late_confirm_takes_nothing(at: Bench) -> None:
    """Bytes that waited long in staging are safe from the moment that a confirm takes them over."""
    measurement_id = at.send(parquet(series()))
    (staged,) = at.staged()
    age(at, staged)
    organization = at.caller.organization.id
    taken = f"measurements/{organization}/{measurement_id}/r/time_series.parquet"
    at.store.blobs.copy(staged, taken)
    sweep(at.store)
    assert at.store.blobs.head(taken) is not None


def test_sweeps_beside_uploads_take_nothing(at: Bench) -> None:
    """While one uploads, others sweep all the time, and every record keeps its bytes."""
    done = threading.Event()

    def sweeping() -> None:
        while not done.is_set():
            sweep(at.store, staged_for_s=5, orphaned_for_s=5)

    sweepers = [threading.Thread(target=sweeping) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    try:
        for number in range(6):
            measurement_id, target, _ = at.initiate(f"T{number}")
            at.put(target, parquet(series()))
            assert at.confirm(measurement_id, name=f"T{number}").processing_status == "ready"
    finally:
        done.set()
        for sweeper in sweepers:
            sweeper.join(20)
    assert at.stored() == at.named()
    assert len(at.named()) == 18
