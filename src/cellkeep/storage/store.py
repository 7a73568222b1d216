"""The store: a database and a blob store, and the units of work on them."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

from sqlalchemy import Engine
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from cellkeep.domain.errors import CellkeepError, InvalidError
from cellkeep.storage.batches import Batches
from cellkeep.storage.blobs import BlobStore
from cellkeep.storage.instances import Instances
from cellkeep.storage.local_blobs import FolderBlobs, LocalBlobs
from cellkeep.storage.measurements import Measurements
from cellkeep.storage.people import People
from cellkeep.storage.projects import Projects
from cellkeep.storage.s3_blobs import S3Blobs
from cellkeep.storage.scope import SYSTEM, Viewer
from cellkeep.storage.specs import Specs
from cellkeep.storage.tags import Tags

_log = logging.getLogger(__name__)


class UnitOfWork:
    """One transaction, and the repositories as far as the viewer sees."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self.people = People(session)
        self.projects = Projects(session, viewer)
        self.specs = Specs(session, viewer)
        self.batches = Batches(session, viewer)
        self.instances = Instances(session, viewer)
        self.measurements = Measurements(session, viewer)
        self.tags = Tags(session, viewer)
        self.discarded: list[str] = []
        """Keys of objects that nothing names any more once this is committed."""

    def discard(self, keys: Iterable[str]) -> None:
        """Have these objects removed after the commit."""
        self.discarded.extend(keys)


class Store:
    """Where everything is kept. Safe to use from many threads."""

    def __init__(self, engine: Engine, blobs: BlobStore) -> None:
        self._engine = engine
        self.blobs = blobs

    @contextmanager
    def reading(self, viewer: Viewer = SYSTEM) -> Iterator[UnitOfWork]:
        """A transaction that only reads."""
        with _keepable(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield UnitOfWork(session, viewer)

    @contextmanager
    def writing(self, viewer: Viewer = SYSTEM) -> Iterator[UnitOfWork]:
        """A transaction that is committed where the context ends without an error, and is on disk then."""
        bound = self._engine.execution_options(write=True)
        with Session(bound, expire_on_commit=False) as session:
            with _keepable(), session.begin():
                work = UnitOfWork(session, viewer)
                yield work
            self.remove(work.discarded)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove objects that nothing names, as far as it goes: what stays is garbage for a sweep, and no failure."""
        try:
            self.blobs.delete(keys)
        except Exception:  # noqa: BLE001  stores fail in ways of their own, and the work is done by now
            _log.warning("%d objects could not be removed now; the next sweep takes them.", len(keys), exc_info=True)

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _keepable() -> Iterator[None]:
    """Say of values that no database column holds, such as a number beyond all integers, that they are malformed."""
    try:
        yield
    except (DataError, OverflowError) as error:
        raise InvalidError(f"A value of this request can not be kept: {getattr(error, 'orig', error)}") from error


def open_blobs(url: str, *, secret: bytes, embedded: bool = False) -> BlobStore:
    """The blob store behind `file:///folder` or `s3://bucket/prefix`.

    Args:
        url: where it is.
        secret: key of the signatures of a local store.
        embedded: whether the only client is in this process, so that links may be the files themselves.

    Raises:
        CellkeepError: the URL is of another kind.
    """
    parsed = urlparse(url)
    if parsed.scheme == "file":
        kind = FolderBlobs if embedded else LocalBlobs
        return kind(Path(unquote(parsed.path)), secret)
    if parsed.scheme == "s3":
        return S3Blobs(url)
    raise CellkeepError(f"CELLKEEP_BLOB_URL '{url}' is neither file:///folder nor s3://bucket/prefix.")
