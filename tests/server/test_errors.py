"""Every failure is one body, and none of them is an accident."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from cellkeep.storage.store import Store
from server.conftest import Things
from server.test_context import require_error


def test_an_unknown_route_is_not_found(http: httpx2.Client) -> None:
    """A path that is none, also one with a slash at its end, has our body."""
    for path in ("/nowhere", "/projects/", "/cell_measurements/x/nothing", "/blobs"):
        require_error(http.get(path), 404, "NOT_FOUND")


def test_a_wrong_method_has_our_body(http: httpx2.Client) -> None:
    """A method that a route does not have is told, with those it has."""
    answer = http.put("/projects")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {"error_code", "message", "detail"}
    assert "GET" in answer.headers["allow"] or "POST" in answer.headers["allow"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "x"', b"[]", b'"x"', b"null", b"5", b'{"name": 5}', b"{}"])
def test_a_malformed_body_is_invalid(http: httpx2.Client, content: bytes) -> None:
    """What is no JSON, or JSON of another shape, is 422 with each place."""
    answer = http.post("/projects", content=content, headers={"content-type": "application/json"})
    require_error(answer, 422, "INVALID")
    assert all(place.keys() == {"loc", "msg", "type"} for place in answer.json()["detail"])


def test_bytes_that_are_no_text_are_a_bad_request(http: httpx2.Client) -> None:
    """A body that is not UTF-8 is the sender's mistake."""
    answer = http.post("/projects", content=b'{"name": "\xff"}', headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json().keys() == {"error_code", "message", "detail"}


def test_what_was_sent_is_not_repeated(http: httpx2.Client) -> None:
    """An error names the place and not the value, which may be large or secret."""
    answer = http.post("/projects", json={"name": ["top secret"]})
    require_error(answer, 422, "INVALID")
    assert "top secret" not in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "a\0b"},
        {"name": "x", "description": "a\0b"},
        {"name": "x", "mine": {"deep": ["a\0b"]}},
        {"name": "x", "a\0b": 1},
    ],
    ids=["name", "field", "value", "key"],
)
def test_a_zero_character_is_no_accident(http: httpx2.Client, sent: dict[str, Any]) -> None:
    """Text that a database can not hold is stored as it is or refused as malformed, on every database alike."""
    answer = http.post("/projects", json=sent)
    assert answer.status_code in {201, 400, 422}, answer.text
    if answer.status_code == 201:
        assert sent.items() <= http.get(f"/projects/{answer.json()['id']}").json().items()


@pytest.mark.parametrize(
    "sent", ['{"name": "\\ud800"}', '{"name": "x", "mine": "\\ud800"}', '{"name": "x", "\\ud800": 1}']
)
def test_half_a_character_is_no_accident(http: httpx2.Client, sent: str) -> None:
    """A lone surrogate, which no UTF-8 can hold, is refused as malformed."""
    answer = http.post("/projects", content=sent.encode(), headers={"content-type": "application/json"})
    assert answer.status_code in {201, 400, 422}, answer.text


@pytest.mark.parametrize("depth", [50, 400, 5000])
def test_deep_json_is_no_accident(http: httpx2.Client, depth: int) -> None:
    """Nesting that is too deep is refused as malformed; reasonable nesting is kept."""
    sent = '{"name": "x", "mine": ' + "[" * depth + "]" * depth + "}"
    answer = http.post("/projects", content=sent.encode(), headers={"content-type": "application/json"})
    assert answer.status_code in ({201} if depth < 100 else {201, 400, 422}), answer.text


def test_huge_numbers_are_no_accident(http: httpx2.Client) -> None:
    """A whole number of hundreds of digits in a property is kept or refused."""
    for number in ("1" + "0" * 300, "1e400", "-Infinity", "NaN"):
        sent = f'{{"name": "n{number[:9]}{len(number)}", "mine": {number}}}'
        answer = http.post("/projects", content=sent.encode(), headers={"content-type": "application/json"})
        assert answer.status_code in {201, 400, 422}, (number, answer.text)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=abc",
        "limit=%C2%B2",
        "limit=1.5",
        "offset=-1",
        "offset=99999999999999999999",
        "offset=9223372036854775807",
        "order=up",
        "order_by=password",
        "created_at_gt=yesterday",
        "created_at_gt=0001-01-01T00:00:00%2B14:00",
        "created_at_lt=9999-12-31T23:59:59-14:00",
        "updated_at_gt=",
        "name=%00",
        "name=ilike.%25%00%25",
        "created_by_email=a%00",
    ],
)
def test_an_odd_query_is_no_accident(http: httpx2.Client, query: str) -> None:
    """Whatever a list is asked, the answer is a page or says what is wrong."""
    answer = http.get(f"/projects?{query}")
    assert answer.status_code in {200, 400, 422}, answer.text
    if answer.status_code != 200:
        assert answer.json().keys() == {"error_code", "message", "detail"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 1e300, -1e18])
def test_times_at_the_ends_of_the_calendar_are_no_accident(
    http: httpx2.Client, things: Things, moment: str | float
) -> None:
    """A time that has no UTC is refused."""
    answer = http.patch(f"/cell_measurements/{things.measurement_id}", json={"start_time": moment})
    assert answer.status_code in {200, 400, 422}, answer.text


@pytest.mark.parametrize("key", ["%00", "%FF", "x" * 5000, "%F0%9F%94%8B", "%252e", "'; DROP TABLE projects; --"])
def test_an_odd_id_is_not_found(http: httpx2.Client, key: str) -> None:
    """Whatever stands where an id should, there is no such record."""
    for path in ("/projects/", "/cell_measurements/", "/cell_instances/"):
        answer = http.get(path + key)
        assert answer.status_code in {400, 404, 422}, answer.text
        assert answer.json().keys() == {"error_code", "message", "detail"}


@pytest.mark.parametrize(
    "sent",
    [
        {"measurement": {"name": "x"}, "measurement_type": "movie"},
        {"measurement": {"name": "x"}, "filenames": "a.txt"},
        {"measurement": {"name": "x"}, "measurement_type": "file", "filenames": ["a\0b"]},
        {"measurement": {"name": "x"}, "measurement_type": "file", "filenames": [str(n) for n in range(20000)]},
        {"measurement": {"name": "x", "tags": ["a\0b"]}},
        {"measurement": {"name": "x", "tags": [5]}},
        {"measurement": {"name": "x", "step_labels_validated": None}},
        {"measurement": []},
        {},
    ],
)
def test_an_odd_upload_is_no_accident(http: httpx2.Client, things: Things, sent: Any) -> None:
    """Whatever is announced, the answer says what is wrong with it, or how to send it."""
    answer = http.post(f"/cell_instances/{things.instance_id}/cell_measurements/initiate-upload", json=sent)
    assert answer.status_code in {200, 400, 422}, answer.text


@pytest.mark.parametrize("key", ["step_labels_validated", "name", "tags", "properties"])
def test_null_at_creation_is_no_accident(http: httpx2.Client, things: Things, key: str) -> None:
    """A null where there must be a value is refused or means that nothing was said."""
    sent = {"name": f"without {key}", "properties": {"a": 1}, key: None}
    answer = http.post(f"/cell_instances/{things.instance_id}/cell_measurements/create", json=sent)
    assert answer.status_code in {201, 400, 422}, answer.text


def test_a_compressed_body_is_read(http: httpx2.Client) -> None:
    """The clients of the field compress bodies of half a megabyte and more; NaN in them is null."""
    sent = json.dumps({"name": "large", "mine": ["x" * 600_000, float("nan")]}).encode()
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = http.post("/projects", content=gzip.compress(sent, 1), headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["mine"] == ["x" * 600_000, None]


def test_a_body_that_is_badly_compressed_is_a_bad_request(http: httpx2.Client) -> None:
    """What says gzip and is none is the sender's mistake."""
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = http.post("/projects", content=b'{"name": "x"}', headers=headers)
    assert answer.status_code in {400, 415, 422}, answer.text
    assert answer.json().keys() == {"error_code", "message", "detail"}


@contextmanager
def renamed(store: Store, table: str) -> Iterator[None]:
    """A database without that table."""
    _rename(store, table, "gone")
    try:
        yield
    finally:
        _rename(store, "gone", table)


def _rename(store: Store, table: str, name: str) -> None:
    with store._engine.execution_options(write=True).begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_an_accident_tells_an_incident_and_no_secret(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Where the server breaks, the caller learns a number that the log explains, and nothing of the inside."""
    with renamed(server.store, "projects"):
        answer = httpx2.get(f"{server.url}/projects", headers={"X-API-Key": server.key})
    require_error(answer, 500, "INTERNAL")
    incident = answer.json()["detail"]["incident"]
    assert answer.headers["x-correlation-id"] == incident
    assert incident in answer.json()["message"]
    assert incident in caplog.text
    for inside in ("projects", "SELECT", "Traceback", "sqlalchemy", "cellkeep/", server.key):
        assert inside not in answer.text
