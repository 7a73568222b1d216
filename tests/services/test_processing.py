"""Making the tables of a stored series."""

import hashlib
import threading
import time
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.domain.errors import NotFoundError, NotReadyError, UnusableDataError
from cellkeep.domain.people import Caller
from cellkeep.services import measurements
from cellkeep.services.processing import Outcome, process
from cellkeep.storage.store import Store
from services.bench import Bench, Never, bench, parquet, series, together, writing_held


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def pending(at: Bench, frame: pl.DataFrame | None = None, steps: pl.DataFrame | None = None) -> str:
    """A confirmed series whose tables are still to be made."""
    content = parquet(series() if frame is None else frame)
    measurement_id = at.send(content, parquet(steps) if steps is not None else None)
    at.confirm(measurement_id, Never(), wait_s=0)
    return measurement_id


def test_processing_twice_makes_one_pair_of_tables(at: Bench) -> None:
    """What is ready is left as it is."""
    measurement_id = pending(at)
    assert process(at.store, measurement_id) == Outcome("ready", 4)
    keys = at.stored()
    assert process(at.store, measurement_id).status == "ready"
    assert at.stored() == at.named() == keys
    assert len(keys) == 3


@pytest.mark.parametrize("own_steps", [False, True])
def test_everything_that_is_ready_has_its_digest(at: Bench, own_steps: bool) -> None:
    """What was sent is read whole here for the first time, and what is made is known."""
    measurement_id = pending(at, steps=pl.DataFrame({"Step count": [0, 1, 2, 3]}) if own_steps else None)
    sent = {"time_series", "steps"} if own_steps else {"time_series"}
    assert digests(at, measurement_id) == dict.fromkeys(sent)
    process(at.store, measurement_id)
    roles = ("time_series", "steps", "cycles")
    assert digests(at, measurement_id) == {
        role: hashlib.sha256(at.bytes(measurement_id, role)).hexdigest() for role in roles
    }


def digests(at: Bench, measurement_id: str) -> dict[str, str | None]:
    """SHA-256 of each object of the measurement, by its role."""
    with at.store.reading() as work:
        return {blob.role: blob.sha256 for blob in work.measurements.row(measurement_id).blobs}


def test_processing_in_many_places_at_once_makes_one_pair_of_tables(at: Bench) -> None:
    """Six workers on the same series end in one pair of tables, and leave no other objects."""
    measurement_id = pending(at)
    answers = together(6, lambda _: process(at.store, measurement_id))
    assert {answer.status for answer in answers} == {"ready"}
    assert at.status(measurement_id) == ("ready", None)
    assert at.stored() == at.named()
    assert len(at.named()) == 3


def test_two_workers_that_end_at_the_same_moment_make_one_pair_of_tables(at: Bench) -> None:
    """Two workers that have both made their tables before either can say so still end in one pair."""
    measurement_id = pending(at, series(400_000, 50))
    workers = [threading.Thread(target=process, args=(at.store, measurement_id)) for _ in range(2)]
    for worker in workers:
        worker.start()
    deadline = time.monotonic() + 30
    while at.status(measurement_id)[0] != "running":
        assert time.monotonic() < deadline
    time.sleep(0.02)
    with writing_held(at.store, measurement_id):
        while len(at.stored()) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
    for worker in workers:
        worker.join(30)
    assert at.status(measurement_id) == ("ready", None)
    assert at.keys(measurement_id).keys() == {"time_series", "steps", "cycles", "overview"}
    assert at.stored() == at.named()


@pytest.mark.parametrize(("rows", "has_one"), [(99_999, False), (100_000, True)])
def test_a_long_series_gets_an_overview(at: Bench, rows: int, has_one: bool) -> None:
    """It holds the rows with the extremes, as they are; a short series is read whole as fast, and has none."""
    frame = series(rows, 50).with_columns(pl.Series("list", [[1, 2]] * rows))
    made = at.create(frame=frame).id
    assert ("overview" in at.keys(made)) is has_one
    if has_one:
        overview = at.table(made, "overview")
        assert overview.columns == ["row number", "bucket number", *frame.columns[:-1]]
        assert overview.height < rows / 50
        assert_frame_equal(overview[:, 2:], frame[overview["row number"].to_list()].drop("list"))
        assert overview["Voltage [V]"].max() == frame["Voltage [V]"].max()


def test_an_overview_follows_a_series_that_grows(at: Bench) -> None:
    """It is made once a series is long, serves on while few rows follow its end, and is then that of all rows."""
    whole = series(230_000, 50)
    made = at.create(frame=whole[:99_000]).id
    assert "overview" not in at.keys(made)
    at.append(made, whole[99_000:101_000])
    first = at.keys(made)["overview"]
    at.append(made, whole[101_000:130_000])
    assert at.keys(made)["overview"] == first
    at.append(made, whole[130_000:])
    came_whole = at.create("Whole", whole).id
    assert_frame_equal(at.table(made, "overview"), at.table(came_whole, "overview"))
    assert first in at.take_retired()
    assert at.stored() == at.named()


def test_steps_that_a_person_made_are_kept_as_they_are(at: Bench) -> None:
    """A step table that came with the series is served byte for byte, and cycles are made from it where it allows."""
    own = pl.DataFrame({"Step count": [0, 1], "Mine": ["a", "b"]})
    content = parquet(own)
    measurement_id = at.send(parquet(series()), content)
    bundle = at.confirm(measurement_id)
    assert (bundle.processing_status, bundle.steps_created, bundle.row_count) == ("ready", 2, 100)
    assert at.bytes(measurement_id, "steps") == content
    assert at.table(measurement_id, "cycles")["Cycle count"].to_list() == [0, 1]
    assert len(at.stored()) == 3


def test_own_steps_of_any_type_are_read(at: Bench) -> None:
    """Own step tables without any decimal number, or with odd ones, can be read as JSON columns."""
    own = pl.DataFrame({"Step count": [0, 1], "x": [1.5, float("nan")], "s": ["a", None]})
    measurement_id = at.send(parquet(series()), parquet(own))
    at.confirm(measurement_id)
    tables = measurements.step_and_cycle_tables(at.store, at.caller, measurement_id)
    assert tables.steps == {"Step count": [0, 1], "x": [1.5, None], "s": ["a", None]}
    second = at.send(parquet(series()), parquet(pl.DataFrame({"Step count": [0]})), name="T2")
    at.confirm(second, name="T2")
    assert measurements.step_and_cycle_tables(at.store, at.caller, second).steps == {"Step count": [0]}


def test_tables_that_are_removed_while_they_are_read_are_gone(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads tables while the measurement is removed is told that it is not there."""
    measurement_id = at.create().id
    read = measurements.processing.table

    def late(*asked: Any) -> pl.DataFrame:
        with at.store.writing(at.caller) as work:
            measurements.delete(work, at.caller, measurement_id)
        return read(*asked)

    monkeypatch.setattr(measurements.processing, "table", late)
    with pytest.raises(NotFoundError, match="removed"):
        measurements.step_and_cycle_tables(at.store, at.caller, measurement_id)
    assert at.stored() == []


def test_own_steps_that_are_no_table_are_refused(at: Bench) -> None:
    """A step table that can not be read is refused at the confirm, with the series."""
    measurement_id = at.send(parquet(series()), b"hello")
    with pytest.raises(UnusableDataError, match="step table"):
        at.confirm(measurement_id)
    assert at.records() == []
    assert at.stored() == []


def test_the_rating_of_the_cell_sets_the_scale(at: Bench) -> None:
    """A current of a thousandth of the rated capacity is rest, whatever the largest current of the test is."""
    frame = series().with_columns(pl.lit(0.0005).alias("Current [A]"))
    measurement_id = pending(at, frame)
    process(at.store, measurement_id)
    assert set(at.table(measurement_id, "steps")["Step type"]) == {"Rest"}


def test_an_accident_keeps_the_data_and_tells_the_reason(at: Bench) -> None:
    """Where the tables can not be made through no fault of the data, it stays, failed, with the reason."""
    content = parquet(series())
    measurement_id = at.send(content, parquet(pl.DataFrame({"a": [1]})))
    at.confirm(measurement_id, Never(), wait_s=0)
    with at.store.reading() as work:
        (steps,) = [blob.key for blob in work.measurements.row(measurement_id).blobs if blob.role == "steps"]
    at.store.blobs.delete([steps])
    assert process(at.store, measurement_id) == Outcome("failed")
    status, reason = at.status(measurement_id)
    assert status == "failed"
    assert reason is not None
    assert "The data is safe" in reason
    assert "incident" in reason
    assert "BlobNotFoundError" not in reason
    assert at.bytes(measurement_id, "time_series") == content
    with pytest.raises(NotReadyError, match="The data is safe"):
        measurements.cycle_table(at.store, at.caller, measurement_id)


def test_after_an_accident_it_can_be_done_again(at: Bench) -> None:
    """Work that failed once and is asked for again clears the reason when it succeeds."""
    measurement_id = pending(at)
    with at.store.reading() as work:
        (key,) = [blob.key for blob in work.measurements.row(measurement_id).blobs]
    content = at.store.blobs.get(key)
    at.store.blobs.delete([key])
    assert process(at.store, measurement_id).status == "failed"
    at.store.blobs.put(key, content)
    assert process(at.store, measurement_id) == Outcome("ready", 4)
    assert at.status(measurement_id) == ("ready", None)


def test_what_is_removed_meanwhile_leaves_nothing(at: Bench) -> None:
    """A measurement that is removed before or while its tables are made leaves no objects."""
    measurement_id = pending(at, series(300_000, 20))
    worker = threading.Thread(target=process, args=(at.store, measurement_id))
    worker.start()
    with at.store.writing(at.caller) as work:
        measurements.delete(work, at.caller, measurement_id)
    worker.join(30)
    assert at.records() == []
    assert process(at.store, measurement_id).status == "ready"
    assert at.stored() == []


def test_tables_that_are_not_there_yet_are_said_so(at: Bench) -> None:
    """While work is to be done, the tables are not ready and the series can be read."""
    measurement_id = pending(at)
    links = measurements.Links(at.store, at.caller, "http://x")
    with pytest.raises(NotReadyError, match="still being made"):
        links.steps(measurement_id)
    assert links.time_series(measurement_id).startswith("http://x/blobs/measurements/")


def test_a_spectrum_and_a_curve_are_summarised(at: Bench) -> None:
    """An impedance spectrum and an open-circuit curve are told by their columns, and each is one step."""
    spectrum = pl.DataFrame({"Frequency [Hz]": [1e3, 1.0], "Z_Re [Ohm]": [1.0, 2.0], "Z_Im [Ohm]": [-1.0, -2.0]})
    curve = pl.DataFrame({"Capacity [A.h]": [0.0, 1.0], "Voltage [V]": [4.2, 3.0], "Step count": [0, 0]})
    for name, frame, kind in (("E", spectrum, "eis"), ("O", curve, "ocp")):
        bundle = at.create(name, frame)
        assert (bundle.data_type, bundle.processing_status, bundle.steps_created) == (kind, "ready", 1)
