"""Appending rows, as the wire has it."""

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx2
import polars as pl
import pytest

from cellkeep.client.frames import write_series
from cellkeep.services.sweep import sweep
from cellkeep.worker import ProcessingPool
from server.conftest import SERIES, Things
from server.test_context import require_error
from server.test_measurements import EMITTED, FORBIDDEN
from server.test_uploads import broken_commits

NEXT = SERIES.with_columns(pl.col("Time [s]") + 3, pl.col("Step count") + 1)
LAST = SERIES.with_columns(pl.col("Time [s]") + 6, pl.col("Step count") + 2)


def packed(folder: Path, frame: pl.DataFrame) -> bytes:
    write_series(frame, folder / "part.parquet")
    return (folder / "part.parquet").read_bytes()


def at(things: Things, what: str = "") -> str:
    return f"/cell_measurements/{things.measurement_id}{what}"


def send(http: httpx2.Client, things: Things, content: bytes) -> None:
    answer = http.post(at(things, "/initiate-extend"), json={})
    assert answer.status_code == 200, answer.text
    assert httpx2.put(answer.json()["uploads"][0]["signed_url"], content=content).status_code == 200


def confirm(http: httpx2.Client, things: Things) -> httpx2.Response:
    return http.post(at(things, "/confirm-extend"), json={})


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that takes work and does not begin, so that confirms are answered while it is to be done."""
    monkeypatch.setattr(ProcessingPool, "submit", lambda *_: _given_up())


def _given_up() -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_exception(TimeoutError())
    return future


def test_the_target_has_the_shape_clients_read(http: httpx2.Client, things: Things) -> None:
    """One target of the fixed name, with an absolute link and strings where clients read strings."""
    found = http.post(at(things, "/initiate-extend"), json={}).json()
    assert found["measurement_id"] == things.measurement_id
    (target,) = found["uploads"]
    assert target["filename"] == "time_series_extend.parquet"
    assert target["signed_url"].startswith("http://127.0.0.1:")
    assert {type(target[key]) for key in ("token", "path")} == {str}
    assert target["multipart"] is None
    assert http.get(at(things)).json()["processing_status"] == "ready"


def test_the_answer_is_the_record_with_the_true_count(http: httpx2.Client, things: Things, tmp_path: Path) -> None:
    """The bundle has every key of a record and none that breaks a client; said again, it is the same."""
    before = http.get(at(things)).json()
    send(http, things, packed(tmp_path, NEXT))
    answer = confirm(http, things)
    found = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert found.keys() >= EMITTED
    assert not found.keys() & FORBIDDEN
    assert (found["processing_status"], found["processing_error"], found["steps_created"]) == ("ready", None, 3)
    assert found["updated_at"] > before["updated_at"]
    assert confirm(http, things).json() == found
    assert http.get(at(things)).json() == {key: value for key, value in found.items() if key != "steps_created"}


def test_until_it_is_done_the_answer_is_pending_and_the_old_is_served(
    http: httpx2.Client, things: Things, tmp_path: Path, idle: None
) -> None:
    """A confirm that can not wait answers 202; every read goes on with what was there."""
    reads = [at(things, "/cycles"), at(things, "/steps_and_cycles")]
    before = [http.get(path).json() for path in reads]
    send(http, things, packed(tmp_path, NEXT))
    answer = confirm(http, things)
    assert answer.status_code == 202
    assert (answer.json()["processing_status"], answer.json()["steps_created"]) == ("pending", 0)
    assert http.get(at(things)).json()["processing_status"] == "pending"
    assert [http.get(path).json() for path in reads] == before
    for part, height in (("time_series", 3), ("steps", 2)):
        link = http.get(at(things, f"/{part}/download")).headers["location"]
        assert pl.read_parquet(httpx2.get(link).content).height == height
    require_error(http.post(at(things, "/initiate-extend"), json={}), 409, "CONFLICT")
    assert confirm(http, things).status_code == 202


def test_a_link_of_before_leads_to_what_was_there(
    server: Any, http: httpx2.Client, things: Things, tmp_path: Path
) -> None:
    """Whoever got a link before the extension reads the whole old content with it, whatever is swept."""
    links = {part: http.get(at(things, f"/{part}/download")).headers["location"] for part in ("time_series", "steps")}
    old = {part: httpx2.get(link).content for part, link in links.items()}
    for frame in (NEXT, LAST):
        send(http, things, packed(tmp_path, frame))
        assert confirm(http, things).status_code == 200
    sweep(server.store, staged_for_s=-1, orphaned_for_s=-1)
    assert {part: httpx2.get(link).content for part, link in links.items()} == old
    link = http.get(at(things, "/time_series/download")).headers["location"]
    assert pl.read_parquet(httpx2.get(link).content).equals(pl.concat([SERIES, NEXT, LAST]))


def test_rows_around_a_seam_are_read_by_ranges(http: httpx2.Client, things: Things, tmp_path: Path) -> None:
    """A window of rows over the place where rows were appended has the rows of both sides."""
    send(http, things, packed(tmp_path, NEXT))
    confirm(http, things)
    link = http.get(at(things, "/time_series/download")).headers["location"]
    scan = pl.scan_parquet(link, glob=False)
    assert scan.slice(2, 2).collect().equals(pl.concat([SERIES[2:], NEXT[:1]]))
    assert scan.slice(3, 9).collect().equals(NEXT)


def test_what_can_not_be_extended_is_a_conflict_without_an_id(http: httpx2.Client, things: Things) -> None:
    """A finished test, files and properties are refused alike at both calls, and no record is named as the holder."""
    http.patch(at(things), json={"end_time": "2026-03-15T09:30:00Z"})
    for measurement_id in (things.measurement_id, things.file_id, things.properties_id):
        for call in ("initiate-extend", "confirm-extend"):
            answer = http.post(f"/cell_measurements/{measurement_id}/{call}", json={})
            require_error(answer, 409, "CONFLICT")
            assert answer.json()["detail"] is None


def test_hostile_requests_are_refused_in_form(http: httpx2.Client, things: Things) -> None:
    """Bodies of any kind change nothing, ids that are none are not found, and nothing sent is said so."""
    for content in (b"", b"{}", b"null", b'{"path": null, "more": 1}'):
        answer = http.post(at(things, "/confirm-extend"), content=content, headers={"content-type": "application/json"})
        require_error(answer, 400, "BAD_REQUEST")
        assert "was not received" in answer.json()["message"]
    for content in (b"[1]", b"{", b'"\\u0000"', b'{"path": 1}', b'{"path": "\\u0000"}'):
        answer = http.post(at(things, "/confirm-extend"), content=content, headers={"content-type": "application/json"})
        require_error(answer, 422, "INVALID")
    for key in ("x", "%00", "..%2f..", "A" * 300, "00000000-0000-0000-0000-000000000000"):
        for call in ("initiate-extend", "confirm-extend"):
            assert http.post(f"/cell_measurements/{key}/{call}", json={}).status_code in {404, 422}
    assert http.get(at(things)).json()["processing_status"] == "ready"


def test_rows_of_no_use_are_unprocessable(http: httpx2.Client, things: Things, tmp_path: Path) -> None:
    """The error names what is wrong, and the measurement is as it was."""
    before = http.get(at(things)).json()
    for content, said in (
        (b"hello", "not a readable parquet file"),
        (packed(tmp_path, SERIES), "the stored series ends at 2 s"),
        (packed(tmp_path, NEXT.drop("Current [A]")), "missing: 'Current [A]'"),
        (packed(tmp_path, NEXT.with_columns(pl.lit(2.0**70).alias("Step count"))), "whole number"),
    ):
        send(http, things, content)
        answer = confirm(http, things)
        require_error(answer, 422, "UNUSABLE_DATA")
        assert said in answer.json()["message"]
    assert http.get(at(things)).json() == before


def test_a_commit_that_fails_appends_nothing(server: Any, http: httpx2.Client, things: Things, tmp_path: Path) -> None:
    """A confirm whose commit fails answers 500 and has changed nothing; said again, it appends once."""
    send(http, things, packed(tmp_path, NEXT))
    before = http.get(at(things)).json()
    http.headers["connection"] = "close"
    with broken_commits(server.store):
        require_error(confirm(http, things), 500, "INTERNAL")
    assert http.get(at(things)).json() == before
    assert confirm(http, things).json()["row_count"] == 6


def test_confirms_over_the_wire_at_once_append_once(http: httpx2.Client, things: Things, tmp_path: Path) -> None:
    """Six connections that send the same confirm get the same answer."""
    send(http, things, packed(tmp_path, NEXT))
    answers: list[httpx2.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(confirm(http, things))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert {answer.json()["row_count"] for answer in answers} == {6}
