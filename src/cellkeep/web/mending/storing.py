"""A mended series put in the place of the stored one, by the way that reading files again takes."""

from cellkeep.client.mending_stored import confirming
from cellkeep.domain.errors import ConflictError, InvalidError, UnusableDataError
from cellkeep.domain.versions import InitiateReplace
from cellkeep.services import replace
from cellkeep.services.processing import Jobs
from cellkeep.storage.store import Store
from cellkeep.web.mending.previews import Previews, Wanted
from cellkeep.web.mending.stored import SERIES


def store_mended(store: Store, jobs: Jobs, previews: Previews, wanted: Wanted, base_url: str) -> None:
    """Mend a series and have it take the place of the stored one, which stays as an earlier version.

    Raises:
        ConflictError: it was changed meanwhile, or is being processed. Nothing was changed.
        InvalidError: nothing can be mended. Nothing was changed.
        UnusableDataError: no tables can be made of the mended series. Nothing was changed.
    """
    record, who = wanted.record, wanted.who
    asked = InitiateReplace(force=True)
    target = replace.initiate(store, who, record.id, asked, base_url=base_url).uploads[0]
    with store.blobs.workspace() as folder:
        told = previews.whole(wanted, folder)
        if told.message or told.change is None:
            raise InvalidError(told.message or "There is nothing to mend. Nothing was changed.")
        store.blobs.put(target.path, folder / SERIES)
    said = confirming(record, told.repairs, told.change, target.path)
    bundle = replace.confirm(store, jobs, who, record.id, said)
    if bundle.processing_error:
        raise UnusableDataError(f"No tables could be made of the mended series: {bundle.processing_error}")


def require_seen(wanted: Wanted, seen: str) -> None:
    """Refuse to mend what is not any more as the person saw it.

    Raises:
        ConflictError: it was changed meanwhile.
    """
    if seen != wanted.record.updated_at.isoformat():
        raise ConflictError(
            f"'{wanted.record.name}' was changed while you looked at what mending would do. Nothing was stored: go "
            "back, and look at it as it is now."
        )
