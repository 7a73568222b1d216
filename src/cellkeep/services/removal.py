"""What fails because its measurement was removed meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from cellkeep.services.series import UNREADABLE
from cellkeep.storage.blobs import BlobNotFoundError
from cellkeep.storage.scope import SYSTEM, Viewer
from cellkeep.storage.store import Store


@contextmanager
def not_found_once_removed(store: Store, measurement_id: str, viewer: Viewer = SYSTEM) -> Iterator[None]:
    """Read objects of a measurement; where that fails and it is gone, it is not found, and nothing is out of order.

    Raises:
        NotFoundError: it was removed while it was read.
    """
    try:
        yield
    except (BlobNotFoundError, *UNREADABLE):
        with store.reading(viewer) as work:
            work.measurements.row(measurement_id)
        raise
