"""What happens to requests before they are looked at."""

import gzip
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from cellkeep.client import Client

AT_ONCE = 80
"""More than there are threads for them."""


@pytest.fixture
def spec_id(client: Client) -> str:
    return client.cell_spec.create({"name": "Crowded"}).id


def test_a_crowd_that_writes_is_served_whole(server: Any, spec_id: str) -> None:
    """More writers at once than there are threads all get through, and none waits for another for ever."""

    def create(number: int) -> int:
        path = f"{server.url}/cell_specifications/{spec_id}/cell_batches"
        headers = {"X-API-Key": server.key}
        return httpx2.post(path, json={"name": f"L{number}"}, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(create, range(AT_ONCE))) == {201}
    with Client(api_url=server.url, api_key=server.key) as client:
        assert client.cell_batch.list(spec_id).total == AT_ONCE


def test_a_crowd_that_reads_is_served_whole(server: Any, spec_id: str) -> None:
    """More readers at once than there are threads and connections all get their answer."""

    def get(_: int) -> int:
        path = f"{server.url}/cell_specifications/{spec_id}"
        return httpx2.get(path, headers={"X-API-Key": server.key}, timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(get, range(2 * AT_ONCE))) == {200}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/projects", "application/json"),
        ("/projects", "multipart/form-data; boundary=b"),
        ("/analyses", "multipart/form-data; boundary=b"),
    ],
)
def test_slow_lines_take_no_place(server: Any, path: str, kind: str) -> None:
    """Many requests whose bodies do not arrive leave room for those that are whole."""
    address = urlsplit(server.url)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.key}\r\nContent-Type: {kind}\r\n"
    with ExitStack() as lines:
        for _ in range(AT_ONCE):
            line = lines.enter_context(socket.create_connection((address.hostname, address.port), timeout=10))
            line.sendall(f'{head}Content-Length: 100\r\n\r\n{{"name": '.encode())
        answer = httpx2.get(f"{server.url}/users/me", headers={"X-API-Key": server.key}, timeout=20)
    assert answer.status_code == 200


def test_readers_that_do_not_read_take_no_place(server: Any, client: Client, spec_id: str) -> None:
    """Many long answers that nobody takes leave room for other requests."""
    rows = 600_000
    series = {"Time [s]": range(rows), "Voltage [V]": [3.7] * rows, "Step count": [0] * rows}
    cell = client.cell_instance.create(spec_id, {"name": "C"})
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "M"}, "time_series": series}).id
    address = urlsplit(server.url)
    head = (
        f"GET /cell_measurements/{made}/time_series?format=csv HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.key}\r\n\r\n"
    )
    with ExitStack() as lines:
        for _ in range(40):
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(60)
            line.connect((address.hostname, address.port))
            line.sendall(head.encode())
            assert line.recv(15) == b"HTTP/1.1 200 OK"
        answer = httpx2.get(f"{server.url}/users/me", headers={"X-API-Key": server.key}, timeout=20)
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=b"])
def test_a_body_beyond_all_measure_is_refused(server: Any, kind: str) -> None:
    """A body larger than any record is told so, whatever it says that it is, and whether or not it is compressed."""
    headers = {"X-API-Key": server.key, "Content-Type": kind}
    pieces = [b" " * 1024 * 1024] * 17
    packed = gzip.compress(b"".join(pieces))
    for content, more in ((iter(pieces), {}), (packed, {"Content-Encoding": "gzip"})):
        answer = httpx2.post(f"{server.url}/projects", content=content, headers={**headers, **more}, timeout=60)
        assert answer.status_code == 413
        assert answer.json()["error_code"] == "BAD_REQUEST"


@pytest.mark.parametrize("key", ["", "ck_wrong"])
@pytest.mark.parametrize("path", ["/projects", "/analyses", "/no/such/route"])
def test_nothing_is_read_of_a_stranger(server: Any, path: str, key: str) -> None:
    """Who has no key that is known here is told so before a body is received, or looked at."""
    address = urlsplit(server.url)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(f"{head}Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n{{".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 401 ")
