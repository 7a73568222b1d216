"""The way to the server: JSON calls, and bytes to and from signed links."""

import json
import random
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlparse

import httpx2
from pydantic_core import to_jsonable_python

from cellkeep.client.progress import watched
from cellkeep.domain.errors import CellkeepError, InvalidError, TransportError, error_class

_ATTEMPTS = 5
_SENDS = 3
_RETRIED_STATUSES = frozenset({502, 503, 504})
_BACK_OFF_S = 0.2
_PIECE_BYTES = 1024 * 1024
_STORAGE_TIMEOUT = httpx2.Timeout(300, connect=10)

Params = Mapping[str, Any]


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
        self._storage = httpx2.Client(timeout=_STORAGE_TIMEOUT, follow_redirects=True)
        # Dropped without closing, it lets go all the same: of connections, and of an application in this process.
        weakref.finalize(self, http.close)

    def close(self) -> None:
        self._storage.close()
        self._http.close()

    def get(self, path: str, params: Params | None = None) -> Any:
        return self._call("GET", path, params=params, again=True)

    def post(self, path: str, body: Any, *, again: bool = False) -> Any:
        """Send a body; `again` says that the server takes the same call twice for one."""
        return self._call("POST", path, body=body, again=again)

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, body=body)

    def delete(self, path: str) -> None:
        self._call("DELETE", path, again=True)

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
            self._put(url, path, label)

    def send_file(self, url: str, path: Path) -> None:
        """Put a file as it is."""
        if self.shared_path(url) is not None:
            self.send(url, partial(_copy, path), path.name)
        else:
            self._put(url, path, path.name)

    @contextmanager
    def fetched(self, url: str, label: str) -> Iterator[Path]:
        """A file with the content behind a link, for as long as the context lasts."""
        if (shared := self.shared_path(url)) is not None:
            yield shared
            return
        with tempfile.TemporaryDirectory(prefix="cellkeep-") as folder:
            path = Path(folder) / "part"
            with path.open("wb") as file:
                self._download(url, file, label)
            yield path

    def _download(self, url: str, file: BinaryIO, label: str) -> None:
        try:
            with self._storage.stream("GET", url) as answer:
                if answer.is_error:
                    answer.read()
                    raise _failure(answer)
                size = int(answer.headers.get("content-length", 0)) or None
                file.writelines(watched(answer.iter_bytes(_PIECE_BYTES), f"Receiving {label}", size))
        except httpx2.TransportError as error:
            raise TransportError(f"Receiving {label} broke off: {_said(error)}.") from error

    def _put(self, url: str, path: Path, label: str) -> None:
        """Send a file; again where storage stumbles, because sending twice is sending once."""
        for attempt in range(1, _SENDS + 1):
            try:
                answer = self._put_once(url, path, label)
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

    def _put_once(self, url: str, path: Path, label: str) -> httpx2.Response:
        size = path.stat().st_size
        headers = {"content-type": "application/octet-stream", "content-length": str(size)}
        with path.open("rb") as file:
            pieces = iter(lambda: file.read(_PIECE_BYTES), b"")
            return self._storage.put(url, content=watched(pieces, f"Sending {label}", size), headers=headers)

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

    def _call(
        self, method: str, path: str, *, params: Params | None = None, body: Any = None, again: bool = False
    ) -> Any:
        answer = self._answer(method, path, params=params, body=body, again=again)
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise TransportError(
                f"{method} {path}: the answer is not JSON. Is {self._http.base_url} a cellkeep server?"
            ) from error

    def _answer(
        self, method: str, path: str, *, params: Params | None = None, body: Any = None, again: bool = False
    ) -> httpx2.Response:
        content = None if body is None else _json(body)
        headers = {} if body is None else {"content-type": "application/json"}
        asked = {key: value for key, value in (params or {}).items() if value is not None}
        for attempt in range(1, _ATTEMPTS + 1):
            last = attempt == _ATTEMPTS or not again
            try:
                answer = self._http.request(method, path, params=asked, content=content, headers=headers)
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


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _json(body: Any) -> str:
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
