"""Engines: SQLite in WAL mode and PostgreSQL behind one set of settings."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError

from cellkeep.domain.errors import CellkeepError

_SQLITE_BUSY_TIMEOUT_MS = 30_000
"""A writer waits this long for another before it gives up."""

_JOURNAL_PAUSE_S = 0.01
"""Between two attempts to change the journal."""


def connect(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`.

    On SQLite foreign keys are on, the journal is WAL, and every commit is on disk before it returns
    (`synchronous=FULL`). PostgreSQL is reached through psycopg.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(
        parsed,
        # Times are read back in the zone of the session, and one near the year 9999 exists in UTC alone.
        connect_args={"options": "-c timezone=UTC"},
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=40,
        json_serializer=_json,
    )


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the present schema, or an earlier one; starting twice at once is safe.

    Raises:
        CellkeepError: the database can not be reached or opened, or can not be changed; it is as it was then.
    """
    try:
        _upgrade(engine, revision)
    except OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise CellkeepError(f"The database {shown} can not be used: {str(error.orig).strip()}") from error


def _upgrade(engine: Engine, revision: str) -> None:
    with engine.connect().execution_options(write=True) as connection, _unchecked(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7235)")
        before = _revision(connection)
        if before == _newest() and revision == "head":
            return
        config = _migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if connection.dialect.name == "sqlite" and before != _revision(connection):
            _require_references(connection)


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", "cellkeep.storage:migrations")
    return config


@cache
def _newest() -> str | None:
    """The present schema. To find it every migration is loaded, which takes longer than to open a database."""
    return ScriptDirectory.from_config(_migrations()).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_references(connection: Connection) -> None:
    """Raise CellkeepError, and so undo the change, where a row refers to one that is not there."""
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise CellkeepError(
            f"The database was not brought up to date and is as it was: {len(broken)} rows of {tables} would refer to "
            "nothing. Keep a copy of it, and tell the makers of cellkeep."
        )


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Without foreign keys, on SQLite.

    It changes a table by making another, and to drop the first would remove all that refers to it. The driver is told,
    since within a transaction the pragma does nothing.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_json,
        connect_args={"timeout": _SQLITE_BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        pool_size=20,
        max_overflow=40,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    _use_write_ahead_log(connection)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "case_sensitive_like=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own lower() knows ASCII only; names are compared in every script.
    connection.create_function("lower", 1, lambda text: text.lower() if text else text, deterministic=True)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Wait for others who change the journal of a new database: SQLite itself does not, for fear of a deadlock."""
    give_up_at = time.monotonic() + _SQLITE_BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(_JOURNAL_PAUSE_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail where one that takes the write lock at once waits.
    mode = "IMMEDIATE" if connection.get_execution_options().get("write") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")
