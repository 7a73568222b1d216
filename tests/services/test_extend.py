"""Appending rows to a running test: all of them once, or none; and what was there is read until then."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep.domain.errors import (
    BadRequestError,
    CellkeepError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnusableDataError,
)
from cellkeep.domain.measurements import MeasurementBundle, PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.records import new_id
from cellkeep.services import digests, extend, keys, measurements
from cellkeep.services.processing import Outcome, process
from cellkeep.storage.store import Store
from cellkeep.worker import ProcessingPool
from services.bench import BASE, Bench, Never, Now, bench, parquet, series, together

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


def tables(at: Bench, measurement_id: str) -> list[pl.DataFrame]:
    return [at.table(measurement_id, role) for role in ("time_series", "steps", "cycles")]


def refused(at: Bench, measurement_id: str, error: type[CellkeepError], match: str) -> CellkeepError:
    """The error of a confirm that changes nothing."""
    before, keys, stored = at.status(measurement_id), at.keys(measurement_id), at.stored()
    with at.store.reading() as work:
        updated_at = work.measurements.row(measurement_id).updated_at
    with pytest.raises(error, match=match) as found:
        at.confirm_rows(measurement_id)
    with at.store.reading() as work:
        assert work.measurements.row(measurement_id).updated_at == updated_at
    assert (at.status(measurement_id), at.keys(measurement_id), at.stored()) == (before, keys, stored)
    return found.value


def test_appended_rows_and_their_steps_are_there(at: Bench, running: str) -> None:
    """The rows follow the stored ones, all tables are of the whole, and the record says so."""
    with at.store.reading() as work:
        before = work.measurements.get(running)
    bundle = at.append(running, DELTA)
    assert (bundle.processing_status, bundle.processing_error) == ("ready", None)
    assert (bundle.steps_created, bundle.step_count, bundle.row_count) == (4, 4, 85)
    assert bundle.updated_at > before.updated_at
    assert bundle.created_at == before.created_at
    at.append(running, REST)
    whole = at.create("Whole", WHOLE)
    for appended, created in zip(tables(at, running), tables(at, whole.id), strict=True):
        assert_frame_equal(appended, created, rel_tol=1e-12, abs_tol=1e-14)


def test_columns_whose_names_look_like_patterns_are_kept(at: Bench) -> None:
    """Names that would select other columns, were they patterns, are stored, extended and read back as they are."""
    row = pl.int_range(pl.len())
    whole = WHOLE.with_columns(row.alias("^note$"), (row * 2).alias("^.*$"), (row * 3).alias("*"))
    measurement_id = at.create(frame=whole[:60]).id
    assert at.append(measurement_id, whole[60:]).processing_error is None
    assert_frame_equal(rows(at, measurement_id), whole)


def test_steps_of_a_person_and_their_review_are_of_the_rows_they_had(at: Bench) -> None:
    """Once rows are appended, the step table is made from all rows, and nobody has reviewed its labels."""
    own = pl.DataFrame({"Step count": [0, 1, 2], "Mine": ["a", "b", "c"]})
    measurement_id = at.send(parquet(STORED), parquet(own))
    at.confirm(measurement_id)
    at.change(measurement_id, step_labels_validated=True)
    bundle = at.append(measurement_id, DELTA)
    assert bundle.step_labels_validated is False
    steps = at.table(measurement_id, "steps")
    assert "Mine" not in steps.columns
    assert steps.height == bundle.steps_created == 4


def test_what_was_there_is_kept_for_those_who_hold_a_link(at: Bench, running: str, lies: str) -> None:
    """Nothing is written over: what is new has keys of its own, and what it replaces is named until it retires."""
    before = at.keys(running)
    content = {key: at.store.blobs.get(key) for key in before.values()}
    at.append(running, DELTA)
    after = at.keys(running)
    assert before.keys() == {"time_series", "steps", "cycles"}
    assert after.keys() == before.keys() | ({"appended"} if lies == "apart" else set())
    kept = {before["time_series"]} if lies == "apart" else set()
    assert set(after.values()) & set(before.values()) == kept
    assert at.stored() == at.named() == sorted({*before.values(), *after.values()})
    assert {key: at.store.blobs.get(key) for key in before.values()} == content
    assert at.take_retired() == sorted(set(before.values()) - kept)


def test_initiating_changes_nothing(at: Bench, running: str) -> None:
    """It gives one place, another each time, and leaves no trace."""
    upload = extend.initiate(at.store, at.caller, running, base_url=BASE)
    (target,) = upload.uploads
    assert (upload.measurement_id, target.filename) == (running, "time_series_extend.parquet")
    assert target.signed_url.startswith(f"{BASE}/blobs/staging/")
    assert f"/{running}/extend-{at.caller.user_id}/" in target.path
    assert extend.initiate(at.store, at.caller, running, base_url=BASE).uploads[0].path != target.path
    assert at.status(running) == ("ready", None)
    assert at.staged() == []


def test_until_it_is_done_everything_is_read_as_it_was(at: Bench, running: str) -> None:
    """Pending or running, the old rows, steps and cycles are served by every way, and none of the new."""
    links = measurements.Links(at.store, at.caller, BASE)
    before = tables(at, running)
    bundle = at.append(running, DELTA, Never())
    assert (bundle.processing_status, bundle.steps_created) == ("pending", 0)
    for status in ("pending", "running"):
        with at.store.writing() as work:
            work.measurements.row(running).processing_status = status
        for old, now in zip(before, tables(at, running), strict=True):
            assert_frame_equal(old, now)
        assert links.steps(running).startswith(f"{BASE}/blobs/measurements/")
        assert links.time_series(running).startswith(f"{BASE}/blobs/measurements/")
        both = measurements.step_and_cycle_tables(at.store, at.caller, running)
        assert both.steps["End index"] == before[1]["End index"].to_list()
        assert measurements.cycle_table(at.store, at.caller, running).cycles == both.cycles
    assert process(at.store, running) == Outcome("ready", 4)
    assert rows(at, running).equals(WHOLE[:85])


def test_a_series_that_was_never_summarised_has_no_tables_yet(at: Bench) -> None:
    """Tables of a person's own that came with a new series are not shown before it is summarised."""
    measurement_id = at.send(parquet(STORED), parquet(pl.DataFrame({"Step count": [0]})))
    at.confirm(measurement_id, Never(), wait_s=0)
    with pytest.raises(CellkeepError, match="still being made"):
        measurements.Links(at.store, at.caller, BASE).steps(measurement_id)


# What can not be extended.


def test_only_a_running_series_that_is_ready_is_extended(at: Bench, running: str) -> None:
    """Each reason is a conflict without an existing id, at the initiate and at the confirm."""
    with at.store.writing(at.caller) as work:
        draft = PropertiesDraft(name="P", properties={"a": "b"})
        properties = measurements.create_properties(work, at.caller, at.instance_id, draft).id
    fresh = at.create("Fresh", STORED, Never()).id
    failed = at.create("Failed", STORED).id
    with at.store.writing() as work:
        row = work.measurements.row(failed)
        row.processing_status, row.processing_error = "failed", "no reason"
    ended = at.create("Ended", STORED).id
    at.change(ended, end_time=END)
    at.append(running, DELTA, Never())
    at.put(keys.staged_extension(at.caller, running), parquet(REST))
    for measurement_id, match in (
        (properties, "is of type properties: only a time series"),
        (fresh, "is still being processed"),
        (failed, "could not be processed and can not be extended: no reason"),
        (ended, "ended at 2026-03-15T00:00:00"),
        (running, "is being extended"),
    ):
        with pytest.raises(ConflictError, match=match) as found:
            extend.initiate(at.store, at.caller, measurement_id, base_url=BASE)
        assert found.value.existing_id is None
        assert refused(at, measurement_id, ConflictError, match).detail is None


def test_a_test_that_goes_on_after_all_is_extended(at: Bench, running: str) -> None:
    """With its end time cleared, a test takes rows again."""
    at.change(running, end_time=END)
    at.change(running, end_time=None)
    assert at.append(running, DELTA).row_count == 85


def test_who_may_not_write_may_not_extend(at: Bench, running: str) -> None:
    """A viewer is forbidden to, and to a stranger there is no such measurement."""
    at.send_rows(running, parquet(DELTA))
    with at.store.writing() as work:
        home, elsewhere = at.caller.organization, work.people.add_organization("Other")
        viewer = work.people.add_user(home, "viewer@lab", "Member")
        work.people.add_member(at.project_id, viewer, "Project Viewer")
        stranger = work.people.add_user(elsewhere, "other@lab", "Admin")
        callers = {
            NotFoundError: work.people.caller_of_user(stranger),
            ForbiddenError: work.people.caller_of_user(viewer),
        }
    for error, caller in callers.items():
        with pytest.raises(error):
            extend.initiate(at.store, caller, running, base_url=BASE)
        with pytest.raises(error):
            extend.confirm(at.store, Now(at.store), caller, running)
    for measurement_id in (new_id(), "x", "../../etc"):
        with pytest.raises(NotFoundError):
            extend.initiate(at.store, at.caller, measurement_id, base_url=BASE)
        with pytest.raises(NotFoundError):
            at.confirm_rows(measurement_id)
    assert at.status(running) == ("ready", None)
    assert at.stored() == at.named()


def test_rows_of_no_use_are_refused_and_nothing_changes(at: Bench, running: str) -> None:
    """What was sent is named with what is wrong with it, and the series stays ready as it was."""
    flat = DELTA.with_columns(pl.lit(-1.0).alias("Time [s]"))
    for content, match in (
        (b"", "not a readable parquet file"),
        (b"PAR1" + bytes(99) + b"PAR1", "not a readable parquet file"),
        (parquet(DELTA)[:-20], "not a readable parquet file"),
        (parquet(DELTA[:0]), "no rows to append"),
        (parquet(DELTA.drop("Step count")), "missing: 'Step count'"),
        (parquet(DELTA.drop("Time [s]")), r"missing: 'Time \[s\]'"),
        (parquet(DELTA.with_columns(x=1)), "not in the series: 'x'"),
        (parquet(DELTA.cast({"Voltage [V]": pl.String})), r"'Voltage \[V\]' is String .* and Float64"),
        (parquet(DELTA.cast({"Time [s]": pl.String})), "must hold numbers"),
        (parquet(STORED), "the stored series ends at 59 s"),
        (parquet(flat), "the stored series ends at 59 s"),
        (parquet(DELTA.reverse()), "falls from 84 s to 83 s"),
        (parquet(DELTA.with_columns(pl.col("Step count") - 2)), "is 0, but the stored series ends with 2"),
        (parquet(DELTA.with_columns(pl.col("Step count") + 2)), "is 4, but the stored series ends with 2"),
        (parquet(DELTA.with_columns(pl.col("Step count") + 0.5)), "whole number"),
    ):
        at.send_rows(running, content)
        refused(at, running, UnusableDataError, match)
    assert rows(at, running).equals(STORED)
    assert at.append(running, DELTA).row_count == 85


@pytest.mark.parametrize("column", ["Voltage [V]", "Ambient"])
def test_a_damaged_page_is_found_before_anything_is_recorded(at: Bench, column: str) -> None:
    """Rows whose end is whole and whose middle is not are refused, in a column of the field or in any other."""
    noise = random.Random(1)
    values = pl.Series(column, [noise.random() for _ in range(20_000)])
    order = [column, *(name for name in STORED.columns if name != column)]
    measurement_id = at.create("Noisy", STORED.with_columns(values[:60])).id
    long = series(20_000, 1).with_columns(pl.col("Time [s]") + 60, pl.col("Step count") + 2, values).select(order)
    content = bytearray(parquet(long))
    content[4:60] = bytes(56)
    content[200:400] = bytes(byte ^ 0xFF for byte in content[200:400])
    at.send_rows(measurement_id, bytes(content))
    refused(at, measurement_id, UnusableDataError, "can not be read|not a readable")


def test_what_was_refused_is_not_looked_at_again(at: Bench, running: str) -> None:
    """A confirm after a refusal asks for rows, where none were sent since."""
    at.send_rows(running, parquet(STORED))
    refused(at, running, UnusableDataError, "the stored series ends at")
    assert at.staged() == []
    refused(at, running, BadRequestError, "was not received")
    at.send_rows(running, parquet(DELTA))
    at.change(running, end_time=END)
    refused(at, running, ConflictError, "ended at")
    at.change(running, end_time=None)
    refused(at, running, BadRequestError, "was not received")
    assert at.append(running, DELTA).row_count == 85


def test_of_rows_sent_twice_those_are_appended_that_are_named(at: Bench, running: str) -> None:
    """Each confirm that says where its rows lie gets these, whoever else has sent some, under the same name too."""
    other = DELTA.with_columns(pl.col("Voltage [V]") + 0.5)
    first, second = at.send_rows(running, parquet(DELTA)), at.send_rows(running, parquet(other))
    assert extend.confirm(at.store, Now(at.store), at.caller, running, second).row_count == 85
    with pytest.raises(UnusableDataError, match="the stored series ends at 84 s"):
        extend.confirm(at.store, Now(at.store), at.caller, running, first)
    assert rows(at, running).equals(pl.concat([STORED, other]))
    assert extend.confirm(at.store, Now(at.store), at.caller, running, second).row_count == 85
    with pytest.raises(BadRequestError, match="its rows were appended or dropped; see row_count"):
        extend.confirm(at.store, Now(at.store), at.caller, running, first)
    assert at.staged() == [second]
    third = at.send_rows(running, parquet(REST))
    assert extend.confirm(at.store, Now(at.store), at.caller, running, third).row_count == 100
    assert at.staged() == [third]


@pytest.mark.parametrize("before", [0, 10])
def test_of_rows_sent_twice_none_are_appended_where_none_are_named(at: Bench, running: str, before: int) -> None:
    """Rather than that one lot is lost without a word, both are refused, in words, and can be sent again.

    So it is where others were appended before: nobody is told of these when asking for others.
    """
    if before:
        at.append(running, DELTA[:before])
    rest = DELTA[before:]
    at.send_rows(running, parquet(rest))
    at.send_rows(running, parquet(rest.with_columns(pl.col("Voltage [V]") + 0.5)))
    assert refused(at, running, ConflictError, "Rows were sent 2 times, and this does not say which").detail is None
    refused(at, running, BadRequestError, "was not received")
    assert at.staged() == []
    assert at.append(running, rest).row_count == 85
    assert at.append(running, REST).row_count == 100


def test_what_is_refused_is_not_answered_by_what_came_before(at: Bench, running: str) -> None:
    """Asked again, a refused confirm that names no place is refused again, though rows before it were appended."""
    at.append(running, DELTA)
    at.send_rows(running, parquet(STORED))
    refused(at, running, UnusableDataError, "the stored series ends at 84 s")
    refused(at, running, BadRequestError, "was not received")
    assert at.append(running, REST).row_count == 100


def test_who_asks_again_while_rows_are_appended_takes_no_others_for_them(at: Bench, running: str) -> None:
    """A confirm that is repeated without a place finds those of a second send: both are refused, in words."""
    at.append(running, DELTA, Never())
    at.put(keys.staged_extension(at.caller, running), parquet(REST))  # initiated before
    refused(at, running, ConflictError, "is being extended")
    refused(at, running, ConflictError, "is being extended")
    assert process(at.store, running).status == "ready"
    assert rows(at, running).equals(WHOLE[:85])
    assert at.append(running, REST).row_count == 100


def test_the_same_rows_sent_again_are_not_in_the_way_of_others(at: Bench, running: str) -> None:
    """Rows that were appended already are known at their new place, however often, and the next ones are appended."""
    at.append(running, DELTA)
    assert at.append(running, DELTA).row_count == 85
    assert at.confirm_rows(running).row_count == 85
    for _ in range(2):  # by a program that was ended before it confirmed, and begun again
        at.send_rows(running, parquet(REST))
    assert at.confirm_rows(running).row_count == 100
    assert at.confirm_rows(running).row_count == 100
    assert len(at.staged()) == 1


def test_a_place_that_outlives_its_time_is_not_appended_again(
    at: Bench, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows without times would fit a second time, so a place that can not be emptied is a reason to append nothing."""
    timeless = STORED.with_columns(pl.lit(None, pl.Float64).alias("Time [s]"), pl.lit(1e3).alias("Frequency [Hz]"))
    measurement_id = at.create("Timeless", timeless).id
    first, second = (timeless[-5:].with_columns(pl.lit(u).alias("Voltage [V]")) for u in (3.1, 3.2))
    assert at.append(measurement_id, first).row_count == 65

    def broken(_: object) -> None:
        raise OSError("gone")

    at.send_rows(measurement_id, parquet(second))
    with monkeypatch.context() as patch:
        patch.setattr(at.store.blobs, "delete", broken)
        with pytest.raises(OSError, match="gone"):
            at.confirm_rows(measurement_id)
    assert at.confirm_rows(measurement_id).row_count == 70
    assert at.confirm_rows(measurement_id).row_count == 70
    assert rows(at, measurement_id).equals(pl.concat([timeless, first, second]))


def test_a_file_that_is_being_written_is_nobodys_rows(at: Bench, running: str) -> None:
    """What a client in this process writes lies beside its place under another name, and is left alone."""
    place = at.send_rows(running, parquet(DELTA))
    half = place.replace(keys.EXTENSION, f".{keys.EXTENSION}.0123")
    at.put(half, b"PAR1")
    assert at.confirm_rows(running).row_count == 85
    assert half in at.staged()


@pytest.mark.parametrize("path", ["", "x", "staging/../measurements", "{other}", "{measurement}", "{nested}"])
def test_only_a_place_of_ones_own_is_confirmed(at: Bench, running: str, path: str) -> None:
    """What lies elsewhere is nobody's rows to append: stored objects, those of others, and paths that lead away."""
    place = at.send_rows(running, parquet(DELTA))
    other = at.create("Other", STORED).id
    given = path.format(
        other=at.send_rows(other, parquet(DELTA)),
        measurement=at.keys(running)["time_series"],
        nested=place.replace("time_series", "../x/time_series"),
    )
    with pytest.raises(BadRequestError, match="is no path that initiate-extend gave you"):
        extend.confirm(at.store, Now(at.store), at.caller, running, given)
    assert extend.confirm(at.store, Now(at.store), at.caller, running, place).row_count == 85


def test_without_rows_sent_there_is_nothing_to_confirm(at: Bench, running: str) -> None:
    """A confirm before anything was sent says what to do."""
    error = refused(
        at, running, BadRequestError, "was not received. PUT it to the signed URL that initiate-extend gave"
    )
    assert error.detail == {"missing": "time_series_extend.parquet"}


# Saying it again.


def test_confirming_again_appends_nothing(at: Bench, running: str) -> None:
    """A confirm whose answer was lost is answered the same, as often as it is sent, even after the test has ended."""
    first = at.append(running, DELTA)
    keys = at.stored()
    assert at.confirm_rows(running) == first
    at.change(running, end_time=END)
    again = at.confirm_rows(running)
    assert (again.processing_status, again.row_count, again.steps_created) == ("ready", 85, 4)
    assert at.stored() == keys


def test_confirming_what_is_under_way_waits_for_it(at: Bench, running: str) -> None:
    """The same rows, sent and confirmed again while they are being appended, are the same extension."""
    first = at.append(running, DELTA, Never())
    keys = at.keys(running)
    assert at.confirm_rows(running, Never()) == first
    assert at.keys(running) == keys
    assert at.confirm_rows(running).row_count == 85
    assert rows(at, running).equals(WHOLE[:85])
    assert at.stored() == at.named()


@pytest.mark.parametrize("jobs", ["pool", "threads"])
def test_confirms_at_the_same_moment_append_once(at: Bench, running: str, jobs: str) -> None:
    """Eight threads that confirm the same rows get equal answers about one extension."""
    pool = ProcessingPool(at.store)
    runner = pool if jobs == "pool" else Now(at.store)
    for position in range(3):
        at.send_rows(running, parquet(WHOLE[60 + 10 * position : 70 + 10 * position]))
        answers = together(8, lambda _: at.confirm_rows(running, runner))
        assert all(isinstance(answer, MeasurementBundle) for answer in answers), answers
        assert {(answer.processing_status, answer.row_count) for answer in answers} == {("ready", 70 + 10 * position)}
    assert rows(at, running).equals(WHOLE[:90])
    assert at.stored() == at.named()
    pool.close()


def test_nobody_sends_rows_over_those_of_another(at: Bench, running: str) -> None:
    """Of two people who send at once and then confirm, the first has appended, and the second is told so."""
    with at.store.writing() as work:
        other = work.people.add_user(at.caller.organization, "other@lab", "Admin")
        second = replace(at, caller=work.people.caller_of_user(other))
    at.send_rows(running, parquet(DELTA))
    second.send_rows(running, parquet(WHOLE[60:75]))
    assert at.confirm_rows(running).row_count == 85
    refused(second, running, UnusableDataError, "the stored series ends at 84 s")
    assert rows(at, running).equals(WHOLE[:85])
    assert at.confirm_rows(running).row_count == 85
    assert second.append(running, REST).row_count == 100


def test_of_different_rows_at_the_same_moment_one_are_appended(at: Bench, running: str) -> None:
    """Two people who confirm different rows at once: one lot is appended whole, the other is refused in words."""
    for turn in range(4):
        measurement_id = at.create(f"T{turn}", STORED).id
        path = at.send_rows(measurement_id, parquet(DELTA))

        def confirm(number: int, measurement_id: str = measurement_id, path: str = path) -> MeasurementBundle:
            if number:
                at.put(path, parquet(WHOLE[60:75]))
            return at.confirm_rows(measurement_id)

        answers = together(2, confirm)
        taken = [answer for answer in answers if isinstance(answer, MeasurementBundle)]
        others = [answer for answer in answers if not isinstance(answer, MeasurementBundle)]
        assert taken, answers
        assert {type(answer) for answer in others} <= {ConflictError, UnusableDataError}, answers
        assert rows(at, measurement_id).height in {75, 85}
        assert rows(at, measurement_id).equals(WHOLE[: rows(at, measurement_id).height])
    assert at.stored() == at.named()


def test_the_digest_of_a_longer_series_comes_later(at: Bench, running: str) -> None:
    """Of a series that grew it is computed when nobody waits; what was removed meanwhile is passed over."""
    gone = at.create("Gone").id
    at.append(gone, pl.DataFrame(at.table(gone, "time_series")[-1:]).with_columns(pl.col("Time [s]") + 1))
    at.append(running, DELTA)
    at.remove(gone)
    digests.complete_digests(at.store)
    with at.store.reading() as work:
        (row,) = [blob for blob in work.measurements.row(running).blobs if blob.role == "time_series"]
        assert work.measurements.without_digest() == []
    assert row.sha256 == hashlib.sha256(at.bytes(running, "time_series")).hexdigest()
