"""`client.raw_data`, the same over HTTP and in a folder."""

import hashlib
import http.server
import io
import os
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cellkeep import BadRequestError, InvalidError, NotFoundError, TransportError
from cellkeep.client import Client, transport
from cellkeep.client import raw_data as client_raw_data
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.projects import Project
from client.conftest import Lab
from client.test_transport import handled

CONTENT = b"time,voltage\n0,3.7\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Zelle #1 100%.csv"
    path.write_bytes(CONTENT)
    return path


class OneWay(io.RawIOBase):
    """A stream that can not go back, and gives a few bytes at a time."""

    def __init__(self, content: bytes, name: Any = None) -> None:
        super().__init__()
        self._content = io.BytesIO(content)
        if name is not None:
            self.name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._content.read(min(7, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_file_comes_back_as_it_was_sent(any_client: Client, project: Project, file: Path, tmp_path: Path) -> None:
    """What was said is there, and the content is equal, in memory and on disk."""
    made = any_client.raw_data.upload(project.id, file, source="cycler 3", metadata={"channel": 7})
    assert (made.name, made.filename, made.source) == (file.name, file.name, "cycler 3")
    assert (made.content_type, made.size_bytes, made.sha256) == ("text/csv", len(CONTENT), DIGEST)
    assert made.metadata == {"channel": 7}
    assert (made.project_id, made.organization_id) == (project.id, project.organization_id)
    assert any_client.raw_data.get(made.id) == made
    assert any_client.raw_data.download(made.id) == CONTENT
    assert any_client.raw_data.download(made.id, use_cache=False, read_timeout=5) == CONTENT
    written = any_client.raw_data.download_to(made.id, tmp_path / "again")
    assert written == tmp_path / "again"
    assert written.read_bytes() == CONTENT
    assert any_client.raw_data.download_to(made.id, str(tmp_path), 5) == file
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {file.name, "again"}


STREAMS: dict[str, tuple[Callable[[Path], Any], str, bytes]] = {
    "path": (str, "Zelle #1 100%.csv", CONTENT),
    "file": (lambda path: path.open("rb"), "Zelle #1 100%.csv", CONTENT),
    "unbuffered": (lambda path: path.open("rb", buffering=0), "Zelle #1 100%.csv", CONTENT),
    "memory": (lambda _: io.BytesIO(CONTENT), "upload.bin", CONTENT),
    "nothing": (lambda _: io.BytesIO(b""), "upload.bin", b""),
    "one way": (lambda _: OneWay(CONTENT), "upload.bin", CONTENT),
    "one way, named": (lambda _: OneWay(CONTENT, "/some/where/dump.nda"), "dump.nda", CONTENT),
    "one way, numbered, nothing": (lambda _: OneWay(b"", 7), "upload.bin", b""),
    "one way, large": (lambda _: OneWay(CONTENT * 100_000, ""), "upload.bin", CONTENT * 100_000),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_a_file_is_a_path_or_any_stream(any_client: Client, project: Project, file: Path, kind: str) -> None:
    """Paths and binary streams are taken, whether they can go back or not; a stream may have no name."""
    make, filename, content = STREAMS[kind]
    given = make(file)
    made = any_client.raw_data.upload(project.id, given, name="called")
    if not isinstance(given, str):
        assert not given.closed
        given.close()
    assert (made.name, made.filename) == ("called", filename)
    assert (made.size_bytes, made.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert any_client.raw_data.download(made.id) == content


def test_a_stream_is_read_from_where_it_stands(any_client: Client, project: Project, file: Path) -> None:
    """What was read before is not stored, and the stream then stands at its end."""
    with file.open("rb") as stream:
        stream.readline()
        made = any_client.raw_data.upload(project.id, stream)
        assert stream.read() == b""
    assert any_client.raw_data.download(made.id) == b"0,3.7\n"


def test_a_file_that_grows_is_stored_as_far_as_it_was(
    any_client: Client, project: Project, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that an instrument still writes to is stored up to where it reached, and one that shrinks is refused."""
    pieces = client_raw_data._Sending.pieces

    def changing(size: int) -> Callable[[Any], Any]:
        def changed(sending: Any) -> Any:
            os.truncate(file, size)
            return pieces(sending)

        return changed

    monkeypatch.setattr(client_raw_data._Sending, "pieces", changing(1000))
    made = any_client.raw_data.upload(project.id, file)
    assert any_client.raw_data.download(made.id) == CONTENT
    monkeypatch.setattr(client_raw_data._Sending, "pieces", changing(3))
    with pytest.raises(TransportError, match="became shorter"):
        any_client.raw_data.upload(project.id, file)
    assert any_client.raw_data.list(project.id).total == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ("nowhere.csv", FileNotFoundError),
        (".", IsADirectoryError),
        (io.StringIO("text"), InvalidError),
        (b"bytes", InvalidError),
        (7, InvalidError),
        (None, InvalidError),
    ],
)
def test_what_is_no_file_is_refused(
    any_client: Client, project: Project, wrong: Any, error: type[Exception], tmp_path: Path, monkeypatch: Any
) -> None:
    """A path that is none and a stream of text are refused before anything is sent."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error):
        any_client.raw_data.upload(project.id, wrong)
    assert any_client.raw_data.list(project.id).total == 0


def test_what_makes_no_sense_is_refused(any_client: Client, project: Project, file: Path) -> None:
    """An unknown project, an empty name and a name that is a path are told by the server."""
    with pytest.raises(NotFoundError, match="project"):
        any_client.raw_data.upload("nowhere", file)
    with pytest.raises(InvalidError, match="name"):
        any_client.raw_data.upload(project.id, file, name=" ")
    with pytest.raises(BadRequestError, match="path"):
        any_client.raw_data.upload(project.id, OneWay(CONTENT, "C:\\data\\x.csv"))  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="no raw data file"):
        any_client.raw_data.download("nowhere")


def test_what_is_said_can_be_changed(any_client: Client, project: Project, file: Path) -> None:
    """Only what is given changes; an empty source clears it."""
    made = any_client.raw_data.upload(project.id, file, source="here", metadata={"a": 1})
    assert any_client.raw_data.update(made.id).source == "here"
    assert any_client.raw_data.update(made.id, name="new").metadata == {"a": 1}
    changed = any_client.raw_data.update(made.id, source="", metadata={})
    assert (changed.name, changed.filename, changed.source, changed.metadata) == ("new", file.name, None, {})
    assert any_client.raw_data.download(made.id) == CONTENT


def test_files_are_listed(any_client: Client, project: Project, file: Path) -> None:
    """Newest first, in pages, by name, file name, source and content; a file that is there is found by its digest."""
    one, two, three = (
        any_client.raw_data.upload(project.id, io.BytesIO(content), name=name, source=source)
        for content, name, source in ((b"1", "alpha", "a"), (b"2", "beta", "b"), (b"2", "alphabet", None))
    )
    made = any_client.raw_data.upload(project.id, file)
    assert any_client.raw_data.list(project.id).items == [made, three, two, one]
    page = any_client.raw_data.list(project.id, 1, 1)
    assert (page.items, page.count, page.total) == ([three], 1, 4)
    assert any_client.raw_data.list(project.id, name="ALPHA").items == [three, one]
    assert any_client.raw_data.list(project.id, name_exact="alpha").items == [one]
    assert any_client.raw_data.list(project.id, filename=file.name).items == [made]
    assert any_client.raw_data.list(project.id, source="b").items == [two]
    assert any_client.raw_data.list(project.id, sha256=DIGEST).items == [made]
    assert any_client.raw_data.list(project.id, sha256=two.sha256.upper()).total == 2
    assert any_client.raw_data.list(project.id, order_by="name", order="asc")[0] == made
    with pytest.raises(InvalidError, match="sha256"):
        any_client.raw_data.list(project.id, sha256="short")


def test_files_and_measurements_are_linked(any_client: Client, cell: CellInstance, file: Path) -> None:
    """One id or several are attached; both sides list them; detaching again is no error."""
    measurements, files = any_client.cell_measurement, any_client.raw_data
    one, two = (files.upload(cell.project_id, file, name=name) for name in ("one", "two"))
    test = measurements.create_properties(cell.id, "P", {"a": "b"})
    assert measurements.attach_raw_data(test.id, one.id) is None
    measurements.attach_raw_data(test.id, [one.id, two.id])
    assert measurements.list_raw_data(test.id).items == [two, one]
    page = measurements.list_raw_data(test.id, limit=1, offset=1)
    assert (page.items, page.total) == ([one], 2)
    listed = files.list_measurements(one.id)
    assert (listed.items, listed.count, listed.total) == ([test.id], 1, 1)
    assert files.list_measurements(one.id, limit=5, offset=1).items == []
    for _ in range(2):
        assert measurements.detach_raw_data(test.id, one.id) is None
    assert files.list_measurements(one.id).total == 0
    measurements.delete(test.id)
    assert files.list_measurements(two.id).total == 0
    assert files.download(two.id) == CONTENT
    with pytest.raises(NotFoundError, match="cell measurement"):
        measurements.attach_raw_data(test.id, two.id)


def test_files_of_other_projects_are_not_attached(any_client: Client, cell: CellInstance, file: Path) -> None:
    """Measurement and file must be of one project; otherwise none is attached."""
    elsewhere = any_client.project.create({"name": f"elsewhere {cell.id}"})
    mine, theirs = (any_client.raw_data.upload(project, file).id for project in (cell.project_id, elsewhere.id))
    test = any_client.cell_measurement.create_properties(cell.id, "P", {"a": "b"})
    with pytest.raises(BadRequestError, match="another project"):
        any_client.cell_measurement.attach_raw_data(test.id, [mine, theirs])
    assert any_client.cell_measurement.list_raw_data(test.id).total == 0


def test_a_removed_file_leaves_nothing(any_client: Client, lab: Lab, project: Project, file: Path) -> None:
    """Record and object go; so do those of a removed project."""
    stored = lab.blobs / "raw_data"

    def objects() -> set[Path]:
        return {path for path in stored.rglob("*") if path.is_file()}

    before = objects()
    one, two = (any_client.raw_data.upload(project.id, file) for _ in range(2))
    assert len(objects() - before) == 2
    any_client.raw_data.delete(one.id)
    with pytest.raises(NotFoundError):
        any_client.raw_data.get(one.id)
    any_client.project.delete(project.id)
    with pytest.raises(NotFoundError):
        any_client.raw_data.get(two.id)
    assert objects() == before
    staged = [path for path in (lab.blobs / "staging").rglob("*") if path.is_file()]
    assert not [path for path in staged if path.parent.name in {one.id, two.id}]


def test_a_link_needs_no_key(client: Client, file: Path) -> None:
    """Whoever has the link reads the content until it expires."""
    made = client.raw_data.upload(client.project.list()[0].id, file)
    assert httpx2.get(client.raw_data.download_url(made.id)).content == CONTENT


@pytest.mark.parametrize("spoilt", [b"X" + CONTENT[1:], CONTENT[:-1], CONTENT + b"x"])
def test_what_arrives_otherwise_is_no_data(
    any_client: Client, lab: Lab, project: Project, file: Path, tmp_path: Path, spoilt: bytes
) -> None:
    """Content that is not what was stored raises, and neither makes a file nor replaces one."""
    made = any_client.raw_data.upload(project.id, file)
    (stored,) = (path for path in lab.blobs.rglob(f"{made.id}/*/content") if path.is_file())
    stored.write_bytes(spoilt)
    present = tmp_path / "present"
    present.write_bytes(b"earlier")
    for read in (
        lambda: any_client.raw_data.download(made.id),
        lambda: any_client.raw_data.download_to(made.id, present),
        lambda: any_client.raw_data.download_to(made.id, tmp_path / "absent"),
    ):
        with pytest.raises(TransportError, match=f"SHA-256 should be {DIGEST}"):
            read()
    assert present.read_bytes() == b"earlier"
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {file.name, "present"}


def test_bytes_that_change_on_the_way_are_refused(
    any_client: Client, project: Project, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest that goes with every confirm keeps damaged bytes of the right number from being recorded."""
    pieces = client_raw_data._Sending.pieces

    def damaged(sending: Any) -> Any:
        for piece in pieces(sending):
            yield b"X" + piece[1:]

    monkeypatch.setattr(client_raw_data._Sending, "pieces", damaged)
    with pytest.raises(BadRequestError, match=DIGEST):
        any_client.raw_data.upload(project.id, file)
    assert any_client.raw_data.list(project.id).total == 0


@pytest.mark.parametrize("kind", ["path", "stream", "one way"])
def test_a_large_file_is_never_held(any_client: Client, project: Project, tmp_path: Path, kind: str) -> None:
    """Sending and fetching 40 MB takes a few of them, of the server in this process too, whatever it is sent from."""
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(40_000_000))
    opened: dict[str, Callable[[], Any]] = {
        "path": lambda: nullcontext(large),
        "stream": lambda: large.open("rb"),
        "one way": lambda: io.BufferedReader(_Pipe(large)),
    }
    tracemalloc.start()
    try:
        with opened[kind]() as given:
            made = any_client.raw_data.upload(project.id, given)
        any_client.raw_data.download_to(made.id, tmp_path / "back.bin")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made.size_bytes == 40_000_000
    assert peak < 20_000_000


class _Pipe(io.FileIO):
    def seekable(self) -> bool:
        return False


def test_a_slow_storage_is_given_up(client: Client, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout of an upload is that of the storage, as one number or as two."""
    monkeypatch.setattr(transport, "_BACK_OFF_S", 0.001)
    release = threading.Event()

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            release.wait(10)

        def log_message(self, *_: Any) -> None:
            pass

    with handled(Slow) as url:
        sending = client_raw_data._Sending(file.open("rb"), "x")
        for timeout in (0.05, (1.0, 0.05)):
            with pytest.raises(TransportError, match="Nothing was stored"):
                client._transport.send_pieces(f"{url}/x", sending.pieces, sending.size, "x", timeout)
        release.set()
        sending._file.close()


def test_a_timeout_is_passed_on(any_client: Client, project: Project, file: Path) -> None:
    """An upload that is given time takes it as one number or as two, also in a folder."""
    for timeout in (30, 30.0, (5.0, 30.0)):
        assert any_client.raw_data.upload(project.id, file, timeout=timeout).size_bytes == len(CONTENT)


def test_a_name_is_no_place(any_client: Client, project: Project, tmp_path: Path, monkeypatch: Any) -> None:
    """A server that calls a file by a path can not choose where it is written."""
    made = any_client.raw_data.upload(project.id, io.BytesIO(CONTENT))
    evil = made.model_copy(update={"filename": "../evil"})
    monkeypatch.setattr(any_client.raw_data, "get", lambda _: evil)
    with pytest.raises(BadRequestError, match="path"):
        any_client.raw_data.download_to(made.id, tmp_path)
    assert not (tmp_path.parent / "evil").exists()
