"""Processing in the background."""

import time
from concurrent.futures import Future

import pytest

from cellkeep import worker
from cellkeep.domain.people import Caller
from cellkeep.services.processing import Outcome, process
from cellkeep.storage.store import Store
from cellkeep.worker import ProcessingPool
from services.bench import Bench, Never, bench, series, together


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def test_a_start_takes_up_unfinished_work(at: Bench) -> None:
    """What a server left pending or running is done by the next one that starts; what failed is left."""
    ids = [at.create(name, jobs=Never()).id for name in ("pending", "running", "failed")]
    with at.store.writing() as work:
        work.measurements.row(ids[1]).processing_status = "running"
        work.measurements.row(ids[2]).processing_status = "failed"
    pool = ProcessingPool(at.store)
    pool.start()
    deadline = time.monotonic() + 20
    while [at.status(key)[0] for key in ids] != ["ready", "ready", "failed"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    pool.close()
    assert at.stored() == at.named()


def test_asking_again_is_the_same_work(at: Bench) -> None:
    """Work that is asked for many times at once is done once, and all are told the outcome."""
    measurement_id = at.create(frame=series(50_000), jobs=Never()).id
    pool = ProcessingPool(at.store)
    outcomes = together(8, lambda _: pool.submit(measurement_id).result(timeout=20))
    assert {outcome.status for outcome in outcomes} == {"ready"}
    pool.close()
    assert len(at.stored()) == 3


def test_what_comes_while_the_work_ends_is_done(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are confirmed when the work on others is done, but has not returned yet, are not left lying."""
    whole = series()
    measurement_id = at.create(frame=whole[:50]).id
    pool = ProcessingPool(at.store)
    calls = []

    def ends_late(store: Store, key: str) -> Outcome:
        outcome = process(store, key)
        calls.append(key)
        if len(calls) == 1:
            at.append(measurement_id, whole[60:], Never())
            later.append(pool.submit(measurement_id))
        return outcome

    later: list[Future[Outcome]] = []
    monkeypatch.setattr(worker, "process", ends_late)
    at.append(measurement_id, whole[50:60], Never())
    assert pool.submit(measurement_id).result(timeout=20) == Outcome("ready", 4)
    assert later[0].done()
    assert at.status(measurement_id) == ("ready", None)
    assert at.table(measurement_id, "time_series").equals(whole)
    pool.close()


def test_work_that_can_not_even_begin_is_asked_for_again(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database is away, the asker is told, and the next one who asks has it done."""
    measurement_id = at.create(jobs=Never()).id
    pool = ProcessingPool(at.store)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "process", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pool.submit(measurement_id).result(timeout=20)
    assert pool.submit(measurement_id).result(timeout=20).status == "ready"
    pool.close()


def test_closing_leaves_waiting_work_to_the_next_start(at: Bench) -> None:
    """Running work ends, waiting work stays pending, and the next start does it."""
    ids = [at.create(f"T{number}", jobs=Never()).id for number in range(6)]
    first = ProcessingPool(at.store, workers=1)
    for measurement_id in ids:
        first.submit(measurement_id)
    first.close()
    assert {at.status(key)[0] for key in ids} <= {"ready", "pending"}
    second = ProcessingPool(at.store)
    second.start()
    deadline = time.monotonic() + 20
    while {at.status(key)[0] for key in ids} != {"ready"}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    second.close()
    assert at.stored() == at.named()
