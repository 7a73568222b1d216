"""Names of objects in the blob store.

`staging/<organization>/<measurement>/…` is where clients send; `measurements/<organization>/<measurement>/<random>/…`
is where confirmed content lies, under a name no link was ever signed for.
"""

import hashlib
import re
import secrets

from cellkeep.domain.errors import NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.storage.blobs import STAGING

MEASUREMENTS = "measurements"
TIME_SERIES = "time_series.parquet"
STEPS = "steps.parquet"
CYCLES = "cycles.parquet"

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def staged(caller: Caller, measurement_id: str, leaf: str) -> str:
    """Where a client sends one part of a measurement that is not confirmed yet.

    Raises:
        NotFoundError: the id is none that `initiate-upload` gave out.
    """
    if not _ID.fullmatch(measurement_id):
        raise NotFoundError(f"'{measurement_id}' is not the id of an upload: take the one that initiate-upload gave.")
    return f"{STAGING}/{caller.organization.id}/{measurement_id}/{leaf}"


def stored(organization_id: str, measurement_id: str, leaf: str) -> str:
    """A fresh key for content that will not change."""
    return f"{MEASUREMENTS}/{organization_id}/{measurement_id}/{secrets.token_hex(8)}/{leaf}"


def file_leaf(position: int, filename: str) -> str:
    """Where an attached file is stored; the name itself is kept in the record, and never becomes a path."""
    return f"file-{position:04d}-{hashlib.sha256(filename.encode()).hexdigest()[:16]}"
