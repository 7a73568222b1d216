"""The signed links of a local store, spoken to as the clients of the field do."""

import http.client
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from cellkeep.server import errors
from cellkeep.server.blobs import blob_router
from cellkeep.storage.local_blobs import LocalBlobs
from cellkeep.testing import servers

CONTENT = bytes(range(256)) * 4000
SIZE = len(CONTENT)


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> LocalBlobs:
    found = LocalBlobs(tmp_path_factory.mktemp("blobs"), b"secret")
    found.put("a/large", CONTENT)
    found.put("a/empty", b"")
    return found


@pytest.fixture(scope="module")
def base_url(blobs: LocalBlobs) -> Iterator[str]:
    app = FastAPI()
    errors.install(app)
    app.include_router(blob_router(blobs))
    with servers.served(app) as url:
        yield url


@pytest.fixture
def link(blobs: LocalBlobs, base_url: str) -> str:
    return blobs.sign_get("a/large", lifetime_s=60, base_url=base_url)


@pytest.fixture
def target(blobs: LocalBlobs, base_url: str) -> str:
    return blobs.sign_put("staging/new", lifetime_s=60, base_url=base_url)


def test_the_whole(link: str) -> None:
    """GET gives all bytes, HEAD their number, and both say that ranges are served."""
    whole, head = httpx2.get(link), httpx2.head(link)
    assert whole.content == CONTENT
    for answer in (whole, head):
        assert answer.status_code == 200
        assert answer.headers["content-length"] == str(SIZE)
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["content-type"] == "application/octet-stream"
    assert head.content == b""


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=2-4", 2, 4),
        ("bytes=5-", 5, SIZE - 1),
        ("bytes=-3", SIZE - 3, SIZE - 1),
        (f"bytes=-{SIZE}", 0, SIZE - 1),
        (f"bytes=-{SIZE + 1000}", 0, SIZE - 1),
        (f"bytes=0-{SIZE - 1}", 0, SIZE - 1),
        ("bytes=0-", 0, SIZE - 1),
        (f"bytes=10-{SIZE * 9}", 10, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    ],
)
def test_a_range(link: str, asked: str, first: int, last: int) -> None:
    """Every range that can be served is answered 206 with the bytes asked for, also where it is the whole."""
    answer = httpx2.get(link, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.content == CONTENT[first : last + 1]
    head = httpx2.head(link, headers={"Range": asked})
    assert head.status_code in {200, 206}


def test_several_ranges(link: str) -> None:
    """Several ranges come as parts, each with its place."""
    answer = httpx2.get(link, headers={"Range": "bytes=0-1,10-12"})
    assert answer.status_code == 206
    if answer.headers["content-type"].startswith("multipart/byteranges"):
        assert f"bytes 0-1/{SIZE}" in answer.text
        assert f"bytes 10-12/{SIZE}" in answer.text
    else:
        assert answer.headers["content-range"] == f"bytes 0-12/{SIZE}"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE * 2}-{SIZE * 3}"])
def test_a_range_beyond_the_end_can_not_be_served(link: str, asked: str) -> None:
    """416 tells how many bytes there are."""
    answer = httpx2.get(link, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}" or answer.headers["content-range"] == f"*/{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=a-b", "bytes=5-2", "lines=1-2", "bytes", "bytes=--1", "bytes=-0"])
def test_a_range_that_is_none_does_no_harm(link: str, asked: str) -> None:
    """Nonsense is refused or passed over, never an accident and never other bytes."""
    answer = httpx2.get(link, headers={"Range": asked})
    assert answer.status_code in {200, 400, 416}, answer.status_code
    if answer.status_code == 200:
        assert answer.content == CONTENT


def test_an_empty_object(blobs: LocalBlobs, base_url: str) -> None:
    """An empty object is read whole; a suffix of it can not be served or is empty."""
    link = blobs.sign_get("a/empty", lifetime_s=60, base_url=base_url)
    assert httpx2.get(link).content == b""
    assert httpx2.head(link).headers["content-length"] == "0"
    assert httpx2.get(link, headers={"Range": "bytes=-262144"}).status_code in {200, 206, 416}


def test_foreign_headers_are_passed_over(link: str, target: str, blobs: LocalBlobs) -> None:
    """Keys, tokens and content types of others change nothing, for reading and for writing."""
    foreign = {
        "X-API-Key": "foreign",
        "Authorization": "Bearer foreign",
        "X-Organization-Id": "o",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    assert httpx2.get(link, headers=foreign).content == CONTENT
    assert httpx2.put(target, content=b"{not json", headers=foreign).status_code == 200
    assert blobs.get("staging/new") == b"{not json"
    assert httpx2.put(target, content=b"raw", headers={"Content-Encoding": "gzip"}).status_code == 200
    assert blobs.get("staging/new") == b"raw"


def test_a_link_is_never_shown_as_a_page(link: str) -> None:
    """What a person uploaded is downloaded, and its kind is not guessed."""
    headers = httpx2.get(link).headers
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"


def test_chunks_are_put_together(blobs: LocalBlobs, target: str) -> None:
    """A body without a length is taken piece by piece, also an empty one; the last to write wins, never with 409."""
    for content in ([b"ab", b"", b"cd"], [], [os.urandom(5_000_001)], [b"x"]):
        answer = httpx2.put(target, content=iter(content))
        assert answer.status_code == 200
        assert blobs.get("staging/new") == b"".join(content)


def test_an_empty_body_in_chunks_as_the_field_sends_it(blobs: LocalBlobs, target: str) -> None:
    """`Transfer-Encoding: chunked` with nothing in it stores an empty object."""
    parts = urlsplit(target)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    connection.putrequest("PUT", f"{parts.path}?{parts.query}")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(b"0\r\n\r\n")
    assert connection.getresponse().status == 200
    connection.close()
    assert blobs.get("staging/new") == b""


def test_a_put_that_is_cut_off_leaves_what_was_there(blobs: LocalBlobs, target: str) -> None:
    """Half a body is no content: the earlier content stays, and nothing is left of the half."""
    assert httpx2.put(target, content=b"earlier").status_code == 200
    parts = urlsplit(target)
    for head in (b"Content-Length: 9000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n500000\r\n"):
        with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as line:
            line.sendall(f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\n".encode() + head)
            line.sendall(bytes(4_500_000))
    incoming = blobs.root / "staging" / ".incoming"
    deadline = time.monotonic() + 10
    while any(incoming.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(incoming.iterdir()) == []
    assert blobs.get("staging/new") == b"earlier"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "é"},
        {"signature": "\x00"},
        {"expires": "99999999999"},
        {"expires": "0"},
        {"expires": "-1"},
        {"expires": "9" * 400},
    ],
)
def test_a_forged_link_is_forbidden(link: str, target: str, method: str, change: dict[str, str]) -> None:
    """Any change of a link makes it worthless: 403, whatever it was changed to."""
    parts = urlsplit(target if method == "PUT" else link)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | change
    url = f"http://{parts.netloc}{parts.path}"
    answer = httpx2.request(method, url, params=query, content=b"forged" if method == "PUT" else None)
    assert answer.status_code == 403, answer.text
    if method != "HEAD":
        assert answer.json()["error_code"] == "FORBIDDEN"


@pytest.mark.parametrize("query", ["", "expires=1", "signature=x", "expires=soon&signature=x"])
def test_a_link_without_a_signature_is_no_way_in(link: str, query: str) -> None:
    """Half a link is refused."""
    parts = urlsplit(link)
    for method in ("GET", "PUT"):
        answer = httpx2.request(method, f"http://{parts.netloc}{parts.path}?{query}")
        assert answer.status_code in {401, 403, 422}
        assert answer.json().keys() == {"error_code", "message", "detail"}


def test_an_expired_link_is_forbidden(blobs: LocalBlobs, base_url: str) -> None:
    """A link that has run out says that a new one is needed, and writes nothing."""
    for url, method in (
        (blobs.sign_get("a/large", lifetime_s=-10, base_url=base_url), "GET"),
        (blobs.sign_put("staging/expired", lifetime_s=-10, base_url=base_url), "PUT"),
    ):
        answer = httpx2.request(method, url, content=b"x" if method == "PUT" else None)
        assert answer.status_code == 403
        assert "expired" in answer.json()["message"]
    assert blobs.head("staging/expired") is None


def test_a_link_is_for_one_use(link: str, target: str, blobs: LocalBlobs) -> None:
    """A link to read does not write, and a link to write does not read."""
    assert httpx2.put(link, content=b"x").status_code == 403
    assert httpx2.get(target).status_code == 403
    assert blobs.get("a/large") == CONTENT
    for method in ("POST", "DELETE", "PATCH"):
        assert httpx2.request(method, target).status_code == 405


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/passwd", "a//b", "a\\..\\b", "a\0b", "a/"])
def test_a_key_never_leads_out_of_the_folder(blobs: LocalBlobs, base_url: str, key: str) -> None:
    """Even a link that was signed for such a key opens nothing outside, and is no accident."""
    outside = blobs.root.parent / "outside"
    for url, method in (
        (LocalBlobs._link(blobs, "GET", key, 60, base_url), "GET"),
        (LocalBlobs._link(blobs, "PUT", key, 60, base_url), "PUT"),
    ):
        # Escaped dots, so that no client folds the path before it is sent.
        answer = httpx2.request(method, url.replace("..", "%2E%2E"), content=b"x" if method == "PUT" else None)
        assert answer.status_code in {403, 404, 405}, (method, answer.status_code)
    assert not outside.exists()


def test_what_was_removed_is_not_found(blobs: LocalBlobs, base_url: str) -> None:
    """A link that is still good leads to 404 once its object is gone; a folder is no object."""
    blobs.put("a/gone", b"x")
    link = blobs.sign_get("a/gone", lifetime_s=60, base_url=base_url)
    blobs.delete(["a/gone"])
    assert httpx2.get(link).status_code == 404
    assert httpx2.get(blobs.sign_get("a", lifetime_s=60, base_url=base_url)).status_code == 404


def test_a_key_of_any_letters_is_linked(blobs: LocalBlobs, base_url: str, tmp_path: Path) -> None:
    """Spaces, percent, plus and letters of every script in a key survive the link."""
    for key in ("s/a b", "s/100%", "s/%2F", "s/a+b", "s/ü日", "s/a=b&c?d#e"):
        assert (
            httpx2.put(blobs.sign_put(key, lifetime_s=60, base_url=base_url), content=key.encode()).status_code == 200
        )
        assert httpx2.get(blobs.sign_get(key, lifetime_s=60, base_url=base_url)).content == key.encode()
        assert blobs.get(key) == key.encode()
