"""Names of objects in the blob store.

`staging/<organization>/<record>/…` is where clients send; `<kind>/<organization>/<record>/<random>/…` is where
confirmed content lies, under a name no link was ever signed for.
"""

import hashlib
import re
import secrets

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.storage.blobs import STAGING

MEASUREMENTS = "measurements"
RAW_DATA = "raw_data"
DATASETS = "datasets"
ANALYSES = "analyses"
KINDS = (MEASUREMENTS, RAW_DATA, DATASETS, ANALYSES)
"""First parts of the keys of lasting content."""

TIME_SERIES = "time_series.parquet"
APPENDED = "appended.parquet"
EXTENSION = "time_series_extend.parquet"
STEPS = "steps.parquet"
CYCLES = "cycles.parquet"
OVERVIEW = "overview.parquet"
CONTENT = "content"
"""Of a record that is one file."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def staged(caller: Caller, record_id: str, leaf: str) -> str:
    """Where a client sends one part of a record that is not confirmed yet.

    Raises:
        NotFoundError: the id is none that `initiate-upload` gave out.
    """
    if not _ID.fullmatch(record_id):
        raise NotFoundError(f"'{record_id}' is not the id of an upload: take the one that initiate-upload gave.")
    return f"{STAGING}/{caller.organization.id}/{record_id}/{leaf}"


def staged_extensions(caller: Caller, measurement_id: str) -> str:
    """The folder where this person sends rows to append to.

    Raises:
        NotFoundError: the id is none of a measurement.
    """
    return staged(caller, measurement_id, f"extend-{caller.user_id}")


def staged_extension(caller: Caller, measurement_id: str) -> str:
    """A fresh place in that folder, so that nobody writes over what was sent before, not even the same person."""
    return _fresh(staged_extensions(caller, measurement_id), EXTENSION)


def is_staged_extension(key: str, caller: Caller, measurement_id: str) -> bool:
    """Whether it is such a place."""
    return _is_fresh(key, staged_extensions(caller, measurement_id), EXTENSION)


def staged_replacement(caller: Caller, measurement_id: str) -> str:
    """A fresh place where this person sends a series that is to take the place of the present one.

    Raises:
        NotFoundError: the id is none of a measurement.
    """
    return _fresh(_replacements(caller, measurement_id), TIME_SERIES)


def is_staged_replacement(key: str, caller: Caller, measurement_id: str) -> bool:
    """Whether it is such a place."""
    return _is_fresh(key, _replacements(caller, measurement_id), TIME_SERIES)


def _replacements(caller: Caller, measurement_id: str) -> str:
    return staged(caller, measurement_id, f"replace-{caller.user_id}")


def _fresh(folder: str, leaf: str) -> str:
    return f"{folder}/{secrets.token_hex(8)}/{leaf}"


def _is_fresh(key: str, folder: str, leaf: str) -> bool:
    return re.fullmatch(f"{re.escape(folder)}/[0-9a-f]{{16}}/{re.escape(leaf)}", key) is not None


def stored(organization_id: str, record_id: str, leaf: str, kind: str = MEASUREMENTS) -> str:
    """A fresh key for content that will not change."""
    return f"{kind}/{organization_id}/{record_id}/{secrets.token_hex(8)}/{leaf}"


def file_leaf(position: int, filename: str) -> str:
    """Where an attached file is stored; the name itself is kept in the record, and never becomes a path."""
    return f"file-{position:04d}-{hashlib.sha256(filename.encode()).hexdigest()[:16]}"
