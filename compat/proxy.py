"""A small HTTP proxy that sees what passes between a client and a server, and can lose it."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_PIECE_BYTES = 1024 * 1024
_KEPT_BYTES = 4 * 1024 * 1024
"""Of a larger body only this much is remembered."""
_OF_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


@dataclass
class Exchange:
    """One request, and the answer to it."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes = b""
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    answer_bytes: int = 0
    """Bytes of the answer's body that passed."""
    seconds: float = 0.0
    """Until the answer began."""


Fault = Callable[[Exchange], bool]


class Proxy:
    """What passed, and what shall not pass.

    Args:
        upstream: address of the server behind it; may be set later.
        prefix: path that it puts before the server's own, as a reverse proxy may.
        own_host: tell the server the address that the client used; otherwise the server's own, which a link signed for
            the server needs.
        moved: an address in `Location` headers, and what to say instead.
    """

    def __init__(
        self, upstream: str = "", *, prefix: str = "", own_host: bool = True, moved: tuple[str, str] | None = None
    ) -> None:
        self.upstream = upstream
        self.prefix = prefix
        self.own_host = own_host
        self.moved = moved
        self.exchanges: list[Exchange] = []
        self._faults: list[tuple[str, str, int]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}{prefix}"

    def lose_answer(self, method: str, path_end: str) -> None:
        """Let the next such request through, and cut the connection before a byte of the answer comes back."""
        self._faults.append((method, path_end, 0))

    def fail(self, method: str, path_end: str, status: int) -> None:
        """Answer the next such request with this status, without asking the server."""
        self._faults.append((method, path_end, status))

    def passed(self, method: str, path_end: str = "") -> list[Exchange]:
        """The exchanges of such requests, in order."""
        return [each for each in self.exchanges if _fits(each, method, path_end)]

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _fault(self, exchange: Exchange) -> int | None:
        with self._lock:
            for found in self._faults:
                if _fits(exchange, found[0], found[1]):
                    self._faults.remove(found)
                    return found[2]
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:  # the client, or we ourselves, let go
                    self.close_connection = True

            def do_any(self) -> None:
                proxy._pass_on(self)

            do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = do_any  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _pass_on(self, client: BaseHTTPRequestHandler) -> None:
        exchange = Exchange(client.command, client.path, {key.lower(): value for key, value in client.headers.items()})
        self.exchanges.append(exchange)
        begun = time.monotonic()
        fault = self._fault(exchange)
        if fault:
            exchange.body = b"".join(_body(client))
            exchange.status = fault
            client.send_response(fault)
            client.send_header("Content-Length", "0")
            client.end_headers()
            return
        server = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=60)
        try:
            answer = self._ask(server, client, exchange)
            exchange.status = answer.status
            exchange.seconds = time.monotonic() - begun
            if fault == 0:
                exchange.answer = answer.read()
                client.close_connection = True
            else:
                self._answer(client, answer, exchange)
        finally:
            server.close()

    def _ask(
        self, server: http.client.HTTPConnection, client: BaseHTTPRequestHandler, exchange: Exchange
    ) -> http.client.HTTPResponse:
        server.putrequest(
            client.command, client.path.removeprefix(self.prefix), skip_host=True, skip_accept_encoding=True
        )
        for key, value in client.headers.items():
            server.putheader(
                key, urlsplit(self.upstream).netloc if key.lower() == "host" and not self.own_host else value
            )
        server.endheaders()
        chunked = client.headers.get("Transfer-Encoding", "").lower() == "chunked"
        for piece in _body(client):
            if len(exchange.body) < _KEPT_BYTES:
                exchange.body += piece
            server.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            server.send(b"0\r\n\r\n")
        return server.getresponse()

    def _answer(self, client: BaseHTTPRequestHandler, answer: http.client.HTTPResponse, exchange: Exchange) -> None:
        client.send_response_only(answer.status, answer.reason)
        for key, value in answer.getheaders():
            told = value.replace(*self.moved) if self.moved and key.lower() == "location" else value
            exchange.answer_headers[key.lower()] = told
            if key.lower() not in _OF_ONE_HOP:
                client.send_header(key, told)
        whole = answer.headers.get("Content-Length") is not None or answer.status in {204, 304}
        if not whole and client.command != "HEAD":  # its end is the end of the connection
            client.send_header("Connection", "close")
        client.end_headers()
        while piece := answer.read1(_PIECE_BYTES):
            exchange.answer_bytes += len(piece)
            if len(exchange.answer) < _KEPT_BYTES:
                exchange.answer += piece
            client.wfile.write(piece)


def _fits(exchange: Exchange, method: str, path_end: str) -> bool:
    return exchange.method == method and exchange.path.partition("?")[0].endswith(path_end)


def _body(client: BaseHTTPRequestHandler) -> Iterator[bytes]:
    """The body of a request, piece by piece."""
    if client.headers.get("Transfer-Encoding", "").lower() == "chunked":
        while size := int(client.rfile.readline(), 16):
            yield client.rfile.read(size)
            client.rfile.readline()
        client.rfile.readline()
        return
    left = int(client.headers.get("Content-Length") or 0)
    while left and (piece := client.rfile.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
        yield piece
