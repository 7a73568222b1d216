"""Settings of the server and of the client, read from the environment in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from platformdirs import user_config_path, user_data_path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8780

CONFIRM_WAIT_S = 6.0
"""How long a confirm waits for the step table. Clients of the field give up on an answer after 10 s."""

MAX_WAITING_CONFIRMS = 8
"""Confirms that may wait at once; one more is answered `pending`, so that waiting never uses up all threads."""

MAX_WAITING_LINKS = 8
"""Links that may wait at once for a file that others have written, for the same reason."""

STAGING_LIFETIME_S = 24 * 3600.0
"""An upload that was not confirmed after this long is abandoned and may be swept."""

ORPHAN_LIFETIME_S = 30 * 24 * 3600.0
"""An object that no record names is removed after this long, and not before somebody could notice a mistake."""

LAB_STALE_AFTER_S = 24 * 3600.0
"""A running test that sent nothing for this long is shown as gone quiet. Slow tests append at least once a day."""

SIGNED_PUT_LIFETIME_S = 6 * 3600.0
"""Long enough for a slow line to send a large series; shorter than the staged bytes live."""

SIGNED_GET_LIFETIME_S = 3600.0

SECRET_FILE = "secret.key"  # noqa: S105  the name of a file
"""In the data folder: the key of links and cookies."""

UPLOADS_FOLDER = "uploads"
"""In the data folder: files that people sent by a page, until they are stored."""

PROCESSING_MB = 32
"""Rows of a series that are held at once while it is read, unless `CELLKEEP_PROCESSING_MB` says otherwise."""

RETIRED_LIFETIME_S = SIGNED_GET_LIFETIME_S + 60.0
"""Until the last link to a replaced object has expired, one that was signed while it was being replaced included."""


@dataclass(frozen=True)
class ServerSettings:
    """Where a server keeps things and how it is reached.

    Attributes:
        data_dir: folder of the embedded database, the blobs and the signing secret.
        database_url: SQLAlchemy URL; SQLite in `data_dir` unless set.
        blob_url: `file:///…` or `s3://bucket/prefix`; a folder in `data_dir` unless set.
        public_url: what signed URLs start with; the address of the request unless set.
        admin_key: key of the first admin for scripted set-ups; made at random unless set.
    """

    data_dir: Path
    database_url: str
    blob_url: str
    public_url: str | None = None
    admin_key: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(
        cls, data_dir: str | Path | None = None, environ: Mapping[str, str] = os.environ
    ) -> "ServerSettings":
        """Read `CELLKEEP_DATA`, `_DATABASE_URL`, `_BLOB_URL`, `_PUBLIC_URL` and `_ADMIN_KEY`; an argument wins."""
        chosen = data_dir or environ.get("CELLKEEP_DATA") or user_data_path("cellkeep")
        root = Path(chosen).expanduser().resolve()
        public_url = environ.get("CELLKEEP_PUBLIC_URL")
        return cls(
            data_dir=root,
            database_url=environ.get("CELLKEEP_DATABASE_URL") or f"sqlite:///{quote(str(root / 'cellkeep.db'))}",
            blob_url=environ.get("CELLKEEP_BLOB_URL") or (root / "blobs").as_uri(),
            public_url=public_url.rstrip("/") if public_url else None,
            admin_key=environ.get("CELLKEEP_ADMIN_KEY") or None,
        )

    def is_set_up(self) -> bool:
        """Whether a server has run on these settings; one with a database elsewhere is taken to have."""
        here = f"sqlite:///{quote(str(self.data_dir / 'cellkeep.db'))}"
        return self.database_url != here or (self.data_dir / "cellkeep.db").exists()

    @classmethod
    def embedded(cls, data_dir: str | Path) -> "ServerSettings":
        """SQLite and a folder, whatever the environment says."""
        return cls.from_environment(data_dir, environ={})


def holds_data(folder: Path) -> bool:
    """Whether a server, or `cellkeep.open`, keeps its data in the folder."""
    return (folder / SECRET_FILE).is_file() and ((folder / "cellkeep.db").exists() or (folder / "blobs").is_dir())


def processing_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """Bytes of the rows of a series that are held at once, from `CELLKEEP_PROCESSING_MB`.

    Raises:
        ValueError: it is no whole number of at least 1.
    """
    said = environ.get("CELLKEEP_PROCESSING_MB") or str(PROCESSING_MB)
    if not said.isdecimal() or int(said) < 1:
        raise ValueError(f"CELLKEEP_PROCESSING_MB is '{said}', but must be a whole number of megabytes, 1 or more.")
    return int(said) * 1_000_000


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's config file; `CELLKEEP_CONFIG` names another."""
    chosen = environ.get("CELLKEEP_CONFIG")
    return Path(chosen) if chosen else user_config_path("cellkeep") / "config.json"
