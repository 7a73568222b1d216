"""The way to the server: what is sent again, what is transferred, and who gets the key."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cellkeep import CellkeepError, Client, NotReadyError, ServerError, TransportError, UnusableDataError
from cellkeep.app import open_store, served_app
from cellkeep.client import measurement_reading, transport
from cellkeep.services import accounts
from cellkeep.settings import ServerSettings
from cellkeep.testing import servers
from client.samples import series


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_BACK_OFF_S", 0.001)


@dataclass
class Line:
    """A line to a server that can be cut: calls whose `METHOD path` contains `match` meet `fate`, `times` times.

    Fates: `before` drops the call before the server sees it, `after` drops the server's answer, a number is answered
    instead of the server.
    """

    target: str
    url: str = ""
    match: str = "never"
    fate: str | int = "after"
    times: int = 1
    seen: list[str] = field(default_factory=list)

    def cut(self, match: str, fate: str | int, times: int = 1) -> None:
        self.match, self.fate, self.times = match, fate, times
        self.seen.clear()

    def count(self, text: str) -> int:
        return sum(text in each for each in self.seen)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        call = f"{self.command} {self.path}"
        self.line.seen.append(call)
        fate: str | int | None = None
        if self.line.match in call and self.line.times:
            self.line.times -= 1
            fate = self.line.fate
        if fate == "before":
            self.close_connection = True
            return
        if isinstance(fate, int):
            self._say(fate, {}, b"")
            return
        headers = {key: value for key, value in self.headers.items() if key.lower() != "content-length"}
        answer = httpx2.request(self.command, self.line.target + self.path, content=body, headers=headers, timeout=30)
        if fate == "after":
            self.close_connection = True
            return
        kept = {"content-type", "location"}
        self._say(
            answer.status_code, {key: value for key, value in answer.headers.items() if key in kept}, answer.content
        )

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _pass_on  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def handled(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def line(server: Any) -> Iterator[Line]:
    found = Line(server.url)
    with handled(type("Handler", (_Handler,), {"line": found})) as url:
        found.url = url
        yield found


@pytest.fixture
def cut_client(server: Any, line: Line) -> Iterator[Client]:
    """A client at the far end of that line."""
    with Client(api_url=line.url, api_key=server.key) as client:
        yield client


@pytest.fixture
def cell_id(client: Client) -> str:
    return client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"}).id


@pytest.mark.parametrize("fate", ["before", "after", 503])
def test_a_confirm_that_was_cut_off_is_sent_again(
    client: Client, cut_client: Client, line: Line, cell_id: str, fate: str | int
) -> None:
    """Whether the server saw the confirm or not, there is exactly one measurement, and the caller gets it."""
    line.cut("confirm-upload", fate)
    made = cut_client.cell_measurement.create(cell_id, {"measurement": {"name": "T"}, "time_series": series()})
    assert line.count("confirm-upload") == 2
    assert made.steps_created == 2
    assert [each.id for each in client.cell_measurement.list(cell_id)] == [made.id]


def test_a_refused_confirm_that_was_cut_off_tells_the_same_reason(
    client: Client, cut_client: Client, line: Line, cell_id: str
) -> None:
    """Sent again, bad data is refused for what is wrong with it, not for having been refused before."""
    line.cut("confirm-upload", "after")
    bad = series().with_columns(pl.lit(0.5).alias("Cycle count"))
    with pytest.raises(UnusableDataError, match="Cycle count"):
        cut_client.cell_measurement.create(cell_id, {"measurement": {"name": "T"}, "time_series": bad})
    assert client.cell_measurement.list(cell_id).total == 0


def test_a_file_confirm_that_was_cut_off_is_sent_again(
    client: Client, cut_client: Client, line: Line, cell_id: str, tmp_path: Path
) -> None:
    """The same holds for files."""
    (tmp_path / "a.txt").write_text("a")
    line.cut("confirm-upload", "after")
    made = cut_client.cell_measurement.create_file(cell_id, "F", tmp_path / "a.txt")
    assert [each.id for each in client.cell_measurement.list(cell_id)] == [made.id]
    assert client.cell_measurement.download_files(made.id) == {"a.txt": b"a"}


@pytest.mark.parametrize("fate", ["before", "after", 503])
@pytest.mark.parametrize("call", ["initiate-upload", "confirm-upload", "POST /cell_measurements"])
def test_a_raw_file_that_was_cut_off_is_sent_again(
    client: Client, cut_client: Client, line: Line, cell_id: str, tmp_path: Path, call: str, fate: str | int
) -> None:
    """Whether the server saw the call or not, there is exactly one raw file and one link to it."""
    (tmp_path / "a.txt").write_text("a")
    project = client.project.list()[0].id
    test = client.cell_measurement.create_properties(cell_id, "P", {"a": "b"})
    line.cut(call, fate)
    made = cut_client.raw_data.upload(project, tmp_path / "a.txt")
    cut_client.cell_measurement.attach_raw_data(test.id, made.id)
    assert line.count(call) == 2
    assert client.raw_data.list(project).items == [made]
    assert client.cell_measurement.list_raw_data(test.id).items == [made]
    assert client.raw_data.download(made.id) == b"a"


@pytest.mark.parametrize("fate", ["before", "after", 502, 503, 504])
def test_reading_is_tried_again(cut_client: Client, line: Line, fate: str | int) -> None:
    """A GET that was cut off, or met a server that is just not there, is sent again."""
    line.cut("GET /users/me", fate, times=2)
    assert cut_client.whoami().email
    assert line.count("GET /users/me") == 3


def test_reading_is_given_up_in_the_end(cut_client: Client, line: Line) -> None:
    """After five attempts the last answer is the error."""
    line.cut("GET /users/me", 503, times=99)
    with pytest.raises(ServerError) as caught:
        cut_client.whoami()
    assert caught.value.status_code == 503
    assert line.count("GET /users/me") == 5


@pytest.mark.parametrize("fate", ["before", "after", 500, 503])
def test_writing_is_not_tried_again(client: Client, cut_client: Client, line: Line, fate: str | int) -> None:
    """A POST or PATCH that the server may have carried out is sent once, and the caller learns that it is unsure."""
    for call, match in (
        (lambda: cut_client.cell_spec.create({"name": "x"}), "POST /cell_specifications"),
        (lambda: cut_client.project.update(client.project.list()[0].id, {"notes": "x"}), "PATCH /projects"),
    ):
        line.cut(match, fate)
        with pytest.raises(ServerError if isinstance(fate, int) else TransportError):
            call()
        assert line.count(match) == 1
    assert client.cell_spec.list().total == (1 if fate == "after" else 0)


@pytest.mark.parametrize("fate", ["before", "after"])
def test_a_deletion_that_was_cut_off_is_a_deletion(
    client: Client, cut_client: Client, line: Line, cell_id: str, fate: str
) -> None:
    """Sent again because the answer was lost, it does not fail for having worked the first time."""
    line.cut("DELETE", fate)
    cut_client.cell_instance.delete(cell_id)
    assert client.cell_instance.list(client.cell_spec.list()[0].id).total == 0


def test_an_upload_that_is_cut_off_is_told(client: Client, cell_id: str) -> None:
    """Where sending breaks off, the error says so and that nothing was stored."""

    class Breaking(_Handler):
        def do_PUT(self) -> None:
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    with handled(Breaking) as url, pytest.raises(TransportError, match="Nothing was stored"):
        client._transport.send(f"{url}/blobs/x", lambda path: path.write_bytes(bytes(1000)) and None, "T")


def test_a_download_that_is_cut_off_is_no_data(client: Client) -> None:
    """Fewer bytes than were promised are an error, never a shorter file."""

    class Short(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b"short")

        def log_message(self, *_: Any) -> None:
            pass

    with handled(Short) as url, pytest.raises(TransportError, match="broke off"), client._transport.fetched(url, "x"):
        pass


@dataclass
class Traffic:
    """An application, and what passed through it."""

    app: Any
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = {key.decode(): value.decode() for key, value in scope["headers"]}
            self.calls.append((scope["method"], scope["path"], headers))

        async def counted(message: Any) -> None:
            if message["type"] == "http.response.body" and scope["path"].startswith("/blobs/"):
                self.sent += len(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, counted)


@pytest.fixture
def traffic(settings: ServerSettings) -> Iterator[tuple[Traffic, Client]]:
    """A server whose traffic is counted, and a client of it."""
    with ExitStack() as stack:
        store = open_store(settings)
        key = accounts.create_key(store, accounts.ensure_first_admin(store).user_id, "test")
        counted = Traffic(served_app(settings, store))
        url = stack.enter_context(servers.served(counted))  # type: ignore[arg-type]
        yield counted, stack.enter_context(Client(api_url=url, api_key=key))


def test_a_window_moves_less_than_the_whole(traffic: tuple[Traffic, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    """Some rows of a long series cost a part of its bytes; the whole costs them once."""
    monkeypatch.setattr(measurement_reading, "_FEW_ROWS", 0)
    counted, client = traffic
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    numbers = np.random.default_rng(7)
    noise = series(3, 100_000).with_columns(pl.Series(f"noise {n}", numbers.random(300_000)) for n in range(3))
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": noise})
    counted.sent = 0
    assert_frame_equal(client.cell_measurement.time_series(made.id), noise)
    whole, counted.sent = counted.sent, 0
    assert_frame_equal(
        client.cell_measurement.time_series(made.id, row_range=(150_000, 150_010)), noise[150_000:150_010]
    )
    assert 0 < counted.sent < whole * 0.6
    ranged = [headers for _, path, headers in counted.calls if path.startswith("/blobs/") and "range" in headers]
    assert ranged


def test_the_key_never_goes_to_storage(traffic: tuple[Traffic, Client], tmp_path: Path) -> None:
    """Signed links are asked without the key, for sending and for reading alike; the API always gets it."""
    counted, client = traffic
    cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    client.cell_measurement.detail(made.id)
    client.cell_measurement.time_series(made.id, row_range=(0, 1_000_000))
    (tmp_path / "a.txt").write_text("a")
    client.cell_measurement.get_file(client.cell_measurement.create_file(cell.id, "F", tmp_path / "a.txt").id, "a.txt")
    storage = [headers for _, path, headers in counted.calls if path.startswith("/blobs/")]
    assert len(storage) >= 6
    assert not any({"x-api-key", "authorization", "cookie"} & headers.keys() for headers in storage)
    api = [headers for _, path, headers in counted.calls if not path.startswith("/blobs/")]
    assert all("x-api-key" in headers for headers in api)


Answer = Callable[[str], tuple[int, dict[str, str], bytes]]


@contextmanager
def malicious(answer: Answer) -> Iterator[Client]:
    """A client of a server that answers what the caller says."""

    class Bad(http.server.BaseHTTPRequestHandler):
        def _any(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, headers, body = answer(f"{self.command} {self.path}")
            self.send_response(status)
            for key, value in {"content-type": "application/json", **headers}.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = _any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with handled(Bad) as url, Client(api_url=url, api_key="x") as client:
        yield client


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of this machine that is a series, so that a client that reads it would show it."""
    path = tmp_path / "secret.parquet"
    series().write_parquet(path)
    return path


@pytest.mark.parametrize("row_range", [None, (0, 1), (0, 1_000_000)])
@pytest.mark.parametrize("link", ["file://{0}", "FILE://{0}", "file://localhost{0}", "file:{0}", "{0}", "//{0}"])
def test_a_link_into_this_machine_is_not_read(secret: Path, link: str, row_range: tuple[int, int] | None) -> None:
    """A server that names a file of the client's machine as a link gets an error, in whatever way it is spelled."""
    with (
        malicious(lambda _: (307, {"location": link.format(secret)}, b"")) as client,
        pytest.raises(CellkeepError),
    ):
        client.cell_measurement.time_series("m", row_range=row_range)


@pytest.mark.parametrize("row_range", [None, (0, 1), (0, 1_000_000)])
def test_a_storage_that_leads_into_this_machine_is_not_followed(
    secret: Path, row_range: tuple[int, int] | None
) -> None:
    """A redirect of the storage to a file of the client's machine is refused too."""

    def answer(call: str) -> tuple[int, dict[str, str], bytes]:
        if "/storage" in call:
            return 302, {"location": secret.as_uri()}, b""
        return 307, {"location": f"{client.api_url}/storage"}, b""

    with malicious(answer) as client, pytest.raises(CellkeepError):
        client.cell_measurement.time_series("m", row_range=row_range)


@pytest.mark.parametrize("link", ["file://{0}", "{0}", "file:{0}"])
def test_an_upload_into_this_machine_is_refused(tmp_path: Path, link: str) -> None:
    """A server that names a file of the client's machine as target writes nothing there."""
    target = tmp_path / "victim.txt"
    target.write_text("mine")
    (tmp_path / "a.txt").write_text("a")
    upload = f'{{"measurement_id": "m", "uploads": [{{"filename": "F", "signed_url": "{link.format(target)}"}}]}}'
    upload_series = upload.replace('"F"', '"time_series.parquet"')

    for body, call in (
        (upload_series, lambda c: c.create("i", {"measurement": {"name": "T"}, "time_series": series()})),
        (upload, lambda c: c.create_file("i", "F", tmp_path / "a.txt")),
    ):
        with malicious(lambda _, body=body: (200, {}, body.encode())) as client, pytest.raises(CellkeepError):  # type: ignore[misc]
            call(client.cell_measurement)
    assert target.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.txt", "victim.txt"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"5", b'{"uploads": []}', b"<html>", b'{"items": 5}'])
def test_an_answer_that_makes_no_sense_is_an_error_of_ours(body: bytes, tmp_path: Path) -> None:
    """Whatever a server answers with 200, the client raises its own error."""
    (tmp_path / "a.txt").write_text("a")
    with malicious(lambda _: (200, {}, body)) as client:
        read = client.cell_measurement
        for call in (
            client.whoami,
            client.project.list,
            lambda: client.cell_spec.get("s"),
            lambda: read.get("m"),
            lambda: read.cycles("m"),
            lambda: read.steps_and_cycles("m"),
            lambda: read.list_files("m"),
            lambda: read.steps("m"),
            lambda: read.create("i", {"measurement": {"name": "T"}, "time_series": series()}),
            lambda: read.create_file("i", "F", tmp_path / "a.txt"),
        ):
            with pytest.raises(CellkeepError):
                call()


def test_an_upload_without_a_place_for_the_series_is_an_error_of_ours(tmp_path: Path) -> None:
    """Targets that are missing are the server's mistake, and are told as such."""
    (tmp_path / "a.txt").write_text("a")
    with malicious(lambda _: (200, {}, b'{"measurement_id": "m", "uploads": []}')) as client:
        for call in (
            lambda: client.cell_measurement.create("i", {"measurement": {"name": "T"}, "time_series": series()}),
            lambda: client.cell_measurement.create_file("i", "F", tmp_path / "a.txt"),
        ):
            with pytest.raises(TransportError):
                call()


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"text"', b"null", b'{"message": {"a": 1}}', b'{"detail": "x"}']
)
def test_any_failure_is_an_error_with_its_status(body: bytes) -> None:
    """An error body of any shape leads to an error with a text and the status."""
    with malicious(lambda _: (418, {}, body)) as client, pytest.raises(CellkeepError) as caught:
        client.whoami()
    assert caught.value.status_code == 418
    assert isinstance(caught.value.message, str)
    assert caught.value.message


def test_codes_lead_to_their_classes() -> None:
    """The code decides, else the status."""
    body = b'{"error_code": "NOT_READY", "message": "later", "detail": null}'
    with malicious(lambda _: (409, {}, body)) as client, pytest.raises(NotReadyError, match="later"):
        client.cell_measurement.steps("m")


def test_ids_stay_in_their_place_of_the_path() -> None:
    """An id with slashes, dots or query signs does not lead to another route."""
    seen: list[str] = []

    def answer(call: str) -> tuple[int, dict[str, str], bytes]:
        seen.append(call)
        return 404, {}, b"{}"

    with malicious(answer) as client:
        for key in ("a/b", "../projects", "x?y=1", "x#y", "%2e%2e", "ü", ".."):
            with pytest.raises(CellkeepError):
                client.cell_measurement.get(key)
    assert all(each.startswith("GET /cell_measurements/") and each.count("/") == 2 for each in seen), seen
    assert not any("?" in each or "#" in each for each in seen)
