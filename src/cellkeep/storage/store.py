"""The store: a database and a blob store, and the units of work on them."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from cellkeep.domain.errors import CellkeepError, ConflictError, InvalidError
from cellkeep.storage.analyses import Analyses
from cellkeep.storage.batches import Batches
from cellkeep.storage.blobs import BlobStore
from cellkeep.storage.browsing import Browsing
from cellkeep.storage.channels import Channels
from cellkeep.storage.cyclers import Cyclers
from cellkeep.storage.incidents import Incidents
from cellkeep.storage.instances import Instances
from cellkeep.storage.lab import Lab
from cellkeep.storage.local_blobs import FolderBlobs, LocalBlobs
from cellkeep.storage.materials import Materials
from cellkeep.storage.measurements import Measurements
from cellkeep.storage.members import Members
from cellkeep.storage.objects import Objects
from cellkeep.storage.occupations import Occupations
from cellkeep.storage.overview import Glance
from cellkeep.storage.people import People
from cellkeep.storage.places import PlacesOfProjects
from cellkeep.storage.planned_measurements import PlannedMeasurements
from cellkeep.storage.projects import Projects
from cellkeep.storage.property_datasets import PropertyDatasets
from cellkeep.storage.raw_data import RawFiles
from cellkeep.storage.s3_blobs import S3Blobs
from cellkeep.storage.scope import SYSTEM, Viewer
from cellkeep.storage.search import Search
from cellkeep.storage.service_events import ServiceEvents
from cellkeep.storage.sites import Sites
from cellkeep.storage.specs import Specs
from cellkeep.storage.studies import Studies
from cellkeep.storage.tags import Tags
from cellkeep.storage.versions import Versions
from cellkeep.storage.watches import Watches

_log = logging.getLogger(__name__)

_DEADLOCK = "40P01"


class UnitOfWork:
    """One transaction, and the repositories as far as the viewer sees."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self.people = People(session)
        self.members = Members(session, viewer)
        self.projects = Projects(session, viewer)
        self.specs = Specs(session, viewer)
        self.batches = Batches(session, viewer)
        self.instances = Instances(session, viewer)
        self.measurements = Measurements(session, viewer)
        self.glance = Glance(session, viewer)
        self.raw_data = RawFiles(session, viewer)
        self.materials = Materials(session, viewer)
        self.property_datasets = PropertyDatasets(session, viewer)
        self.analyses = Analyses(session, viewer)
        self.studies = Studies(session, viewer)
        self.tags = Tags(session, viewer)
        self.search = Search(session, viewer)
        self.browsing = Browsing(session, viewer)
        self.sites = Sites(session, viewer)
        self.cyclers = Cyclers(session, viewer)
        self.service_events = ServiceEvents(session)
        self.channels = Channels(session, viewer)
        self.incidents = Incidents(session)
        self.occupations = Occupations(session, viewer)
        self.lab = Lab(session, viewer)
        self.planned_measurements = PlannedMeasurements(session, viewer)
        self.places = PlacesOfProjects(session, viewer)
        self.watches = Watches(session, viewer)
        self.versions = Versions(session)
        self.objects = Objects(session)
        self.discarded: list[str] = []
        """Keys of objects that nothing names any more once this is committed."""

    def discard(self, keys: Iterable[str]) -> None:
        """Have these objects removed after the commit."""
        self.discarded.extend(keys)


class Trial(Protocol):
    """Something that reads a table to its last value, and refuses what does not end well."""

    def __call__(self, path: Path, what: str, *, most_values: int | None = None) -> None:
        """Read it; of a table with more than `most_values` cells only the footer."""


def _trusted(path: Path, what: str, *, most_values: int | None = None) -> None:
    """Where only this process itself sends, it need not be kept from what it reads."""


class Store:
    """Where everything is kept. Safe to use from many threads."""

    def __init__(self, engine: Engine, blobs: BlobStore, try_reading: "Trial | None" = None) -> None:
        self._engine = engine
        self.blobs = blobs
        self.try_reading = try_reading or _trusted
        """Has a table that somebody sent read elsewhere, before this process reads it."""

    def linking_by(self, blobs: BlobStore) -> "Store":
        """The same store with links of another kind to the same objects; it ends with this one."""
        return Store(self._engine, blobs, self.try_reading)

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

    @contextmanager
    def local_copies(self, keys: Iterable[str]) -> Iterator[list[Path]]:
        """Files with the content of objects, in this order, for as long as the context lasts.

        Raises:
            BlobNotFoundError: there is no such object.
        """
        with ExitStack() as stack:
            yield [stack.enter_context(self.blobs.local_copy(key)) for key in keys]

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
    """Say of values that no column holds, such as a number beyond all integers, that they are malformed.

    And of changes that waited for each other that one of them was given up.
    """
    try:
        yield
    except (DataError, OverflowError) as error:
        raise InvalidError(f"A value of this request can not be kept: {getattr(error, 'orig', error)}") from error
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
            raise
        raise ConflictError("Others changed the same records at the same moment. Try again.") from error


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
