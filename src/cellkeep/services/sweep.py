"""Removing what nothing names: abandoned uploads, and objects whose record was never written or is gone."""

from datetime import timedelta

from cellkeep.domain.records import now
from cellkeep.services.keys import MEASUREMENTS
from cellkeep.settings import STAGING_LIFETIME_S
from cellkeep.storage.blobs import STAGING
from cellkeep.storage.store import Store


def sweep(store: Store, *, older_than_s: float = STAGING_LIFETIME_S) -> int:
    """Remove garbage of at least this age; returns how many objects went.

    The age keeps uploads that are under way: their objects exist before their record does.
    """
    before = now() - timedelta(seconds=older_than_s)
    old = [
        blob.key for place in (STAGING, MEASUREMENTS) for blob in store.blobs.list(place) if blob.modified_at < before
    ]
    # Asked after listing: what is recorded meanwhile is in the answer.
    with store.reading() as work:
        used = work.measurements.used_keys()
    garbage = [key for key in old if key not in used]
    store.blobs.delete(garbage)
    return len(garbage)
