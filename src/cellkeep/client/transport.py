"""The way to the server: JSON calls, and bytes to and from signed links."""

import json
import random
import shutil
import ssl
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote, urlparse

import httpx2
from pydantic_core import to_jsonable_python

from cellkeep.client.progress import watched
from cellkeep.domain.errors import CellkeepError, InvalidError, TransportError, error_class
from cellkeep.domain.files import PARQUET

_ATTEMPTS = 5
_SENDS = 3
_RETRIED_STATUSES = frozenset({502, 503, 504})
_BACK_OFF_S = 0.2
_PIECE_BYTES = 1024 * 1024
_CONNECT_S = 10.0
_STORAGE_S = 300.0
_STORAGE_TIMEOUT = httpx2.Timeout(_STORAGE_S, connect=_CONNECT_S)

Params = Mapping[str, Any]
Pieces = Callable[[], Iterable[bytes]]
"""Gives the same bytes from their beginning, each time it is called."""
Patience = float | tuple[float, float] | None
"""Seconds to wait for an answer, or to connect and for an answer; the usual ones where it is None."""


@cache
def certificates() -> ssl.SSLContext:
    """Whom to trust on the way. Read once for all clients: reading takes longer than many a call."""
    return httpx2.create_ssl_context()


class Transport:
    """Speaks to one server.

    Args:
        http: client of the API; carries base URL and key.
        files_below: folder whose files signed links may name, where server and client share a process. From any
            other server a link to a file of this machine is refused.
    """

    def __init__(self, http: httpx2.Client, *, files_below: Path | None = None) -> None:
        self._http = http
        self._files_below = files_below
        # Signed links are their own credential: the key is never sent to storage.
        self._storage = httpx2.Client(timeout=_STORAGE_TIMEOUT, follow_redirects=True, verify=certificates())
        # Dropped without closing, it lets go all the same: of connections, and of an application in this process.
        weakref.finalize(self, http.close)
        weakref.finalize(self, self._storage.close)

    def close(self) -> None:
        self._storage.close()
        self._http.close()

    def get(self, path: str, params: Params | None = None) -> Any:
        return self._call("GET", path, params=params, again=True)

    def content(self, path: str, asked: Params) -> bytes:
        """What is answered, as it is; making and sending it may take its time."""
        return self._answer("GET", path, params=asked, again=True, timeout=_STORAGE_S).content

    def content_of_query(self, path: str, asked: Params) -> bytes:
        """The same where what is asked is too long for an address."""
        return self._answer("POST", path, body=asked, again=True, timeout=_STORAGE_S).content

    def post(self, path: str, body: Any, *, again: bool = False, timeout: Patience = None) -> Any:
        """Send a body; `again` says that the server takes the same call twice for one."""
        return self._call("POST", path, body=body, again=again, timeout=timeout)

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, body=body)

    def delete(self, path: str) -> None:
        self._call("DELETE", path, again=True)

    def send_table(
        self, method: Literal["POST", "PATCH"], path: str, fields: Mapping[str, str], write: Callable[[Path], None]
    ) -> Any:
        """Send text fields, and the parquet file that `write` writes, as one form."""
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            table = Path(folder) / "data.parquet"
            write(table)
            with table.open("rb") as file:
                files = {"file": (table.name, file, PARQUET)}
                try:
                    answer = self._http.request(method, path, data=fields, files=files)
                except httpx2.TransportError as error:
                    raise self._unreachable(method, path, error) from error
        if answer.status_code >= 400:
            raise _failure(answer)
        return self._parsed(method, path, answer)

    def location(self, path: str) -> str:
        """Where a download leads."""
        answer = self._answer("GET", path, again=True)
        link = answer.headers.get("location")
        if not link:
            raise TransportError(f"{path}: the server did not say where the data is (status {answer.status_code}).")
        return str(link)

    def send(self, url: str, write: Callable[[Path], None], label: str) -> None:
        """Put what `write` writes into a file it is given."""
        if (target := self.shared_path(url)) is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f".{target.name}.{random.getrandbits(64):x}")
            try:
                write(fresh)
                fresh.replace(target)
            finally:
                fresh.unlink(missing_ok=True)
            return
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            path = Path(folder) / "part"
            write(path)
            self._put(url, partial(_pieces, path), path.stat().st_size, label)

    def send_file(self, url: str, path: Path) -> None:
        """Put a file as it is."""
        if self.shared_path(url) is not None:
            self.send(url, partial(_copy, path), path.name)
        else:
            self._put(url, partial(_pieces, path), path.stat().st_size, path.name)

    def send_pieces(self, url: str, pieces: Pieces, size: int, label: str, timeout: Patience = None) -> None:
        """Put so many bytes."""
        if self.shared_path(url) is not None:
            self.send(url, partial(_write, pieces), label)
        else:
            self._put(url, pieces, size, label, timeout)

    def pieces(self, url: str, label: str, timeout: Patience = None) -> Iterator[bytes]:
        """The content behind a link, piece by piece."""
        if (shared := self.shared_path(url)) is not None:
            yield from _pieces(shared)
        else:
            yield from self._received(url, label, timeout)

    @contextmanager
    def fetched(self, url: str, label: str) -> Iterator[Path]:
        """A file with the content behind a link, for as long as the context lasts."""
        if (shared := self.shared_path(url)) is not None:
            yield shared
            return
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            path = Path(folder) / "part"
            with path.open("wb") as file:
                file.writelines(self._received(url, label))
            yield path

    def _received(self, url: str, label: str, timeout: Patience = None) -> Iterator[bytes]:
        try:
            with self._storage.stream("GET", url, timeout=_limits(timeout)) as answer:
                if answer.is_error:
                    answer.read()
                    raise _failure(answer)
                size = int(answer.headers.get("content-length", 0)) or None
                yield from watched(answer.iter_bytes(_PIECE_BYTES), f"Receiving {label}", size)
        except httpx2.TransportError as error:
            raise TransportError(f"Receiving {label} broke off: {_said(error)}.") from error

    def _put(self, url: str, pieces: Pieces, size: int, label: str, timeout: Patience = None) -> None:
        """Send bytes; again where storage stumbles, because sending twice is sending once."""
        headers = {"content-type": "application/octet-stream", "content-length": str(size)}
        for attempt in range(1, _SENDS + 1):
            try:
                with closing(watched(pieces(), f"Sending {label}", size)) as content:
                    answer = self._storage.put(url, content=content, headers=headers, timeout=_limits(timeout))
            except httpx2.TransportError as error:
                if attempt == _SENDS:
                    raise TransportError(
                        f"Sending {label} broke off: {_said(error)}. Nothing was stored; send it again."
                    ) from error
            else:
                if not answer.is_error:
                    return
                if attempt == _SENDS or answer.status_code < 500:
                    raise _failure(answer)
            time.sleep(_BACK_OFF_S * 2 ** (attempt - 1))

    def shared_path(self, url: str) -> Path | None:
        """The file behind a link, where server and client share it; TransportError for a link that leads elsewhere."""
        parsed = urlparse(url)
        if parsed.scheme in {"http", "https"}:
            return None
        if parsed.scheme != "file":
            raise TransportError("The server gave a link that is neither http nor https. That is refused.")
        path = Path(unquote(parsed.path)).resolve()
        if self._files_below is None or not path.is_relative_to(self._files_below):
            raise TransportError("The server named a file of this machine as a link. That is refused.")
        return path

    def _call(self, method: str, path: str, **how: Any) -> Any:
        answer = self._answer(method, path, **how)
        return self._parsed(method, path, answer) if answer.content else None

    def _parsed(self, method: str, path: str, answer: httpx2.Response) -> Any:
        try:
            return answer.json()
        except ValueError as error:
            raise TransportError(
                f"{method} {path}: the answer is not JSON. Is {self._http.base_url} a cellkeep server?"
            ) from error

    def _answer(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Any = None,
        again: bool = False,
        timeout: Patience = None,
    ) -> httpx2.Response:
        content = None if body is None else as_json(body)
        headers = {} if body is None else {"content-type": "application/json"}
        asked = {key: value for key, value in (params or {}).items() if value is not None}
        how: dict[str, Any] = {"params": asked, "content": content, "headers": headers}
        if timeout is not None:  # an application in this process takes it in no other way
            how["extensions"] = {"timeout": _limits(timeout).as_dict()}
        for attempt in range(1, _ATTEMPTS + 1):
            last = attempt == _ATTEMPTS or not again
            try:
                answer = self._http.request(method, path, **how)
            except httpx2.TransportError as error:
                # A refused connection reached nobody, so any call may be made again.
                if attempt == _ATTEMPTS or (last and not isinstance(error, httpx2.ConnectError)):
                    raise self._unreachable(method, path, error) from error
            else:
                if answer.status_code < 400:
                    return answer
                if method == "DELETE" and attempt > 1 and answer.status_code == 404:
                    return answer  # an earlier attempt, whose answer was lost, removed it
                if last or answer.status_code not in _RETRIED_STATUSES:
                    raise _failure(answer)
            time.sleep(_BACK_OFF_S * 2 ** (attempt - 1))
        raise AssertionError("The last attempt returns or raises.")

    def _unreachable(self, method: str, path: str, error: Exception) -> TransportError:
        return TransportError(
            f"{method} {str(self._http.base_url).rstrip('/')}{path}: no answer ({_said(error)}). "
            "Is the server running? `cellkeep serve` starts one."
        )


def _limits(timeout: Patience) -> httpx2.Timeout:
    if timeout is None:
        return _STORAGE_TIMEOUT
    connect, answer = timeout if isinstance(timeout, tuple) else (min(timeout, _CONNECT_S), timeout)
    return httpx2.Timeout(answer, connect=connect)


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _write(pieces: Pieces, target: Path) -> None:
    with target.open("wb") as file:
        file.writelines(pieces())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def as_json(body: Any) -> str:
    """A value as JSON text; NaN and infinities become null."""
    try:
        return json.dumps(to_jsonable_python(body, inf_nan_mode="null", fallback=_plain_number))
    except (TypeError, ValueError) as error:
        raise InvalidError(f"The data holds something that JSON has no form for: {error}") from error


def _plain_number(value: Any) -> Any:
    """A number of numpy as one of Python."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    raise TypeError(f"a {type(value).__qualname__}")


def segment(text: str) -> str:
    """One part of a path, escaped.

    Raises:
        InvalidError: it would lead elsewhere.
    """
    if not isinstance(text, str):
        raise InvalidError(f"An id or a name is text, not a {type(text).__qualname__}. Of a record, pass its .id.")
    if text in {"", ".", ".."}:
        raise InvalidError(f"'{text}' is not an id or a name.")
    return quote(text, safe="")


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _failure(answer: httpx2.Response) -> CellkeepError:
    body: Any = None
    with suppress(ValueError):
        body = answer.json()
    data = body if isinstance(body, dict) and isinstance(body.get("message"), str) else None
    code = (data or {}).get("error_code")
    where = answer.url.copy_with(query=None)
    message = (
        data["message"]
        if data
        else (
            f"{answer.status_code} {answer.reason_phrase} from {where}, in no form of ours. Is that a cellkeep server?"
        )
    )
    kind = error_class(answer.status_code, code)
    return kind(
        message,
        detail=(data or {}).get("detail"),
        status_code=answer.status_code,
        error_code=code,
        data=data,
    )
