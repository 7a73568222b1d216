"""Extensions that fail, are repeated by many workers, or meet other changes at the same moment."""

import itertools
import threading
import time
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import Connection, event

from cellkeep.domain.errors import ConflictError, NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.services import extend, growing, keys, making, processing
from cellkeep.services.growing import Grown
from cellkeep.services.processing import Outcome, process
from cellkeep.storage.store import Store
from cellkeep.worker import ProcessingPool
from services.bench import Bench, Never, bench, parquet, series, together

WHOLE = series(100, 4)
STORED, DELTA, REST = WHOLE[:60], WHOLE[60:85], WHOLE[85:]
END = datetime(2026, 3, 15, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("lies")


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def running(at: Bench) -> str:
    """A series of a test that is still running."""
    return at.create(frame=STORED).id


def rows(at: Bench, measurement_id: str) -> pl.DataFrame:
    return at.table(measurement_id, "time_series")


def test_a_failed_extension_changes_nothing_but_the_reason(
    at: Bench, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The series and its tables stay, the status is ready, the error tells why; what succeeds next clears it."""
    before = at.keys(running)

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(growing.stitching, "_write", broken)
        bundle = at.append(running, DELTA)
    assert (bundle.processing_status, bundle.row_count, bundle.steps_created) == ("ready", 60, 3)
    assert bundle.processing_error is not None
    assert "Nothing was changed; send them again" in bundle.processing_error
    assert "incident" in bundle.processing_error
    assert "No space" not in bundle.processing_error
    assert at.keys(running) == before
    assert at.stored() == at.named()
    assert at.staged() == []
    assert at.append(running, DELTA, Never()).processing_error is None  # the claim clears it
    assert process(at.store, running) == Outcome("ready", 4)
    assert at.status(running) == ("ready", None)


def test_what_was_made_for_a_failed_extension_is_removed(
    at: Bench, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where storage gives up amid the new objects, those that were stored already go too."""
    put, calls = at.store.blobs.put, []

    def second_fails(key: str, source: object) -> None:
        calls.append(key)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        put(key, source)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(at.store.blobs, "put", second_fails)
        assert at.append(running, DELTA).processing_error
    assert at.stored() == at.named()
    assert len(at.stored()) == 3


def test_a_start_takes_up_an_extension(at: Bench, running: str) -> None:
    """What a server left pending or running is appended by the next one that starts, once."""
    other = at.create("Other", STORED).id
    at.append(running, DELTA, Never())
    at.append(other, DELTA, Never())
    with at.store.writing() as work:
        work.measurements.row(other).processing_status = "running"
    pool = ProcessingPool(at.store)
    pool.start()
    deadline = time.monotonic() + 20
    while {at.status(running)[0], at.status(other)[0]} != {"ready"}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    pool.close()
    for measurement_id in (running, other):
        assert rows(at, measurement_id).equals(WHOLE[:85])
    assert at.stored() == at.named()


class Killed(BaseException):
    """The end of a process."""


class Mortal:
    """A store whose process is killed before the first, second, … time that it reads or writes anything."""

    def __init__(self, store: Store, moments: int) -> None:
        self.moments = moments
        self._engine, self._blobs = store._engine, store.blobs
        event.listen(self._engine, "commit", self._committing)
        self.store = Store(self._engine, self)  # type: ignore[arg-type]

    def end(self) -> None:
        event.remove(self._engine, "commit", self._committing)

    def pass_moment(self) -> None:
        self.moments -= 1
        if self.moments <= 0:
            raise Killed

    def _committing(self, connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            self.pass_moment()

    def __getattr__(self, name: str) -> Any:
        self.pass_moment()
        return getattr(self._blobs, name)

    def submit(self, measurement_id: str) -> "Future[Outcome]":
        """Process where it is asked for, so that being killed reaches the asker."""
        future: Future[Outcome] = Future()
        future.set_result(process(self.store, measurement_id))
        return future


def test_at_whatever_moment_a_server_is_killed_the_series_is_whole(at: Bench) -> None:
    """Killed before any read or write, it leaves the old or the new; the next start and a repeat append once."""
    whole = at.create("Whole", WHOLE[:85]).id
    for moment in itertools.count(1):
        measurement_id = at.create(f"T{moment}", STORED).id
        at.send_rows(measurement_id, parquet(DELTA))
        mortal = Mortal(at.store, moment)
        try:
            extend.confirm(mortal.store, mortal, at.caller, measurement_id)
        except Killed:
            survived = False
        else:
            survived = True
        finally:
            mortal.end()
        found = rows(at, measurement_id)
        assert found.equals(STORED if found.height == 60 else WHOLE[:85])
        assert at.table(measurement_id, "steps")["End index"][-1] == found.height - 1
        with at.store.reading() as work:
            unfinished = work.measurements.unfinished()
        for left in unfinished:
            process(at.store, left)
        assert at.confirm_rows(measurement_id).row_count == 85
        for role in ("time_series", "steps", "cycles"):
            assert_frame_equal(at.table(measurement_id, role), at.table(whole, role), rel_tol=1e-12, abs_tol=1e-14)
        if survived:
            break
    assert moment > 12


def test_many_workers_append_once(at: Bench, running: str) -> None:
    """Six workers on the same extension end in one longer series, and leave no other objects."""
    at.append(running, DELTA, Never())
    answers = together(6, lambda _: process(at.store, running))
    assert {answer.status for answer in answers} == {"ready"}
    assert rows(at, running).equals(WHOLE[:85])
    assert at.stored() == at.named()
    with at.store.reading() as work:
        assert work.measurements.row(running).version == 2


@pytest.mark.parametrize("breaks", [False, True])
def test_a_slow_worker_does_not_undo_what_came_after(
    at: Bench, running: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, breaks: bool
) -> None:
    """Who is still at work on rows that others have appended leaves the rows alone that are being appended by now.

    What befalls it then is no failure of anything, and no incident.
    """
    at.append(running, DELTA, Never())
    reached, go_on = threading.Event(), threading.Event()
    grown = making.grown

    def late(*given: Any) -> Grown:
        longer = grown(*given)
        if threading.current_thread() is slow:
            reached.set()
            assert go_on.wait(20)
            if breaks:
                raise OSError(28, "No space left on device")
        return longer

    monkeypatch.setattr(making, "grown", late)
    outcomes: list[Outcome] = []
    slow = threading.Thread(target=lambda: outcomes.append(process(at.store, running)))
    slow.start()
    assert reached.wait(20)
    process(at.store, running)
    at.append(running, REST, Never())
    go_on.set()
    slow.join(20)
    assert [outcome.status for outcome in outcomes] == ["ready"]
    assert caplog.text == ""
    assert at.status(running) == ("pending", None)
    assert rows(at, running).equals(WHOLE[:85])
    assert process(at.store, running).status == "ready"
    assert rows(at, running).equals(WHOLE)
    assert at.stored() == at.named()


def test_a_slow_first_summary_does_not_touch_an_extension(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is late with the tables of a new series leaves those of the series alone that has grown since."""
    measurement_id = at.create("New", STORED, Never()).id
    reached, go_on = threading.Event(), threading.Event()
    finish = processing._finish

    def late(*given: object) -> object:
        if threading.current_thread() is slow:
            reached.set()
            assert go_on.wait(20)
        return finish(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(processing, "_finish", late)
    slow = threading.Thread(target=process, args=(at.store, measurement_id))
    slow.start()
    assert reached.wait(20)
    process(at.store, measurement_id)
    at.append(measurement_id, DELTA, Never())
    go_on.set()
    slow.join(20)
    assert at.status(measurement_id) == ("pending", None)
    process(at.store, measurement_id)
    assert rows(at, measurement_id).equals(WHOLE[:85])
    assert at.stored() == at.named()


# Other changes at the same moment.


def test_changes_and_extensions_do_not_lose_each_other(at: Bench, running: str) -> None:
    """Renaming, tagging and ending a test beside its extensions: all of it is there in the end."""
    at.send_rows(running, parquet(DELTA))

    def do(number: int) -> object:
        if number == 0:
            return at.confirm_rows(running)
        return at.change(running, **[{"name": "Renamed"}, {"tags": ["hppc"]}, {"notes": "n"}][number - 1])

    assert [answer for answer in together(4, do) if isinstance(answer, Exception)] == []
    at.change(running, end_time=END)
    with at.store.reading() as work:
        found = work.measurements.get(running)
    assert (found.name, found.tags, found.notes, found.end_time) == ("Renamed", ["hppc"], "n", END)
    assert (found.row_count, found.processing_status) == (85, "ready")


def test_an_end_that_is_set_meanwhile_stays(at: Bench, running: str) -> None:
    """Rows that were taken before the end was said are appended, and the end stands."""
    at.append(running, DELTA, Never())
    at.change(running, end_time=END)
    assert process(at.store, running).status == "ready"
    with at.store.reading() as work:
        found = work.measurements.get(running)
    assert (found.end_time, found.row_count) == (END, 85)
    at.put(keys.staged_extension(at.caller, running), parquet(REST))
    with pytest.raises(ConflictError, match="ended at"):
        at.confirm_rows(running)


def test_an_end_that_is_set_while_rows_are_verified_is_seen(
    at: Bench, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between verifying and recording nothing slips in: neither an end, nor other rows, nor a removal."""
    verify = extend.stitching.verify
    beside: list[object] = []

    def meanwhile(*given: object) -> None:
        verify(*given)  # type: ignore[arg-type]
        if beside:
            beside.pop()()  # type: ignore[operator]

    monkeypatch.setattr(extend.stitching, "verify", meanwhile)
    at.send_rows(running, parquet(DELTA))
    beside.append(lambda: at.change(running, end_time=END))
    with pytest.raises(ConflictError, match="ended at"):
        at.confirm_rows(running)
    at.change(running, end_time=None)

    def others() -> None:
        with at.store.writing() as work:
            row = work.measurements.row(running, lock=True)
            (series_row,) = [blob for blob in row.blobs if blob.role == "time_series"]
            moved = series_row.key.replace("time_series.parquet", "moved.parquet")
            at.store.blobs.copy(series_row.key, moved)
            series_row.key = moved

    beside.append(others)
    assert at.append(running, DELTA).row_count == 85
    assert beside == []
    other = at.create("Other", STORED).id
    at.send_rows(other, parquet(DELTA))

    beside.append(lambda: at.remove(other))
    with pytest.raises(NotFoundError):
        at.confirm_rows(other)


def test_what_is_removed_meanwhile_leaves_nothing(at: Bench, running: str) -> None:
    """A measurement that is removed while rows are appended leaves no objects but those that wait for their links."""
    at.append(running, DELTA, Never())
    worker = threading.Thread(target=process, args=(at.store, running))
    worker.start()
    at.remove(running)
    worker.join(30)
    assert at.records() == []
    at.take_retired()
    assert at.stored() == []


def test_removing_waits_for_the_moment_of_the_swap(at: Bench, running: str) -> None:
    """Removal and the end of an extension at the same moment: whichever is first, nothing is left over."""
    for turn in range(5):
        measurement_id = at.create(f"T{turn}", STORED).id
        at.append(measurement_id, DELTA, Never())

        def do(number: int, measurement_id: str = measurement_id) -> object:
            return process(at.store, measurement_id) if number else at.remove(measurement_id)

        assert [answer for answer in together(3, do) if isinstance(answer, Exception)] == []
    at.remove(running)
    at.take_retired()
    assert at.stored() == []
