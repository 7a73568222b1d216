"""Replacing a series by what its files yield now: whole or not at all, and what was there is kept."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from cellkeep.domain.errors import BadRequestError, CellkeepError, ConflictError, ForbiddenError, NotFoundError
from cellkeep.domain.measurements import MeasurementBundle, PropertiesDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.versions import ConfirmReplace, InitiateReplace, MeasurementVersion, SeriesPart
from cellkeep.services import extend, growing, making, measurements, processing, replace, versions
from cellkeep.services.processing import Outcome, process
from cellkeep.services.sweep import sweep
from cellkeep.storage.store import Store
from services.bench import BASE, Bench, Never, Now, bench, parquet, series, together

BEFORE, AFTER = series(100, 4), series(120, 6)
USELESS = AFTER.with_columns(pl.col("Step count") + 0.5)
START = datetime(2026, 3, 15, 9, tzinfo=UTC)


def provenance(version: int = 1, **said: Any) -> dict[str, Any]:
    files = [{"name": "a.csv", "sha256": "0" * 64, "size_bytes": 1}]
    return {"reader": "arbin", "reader_version": version, "files": files, "repairs": 0, **said}


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


@pytest.fixture
def read(at: Bench) -> str:
    """A series that was read of a file."""
    measurement_id = at.send(parquet(BEFORE))
    return at.confirm(measurement_id, provenance=provenance()).id


def send(at: Bench, measurement_id: str, frame: pl.DataFrame, *, force: bool = False) -> str:
    """Send a series to replace another; the key where it waits for the confirm."""
    asked = InitiateReplace(force=force)
    target = replace.initiate(at.store, at.caller, measurement_id, asked, base_url=BASE).uploads[0]
    at.put(target.path, parquet(frame))
    return target.path


def asked(at: Bench, measurement_id: str, path: str | None, **said: Any) -> ConfirmReplace:
    with at.store.reading() as work:
        seen_at = work.measurements.row(measurement_id).updated_at
    body = {"path": path, "seen_at": seen_at, "provenance": provenance(2), **said}
    return ConfirmReplace.model_validate(body)


def confirm(at: Bench, measurement_id: str, path: str | None, jobs: Any = None, **said: Any) -> MeasurementBundle:
    wait_s = 0 if isinstance(jobs, Never) else 20
    body = asked(at, measurement_id, path, **said)
    return replace.confirm(at.store, jobs or Now(at.store), at.caller, measurement_id, body, wait_s=wait_s)


def replaced(at: Bench, measurement_id: str, frame: pl.DataFrame, jobs: Any = None, **said: Any) -> MeasurementBundle:
    """Send and confirm."""
    path = send(at, measurement_id, frame, force=said.get("force", False))
    return confirm(at, measurement_id, path, jobs, **said)


def listed(at: Bench, measurement_id: str) -> list[MeasurementVersion]:
    with at.store.reading(at.caller) as work:
        return versions.listed(work, measurement_id).versions


def content(at: Bench, measurement_id: str, number: int, part: SeriesPart) -> bytes:
    """What a link to a part of a version leads to."""
    link = versions.link(measurements.Links(at.store, at.caller, BASE), measurement_id, number, part)
    return at.store.blobs.get(link.partition("?")[0].partition("/blobs/")[2])


def everything(at: Bench, measurement_id: str) -> list[bytes]:
    return [at.bytes(measurement_id, role) for role in ("time_series", "steps", "cycles")]


def test_the_new_series_and_its_tables_are_there(at: Bench, read: str) -> None:
    """They are those of a measurement that is made of these rows, and the record says what they were read of."""
    repairs = [{"action": "rows_left_out", "message": "2 rows were left out."}]
    bundle = replaced(at, read, AFTER, repairs=repairs, provenance=provenance(2, repairs=1))
    assert (bundle.processing_status, bundle.processing_error) == ("ready", None)
    assert (bundle.row_count, bundle.step_count, bundle.steps_created) == (120, 6, 6)
    assert bundle.provenance is not None
    assert (bundle.provenance.reader_version, bundle.provenance.repairs) == (2, 1)
    assert [each.message for each in bundle.repairs or []] == ["2 rows were left out."]
    fresh = at.create("Fresh", AFTER)
    for role in ("time_series", "steps", "cycles"):
        assert at.table(read, role).equals(at.table(fresh.id, role))
    assert bundle.finding_counts == fresh.finding_counts
    assert at.staged() == []


def test_of_mended_rows_the_provenance_stays(at: Bench, read: str) -> None:
    """Nothing but the repairs is said anew, and those that reading did not make count as made by a person."""
    with at.store.writing() as work:
        row = work.measurements.row(read)
        row.provenance = {**provenance(extended_sha256="0" * 64), "repairs": None}
    repairs = [{"action": "current_negated", "message": "'Current [A]' negated."}]
    mended = BEFORE.with_columns(-pl.col("Current [A]"))
    bundle = replaced(at, read, mended, provenance=None, repairs=repairs)
    assert (bundle.processing_status, bundle.processing_error) == ("ready", None)
    with at.store.reading() as work:
        row = work.measurements.row(read)
        assert row.provenance == {**provenance(), "extended_sha256": "0" * 64}
        assert [each["action"] for each in row.repairs or []] == ["current_negated"]
    with pytest.raises(ConflictError, match="was repaired by a person"):
        replaced(at, read, AFTER)
    with pytest.raises(ConflictError, match="was changed by others while it was mended"):
        replaced(at, read, BEFORE, provenance=None, force=True, seen_at=START)
    with pytest.raises(BadRequestError, match="Say of which files"):
        confirm(at, read, None, provenance=None)


def test_what_was_there_is_kept_byte_for_byte(at: Bench, read: str) -> None:
    """Rows and tables of each version are what they were, and it is told who made it, when, and of what."""
    change = {"reader": ["arbin", "arbin"], "reader_version": [1, 2], "rows": [100, 120], "steps": [4, 6],
              "cycles": [2, 3]}  # fmt: skip
    before = everything(at, read)
    replaced(at, read, AFTER, change=change)
    middle = everything(at, read)
    replaced(at, read, BEFORE, provenance=provenance(3))
    for number, kept in ((1, before), (2, middle), (3, everything(at, read))):
        assert [content(at, read, number, part) for part in ("time_series", "steps", "cycles")] == kept
    third, second, first = listed(at, read)
    assert [each.number for each in (third, second, first)] == [3, 2, 1]
    assert [each.row_count for each in (third, second, first)] == [100, 120, 100]
    assert [each.provenance.reader_version for each in (third, second, first) if each.provenance] == [3, 2, 1]
    assert [each.sha256 for each in (second, first)] == [
        hashlib.sha256(each[0]).hexdigest() for each in (middle, before)
    ]
    assert second.change is not None
    assert second.change.sentences() == ["reader arbin 1 → arbin 2", "rows 100 → 120", "steps 4 → 6", "cycles 2 → 3"]
    assert (first.change, third.change) == (None, None)
    assert first.made_at < second.made_at == first.replaced_at < third.made_at == second.replaced_at
    assert {each.made_by_email for each in (third, second, first)} == {at.caller.email}
    with pytest.raises(NotFoundError, match="has no version 4; it has 1 to 3"):
        content(at, read, 4, "steps")


def test_versions_are_named_until_the_measurement_goes(at: Bench, read: str) -> None:
    """A sweep keeps the objects of all versions, they count as kept, and they go with the measurement."""
    with at.store.reading(at.caller) as work:
        before = work.members.storage().bytes
    replaced(at, read, AFTER)
    replaced(at, read, BEFORE, provenance=provenance(3))
    assert len(at.stored()) == 9
    assert sweep(at.store, staged_for_s=-1, orphaned_for_s=-1, retired_for_s=-1) == 0
    assert at.stored() == at.named()
    with at.store.reading(at.caller) as work:
        assert work.members.storage().bytes == sum(blob.size_bytes for blob in at.store.blobs.list("measurements"))
        assert work.members.storage().bytes > 2 * before
    at.remove(read)
    assert at.stored() == at.named() == []


def test_all_versions_go_with_the_cell(at: Bench, read: str) -> None:
    """Whoever removes what the measurement belongs to removes its earlier versions too."""
    replaced(at, read, AFTER)
    with at.store.reading() as work:
        assert set(work.objects.of_measurements(cell_instance_id=at.instance_id)) == set(at.stored())
        assert len(at.stored()) == 6


def test_until_it_is_done_everything_is_read_as_it_was(at: Bench, read: str) -> None:
    """Waiting or under way, the present rows and tables are served, and there is one version."""
    before = everything(at, read)
    bundle = replaced(at, read, AFTER, Never())
    assert (bundle.processing_status, bundle.row_count) == ("pending", 100)
    assert bundle.provenance is not None
    assert bundle.provenance.reader_version == 1
    for status in ("pending", "running"):
        with at.store.writing() as work:
            work.measurements.row(read).processing_status = status
        assert everything(at, read) == before
        assert measurements.cycle_table(at.store, at.caller, read).cycles["Cycle count"] == [0, 1]
        assert [each.number for each in listed(at, read)] == [1]
        assert content(at, read, 1, "time_series") == before[0]
    assert process(at.store, read) == Outcome("ready", 6)  # as after a start amid it
    assert at.table(read, "time_series").equals(AFTER)
    assert [each.number for each in listed(at, read)] == [2, 1]


def test_a_series_of_no_use_leaves_the_present_one(at: Bench, read: str) -> None:
    """Where no tables can be made, everything is as it was, with the reason, and it can be tried again."""
    before, stored = everything(at, read), at.stored()
    bundle = replaced(at, read, USELESS, fields={"start_time": START.isoformat()})
    assert bundle.processing_status == "ready"
    assert "whole number" in (bundle.processing_error or "")
    assert (bundle.processing_error or "").endswith("Nothing was changed.")
    assert (everything(at, read), at.stored(), bundle.start_time) == (before, stored, None)
    assert at.stored() == at.named()
    assert len(listed(at, read)) == 1
    assert replaced(at, read, AFTER).processing_error is None


def test_an_accident_leaves_the_present_one(at: Bench, read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processing fails for a reason of ours, everything is as it was, and it is said to be so."""
    before, stored = everything(at, read), at.stored()
    with monkeypatch.context() as patched:
        patched.setattr(processing, "make", broken)
        bundle = replaced(at, read, AFTER)
    assert "The series could not be replaced (incident" in (bundle.processing_error or "")
    assert (bundle.processing_status, everything(at, read), at.stored()) == ("ready", before, stored)


def broken(*_: Any) -> None:
    raise RuntimeError("no luck")


def test_what_can_become_no_series_is_refused_at_once(at: Bench, read: str) -> None:
    """Nothing is recorded, and nothing is left of what was sent."""
    before = at.stored()
    with pytest.raises(CellkeepError, match="has no rows"):
        replaced(at, read, AFTER[:0])
    path = send(at, read, AFTER)
    at.put(path, b"PAR1")
    with pytest.raises(CellkeepError, match="not a readable parquet file"):
        confirm(at, read, path)
    with pytest.raises(BadRequestError, match="was not received"):
        confirm(at, read, path)
    assert (at.stored(), at.staged(), at.status(read)) == (before, [], ("ready", None))


def test_a_confirm_that_is_sent_twice_replaces_once(at: Bench, read: str) -> None:
    """While it waits, and after it landed, the same confirm is answered the same."""
    path = send(at, read, AFTER)
    body = asked(at, read, path)
    first = replace.confirm(at.store, Never(), at.caller, read, body, wait_s=0)
    again = replace.confirm(at.store, Never(), at.caller, read, body, wait_s=0)
    assert (first.processing_status, again) == ("pending", first)
    process(at.store, read)
    for _ in range(2):
        assert replace.confirm(at.store, Now(at.store), at.caller, read, body).row_count == 120
    assert len(listed(at, read)) == 2
    assert at.stored() == at.named()


def test_the_same_rows_again_are_nothing_new(at: Bench, read: str) -> None:
    """With the same repairs, only the provenance is kept anew; with another start time it is a version."""
    bundle = replaced(at, read, BEFORE)
    assert bundle.provenance is not None
    assert bundle.provenance.reader_version == 2
    assert confirm(at, read, None, provenance=provenance(3)).provenance == measurement(at, read).provenance
    assert len(listed(at, read)) == 1
    assert (at.stored(), at.staged()) == (at.named(), [])
    assert replaced(at, read, BEFORE, fields={"start_time": START.isoformat()}).start_time == START
    assert len(listed(at, read)) == 2


def measurement(at: Bench, measurement_id: str) -> Any:
    with at.store.reading() as work:
        return work.measurements.get(measurement_id)


def test_a_provenance_alone_is_of_the_same_files(at: Bench, read: str) -> None:
    """What says that nothing changed can not say that the series came from elsewhere."""
    files = [{"name": "a.csv", "sha256": "1" * 64, "size_bytes": 1}]
    with pytest.raises(BadRequestError, match="was read of other files"):
        confirm(at, read, None, provenance=provenance(2, files=files))


def test_two_at_once_replace_once(at: Bench, read: str) -> None:
    """Of the same series read by two, one becomes a version; of different ones, one, and the other is a conflict."""
    paths = [send(at, read, AFTER) for _ in range(2)]
    bodies = [asked(at, read, path) for path in paths]

    def confirmed(number: int) -> Any:
        return replace.confirm(at.store, Now(at.store), at.caller, read, bodies[number])

    assert [each.row_count for each in together(2, confirmed)] == [120, 120]
    assert len(listed(at, read)) == 2
    paths = [send(at, read, frame) for frame in (BEFORE, series(80, 2))]
    bodies = [asked(at, read, path, provenance=provenance(3)) for path in paths]
    answers = together(2, confirmed)
    (refused,) = [each for each in answers if isinstance(each, Exception)]
    assert isinstance(refused, ConflictError)
    assert len(listed(at, read)) == 3
    assert at.stored() == at.named()


def test_processed_in_two_places_it_is_one_version(at: Bench, read: str) -> None:
    """Two workers that both claimed the task leave one version and no objects behind."""
    replaced(at, read, AFTER, Never())
    assert together(2, lambda _: process(at.store, read)) == [Outcome("ready", 6)] * 2
    assert len(listed(at, read)) == 2
    assert at.stored() == at.named()


def test_what_changed_meanwhile_is_not_written_over(at: Bench, read: str) -> None:
    """A comparison with a record that is another by now is a conflict; nothing is stored."""
    path = send(at, read, AFTER)
    body = asked(at, read, path)
    at.change(read, notes="Mine")
    with pytest.raises(ConflictError, match="was changed by others while its files were read"):
        replace.confirm(at.store, Now(at.store), at.caller, read, body)
    assert (len(listed(at, read)), at.stored(), at.staged()) == (1, at.named(), [])


def test_fields_come_with_the_series_unless_a_person_changes_them(at: Bench, read: str) -> None:
    """What is said of the test changes when the series does; what a person changes while it waits stays."""
    said = {"start_time": START.isoformat(), "test_setup": {"operator": "Ada"}}
    replaced(at, read, AFTER, Never(), fields=said)
    assert (measurement(at, read).start_time, measurement(at, read).test_setup) == (None, None)
    at.change(read, test_setup={"operator": "Grace"})
    process(at.store, read)
    found = measurement(at, read)
    assert (found.start_time, found.test_setup, found.row_count) == (START, {"operator": "Grace"}, 120)


def test_a_start_behind_the_end_is_refused(at: Bench, read: str) -> None:
    """A test that ends before it starts is refused before anything is recorded."""
    at.change(read, end_time=START - timedelta(days=1))
    with pytest.raises(BadRequestError, match="lies before start_time"):
        replaced(at, read, AFTER, fields={"start_time": START.isoformat()})
    assert (at.status(read), at.stored()) == (("ready", None), at.named())


def test_one_thing_at_a_time(at: Bench, read: str) -> None:
    """A series that is being read again is not extended, and one that is being extended is not read again."""
    replaced(at, read, AFTER, Never())
    with pytest.raises(ConflictError, match="is being read again"):
        extend.initiate(at.store, at.caller, read, base_url=BASE)
    with pytest.raises(ConflictError, match="is being read again"):
        send(at, read, BEFORE)
    process(at.store, read)
    rows = series(130, 6)[120:].with_columns(pl.lit(6).alias("Step count"))
    at.append(read, rows, Never())
    with pytest.raises(ConflictError, match="is being extended"):
        send(at, read, BEFORE, force=True)


def person_appended(at: Bench) -> str:
    measurement_id = at.confirm(at.send(parquet(BEFORE[:60])), provenance=provenance()).id
    at.append(measurement_id, BEFORE[60:])
    return measurement_id


def person_sent_a_table(at: Bench) -> str:
    return at.create(frame=BEFORE).id


def person_made_the_steps(at: Bench) -> str:
    own = pl.DataFrame({"Step count": [0, 1, 2, 3]})
    return at.confirm(at.send(parquet(BEFORE), parquet(own)), provenance=provenance()).id


def person_repaired_it(at: Bench) -> str:
    repair = {"action": "time_shifted", "message": "Shifted."}
    return at.confirm(at.send(parquet(BEFORE)), provenance=provenance(), repairs=[repair]).id


@pytest.mark.parametrize(
    ("made", "why", "fewest_apart"),
    [
        (person_appended, "Rows were appended to 'T' after its files were read", 1),
        (person_appended, "Rows were appended to 'T' after its files were read", 1 << 19),
        (person_sent_a_table, "'T' came as a table and not from a file", 1 << 19),
        (person_made_the_steps, "The step table of 'T' was made by a person", 1 << 19),
        (person_repaired_it, "'T' was repaired by a person", 1 << 19),
    ],
)
def test_what_a_person_did_is_replaced_only_if_asked_for(
    at: Bench, monkeypatch: pytest.MonkeyPatch, made: Callable[[Bench], str], why: str, fewest_apart: int
) -> None:
    """It is a conflict that says why at both calls; with force it is done, and what the person did is a version."""
    monkeypatch.setattr(growing, "_FEWEST_APART", fewest_apart)
    measurement_id = made(at)
    steps = at.bytes(measurement_id, "steps")
    with pytest.raises(ConflictError, match=why):
        send(at, measurement_id, AFTER)
    path = send(at, measurement_id, AFTER, force=True)
    with pytest.raises(ConflictError, match=why):
        confirm(at, measurement_id, path)
    assert replaced(at, measurement_id, AFTER, force=True).row_count == 120
    assert content(at, measurement_id, 1, "steps") == steps
    assert pl.read_parquet(content(at, measurement_id, 1, "time_series")).equals(BEFORE)
    at.take_retired()
    assert at.stored() == at.named()
    send(at, measurement_id, AFTER)  # from here on it is what its files yield


def test_only_a_series_that_is_ready_is_read_again(at: Bench) -> None:
    """Each reason is a conflict at the initiate."""
    with at.store.writing(at.caller) as work:
        draft = PropertiesDraft(name="P", properties={"a": "b"})
        properties = measurements.create_properties(work, at.caller, at.instance_id, draft).id
    failed = at.create("Failed").id
    with at.store.writing() as work:
        row = work.measurements.row(failed)
        row.processing_status, row.processing_error = "failed", "no reason"
    for measurement_id, match in (
        (properties, "only a time series is read again"),
        (at.create("New", jobs=Never()).id, "is still being processed"),
        (failed, "could not be processed and is not read again or mended: no reason"),
    ):
        with pytest.raises(ConflictError, match=match):
            send(at, measurement_id, AFTER, force=True)
    with at.store.reading(at.caller) as work, pytest.raises(BadRequestError, match="is of type properties"):
        versions.listed(work, properties)


def test_who_may_not_write_may_not_replace(at: Bench, read: str) -> None:
    """A viewer sees all versions and changes nothing, and to a stranger there is no such measurement."""
    path = send(at, read, AFTER)
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
            replace.initiate(at.store, caller, read, InitiateReplace(), base_url=BASE)
        for place in (path, None):
            with pytest.raises(error):
                replace.confirm(at.store, Now(at.store), caller, read, asked(at, read, place))
    with at.store.reading(callers[ForbiddenError]) as work:
        assert len(versions.listed(work, read).versions) == 1
    with at.store.reading(callers[NotFoundError]) as work, pytest.raises(NotFoundError):
        versions.listed(work, read)
    with pytest.raises(NotFoundError):
        versions.link(measurements.Links(at.store, callers[NotFoundError], BASE), read, 1, "steps")
    for place in ("x", path.replace(at.caller.user_id, "0" * 36), at.keys(read)["time_series"]):
        with pytest.raises(BadRequestError, match="is no path that initiate-replace gave"):
            confirm(at, read, place)
    assert at.status(read) == ("ready", None)


def test_an_overview_is_not_kept(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made of the rows again if one asks; the object goes once links to it have expired."""
    monkeypatch.setattr(making, "worth_an_overview", lambda rows: True)
    measurement_id = at.confirm(at.send(parquet(BEFORE)), provenance=provenance()).id
    overview = at.keys(measurement_id)["overview"]
    replaced(at, measurement_id, AFTER)
    assert at.keys(measurement_id)["overview"] != overview
    assert at.take_retired() == [overview]
    assert len(at.stored()) == 7
