"""What storage must do, item by item of the list that breaks the official client if it is missed."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ionworks
import pytest
import requests
from samples import series, two_steps
from stands import Stand
from wire import Wire

Initiate = Callable[..., dict[str, Any]]
PUT = {"Content-Type": "application/octet-stream"}


def _confirm(wire: Wire, cell: Any, measurement_id: str, name: str, filenames: list[str]) -> int:
    body = {"cell_instance_id": cell.id, "measurement": {"name": name}, "measurement_type": "file"}
    path = f"/cell_measurements/{measurement_id}/confirm-upload"
    return wire.post(path, json={**body, "filenames": filenames}).status_code


@pytest.fixture
def made(client: Any, cell: Any) -> Any:
    return client.cell_measurement.create(cell.id, series())


def test_item_08_rows_are_a_redirect_to_ranges(wire: Wire, made: Any) -> None:
    """The download leads elsewhere, where a suffix larger than the object is answered with 206 and clear bounds."""
    answer = wire.get(f"/cell_measurements/{made.id}/time_series/download")
    assert answer.status_code in {302, 307}
    assert answer.content == b""
    part = requests.get(answer.headers["Location"], headers={"Range": "bytes=-262144"}, timeout=20)
    whole = requests.get(answer.headers["Location"], timeout=20)
    size = len(whole.content)
    assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes 0-{size - 1}/{size}")
    assert (part.content, whole.status_code) == (whole.content, 200)
    assert wire.get(f"/cell_measurements/{made.id}/steps/download").headers["Location"]


def test_item_09_links_need_no_credential_and_mind_none(
    wire: Wire, made: Any, installation: Stand, initiated: Initiate
) -> None:
    """Headers of the API are ignored by storage; a client with a token reads as one with a key does."""
    link = wire.get(f"/cell_measurements/{made.id}/time_series/download").headers["Location"]
    target = initiated()["uploads"][0]["signed_url"]
    foreign = {
        "X-API-Key": "somebody's",
        "X-Organization-Id": "another",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    if urlsplit(link).netloc == urlsplit(wire.base).netloc:  # only there it is not taken off on the way
        foreign["Authorization"] = "Bearer anything"
    bare = requests.get(link, timeout=20)
    assert bare.status_code == 200
    assert requests.get(link, headers=foreign, timeout=20).content == bare.content
    assert requests.put(target, b"x", headers=PUT, timeout=20).status_code < 300
    bearer = ionworks.Ionworks(token=installation.api_key, api_url=installation.api_url, organization_id="another")
    assert bearer.cell_measurement.time_series(made.id, use_cache=False).equals(two_steps())


@pytest.mark.parametrize("names", [["b", "a", "B", "z.parquet", "a b.pdf", "é.txt"], ["only one"]])
def test_item_16_files_have_a_place_each_in_the_order_asked(
    wire: Wire, cell: Any, initiated: Initiate, client: Any, names: list[str]
) -> None:
    """As many places as names, by position; what is sent to the third is read under the third name."""
    upload = initiated("Files", names)
    assert [target["filename"] for target in upload["uploads"]] == names
    assert len({target["signed_url"] for target in upload["uploads"]}) == len(names)
    for number, target in reversed(list(enumerate(upload["uploads"]))):
        assert requests.put(target["signed_url"], b"%d" % number, headers=PUT, timeout=20).status_code < 300
    body = {
        "cell_instance_id": cell.id,
        "measurement": {"name": "Files"},
        "measurement_type": "file",
        "filenames": names,
    }
    assert wire.post(f"/cell_measurements/{upload['measurement_id']}/confirm-upload", json=body).status_code < 300
    found = client.cell_measurement.download_files(upload["measurement_id"], use_cache=False)
    assert found == {name: b"%d" % number for number, name in enumerate(names)}


def test_item_17_empty_files_come_chunked(client: Any, cell: Any, initiated: Initiate, tmp_path: Path) -> None:
    """A body without a length, and without a byte, is a file; so is a chunked one with bytes."""
    (tmp_path / "empty").write_bytes(b"")
    made = client.cell_measurement.create_file(cell.id, "Empty", [str(tmp_path / "empty")])
    assert client.cell_measurement.get_file(made.id, "empty") == b""
    for target, pieces in zip(initiated("Chunked", ["a", "b"])["uploads"], ([], [b"one", b"two"]), strict=True):
        answer = requests.put(target["signed_url"], data=iter(pieces), headers=PUT, timeout=20)
        assert answer.request.headers["Transfer-Encoding"] == "chunked"
        assert answer.status_code < 300


def test_item_18_storage_never_answers_that_something_is_there(
    wire: Wire, cell: Any, initiated: Initiate, client: Any
) -> None:
    """The same link takes bytes again and again, from many at once, and after they were confirmed; the first stay."""
    upload = initiated("Again", ["a"])
    link = upload["uploads"][0]["signed_url"]

    def put(content: bytes) -> int:
        return requests.put(link, content, headers=PUT, timeout=20).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(put, [b"%d" % number for number in range(8)]))
    statuses.append(put(b"last"))
    assert _confirm(wire, cell, upload["measurement_id"], "Again", ["a"]) < 300
    statuses.append(put(b"too late"))
    assert set(statuses) <= {200, 201, 204}
    assert _confirm(wire, cell, upload["measurement_id"], "Again", ["a"]) < 300
    assert client.cell_measurement.get_file(upload["measurement_id"], "a") == b"last"


def test_item_19_storage_keeps_reading(wire: Wire, cell: Any, initiated: Initiate, client: Any) -> None:
    """A large body is taken without a pause that a client would give up on, and a slow one is waited for."""
    upload = initiated("Body", ["large", "slow"])
    large, slow = (target["signed_url"] for target in upload["uploads"])
    assert _send(large, [bytes(1024 * 1024)] * 32) < 2.0
    _send(slow, [b"a" * 100, b"b" * 100], pause_s=0.5)
    assert _confirm(wire, cell, upload["measurement_id"], "Body", ["large", "slow"]) < 300
    found = client.cell_measurement.download_files(upload["measurement_id"], use_cache=False)
    assert found == {"large": bytes(32 * 1024 * 1024), "slow": b"a" * 100 + b"b" * 100}


def _send(link: str, pieces: list[bytes], pause_s: float = 0.0) -> float:
    """Put a body piece by piece; the longest time that one piece took to be let go."""
    to = urlsplit(link)
    head = f"PUT {to.path}?{to.query} HTTP/1.1\r\nHost: {to.netloc}\r\nContent-Length: {sum(map(len, pieces))}\r\n\r\n"
    with socket.create_connection((to.hostname or "", to.port or 80), timeout=10) as line:
        line.sendall(head.encode())
        longest = max(_timed(line, pieces, pause_s))
        status = line.recv(100).split()[1]
    assert status in {b"200", b"201", b"204"}
    return longest


def _timed(line: socket.socket, pieces: list[bytes], pause_s: float) -> Iterator[float]:
    for piece in pieces:
        time.sleep(pause_s)
        begun = time.monotonic()
        line.sendall(piece)
        yield time.monotonic() - begun
