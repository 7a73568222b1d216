"""Raw files over HTTP: the shapes clients read, and what is refused."""

import hashlib
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cellkeep.app import open_store, served_app
from cellkeep.services import accounts, raw_data
from cellkeep.settings import ServerSettings
from cellkeep.storage.store import Store
from cellkeep.testing import servers
from server.conftest import Join, Things
from server.test_context import require_error
from server.test_uploads import broken_commits

CONTENT = b"<script>alert(1)</script>"
SIZE = len(CONTENT)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
KEYS = {
    "id", "project_id", "organization_id", "name", "filename", "source", "content_type", "size_bytes", "sha256",
    "metadata", "created_at", "updated_at", "created_by", "created_by_email",
}  # fmt: skip


def about(project_id: str, **said: Any) -> dict[str, Any]:
    return {"project_id": project_id, "name": "dump", "filename": "dump.csv", "metadata": {}, **said}


def initiate(http: httpx2.Client, project_id: str, **said: Any) -> dict[str, Any]:
    answer = http.post("/raw_data/initiate-upload", json=about(project_id, **said))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def confirm(http: httpx2.Client, project_id: str, raw_data_id: str, size: int = SIZE, **said: Any) -> httpx2.Response:
    return http.post(f"/raw_data/{raw_data_id}/confirm-upload", json=about(project_id, size_bytes=size, **said))


def sent(http: httpx2.Client, project_id: str, content: bytes = CONTENT) -> dict[str, Any]:
    """A new upload that is sent and not confirmed."""
    found = initiate(http, project_id)
    assert httpx2.put(found["uploads"][0]["signed_url"], content=content).status_code == 200
    return found


def kept(http: httpx2.Client, project_id: str, **said: Any) -> dict[str, Any]:
    answer = confirm(http, project_id, sent(http, project_id)["raw_data_id"], **said)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_target_has_the_shape_clients_read(http: httpx2.Client, things: Things) -> None:
    """One target with an absolute link and strings where clients read strings; asking makes no record."""
    before = http.get("/raw_data", params={"project_id": things.project_id}).json()["total"]
    first, second = (initiate(http, things.project_id, filename="x #1%.csv") for _ in range(2))
    assert first["raw_data_id"] != second["raw_data_id"]
    (target,) = first["uploads"]
    assert target["signed_url"].startswith("http://127.0.0.1:")
    assert (target["filename"], target["token"], target["multipart"]) == ("x #1%.csv", "", None)
    assert isinstance(target["path"], str)
    assert "csv" not in target["signed_url"]
    assert http.get(f"/raw_data/{first['raw_data_id']}").status_code == 404
    assert http.get("/raw_data", params={"project_id": things.project_id}).json()["total"] == before


def test_a_record_has_every_key(http: httpx2.Client, things: Things) -> None:
    """Keys that are unset are null, and a list holds the same records with their number."""
    made = kept(http, things.project_id)
    assert made.keys() == KEYS
    assert made["source"] is None
    assert (made["metadata"], made["size_bytes"], made["sha256"]) == ({}, len(CONTENT), DIGEST)
    assert made["created_at"].endswith("Z")
    assert http.get(f"/raw_data/{made['id']}").json() == made
    listed = http.get(
        "/raw_data", params={"project_id": things.project_id, "limit": 100, "offset": 0, "sha256": DIGEST}
    )
    assert listed.json() == {"items": [made], "count": 1, "total": 1}
    assert listed.headers["content-type"] == "application/json"


def test_a_digest_that_takes_long_comes_after_the_answer(
    http: httpx2.Client, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is there at once, and soon has its digest."""
    compute = raw_data.digest_of

    def late(store: Store, key: str, deadline_s: float = math.inf) -> str | None:
        return compute(store, key) if deadline_s == math.inf else None

    monkeypatch.setattr(raw_data, "digest_of", late)
    made = kept(http, things.project_id)
    assert made["sha256"] is None
    for _ in range(100):
        if (found := http.get(f"/raw_data/{made['id']}").json())["sha256"] is not None:
            break
        time.sleep(0.05)
    assert found == {**made, "sha256": DIGEST}


def test_content_is_never_shown_as_a_page(http: httpx2.Client, things: Things) -> None:
    """What is said to be a page comes as an attachment of bytes, whole and by ranges, without a key."""
    made = kept(http, things.project_id, filename='"; x="\u202e.html', content_type="text/html")
    assert made["content_type"] == "text/html"
    answer = http.get(f"/raw_data/{made['id']}/download-url")
    assert answer.json().keys() == {"url"}
    got = httpx2.get(answer.json()["url"])
    assert got.content == CONTENT
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == "attachment"
    assert got.headers["x-content-type-options"] == "nosniff"
    part = httpx2.get(answer.json()["url"], headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, CONTENT[1:4])


def test_a_download_redirects_to_the_same_content(http: httpx2.Client, things: Things) -> None:
    """The route for downloads leads to a signed link."""
    made = kept(http, things.project_id)
    answer = http.get(f"/raw_data/{made['id']}/download")
    assert answer.status_code == 307
    assert httpx2.get(answer.headers["location"]).content == CONTENT


def test_who_comes_with_a_token_is_led_there_by_a_redirect(
    server: Any, http: httpx2.Client, stranger: httpx2.Client, things: Things
) -> None:
    """A client that sends its token along with everything gets a link that takes it and passes it on to nobody."""
    made = kept(http, things.project_id)
    token = {"Authorization": f"Bearer {server.key}"}
    url = stranger.get(f"/raw_data/{made['id']}/download-url", headers=token).json()["url"]
    assert url == f"{server.url}/raw_data/{made['id']}/download"
    assert httpx2.get(url, headers=token, follow_redirects=True).content == CONTENT
    require_error(httpx2.get(url), 401, "UNAUTHORIZED")


def test_an_upload_can_be_sent_twice_and_confirmed_twice(http: httpx2.Client, things: Things) -> None:
    """The last content sent before the confirm counts; a second confirm answers the same, whatever came later."""
    found = sent(http, things.project_id, b"wrong")
    link = found["uploads"][0]["signed_url"]
    assert httpx2.put(link, content=CONTENT).status_code == 200
    first = confirm(http, things.project_id, found["raw_data_id"])
    assert first.status_code == 201
    assert httpx2.put(link, content=b"x" * SIZE).status_code < 400
    assert confirm(http, things.project_id, found["raw_data_id"]).json() == first.json()
    url = http.get(f"/raw_data/{found['raw_data_id']}/download-url").json()["url"]
    assert httpx2.get(url).content == CONTENT


def test_one_confirm_from_many_threads_is_one_file(server: Any, http: httpx2.Client, things: Things) -> None:
    """The same confirm, sent eight times at once, is one record with one object, and all are told of it."""
    found = sent(http, things.project_id)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: confirm(http, things.project_id, found["raw_data_id"]), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    keys = [blob.key for blob in server.store.blobs.list("raw_data") if found["raw_data_id"] in blob.key]
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"size_bytes": 3}, 400),
        ({"size_bytes": 10**30}, 400),
        ({"size_bytes": -1}, 422),
        ({"size_bytes": None}, 422),
        ({"size_bytes": "many"}, 422),
        ({"size_bytes": 1.5}, 422),
        ({"sha256": "0" * 64}, 400),
        ({"sha256": "0" * 63}, 422),
        ({"sha256": 7}, 422),
        ({"filename": "a/b"}, 400),
        ({"filename": ""}, 400),
        ({"filename": None}, 422),
        ({"filename": "a\0b"}, 422),
        ({"name": " "}, 422),
        ({"name": "a\0"}, 422),
        ({"name": "x" * 256}, 422),
        ({"content_type": "text/html; charset=utf-8"}, 422),
        ({"content_type": "a\r\nb/c"}, 422),
        ({"metadata": []}, 422),
        ({"metadata": {"a": "\0"}}, 422),
        ({"source": 5}, 422),
        ({"project_id": "nowhere"}, 404),
        ({"project_id": None}, 422),
    ],
)
def test_a_confirm_that_makes_no_sense_records_nothing(
    server: Any, http: httpx2.Client, things: Things, said: dict[str, Any], status: int
) -> None:
    """Whatever is wrong is named, nothing is kept, and the right confirm is still taken."""
    objects = {blob.key for blob in server.store.blobs.list("raw_data")}
    raw_data_id = sent(http, things.project_id)["raw_data_id"]
    body = {**about(things.project_id, size_bytes=SIZE), **said}
    answer = http.post(f"/raw_data/{raw_data_id}/confirm-upload", json=body)
    require_error(answer, status, {400: "BAD_REQUEST", 404: "NOT_FOUND", 422: "INVALID"}[status])
    assert http.get(f"/raw_data/{raw_data_id}").status_code == 404
    assert {blob.key for blob in server.store.blobs.list("raw_data")} == objects
    assert confirm(http, things.project_id, raw_data_id).status_code == 201


def test_both_numbers_are_told(http: httpx2.Client, things: Things) -> None:
    """A size that does not fit names what was said and what arrived, for people and for programs."""
    answer = confirm(http, things.project_id, sent(http, things.project_id)["raw_data_id"], 3)
    assert "should be 3 bytes, but 25 bytes were received" in answer.json()["message"]
    assert answer.json()["detail"] == {"said": 3, "received": 25}


def test_a_list_needs_its_project(http: httpx2.Client, things: Things) -> None:
    """Without a project, or with a broken digest or window, it is malformed; an unknown project is not found."""
    require_error(http.get("/raw_data"), 422, "INVALID")
    for more in ({"sha256": "x"}, {"limit": 0}, {"offset": -1}, {"order_by": "key"}):
        require_error(http.get("/raw_data", params={"project_id": things.project_id, **more}), 422, "INVALID")
    require_error(http.get("/raw_data", params={"project_id": "nowhere"}), 404, "NOT_FOUND")


def test_links_are_seen_from_both_sides(http: httpx2.Client, things: Things) -> None:
    """A measurement lists records, a file lists ids; both with windows and totals, and attaching answers nothing."""
    made = kept(http, things.project_id)
    at = f"/cell_measurements/{things.measurement_id}/raw_data"
    for _ in range(2):
        answer = http.post(at, json={"raw_data_ids": [made["id"], things.raw_data_id]})
        assert (answer.status_code, answer.content) == (204, b"")
    listed = http.get(at, params={"limit": 1, "offset": 0}).json()
    assert listed == {"items": [made], "count": 1, "total": 2}
    of_file = f"/raw_data/{made['id']}/cell_measurements"
    assert http.get(of_file).json() == {"items": [things.measurement_id], "count": 1, "total": 1}
    assert http.get(of_file, params={"limit": 100, "offset": 1}).json() == {"items": [], "count": 0, "total": 1}
    for _ in range(2):
        assert http.delete(f"{at}/{made['id']}").status_code == 204
    assert http.get(of_file).json()["total"] == 0
    assert http.get(at).json()["items"][0]["id"] == things.raw_data_id


@pytest.mark.parametrize(
    "body", [{}, {"raw_data_ids": "r"}, {"raw_data_ids": [1]}, {"raw_data_ids": ["x"] * 1001}, {"raw_data_ids": ["\0"]}]
)
def test_what_to_attach_is_a_list_of_ids(http: httpx2.Client, things: Things, body: Any) -> None:
    """Anything else is malformed."""
    require_error(http.post(f"/cell_measurements/{things.measurement_id}/raw_data", json=body), 422, "INVALID")


def test_other_people_do_not_get_in(http: httpx2.Client, join: Join, things: Things) -> None:
    """Who does not see the project finds neither it nor its files; who only reads it changes nothing."""
    found = sent(http, things.project_id)
    other = join("other@elsewhere", organization="Elsewhere", role="Admin")
    viewer = join("viewer@localhost", project_id=things.project_id)
    for somebody, status, code in ((other, 404, "NOT_FOUND"), (viewer, 403, "FORBIDDEN")):
        body = about(things.project_id)
        require_error(somebody.post("/raw_data/initiate-upload", json=body), status, code)
        require_error(confirm(somebody, things.project_id, found["raw_data_id"]), status, code)
        require_error(somebody.patch(f"/raw_data/{things.raw_data_id}", json={"name": "x"}), status, code)
        require_error(somebody.delete(f"/raw_data/{things.raw_data_id}"), status, code)
    assert viewer.get(f"/raw_data/{things.raw_data_id}").json()["name"] == "a.txt"
    assert viewer.get(f"/raw_data/{things.raw_data_id}/download-url").status_code == 200


def test_a_commit_that_fails_is_never_answered_with_success(server: Any, http: httpx2.Client, things: Things) -> None:
    """Where the database fails at the end, nothing has changed and no object that a record names is gone."""
    found = sent(http, things.project_id)
    one = f"/raw_data/{things.raw_data_id}"
    at = f"/cell_measurements/{things.measurement_id}/raw_data"
    before = http.get(one).json()
    with broken_commits(server.store):
        for answer in (
            confirm(http, things.project_id, found["raw_data_id"]),
            http.patch(one, json={"name": "x"}),
            http.post(at, json={"raw_data_ids": [things.raw_data_id]}),
            http.delete(one),
        ):
            require_error(answer, 500, "INTERNAL")
    assert http.get(one).json() == before
    assert http.get(at).json()["total"] == 0
    assert httpx2.get(http.get(f"{one}/download-url").json()["url"]).content == b"content"
    assert confirm(http, things.project_id, found["raw_data_id"]).status_code == 201


Bucket = tuple[httpx2.Client, str, Any]


@pytest.fixture
def bucket(
    settings: ServerSettings, s3_server: servers.S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Bucket]:
    """The admin's way to a server that keeps its objects in a bucket, its project, and its store."""
    if settings.database_url.startswith("sqlite"):
        pytest.skip("a bucket is used with PostgreSQL")
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    inside = ServerSettings(settings.data_dir, settings.database_url, f"{s3_server.url}/{tmp_path.name}")
    with ExitStack() as stack:
        store = open_store(inside)
        key = accounts.create_key(store, accounts.ensure_first_admin(store).user_id, "test")
        url = stack.enter_context(servers.served(served_app(inside, store)))
        http = stack.enter_context(httpx2.Client(base_url=url, headers={"X-API-Key": key}, timeout=30))
        yield http, http.get("/projects").json()["items"][0]["id"], store


def test_what_is_confirmed_stays_in_a_bucket_too(bucket: Bucket) -> None:
    """A later write to the link changes nothing, a wrong size leaves nothing, and a removal removes the object."""
    http, project_id, store = bucket
    found = sent(http, project_id, CONTENT * 400_000)
    size = SIZE * 400_000
    require_error(confirm(http, project_id, found["raw_data_id"], size - 1), 400, "BAD_REQUEST")
    require_error(confirm(http, project_id, found["raw_data_id"], size, sha256="0" * 64), 400, "BAD_REQUEST")
    assert list(store.blobs.list("raw_data")) == []
    first = confirm(http, project_id, found["raw_data_id"], size)
    assert first.json()["sha256"] == hashlib.sha256(CONTENT * 400_000).hexdigest()
    assert httpx2.put(found["uploads"][0]["signed_url"], content=b"x" * size).status_code == 200
    assert confirm(http, project_id, found["raw_data_id"], size).json() == first.json()
    at = f"/raw_data/{found['raw_data_id']}"
    assert httpx2.get(http.get(f"{at}/download-url").json()["url"]).content == CONTENT * 400_000
    assert http.delete(at).status_code == 204
    assert list(store.blobs.list("raw_data")) == []
    assert list(store.blobs.list("staging")) == []
