"""Initiate, send, confirm: the protocol, under load and with commits that fail."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from cellkeep.client import Client
from cellkeep.client.frames import write_series
from cellkeep.services.sweep import sweep
from server.conftest import SERIES, Things
from server.test_context import require_error


@pytest.fixture
def parquet(tmp_path: Path) -> bytes:
    write_series(SERIES, tmp_path / "series.parquet")
    return (tmp_path / "series.parquet").read_bytes()


def initiate(http: httpx2.Client, cell: str, name: str = "new", **more: Any) -> dict[str, Any]:
    answer = http.post(
        f"/cell_instances/{cell}/cell_measurements/initiate-upload", json={"measurement": {"name": name}, **more}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def confirm(http: httpx2.Client, cell: str, measurement_id: str, name: str = "new", **more: Any) -> httpx2.Response:
    body = {"cell_instance_id": cell, "measurement": {"name": name}, "measurement_type": "time_series", **more}
    return http.post(f"/cell_measurements/{measurement_id}/confirm-upload", json=body)


def test_targets_have_the_shape_clients_read(http: httpx2.Client, things: Things) -> None:
    """Both tables are offered under their names, with absolute links and strings where clients read strings."""
    found = initiate(http, things.instance_id)
    assert isinstance(found["measurement_id"], str)
    assert [each["filename"] for each in found["uploads"]] == ["time_series.parquet", "steps.parquet"]
    for each in found["uploads"]:
        assert each["signed_url"].startswith("http://127.0.0.1:")
        assert isinstance(each["token"], str)
        assert isinstance(each["path"], str)
        assert each["multipart"] is None


def test_targets_of_files_are_in_order(http: httpx2.Client, things: Things) -> None:
    """As many targets as names, in their order; no two lead to one place, and no name is part of a link."""
    names = [f"file {n} ü%.txt" for n in reversed(range(30))]
    found = initiate(http, things.instance_id, measurement_type="file", filenames=names)["uploads"]
    assert [each["filename"] for each in found] == names
    assert len({each["signed_url"] for each in found}) == 30
    assert not any("ü" in each["signed_url"] or "file%20" in each["signed_url"] for each in found)


def test_initiating_leaves_no_trace(http: httpx2.Client, things: Things) -> None:
    """Asking where to send makes no record and takes no name."""
    first, second = initiate(http, things.instance_id), initiate(http, things.instance_id)
    assert first["measurement_id"] != second["measurement_id"]
    assert http.get(f"/cell_measurements/{first['measurement_id']}").status_code == 404
    assert http.get(f"/cell_instances/{things.instance_id}/cell_measurements").json()["total"] == 3


def test_an_upload_can_be_sent_twice_and_confirmed_twice(http: httpx2.Client, things: Things, parquet: bytes) -> None:
    """The last content sent before the confirm counts; a second confirm answers the same record."""
    found = initiate(http, things.instance_id)
    link = found["uploads"][0]["signed_url"]
    assert httpx2.put(link, content=b"wrong").status_code == 200
    assert httpx2.put(link, content=parquet).status_code == 200
    first = confirm(http, things.instance_id, found["measurement_id"])
    assert first.status_code == 201
    assert first.json()["steps_created"] == 2
    assert first.json()["id"] == found["measurement_id"]
    assert httpx2.put(link, content=b"too late").status_code < 400
    second = confirm(http, things.instance_id, found["measurement_id"])
    assert second.json() == first.json()
    location = http.get(f"/cell_measurements/{found['measurement_id']}/time_series/download").headers["location"]
    assert httpx2.get(location).content == parquet


def test_a_confirmed_upload_belongs_to_its_cell(
    http: httpx2.Client, client: Client, things: Things, parquet: bytes
) -> None:
    """Confirming it again for another cell, or under another name, changes nothing."""
    found = initiate(http, things.instance_id)
    httpx2.put(found["uploads"][0]["signed_url"], content=parquet)
    confirm(http, things.instance_id, found["measurement_id"])
    other = client.cell_instance.create(things.spec_id, {"name": "other"}).id
    require_error(confirm(http, other, found["measurement_id"]), 409, "CONFLICT")
    assert "existing_id" not in str(confirm(http, other, found["measurement_id"]).json()["detail"])
    assert client.cell_measurement.get(found["measurement_id"]).cell_instance_id == things.instance_id
    assert client.cell_measurement.list(other).total == 0


def test_one_confirm_from_many_threads_is_one_measurement(
    server: Any, http: httpx2.Client, client: Client, things: Things, parquet: bytes
) -> None:
    """The same confirm, sent eight times at once, is one record with one set of objects, and all are told of it."""
    found = initiate(http, things.instance_id)
    httpx2.put(found["uploads"][0]["signed_url"], content=parquet)
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: confirm(http, things.instance_id, found["measurement_id"]).status_code, range(8))
        )
    assert set(answers) <= {201, 202}
    client.cell_measurement.wait_for_processing(found["measurement_id"])
    below = f"measurements/{client.whoami().authorized_organization.id}/{found['measurement_id']}"
    assert len(list(server.store.blobs.list(below))) == 3


def test_one_bad_confirm_from_many_threads_is_refused_for_its_reason(
    server: Any, http: httpx2.Client, things: Things, tmp_path: Path
) -> None:
    """Data at fault is refused with the same reason to all who confirmed it, and nothing is left."""
    write_series(SERIES.with_columns(SERIES["Step count"].cast(float) * float("nan")), tmp_path / "bad.parquet")
    before = {blob.key for blob in server.store.blobs.list("measurements")}
    found = initiate(http, things.instance_id)
    httpx2.put(found["uploads"][0]["signed_url"], content=(tmp_path / "bad.parquet").read_bytes())
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: confirm(http, things.instance_id, found["measurement_id"]), range(6)))
    assert http.get(f"/cell_instances/{things.instance_id}/cell_measurements").json()["total"] == 3
    assert {blob.key for blob in server.store.blobs.list("measurements")} == before
    assert {(answer.status_code, answer.json()["error_code"]) for answer in answers} == {(422, "UNUSABLE_DATA")}


def test_names_that_collide_at_confirm_are_a_conflict(
    server: Any, http: httpx2.Client, client: Client, things: Things, parquet: bytes
) -> None:
    """Of two uploads under one name the first confirmed gets it; the other is told which, and leaves nothing."""
    first, second = initiate(http, things.instance_id), initiate(http, things.instance_id)
    for found in (first, second):
        httpx2.put(found["uploads"][0]["signed_url"], content=parquet)
    assert confirm(http, things.instance_id, first["measurement_id"]).status_code == 201
    answer = confirm(http, things.instance_id, second["measurement_id"])
    require_error(answer, 409, "CONFLICT")
    assert answer.json()["detail"] == {"existing_id": first["measurement_id"]}
    below = f"measurements/{client.whoami().authorized_organization.id}/{second['measurement_id']}"
    assert list(server.store.blobs.list(below)) == []
    assert confirm(http, things.instance_id, second["measurement_id"], name="free").status_code == 201


def test_sixteen_threads_store_at_once(client: Client, things: Things) -> None:
    """Measurements of distinct names, created from sixteen threads at once, are all stored and summarised."""

    def store(number: int) -> int:
        detail = {"measurement": {"name": f"n{number}", "tags": ["shared"]}, "time_series": SERIES}
        return client.cell_measurement.create(things.instance_id, detail).steps_created

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(store, range(32))) == [2] * 32
    assert client.cell_measurement.list(things.instance_id).total == 35


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def test_one_material_named_at_once_is_one_material(client: Client, things: Things) -> None:
    """Specifications that name the same new material at the same moment share it, and all are made."""
    for attempt in range(3):
        slot = {"anode": {"material": {"name": f"Graphite {attempt}"}}}
        made = at_once(
            [
                lambda n=n, slot=slot, attempt=attempt: client.cell_spec.create(  # type: ignore[misc]
                    {"name": f"S{attempt}-{n}", "project_id": things.project_id, **slot}
                )
                for n in range(12)
            ]
        )
        assert len({each.anode.material_id for each in made}) == 1


def test_one_lot_named_at_once_is_one_lot(client: Client, things: Things) -> None:
    """Cells that name the same new lot at the same moment share it, and all are made."""
    for attempt in range(3):
        made = at_once(
            [
                lambda n=n, attempt=attempt: client.cell_instance.create_or_get(  # type: ignore[misc]
                    things.spec_id, {"name": f"C{attempt}-{n}", "batch": f"Lot {attempt}"}
                )
                for n in range(12)
            ]
        )
        assert len({each.batch_id for each in made}) == 1


def test_one_tag_added_at_once_is_one_tag(client: Client, things: Things) -> None:
    """Threads that add the same tag to the same measurement at the same moment all succeed."""
    for attempt in range(3):
        at_once([lambda a=attempt: client.cell_measurement.add_tags(things.measurement_id, f"t{a}")] * 12)  # type: ignore[misc]
    assert client.cell_measurement.get(things.measurement_id).tags == ["t0", "t1", "t2"]


def test_keys_of_ones_own_set_at_once_are_all_kept(client: Client, things: Things) -> None:
    """Threads that each set another key of one record do not undo each other."""
    at_once([lambda n=n: client.cell_instance.update(things.instance_id, {f"k{n}": n}) for n in range(12)])  # type: ignore[misc]
    assert client.cell_instance.get(things.instance_id).model_extra == {f"k{n}": n for n in range(12)}


def test_one_name_wanted_at_once_is_one_record(client: Client, things: Things) -> None:
    """create_or_get from many threads at once makes one record of each kind and gives it to all."""
    for make in (
        lambda: client.project.create_or_get({"name": "one"}),
        lambda: client.cell_spec.create_or_get({"name": "one", "project_id": things.project_id}),
        lambda: client.cell_batch.create_or_get(things.spec_id, {"name": "one"}),
        lambda: client.cell_instance.create_or_get(things.spec_id, {"name": "one"}),
    ):
        assert len({each.id for each in at_once([make] * 12)}) == 1


@contextmanager
def broken_commits(store: Any) -> Iterator[None]:
    """A database that fails at the end of every transaction that writes."""

    def fail(connection: Any) -> None:
        if connection.get_execution_options().get("write"):
            raise OSError("the disk is full")

    event.listen(store._engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(store._engine, "commit", fail)


def test_a_commit_that_fails_is_never_answered_with_success(
    server: Any, http: httpx2.Client, things: Things, parquet: bytes
) -> None:
    """Whatever changes something answers 500 where its commit fails, and has changed nothing."""
    found = initiate(http, things.instance_id)
    httpx2.put(found["uploads"][0]["signed_url"], content=parquet)
    m, cell, spec, lot, p = (
        things.measurement_id, things.instance_id, things.spec_id, things.batch_id, things.project_id,
    )  # fmt: skip
    reads = [f"/projects/{p}", f"/cell_specifications/{spec}", f"/cell_batches/{lot}", f"/cell_instances/{cell}"]
    reads += [f"/cell_measurements/{m}", "/projects", "/cell_specifications"]
    before = [http.get(path).json() for path in reads]
    objects = {blob.key for blob in server.store.blobs.list("measurements")}
    calls: list[Callable[[], httpx2.Response]] = [
        lambda: http.post("/projects", json={"name": "x"}),
        lambda: http.post("/cell_specifications", json={"name": "x", "project_id": p}),
        lambda: http.post(f"/cell_specifications/{spec}/cell_batches", json={"name": "x"}),
        lambda: http.post(f"/cell_specifications/{spec}/cell_instances", json={"name": "x"}),
        lambda: http.post(f"/cell_instances/{cell}/cell_measurements/create", json={"name": "x", "properties": {}}),
        lambda: http.post("/cell_measurements/tags/bulk", json={"measurement_ids": [m], "add": ["x"]}),
        lambda: confirm(http, cell, found["measurement_id"]),
        *[lambda path=path: http.patch(path, json={"name": "changed"}) for path in reads[:5]],  # type: ignore[misc]
        *[lambda path=path: http.delete(path) for path in reversed(reads[:5])],  # type: ignore[misc]
    ]
    http.headers["connection"] = "close"
    with broken_commits(server.store):
        for call in calls:
            answer = call()
            require_error(answer, 500, "INTERNAL")
            assert "disk" not in answer.text
    assert [http.get(path).json() for path in reads] == before
    sweep(server.store, staged_for_s=3600, orphaned_for_s=-1)  # a failed commit may stand, so only a sweep decides
    assert {blob.key for blob in server.store.blobs.list("measurements")} == objects
    assert confirm(http, cell, found["measurement_id"]).status_code == 201


def test_a_connection_outlives_an_accident(server: Any, http: httpx2.Client) -> None:
    """After a 500 the next request on the same connection is answered too, or the answer said that it closes."""
    with broken_commits(server.store):
        for number in range(20):
            require_error(http.post("/projects", json={"name": f"x{number}"}), 500, "INTERNAL")
