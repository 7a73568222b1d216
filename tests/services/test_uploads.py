"""Initiate, send, confirm: nothing is recorded that is not stored, and nothing is stored that is not recorded."""

import random
from concurrent.futures import Future
from contextlib import suppress
from io import BytesIO
from typing import Any

import polars as pl
import pytest
from PIL import Image

from cellkeep.domain.errors import (
    BadRequestError,
    CellkeepError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnusableDataError,
)
from cellkeep.domain.instances import InstanceDraft
from cellkeep.domain.measurements import InitiateUpload, MeasurementBundle
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id
from cellkeep.services import uploads
from cellkeep.services.processing import Outcome, process
from cellkeep.storage.store import Store
from cellkeep.worker import ProcessingPool
from services.bench import BASE, Bench, Never, Now, bench, parquet, series, together

SOME_ID = "3f1c2a50-9d0e-4c43-8a51-2b7c9b0d6e1f"


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def refused(at: Bench, error: type[CellkeepError], match: str, measurement_id: str, **said: Any) -> CellkeepError:
    """The error of a confirm, after which there is no record and no object but what lies in staging."""
    with pytest.raises(error, match=match) as found:
        at.confirm(measurement_id, **said)
    assert at.records() == []
    assert at.stored() == []
    return found.value


def test_nothing_is_recorded_before_the_confirm(at: Bench) -> None:
    """Neither asking where to send nor sending leaves a record or anything outside of staging."""
    at.send(parquet(series()))
    assert at.records() == []
    assert at.stored() == []
    assert len(at.staged()) == 1


def test_a_confirmed_series_is_stored_as_it_was_sent(at: Bench) -> None:
    """The record is ready with its tables, the bytes are those that were sent, and staging is empty."""
    content = parquet(series(1000, 6))
    bundle = at.confirm(at.send(content), tags=["x"], notes="n", own=[1], data_type=None)
    assert (bundle.processing_status, bundle.steps_created, bundle.row_count) == ("ready", 6, 1000)
    assert (bundle.name, bundle.notes, bundle.tags) == ("T", "n", ["x"])
    assert bundle.model_extra == {"own": [1]}
    assert at.records() == [bundle.id]
    assert at.bytes(bundle.id, "time_series") == content
    assert at.table(bundle.id, "steps").height == 6
    assert at.table(bundle.id, "cycles").height == 3
    assert at.stored() == at.named()
    assert at.staged() == []


def test_a_confirm_reads_no_more_of_a_series_than_its_footer(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it is answered in time however long the series is and wherever it lies."""
    content = parquet(series(200_000), compression="uncompressed", row_group_size=50_000)
    measurement_id = at.send(content)
    read: list[int] = []
    end = at.store.blobs.end

    def noted(key: str, size_bytes: int) -> bytes:
        read.append(size_bytes)
        return end(key, size_bytes)

    with monkeypatch.context() as patch:
        patch.setattr(at.store.blobs, "end", noted)
        for way in ("get", "pieces", "local_copy", "scannable"):
            patch.delattr(type(at.store.blobs), way)
        bundle = at.confirm(measurement_id, Never(), wait_s=0)
    assert (bundle.processing_status, bundle.row_count) == ("pending", 200_000)
    assert 0 < sum(read) < len(content) / 500


def test_confirming_again_is_answered_the_same(at: Bench) -> None:
    """A second confirm of the same upload gives the same bundle and makes nothing new."""
    measurement_id = at.send(parquet(series()))
    first = at.confirm(measurement_id)
    keys = at.stored()
    assert at.confirm(measurement_id) == first
    assert at.confirm(measurement_id, notes="other") == first
    assert at.stored() == keys
    assert at.records() == [measurement_id]


@pytest.mark.parametrize("jobs", ["pool", "threads"])
def test_eight_confirms_at_once_are_one(at: Bench, jobs: str) -> None:
    """Eight threads that confirm the same upload get eight equal answers about one record with one set of objects."""
    pool = ProcessingPool(at.store)
    runner = pool if jobs == "pool" else Now(at.store)
    for turn in range(3):
        measurement_id = at.send(parquet(series()), name=f"T{turn}")
        answers = together(8, lambda _, key=measurement_id, n=turn: at.confirm(key, runner, name=f"T{n}"))  # type: ignore[misc]
        assert all(isinstance(answer, MeasurementBundle) for answer in answers), answers
        assert all(answer == answers[0] for answer in answers)
        assert answers[0].processing_status == "ready"
        assert at.stored() == at.named()
        assert len(at.stored()) == 3 * (turn + 1)
    assert len(at.records()) == 3
    assert at.staged() == []
    pool.close()


def test_eight_confirms_of_useless_data_are_refused_alike(at: Bench) -> None:
    """Eight threads that confirm data of no use are told why, and nothing stays that nobody was promised."""
    frame = series().with_columns(pl.lit(0.5).alias("Step count"))
    measurement_id = at.send(parquet(frame))
    answers = together(8, lambda _: at.confirm(measurement_id))
    # Who comes after the first refusal finds that nothing is there; who was answered pending, that it failed.
    assert {type(answer) for answer in answers} <= {UnusableDataError, BadRequestError, MeasurementBundle}, answers
    promised = any(isinstance(answer, MeasurementBundle) for answer in answers)
    assert at.records() == ([measurement_id] if promised else [])
    assert at.stored() == at.named()


def test_of_two_uploads_of_one_name_one_is_kept(at: Bench) -> None:
    """Two different uploads that are confirmed at once under one name end in one record and one conflict."""
    ids = [at.send(parquet(series())) for _ in range(2)]
    answers = together(2, lambda number: at.confirm(ids[number]))
    (kept,) = [answer for answer in answers if isinstance(answer, MeasurementBundle)]
    (conflict,) = [answer for answer in answers if isinstance(answer, ConflictError)]
    assert conflict.existing_id == kept.id
    assert at.records() == [kept.id]
    assert at.stored() == at.named()


def test_writing_to_the_link_again_changes_nothing(at: Bench) -> None:
    """What is sent to the link after the confirm, by whatever way, never reaches the record."""
    measurement_id, target, _ = at.initiate()
    content = parquet(series())
    at.put(target, content)
    at.confirm(measurement_id)
    at.put(target, b"changed")
    assert at.bytes(measurement_id, "time_series") == content
    assert at.confirm(measurement_id).processing_status == "ready"
    assert at.bytes(measurement_id, "time_series") == content


USELESS: list[tuple[bytes, str]] = [
    (b"", r"not a readable parquet file \(0 bytes\)"),
    (b"hello", "not a readable parquet file"),
    (b"PAR1" + bytes(1000) + b"PAR1", "not a readable parquet file"),
    (parquet(series())[:-20], "not a readable parquet file"),
    (parquet(series()[:0]), "has no rows"),
    (parquet(series().drop("Step count")), "'Step count' not found"),
    (parquet(series().rename({"Voltage [V]": "Voltage (V)"})), r"'Voltage \(V\)' looks like 'Voltage \[V\]'"),
    (parquet(series().drop("Time [s]")), "needs an x axis"),
    (parquet(series().with_columns(pl.col("Current [A]").cast(pl.String))), r"'Current \[A\]' must hold numbers"),
    (parquet(series().with_columns(pl.col("Step count") + 0.5)), "'Step count' must be a whole number"),
    (parquet(series().with_columns(pl.lit(None, pl.Int64).alias("Step count"))), "'Step count' must be a whole"),
]


def test_data_of_no_use_is_refused(at: Bench) -> None:
    """A series that can not be read or summarised is refused in words, and nothing is kept of it."""
    for content, match in USELESS:
        refused(at, UnusableDataError, match, at.send(content))


def test_after_a_refusal_the_right_data_is_taken(at: Bench) -> None:
    """The same upload can be sent again, right this time, and confirmed."""
    measurement_id, target, _ = at.initiate()
    at.put(target, b"hello")
    refused(at, UnusableDataError, "not a readable", measurement_id)
    at.put(target, parquet(series()))
    assert at.confirm(measurement_id).processing_status == "ready"


@pytest.mark.parametrize("compression", ["zstd", "snappy"])
@pytest.mark.parametrize("column", ["Voltage [V]", "Ambient temperature [degC]"])
def test_a_damaged_page_is_found(at: Bench, compression: str, column: str) -> None:
    """Bytes that were damaged on the way are found in any column although the end of the file is whole."""
    noise = random.Random(1)
    values = pl.Series(column, [noise.random() for _ in range(20_000)])
    frame = series(20_000).with_columns(values).select(column, *(name for name in series().columns if name != column))
    content = bytearray(parquet(frame, compression=compression))
    for place in range(200, 400):
        content[place] ^= 0xFF
    content[4:60] = bytes(56)
    refused(at, UnusableDataError, "can not be read|not a readable", at.send(bytes(content)))


def test_a_column_without_any_value_is_no_fault(at: Bench) -> None:
    """A known column that is empty from top to bottom, so that it has no type, is taken."""
    frame = series().with_columns(pl.lit(None).alias("Temperature [degC]"))
    assert frame.schema["Temperature [degC]"] == pl.Null
    assert at.confirm(at.send(parquet(frame))).processing_status == "ready"


def test_a_missing_part_is_named(at: Bench) -> None:
    """A series that was not sent, and a file that was not sent, are refused by name."""
    refused(at, BadRequestError, r"'time_series\.parquet' was not received", at.send(None))
    refused(at, BadRequestError, r"'time_series\.parquet' was not received", new_id())
    files = {"measurement_type": "file", "filenames": ["a.txt", "b.txt"]}
    refused(at, BadRequestError, r"'b\.txt' was not received", at.send(b"a", **files), **files)


def test_an_id_that_was_not_given_out_is_not_found(at: Bench) -> None:
    """An id in another form than those of uploads leads nowhere."""
    for measurement_id in ("x", "../../etc", "", "A" * 36, SOME_ID.upper(), f"{SOME_ID}\n"):
        refused(at, NotFoundError, "not the id of an upload", measurement_id)


def test_an_end_before_the_start_is_refused(at: Bench) -> None:
    """A test that ends before it starts is refused before anything is stored."""
    times = {"start_time": "2026-03-15T09:30:00Z", "end_time": "2026-03-15T09:29:00Z"}
    refused(at, BadRequestError, "before start_time", at.send(parquet(series())), **times)


def test_bad_tags_are_refused(at: Bench) -> None:
    """A tag that can not be, is refused and leaves nothing."""
    refused(at, BadRequestError, "50 characters", at.send(parquet(series())), tags=["x" * 51])


def test_a_series_may_have_properties_beside_it(at: Bench) -> None:
    """What is sent with the rows is kept with them, and with its canonical values."""
    properties = {"weight": {"value": 1, "unit": "g"}}
    made = at.confirm(at.send(parquet(series())), properties=properties)
    assert made.properties == properties
    assert made.canonical.keys() == {"weight"}


def test_a_taken_name_is_refused_early_and_late(at: Bench) -> None:
    """A name that the cell has is refused where to send is asked, and again at the confirm, with the holder's id."""
    late = at.send(parquet(series()))
    kept = at.create()
    with pytest.raises(ConflictError) as early:
        at.initiate()
    with pytest.raises(ConflictError) as found:
        at.confirm(late)
    assert early.value.existing_id == found.value.existing_id == kept.id
    assert at.records() == [kept.id]
    assert at.stored() == at.named()


def test_the_wrong_cell_is_refused(at: Bench, admin: Caller) -> None:
    """A confirmed upload belongs to its cell, and a cell out of sight is not found."""
    other = bench_of_stranger(at)
    kept = at.create()
    with pytest.raises(NotFoundError):
        at.confirm(kept.id, instance_id=other.instance_id)
    with pytest.raises(NotFoundError):
        at.confirm(kept.id, instance_id="nothing")
    with at.store.writing(admin) as work:
        spec = work.specs.row(at.spec_id)
        second = work.instances.create(spec, InstanceDraft(name="C2"), None, admin)
    with pytest.raises(ConflictError, match="another cell"):
        at.confirm(kept.id, instance_id=second.id)


def bench_of_stranger(at: Bench) -> Bench:
    """A bench in another organization."""
    with at.store.writing() as work:
        organization = work.people.add_organization("Other")
        user_id = work.people.add_user(organization, "other@lab", "Admin")
        stranger = work.people.caller_of_user(user_id)
        assert stranger is not None
    return bench(at.store, stranger)


def test_another_organization_can_not_confirm_what_we_sent(at: Bench) -> None:
    """Whoever learns the id of an upload of another organization gets nothing by it."""
    other = bench_of_stranger(at)
    measurement_id = at.send(parquet(series()))
    refused(other, BadRequestError, "was not received", measurement_id)
    kept = at.confirm(measurement_id)
    with pytest.raises(BadRequestError, match="was not received"):
        other.confirm(measurement_id)
    assert at.confirm(measurement_id) == kept
    assert other.records() == []


def test_work_that_is_never_done_is_pending_until_it_is(at: Bench) -> None:
    """Where the tables are not made in time the answer is pending, and once they are made, ready."""
    measurement_id = at.send(parquet(series()))
    first = at.confirm(measurement_id, Never(), wait_s=0.01)
    assert (first.processing_status, first.steps_created) == ("pending", 0)
    assert at.confirm(measurement_id, Never(), wait_s=0.01) == first
    assert process(at.store, measurement_id) == Outcome("ready", 4)
    again = at.confirm(measurement_id, Never(), wait_s=0.01)
    assert (again.processing_status, again.steps_created) == ("ready", 4)


def test_what_was_answered_pending_does_not_vanish(at: Bench) -> None:
    """Once a confirm was answered, the record stays: useless data found later makes it failed, not gone."""
    frame = series().with_columns(pl.col("Step count") + 0.5)
    measurement_id = at.send(parquet(frame))
    assert at.confirm(measurement_id, Never(), wait_s=0.01).processing_status == "pending"
    with suppress(UnusableDataError):
        at.confirm(measurement_id)
    assert at.records() == [measurement_id]
    status, reason = at.status(measurement_id)
    assert status == "failed"
    assert reason is not None
    assert "whole number" in reason


def test_a_failed_record_is_answered_as_pending(at: Bench) -> None:
    """A confirm never answers failed, which clients take for success: they learn it by asking once more."""
    measurement_id = at.send(parquet(series().with_columns(pl.col("Step count") + 0.5)))
    at.confirm(measurement_id, Never(), wait_s=0.01)
    process(at.store, measurement_id)
    assert at.status(measurement_id)[0] == "failed"
    assert at.confirm(measurement_id, Never(), wait_s=0.01).processing_status == "pending"


class Broken:
    """Work that ends with an accident outside of the data."""

    def submit(self, _measurement_id: str) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        future.set_exception(ConnectionError("the database went away"))
        return future


@pytest.mark.parametrize("kind", ["broken", "closed", "cancelled"])
def test_an_accident_of_the_worker_is_not_one_of_the_upload(at: Bench, kind: str) -> None:
    """What is stored and recorded is answered so, although the work on it could not be done or even begun."""
    measurement_id = at.send(parquet(series()))
    jobs: Any = Broken()
    if kind == "closed":
        jobs = ProcessingPool(at.store)
        jobs.close()
    if kind == "cancelled":
        jobs = Cancelled()
    assert at.confirm(measurement_id, jobs).processing_status == "pending"
    assert at.records() == [measurement_id]
    assert process(at.store, measurement_id).status == "ready"


class Cancelled:
    """Work that a closing server will not begin."""

    def submit(self, _measurement_id: str) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_files_are_stored_as_they_were_sent(at: Bench) -> None:
    """Files of any kind and size, none included, come back under their names in their order, with their facts."""
    contents = {"b ü.PNG": png(), "a.txt": b"hello", "empty.bin": b"", "broken.png": b"\x89PNG\r\n\x1a\nbroken"}
    files = {"measurement_type": "file", "filenames": list(contents)}
    bundle = at.confirm(at.send(*contents.values(), **files), **files)
    assert (bundle.processing_status, bundle.steps_created) == ("ready", 0)
    assert bundle.file_metadata is not None
    assert list(bundle.file_metadata) == list(contents)
    picture = bundle.file_metadata["b ü.PNG"]
    assert (picture["content_type"], picture["width"], picture["height"]) == ("image/png", 40, 30)
    assert bundle.file_metadata["empty.bin"]["size_bytes"] == 0
    assert "width" not in bundle.file_metadata["broken.png"]
    with at.store.reading() as work:
        stored = {blob.filename: at.store.blobs.get(blob.key) for blob in work.measurements.row(bundle.id).blobs}
    assert stored == contents
    assert at.staged() == []


def test_content_follows_its_name(at: Bench) -> None:
    """Names that are confirmed in another order, or other names, never come to stand for other content."""
    measurement_id = at.send(b"of a", b"of b", measurement_type="file", filenames=["a.txt", "b.txt"])
    try:
        at.confirm(measurement_id, measurement_type="file", filenames=["b.txt", "a.txt"])
    except BadRequestError:
        return
    with at.store.reading() as work:
        stored = {blob.filename: at.store.blobs.get(blob.key) for blob in work.measurements.row(measurement_id).blobs}
    assert stored == {"a.txt": b"of a", "b.txt": b"of b"}


def test_hostile_file_names_are_refused_where_to_send_is_asked(at: Bench) -> None:
    """A name that can not be kept is refused before anything is sent, and again at the confirm."""
    for names in (["../x"], ["a", "a/b"], [], None):
        with pytest.raises(BadRequestError):
            at.initiate(measurement_type="file", filenames=names)
        refused(at, BadRequestError, "file|path", new_id(), measurement_type="file", filenames=names)


def test_a_viewer_can_not_upload(at: Bench) -> None:
    """Neither asking where to send nor confirming is for those who may only look."""
    with at.store.writing() as work:
        user_id = work.people.add_user(at.caller.organization, "viewer@lab", "Member")
        work.people.add_member(at.project_id, user_id, "Project Viewer")
    with at.store.reading() as work:
        viewer = work.people.caller_of_user(user_id)
    assert viewer is not None
    measurement_id = at.send(parquet(series()))
    looking = Bench(at.store, viewer, at.project_id, at.spec_id, at.instance_id)
    with pytest.raises(ForbiddenError):
        looking.initiate("V")
    with pytest.raises(ForbiddenError):
        looking.confirm(measurement_id)
    assert at.records() == []


def test_every_link_of_an_upload_is_named_and_apart(at: Bench) -> None:
    """Links come in the order of the names, each to a key of its own below the organization's staging."""
    asked = InitiateUpload.model_validate(
        {"measurement": {"name": "F"}, "measurement_type": "file", "filenames": ["b", "a"]}
    )
    answer = uploads.initiate(at.store, at.caller, at.instance_id, asked, base_url=BASE)
    assert [target.filename for target in answer.uploads] == ["b", "a"]
    assert len({target.path for target in answer.uploads}) == 2
    for target in answer.uploads:
        assert target.path.startswith(f"staging/{at.caller.organization.id}/{answer.measurement_id}/")
        assert target.signed_url.startswith(f"{BASE}/blobs/")


def png() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "png")
    return buffer.getvalue()
