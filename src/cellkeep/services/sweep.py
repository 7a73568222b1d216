"""Removing what nothing names: abandoned uploads, objects without a record, and replaced ones whose links expired."""

from datetime import timedelta

from cellkeep.domain.records import now
from cellkeep.services.keys import KINDS
from cellkeep.settings import ORPHAN_LIFETIME_S, RETIRED_LIFETIME_S, STAGING_LIFETIME_S
from cellkeep.storage.blobs import INCOMING, STAGING
from cellkeep.storage.store import Store


def sweep(
    store: Store,
    *,
    staged_for_s: float = STAGING_LIFETIME_S,
    orphaned_for_s: float = ORPHAN_LIFETIME_S,
    retired_for_s: float = RETIRED_LIFETIME_S,
) -> int:
    """Remove garbage of at least these ages; returns how many objects went.

    The ages keep uploads that are under way, whose objects exist before their record does, and give time to notice
    that an older database was put back. Only organizations of this database are looked at: in a blob store that
    somebody else's database names, nothing is garbage.
    """
    removed = remove_retired(store, retired_for_s)
    with store.reading() as work:
        organizations = work.people.organization_ids()
    ages = {STAGING: staged_for_s, **dict.fromkeys(KINDS, orphaned_for_s)}
    places = [(f"{place}/{name}", age) for place, age in ages.items() for name in organizations]
    places.append((f"{STAGING}/{INCOMING}", staged_for_s))
    old = [
        blob.key
        for place, age in places
        for blob in store.blobs.list(place)
        if blob.modified_at < now() - timedelta(seconds=age)
    ]
    # Asked after listing: what is recorded meanwhile is in the answer.
    with store.reading() as work:
        used = work.objects.used()
    garbage = [key for key in old if key not in used]
    store.blobs.delete(garbage)
    return removed + len(garbage)


def remove_retired(store: Store, retired_for_s: float = RETIRED_LIFETIME_S) -> int:
    """Remove what records have replaced, after all links to it have expired; returns how many objects went.

    Should that break off after the commit, the rest is garbage like any other.
    """
    with store.writing() as work:
        taken = work.objects.take_retired(now() - timedelta(seconds=retired_for_s))
        work.discard(taken)
    return len(taken)
