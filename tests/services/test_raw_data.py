"""Raw files: nothing is recorded that is not stored, and what is stored never changes."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from cellkeep.domain.errors import (
    BadRequestError,
    CellkeepError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from cellkeep.domain.measurements import MeasurementDraft
from cellkeep.domain.people import Caller
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.raw_data import (
    ConfirmRawDataUpload,
    InitiateRawDataUpload,
    ProjectRawDataQuery,
    RawData,
    RawDataPatch,
    RawDataQuery,
)
from cellkeep.domain.records import new_id
from cellkeep.services import digests, measurements, projects, raw_data
from cellkeep.services.sweep import sweep
from cellkeep.storage.blobs import STAGING
from cellkeep.storage.local_blobs import LocalBlobs
from cellkeep.storage.store import Store
from services.bench import BASE, Bench, Never, bench, together
from storage.world import person

CONTENT = b"time,voltage\n0,3.7\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Shelf(Bench):
    """A bench with a place for raw files."""

    def offer(self, caller: Caller | None = None, **said: Any) -> tuple[str, str]:
        """The id of a new upload, and the key where its bytes are awaited."""
        asked = InitiateRawDataUpload.model_validate({**self.about(), **said})
        found = raw_data.initiate(self.store, caller or self.caller, asked, base_url=BASE)
        (target,) = found.uploads
        return found.raw_data_id, target.path

    def arrived(self, content: bytes = CONTENT) -> str:
        """The id of an upload that is sent and not confirmed."""
        raw_data_id, key = self.offer()
        self.put(key, content)
        return raw_data_id

    def said(
        self, raw_data_id: str, size_bytes: int = len(CONTENT), caller: Caller | None = None, **said: Any
    ) -> RawData:
        return raw_data.confirm(self.store, Never(), caller or self.caller, raw_data_id, self.asked(size_bytes, **said))

    def hurried(self, raw_data_id: str, size_bytes: int = len(CONTENT), **said: Any) -> RawData:
        """A confirm that has no time to read what was sent."""
        return raw_data.confirm(
            self.store, Never(), self.caller, raw_data_id, self.asked(size_bytes, **said), wait_s=-1
        )

    def asked(self, size_bytes: int, **said: Any) -> ConfirmRawDataUpload:
        return ConfirmRawDataUpload.model_validate({**self.about(), "size_bytes": size_bytes, **said})

    def kept(self, content: bytes = CONTENT, **said: Any) -> RawData:
        return self.said(self.arrived(content), len(content), **said)

    def about(self) -> dict[str, Any]:
        return {"project_id": self.project_id, "name": "dump", "filename": "dump.csv"}

    def files(self) -> list[str]:
        """Ids of the records."""
        with self.store.reading() as work:
            asked = ProjectRawDataQuery(project_id=self.project_id)
            return [each.id for each in work.raw_data.list_by_project(self.project_id, asked)]

    def objects(self) -> list[str]:
        """Keys of stored raw files."""
        return sorted(blob.key for blob in self.store.blobs.list("raw_data"))

    def content(self, raw_data_id: str) -> bytes:
        with self.store.reading() as work:
            return self.store.blobs.get(work.raw_data.row(raw_data_id).key)

    def measurement(self, name: str = "M") -> str:
        with self.store.writing(self.caller) as work:
            cell = work.instances.row(self.instance_id)
            draft = MeasurementDraft(name=name)
            return work.measurements.add(cell, draft, self.caller, tags=[], measurement_type="properties").id

    def attach(self, measurement_id: str, *raw_data_ids: str, caller: Caller | None = None) -> None:
        with self.store.writing(caller or self.caller) as work:
            raw_data.attach(work, caller or self.caller, measurement_id, raw_data_ids)

    def of_measurement(self, measurement_id: str) -> set[str]:
        with self.store.reading(self.caller) as work:
            return {each.id for each in raw_data.list_of_measurement(work, measurement_id, RawDataQuery())}

    def of_file(self, raw_data_id: str) -> list[str]:
        with self.store.reading(self.caller) as work:
            return raw_data.measurement_ids(work, raw_data_id, limit=100, offset=0).items


@pytest.fixture
def at(store: Store, admin: Caller) -> Shelf:
    made = bench(store, admin)
    return Shelf(store, admin, made.project_id, made.spec_id, made.instance_id)


@pytest.fixture
def elsewhere(at: Shelf) -> str:
    """Another project."""
    with at.store.writing(at.caller) as work:
        return projects.create(work, at.caller, ProjectDraft(name="Elsewhere")).id


@contextmanager
def refused(at: Shelf, error: type[CellkeepError], match: str) -> Iterator[None]:
    """Claim that this is refused, and that there is no record and no object but what lies in staging."""
    with pytest.raises(error, match=match):
        yield
    assert at.files() == []
    assert at.objects() == []


def test_a_digest_that_nobody_said_may_come_later(at: Shelf) -> None:
    """No confirm keeps its sender waiting for it; one that comes again is answered the same, and then with it."""
    raw_data_id = at.arrived()
    first = at.hurried(raw_data_id)
    assert (first.sha256, first.size_bytes) == (None, len(CONTENT))
    assert at.said(raw_data_id) == first
    with pytest.raises(ConflictError, match="is being computed"):
        at.said(raw_data_id, sha256=DIGEST)
    digests.complete_digests(at.store)
    assert at.said(raw_data_id, sha256=DIGEST) == first.model_copy(update={"sha256": DIGEST})


def test_a_digest_that_was_said_is_verified_however_long_it_takes(at: Shelf) -> None:
    """No hurry makes a wrong one right, nor a size."""
    with refused(at, BadRequestError, "should have the SHA-256"):
        at.hurried(at.arrived(), sha256="0" * 64)
    with refused(at, BadRequestError, "should be 3 bytes"):
        at.hurried(at.arrived(), 3)
    assert at.hurried(at.arrived(), sha256=DIGEST).sha256 == DIGEST


def test_what_is_removed_needs_no_digest(at: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that goes while its digest is computed is passed over, and the next one is not."""
    ids = [at.hurried(at.arrived()).id for _ in range(2)]
    compute = digests.digest_of

    def removing(store: Store, key: str) -> str | None:
        found = compute(store, key)
        if ids[0] in key:
            with store.writing() as work:
                work.raw_data.delete(ids[0])
        return found

    monkeypatch.setattr(digests, "digest_of", removing)
    digests.complete_digests(at.store)
    with at.store.reading() as work:
        assert work.raw_data.row(ids[1]).sha256 == DIGEST
        assert work.raw_data.without_digest() == []


def test_a_file_that_can_not_be_read_keeps_no_other_waiting(at: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its digest is left for another time; those of the others are computed."""
    ids = [at.hurried(at.arrived()).id for _ in range(3)]
    compute = digests.digest_of

    def failing(store: Store, key: str) -> str | None:
        if ids[0] in key:
            raise OSError(5, "Input/output error")
        return compute(store, key)

    monkeypatch.setattr(digests, "digest_of", failing)
    digests.complete_digests(at.store)
    with at.store.reading() as work:
        assert [key for key, _ in work.raw_data.without_digest()] == [ids[0]]
    monkeypatch.undo()
    digests.complete_digests(at.store)
    with at.store.reading() as work:
        assert work.raw_data.without_digest() == []


def test_nothing_is_recorded_before_the_confirm(at: Shelf) -> None:
    """Neither asking, again and again, nor sending leaves a record or anything outside of staging."""
    assert at.offer()[0] != at.offer()[0]
    assert at.staged() == []
    at.arrived()
    assert at.files() == at.objects() == []
    assert len(at.staged()) == 1


def test_a_confirmed_file_is_stored_as_it_was_sent(at: Shelf) -> None:
    """The record tells size and digest, the bytes are those that were sent, and staging is empty."""
    found = at.kept(source="cycler 3", content_type="text/csv", metadata={"a": [1]}, mine="x", sha256=DIGEST.upper())
    assert (found.name, found.filename, found.source) == ("dump", "dump.csv", "cycler 3")
    assert (found.content_type, found.size_bytes, found.sha256) == ("text/csv", len(CONTENT), DIGEST)
    assert found.metadata == {"a": [1]}
    assert found.model_extra == {"mine": "x"}
    assert (found.project_id, found.organization_id) == (at.project_id, at.caller.organization.id)
    assert (found.created_by, found.created_by_email) == (at.caller.user_id, at.caller.email)
    assert at.content(found.id) == CONTENT
    assert at.files() == [found.id]
    assert at.objects() == at.named()
    assert at.staged() == []


@pytest.mark.parametrize("content", [b"", b"x", os.urandom(2_500_000)])
def test_a_file_of_any_size_is_stored(at: Shelf, content: bytes) -> None:
    """Nothing at all, one byte, and what is read in several pieces."""
    found = at.kept(content)
    assert (found.size_bytes, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert at.content(found.id) == content


def test_a_name_never_becomes_a_key(at: Shelf) -> None:
    """Keys are made of ids, whatever the file is called."""
    name = "..%2f Zelle #1 日本?.csv"
    found = at.kept(filename=name, name=name)
    assert found.filename == name
    (key,) = at.objects()
    assert key.split("/")[:3] == ["raw_data", at.caller.organization.id, found.id]
    assert key.endswith("/content")


@pytest.mark.parametrize("filename", ["", "../x", "a/b", "a\\b", "a\nb", "\x85", "x" * 256])
def test_what_is_no_file_name_is_refused(at: Shelf, filename: str) -> None:
    """Asking and confirming both refuse it, and say why."""
    with refused(at, BadRequestError, "name|control|path|longer"):
        at.offer(filename=filename)
    raw_data_id = at.arrived()
    with refused(at, BadRequestError, "name|control|path|longer"):
        at.said(raw_data_id, filename=filename)


def test_a_size_that_is_not_what_was_sent_is_refused(at: Shelf) -> None:
    """Both numbers are told, and the right one is still taken afterwards."""
    raw_data_id = at.arrived()
    for wrong in (0, len(CONTENT) - 1, len(CONTENT) + 1, 10**40):
        with refused(at, BadRequestError, rf"should be {wrong} bytes, but {len(CONTENT)} bytes were received"):
            at.said(raw_data_id, wrong)
    assert at.said(raw_data_id).size_bytes == len(CONTENT)


def test_a_digest_that_is_not_that_of_what_was_sent_is_refused(at: Shelf) -> None:
    """Both digests are told, and the right one is still taken afterwards."""
    raw_data_id = at.arrived()
    with refused(at, BadRequestError, f"SHA-256 {'0' * 64}, but .* {DIGEST}"):
        at.said(raw_data_id, sha256="0" * 64)
    assert at.said(raw_data_id, sha256=DIGEST).sha256 == DIGEST


def test_a_file_that_was_not_sent_is_asked_for(at: Shelf) -> None:
    """Without its bytes a confirm says what to do; an id that is none is not found."""
    raw_data_id, _ = at.offer()
    with refused(at, BadRequestError, r"'dump\.csv' was not received\. PUT it to the signed URL"):
        at.said(raw_data_id)
    with refused(at, BadRequestError, "was not received"):
        at.said(new_id())
    for wrong in ("", "x", "..", "../" * 5, raw_data_id.upper(), f"{raw_data_id}/x"):
        with refused(at, NotFoundError, "is not the id of an upload"):
            at.said(wrong)


def test_confirming_again_is_answered_the_same(at: Shelf) -> None:
    """A second confirm of the same bytes gives the same record, whatever else it says, and makes nothing new."""
    raw_data_id = at.arrived()
    first = at.said(raw_data_id)
    keys = at.objects()
    assert at.said(raw_data_id) == first
    assert at.said(raw_data_id, name="other", sha256=DIGEST) == first
    assert at.objects() == keys
    assert at.files() == [raw_data_id]


def test_confirming_again_for_other_bytes_is_refused(at: Shelf, elsewhere: str) -> None:
    """Nobody is told that bytes are stored which are not, or that they are in a project in which they are not."""
    first = at.kept()
    with pytest.raises(BadRequestError, match=r"should be 3 bytes, but 19 bytes"):
        at.said(first.id, 3)
    with pytest.raises(BadRequestError, match="SHA-256"):
        at.said(first.id, sha256="0" * 64)
    with pytest.raises(ConflictError, match="another project") as found:
        at.said(first.id, project_id=elsewhere)
    assert found.value.existing_id is None
    assert at.files() == [first.id]
    assert at.content(first.id) == CONTENT


def test_eight_confirms_at_once_are_one(at: Shelf) -> None:
    """Eight threads that confirm the same upload get eight equal answers about one record with one object."""
    for turn in range(5):
        raw_data_id = at.arrived()
        answers = together(8, lambda _, key=raw_data_id: at.said(key))  # type: ignore[misc]
        assert all(isinstance(answer, RawData) for answer in answers), answers
        assert all(answer == answers[0] for answer in answers)
        assert len(at.files()) == turn + 1
        assert at.objects() == at.named()
        assert at.staged() == []


def test_confirms_that_disagree_are_not_all_believed(at: Shelf) -> None:
    """Of threads that confirm one upload with different sizes, those with the true one are answered the record."""
    raw_data_id = at.arrived()
    answers = together(8, lambda number: at.said(raw_data_id, len(CONTENT) + number % 2))
    assert [type(answer) for answer in answers] == [RawData, BadRequestError] * 4
    assert at.files() == [raw_data_id]
    assert at.objects() == at.named()


def test_writing_to_the_link_again_changes_nothing(at: Shelf) -> None:
    """What is sent to the place after the confirm never reaches the record, also where it is confirmed once more."""
    raw_data_id, key = at.offer()
    at.put(key, CONTENT)
    at.said(raw_data_id)
    at.put(key, b"x" * len(CONTENT))
    assert at.content(raw_data_id) == CONTENT
    assert at.said(raw_data_id).sha256 == DIGEST
    assert at.content(raw_data_id) == CONTENT


def test_a_project_that_is_not_seen_or_not_ones_own_takes_nothing(at: Shelf) -> None:
    """Who does not see the project finds none, and who only reads it may not; neither learns of uploads."""
    with at.store.writing() as work:
        viewer = person(work, at.caller.organization, "v@x", roles={at.project_id: "Project Viewer"})
        outsider = person(work, at.caller.organization, "o@x")
        stranger = person(work, work.people.add_organization("Other"), "s@x", "Admin")
    raw_data_id = at.arrived()
    for caller, error in ((viewer, ForbiddenError), (outsider, NotFoundError), (stranger, NotFoundError)):
        with refused(at, error, "project"):
            at.offer(caller)
        with refused(at, error, "project"):
            at.said(raw_data_id, caller=caller)
    with refused(at, NotFoundError, "project"):
        at.offer(project_id="nowhere")
    with at.store.writing(stranger) as work:
        theirs = projects.create(work, stranger, ProjectDraft(name="Theirs")).id
    with refused(at, BadRequestError, "was not received"):
        at.said(raw_data_id, caller=stranger, project_id=theirs)


def test_a_project_that_goes_meanwhile_takes_the_upload_with_it(at: Shelf, elsewhere: str, monkeypatch: Any) -> None:
    """A project that is removed between the first look and the record leaves neither record nor object."""
    raw_data_id = at.arrived()
    verified = raw_data._verified

    def removed_meanwhile(*given: Any) -> Any:
        with at.store.writing(at.caller) as work:
            projects.delete(work, at.caller, elsewhere)
        return verified(*given)

    monkeypatch.setattr(raw_data, "_verified", removed_meanwhile)
    with refused(at, NotFoundError, "project"):
        at.said(raw_data_id, project_id=elsewhere)


def test_a_broken_store_leaves_no_record(at: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the content can not be read back, nothing is recorded, and confirming later still works."""
    raw_data_id = at.arrived()

    def broken(*_: Any) -> Any:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broke:
        broke.setattr(at.store.blobs, "pieces", broken)
        with pytest.raises(OSError, match="gone"):
            at.said(raw_data_id)
    assert at.files() == []
    assert at.said(raw_data_id).sha256 == DIGEST
    assert len(at.objects()) == 2
    assert sweep(at.store, orphaned_for_s=-1) == 1
    assert at.objects() == at.named()


def test_what_nothing_names_is_swept(at: Shelf) -> None:
    """Abandoned uploads go after a day and orphans after a month; what a record names stays however old it is."""
    assert isinstance(at.store.blobs, LocalBlobs)
    found = at.kept()
    at.arrived()
    orphan = f"raw_data/{at.caller.organization.id}/r/x/content"
    at.store.blobs.put(orphan, b"1")
    assert sweep(at.store) == 0

    def age(days: float) -> None:
        for key in [*at.staged(), *at.objects()]:
            path = at.store.blobs.path(key)  # type: ignore[attr-defined]
            then = path.stat().st_mtime - days * 24 * 3600
            os.utime(path, (then, then))

    age(2)
    assert sweep(at.store) == 1
    assert at.staged() == []
    age(31)
    assert sweep(at.store) == 1
    assert at.objects() == at.named()
    assert at.content(found.id) == CONTENT


def test_what_is_said_can_be_changed(at: Shelf) -> None:
    """Name, source and metadata change, also to nothing; keys of one's own are added; the rest stays."""
    found = at.kept(source="here", metadata={"a": 1})

    def change(**said: Any) -> RawData:
        with at.store.writing(at.caller) as work:
            return raw_data.update(work, at.caller, found.id, RawDataPatch.model_validate(said))

    changed = change(name="new", metadata={"b": None}, mine=1)
    assert (changed.name, changed.source, changed.metadata) == ("new", "here", {"b": None})
    assert changed.model_extra == {"mine": 1}
    assert changed.updated_at > found.updated_at
    cleared = change(source="", metadata=None, filename="x", content_type="a/b", size_bytes=0, sha256="0")
    assert (cleared.name, cleared.source, cleared.metadata) == ("new", None, {})
    same = ("filename", "content_type", "size_bytes", "sha256", "project_id", "created_at", "id")
    assert all(getattr(cleared, key) == getattr(found, key) for key in same)
    with pytest.raises(BadRequestError, match="'name' can not be cleared"):
        change(name=None)


def test_a_removed_file_is_gone(at: Shelf) -> None:
    """Record, links and object go; the measurement it belonged to stays; a second removal finds nothing."""
    found, measurement = at.kept(), at.measurement()
    at.attach(measurement, found.id)
    answers = together(4, lambda _: _delete(at, found.id))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", *["NotFoundError"] * 3]
    assert at.files() == at.objects() == []
    assert at.of_measurement(measurement) == set()


def _delete(at: Shelf, raw_data_id: str) -> None:
    with at.store.writing(at.caller) as work:
        raw_data.delete(work, at.caller, raw_data_id)


def test_a_removal_that_fails_removes_nothing(at: Shelf) -> None:
    """The object goes only once the record is gone for good."""
    found = at.kept()
    with suppress(RuntimeError), at.store.writing(at.caller) as work:
        raw_data.delete(work, at.caller, found.id)
        raise RuntimeError
    assert at.files() == [found.id]
    assert at.content(found.id) == CONTENT


def test_what_lies_above_decides(at: Shelf) -> None:
    """Removing a measurement leaves its raw files; removing the project takes them with their objects."""
    found, measurement = at.kept(), at.measurement()
    at.attach(measurement, found.id)
    with at.store.writing(at.caller) as work:
        measurements.delete(work, at.caller, measurement)
    assert at.of_file(found.id) == []
    assert at.content(found.id) == CONTENT
    with at.store.writing(at.caller) as work:
        projects.delete(work, at.caller, at.project_id)
    assert at.objects() == []
    assert at.named() == []


def test_files_are_attached_all_or_none(at: Shelf, elsewhere: str) -> None:
    """An unknown file, or one of another project, keeps all the others from being attached."""
    mine, measurement = at.kept(), at.measurement()
    theirs = at.kept(project_id=elsewhere)
    for others, error, match in (
        ([new_id()], NotFoundError, "no raw data file"),
        ([theirs.id], BadRequestError, r"of another project than the measurement 'M'\. Nothing was attached"),
    ):
        with pytest.raises(error, match=match):
            at.attach(measurement, mine.id, *others)
        assert at.of_measurement(measurement) == set()
    with pytest.raises(NotFoundError, match="no cell measurement"):
        at.attach(new_id(), mine.id)


def test_attaching_and_detaching_again_changes_nothing(at: Shelf) -> None:
    """Links are made once and removed once, however often it is said, and are seen from both sides."""
    one, two, measurement, other = at.kept(), at.kept(), at.measurement(), at.measurement("N")
    at.attach(measurement, one.id, one.id)
    at.attach(measurement, two.id, one.id)
    at.attach(measurement)
    at.attach(other, one.id)
    assert at.of_measurement(measurement) == {one.id, two.id}
    assert at.of_file(one.id) == [other, measurement]
    assert at.of_file(two.id) == [measurement]
    for _ in range(2):
        with at.store.writing(at.caller) as work:
            raw_data.detach(work, at.caller, measurement, one.id)
            raw_data.detach(work, at.caller, measurement, new_id())
    assert at.of_measurement(measurement) == {two.id}
    assert at.of_file(one.id) == [other]


def test_links_are_made_by_those_who_may_change_the_project(at: Shelf) -> None:
    """Who does not see the measurement finds none, and who only reads it may neither attach nor detach."""
    found, measurement = at.kept(), at.measurement()
    with at.store.writing() as work:
        viewer = person(work, at.caller.organization, "v@x", roles={at.project_id: "Project Viewer"})
        outsider = person(work, at.caller.organization, "o@x")
    for caller, error in ((viewer, ForbiddenError), (outsider, NotFoundError)):
        with pytest.raises(error):
            at.attach(measurement, found.id, caller=caller)
        with pytest.raises(error), at.store.writing(caller) as work:
            raw_data.detach(work, caller, measurement, found.id)
        with pytest.raises(error), at.store.writing(caller) as work:
            raw_data.delete(work, caller, found.id)
        with pytest.raises(error), at.store.writing(caller) as work:
            raw_data.update(work, caller, found.id, RawDataPatch(name="x"))
    assert at.of_measurement(measurement) == set()


def test_links_made_at_once_are_made_once(at: Shelf) -> None:
    """Threads that attach overlapping files to overlapping measurements all succeed, and each link is one."""
    files = [at.kept().id for _ in range(4)]
    tests = [at.measurement(f"M{number}") for number in range(2)]

    def attach(number: int) -> None:
        ordered = files if number % 2 else files[::-1]
        at.attach(tests[number % 2], *ordered)

    assert together(8, attach) == [None] * 8
    assert at.of_measurement(tests[0]) == at.of_measurement(tests[1]) == set(files)


def test_what_is_attached_while_it_goes_is_linked_or_not_found(at: Shelf) -> None:
    """Attaching beside the removal of the file, of the measurement or of both is never an accident."""
    for turn in range(6):
        found, measurement = at.kept(), at.measurement(f"M{turn}")

        def act(number: int, file: str = found.id, test: str = measurement) -> None:
            if number == 0:
                _delete(at, file)
            elif number == 1:
                with at.store.writing(at.caller) as work:
                    measurements.delete(work, at.caller, test)
            else:
                at.attach(test, file)

        answers = together(5, act)
        assert answers[:2] == [None, None]
        assert {type(answer) for answer in answers[2:]} <= {type(None), NotFoundError}, answers
    assert at.files() == at.objects() == []


def test_attaching_while_the_project_goes_is_no_accident(at: Shelf) -> None:
    """Links made while the project is removed are made or refused, and everything is gone in the end."""
    files, measurement = [at.kept().id for _ in range(3)], at.measurement()

    def act(number: int) -> None:
        if number == 0:
            with at.store.writing(at.caller) as work:
                projects.delete(work, at.caller, at.project_id)
        else:
            at.attach(measurement, *files)

    answers = together(6, act)
    assert answers[0] is None
    assert {type(answer) for answer in answers[1:]} <= {type(None), NotFoundError}, answers
    assert at.objects() == at.named() == []


def test_a_number_that_no_database_holds_is_malformed(at: Shelf) -> None:
    """Metadata takes any JSON; what can not be kept is told, and nothing is recorded."""
    assert at.kept(metadata={"n": 10**300, "x": float("nan")}).metadata == {"n": 10**300, "x": None}
    assert STAGING not in "".join(at.objects())
    with pytest.raises((InvalidError, ValueError)):
        at.kept(metadata={"\ud800": 1})
