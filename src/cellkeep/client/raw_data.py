"""Raw files, as instruments wrote them."""

import hashlib
import io
import mimetypes
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Unpack

from cellkeep.client.resource import Filters, Resource, list_params, read, read_page
from cellkeep.client.transport import Patience, segment
from cellkeep.domain.errors import InvalidError, TransportError, UnusableDataError
from cellkeep.domain.files import ANY_BYTES, require_filename
from cellkeep.domain.paging import Page
from cellkeep.domain.provenance import SourceFile
from cellkeep.domain.raw_data import DownloadUrl, InitiatedRawDataUpload, RawData

_PIECE_BYTES = 1024 * 1024
CONFIRM_S = 600.0
"""The server copies and reads the whole file before it answers."""


class RawFiles(Resource):
    """`client.raw_data`."""

    def upload(
        self,
        project_id: str,
        file: str | os.PathLike[str] | BinaryIO,
        name: str | None = None,
        source: str | None = None,
        metadata: dict[str, Any] | None = None,
        timeout: Patience = None,
    ) -> RawData:
        """Store a file as it is.

        Args:
            project_id: the project it belongs to.
            file: a path, or a binary stream, of which the bytes from where it stands to its end are stored. It is
                never held in memory; a stream that can not go back is first written to a temporary file.
            name: what to call it; the name of the file unless given. Names need not be unique.
            source: where it came from, such as a cycler.
            metadata: whatever else is to be kept with it.
            timeout: seconds to wait for the storage while sending, or a pair: to connect, and for an answer.

        Raises:
            FileNotFoundError: there is no such file. Nothing was stored.
            NotFoundError: there is no such project.
            BadRequestError: what arrived is not what was sent, or the name is no file name. Nothing was recorded.
        """
        with _opened(file) as sending:
            about = {
                "project_id": project_id,
                "name": sending.filename if name is None else name,
                "filename": sending.filename,
                "content_type": _media_type(sending.filename),
                "metadata": metadata or {},
                **({} if source is None else {"source": source}),
            }
            answer = self._transport.post("/raw_data/initiate-upload", about, again=True)
            upload = read(InitiatedRawDataUpload, answer)
            if not upload.uploads:
                raise TransportError("The server gave no place for the file.")
            target = upload.uploads[0].signed_url
            self._transport.send_pieces(target, sending.pieces, sending.size, sending.filename, timeout)
            body = {**about, "size_bytes": sending.size, "sha256": sending.sha256}
        path = f"{_at(upload.raw_data_id)}/confirm-upload"
        return read(RawData, self._transport.post(path, body, again=True, timeout=CONFIRM_S))

    def keep(self, project_id: str, path: Path, source: SourceFile, origin: str | None = None) -> str:
        """The id of a file in the store, which is sent unless it is there.

        Args:
            project_id: the project it belongs to.
            path: the file.
            source: what was told of it when it was read.
            origin: where it came from, such as a cycler.

        Raises:
            UnusableDataError: it is not what was read any more. It is not kept.
        """
        for known in self.list(project_id, 1, sha256=source.sha256).items:
            return known.id
        sent = self.upload(project_id, path, source=origin)
        if sent.size_bytes != source.size_bytes or sent.sha256 not in {None, source.sha256}:
            self.delete(sent.id)
            raise UnusableDataError(
                f"'{source.name}' changed while it was read. Nothing was made of it: try again when it rests.",
                detail={"file": source.name},
            )
        return sent.id

    def get(self, raw_data_id: str) -> RawData:
        """What is said of the file, without its content."""
        return read(RawData, self._transport.get(_at(raw_data_id)))

    def list(
        self,
        project_id: str,
        limit: int = 100,
        offset: int = 0,
        *,
        filename: str | None = None,
        source: str | None = None,
        sha256: str | None = None,
        **filters: Unpack[Filters],
    ) -> Page[RawData]:
        """The raw files of a project, newest first.

        Args:
            project_id: the project.
            limit: at most so many, up to 1000.
            offset: pass over so many.
            filename: whose file name is this one.
            source: that came from there.
            sha256: with this content; tells whether a file is stored already.
            **filters: see `Filters`.
        """
        params = {
            **list_params(limit, offset, filters),
            "project_id": project_id,
            "filename": None if filename is None else f"eq.{filename}",
            "source": None if source is None else f"eq.{source}",
            "sha256": sha256,
        }
        return read_page(RawData, self._transport.get("/raw_data", params))

    def update(
        self,
        raw_data_id: str,
        name: str | None = None,
        source: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> RawData:
        """Change what is given; `source=""` clears the source, `metadata` replaces the whole. The content stays."""
        given = {"name": name, "source": source, "metadata": metadata}
        body = {key: value for key, value in given.items() if value is not None}
        return read(RawData, self._transport.patch(_at(raw_data_id), body))

    def delete(self, raw_data_id: str) -> None:
        """Remove a file with its content. The measurements it belongs to stay."""
        self._transport.delete(_at(raw_data_id))

    def list_measurements(self, raw_data_id: str, limit: int = 100, offset: int = 0) -> Page[str]:
        """Ids of the measurements that the file belongs to, newest first."""
        path = f"{_at(raw_data_id)}/cell_measurements"
        return read(Page[str], self._transport.get(path, {"limit": limit, "offset": offset}))

    def measurement_of(self, project_id: str, source: SourceFile) -> str | None:
        """The id of a measurement of the project to which a file of that content belongs; None where there is none."""
        kept = self.list(project_id, sha256=source.sha256).items
        return next((found for raw in kept for found in self.list_measurements(raw.id, limit=1).items), None)

    def download_url(self, raw_data_id: str) -> str:
        """A link to the content that holds for an hour and needs no key."""
        return read(DownloadUrl, self._transport.get(f"{_at(raw_data_id)}/download-url")).url

    def download(
        self,
        raw_data_id: str,
        use_cache: bool = True,  # noqa: ARG002  taken as clients of the field take it
        read_timeout: float = 300.0,
    ) -> bytes:
        """The content, which is compared with its digest and size. For large files there is `download_to`.

        Args:
            raw_data_id: which file.
            use_cache: of no effect; nothing is cached, so what is read is always current.
            read_timeout: seconds to wait for the storage.

        Raises:
            TransportError: what arrived is not what is stored.
        """
        content = io.BytesIO()
        self._receive(self.get(raw_data_id), content, read_timeout)
        return content.getvalue()

    def download_to(self, raw_data_id: str, path: str | os.PathLike[str], read_timeout: float = 300.0) -> Path:
        """Write the content to disk without holding it in memory; it is compared with its digest and size.

        Args:
            raw_data_id: which file.
            path: the file to write, replaced where it exists; or a folder, to write a file of the stored name there.
            read_timeout: seconds to wait for the storage.

        Returns:
            The path of the file.

        Raises:
            TransportError: what arrived is not what is stored. There is no file then, or it is what it was.
        """
        record = self.get(raw_data_id)
        target = Path(path)
        if target.is_dir():
            require_filename(record.filename)
            target /= record.filename
        fresh = target.with_name(f".cellkeep-{secrets.token_hex(8)}")
        try:
            with fresh.open("xb") as file:
                self._receive(record, file, read_timeout)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        return target

    def _receive(self, record: RawData, file: BinaryIO, read_timeout: float) -> None:
        digest = hashlib.sha256()
        for piece in self._transport.pieces(self.download_url(record.id), record.filename, read_timeout):
            digest.update(piece)
            file.write(piece)
        if record.sha256 not in {None, digest.hexdigest()}:
            raise TransportError(
                f"'{record.filename}' did not arrive as it is stored: its SHA-256 should be {record.sha256}, and is "
                f"{digest.hexdigest()}. Fetch it again; if it stays so, the storage of the server is damaged."
            )
        if file.tell() != record.size_bytes:
            raise TransportError(
                f"'{record.filename}' did not arrive whole: {file.tell()} of {record.size_bytes} bytes. Fetch it again."
            )


class _Sending:
    """The bytes of a stream from where it stands to its present end."""

    def __init__(self, file: BinaryIO, filename: str) -> None:
        self._file = file
        self._start = file.tell()
        self.filename = filename
        self.size = file.seek(0, os.SEEK_END) - self._start
        self.sha256 = ""
        """Digest of what was sent, once it is."""

    def pieces(self) -> Iterator[bytes]:
        """No more than the stated size, also of a file that an instrument still writes to."""
        digest, left = hashlib.sha256(), self.size
        self._file.seek(self._start)
        while left and (piece := self._file.read(min(_PIECE_BYTES, left))):
            digest.update(piece)
            left -= len(piece)
            yield piece
        if left:
            raise TransportError(
                f"'{self.filename}' became shorter while it was sent. Nothing was stored; send it again."
            )
        self.sha256 = digest.hexdigest()


@contextmanager
def _opened(file: str | os.PathLike[str] | BinaryIO) -> Iterator[_Sending]:
    if isinstance(file, (str, os.PathLike)):
        with Path(file).open("rb") as opened, _rewindable(opened) as stream:
            yield _Sending(stream, Path(file).name)
        return
    given: Any = file
    if isinstance(given, io.TextIOBase) or not hasattr(given, "read"):
        raise InvalidError(
            f"A raw file is a path or a binary stream, as open(path, 'rb') gives it, not a {type(given).__qualname__}."
        )
    named = getattr(given, "name", None)
    with _rewindable(file) as stream:
        yield _Sending(stream, (PurePath(named).name if isinstance(named, str) else "") or "upload.bin")


@contextmanager
def _rewindable(file: BinaryIO) -> Iterator[BinaryIO]:
    """The stream, or a temporary file with its bytes where it can not go back."""
    if hasattr(file, "seekable") and file.seekable():
        yield file
        return
    with tempfile.TemporaryFile(prefix="cellkeep-") as kept:
        shutil.copyfileobj(file, kept, _PIECE_BYTES)
        kept.seek(0)
        yield kept


def _media_type(filename: str) -> str:
    found, packed = mimetypes.guess_type(filename, strict=False)
    return found if found and not packed else ANY_BYTES


def _at(raw_data_id: str) -> str:
    return f"/raw_data/{segment(raw_data_id)}"
