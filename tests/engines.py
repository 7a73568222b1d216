"""Engines that tests share, and that wait for no disk."""

from typing import Any

from sqlalchemy import Dialect, Engine, event

from cellkeep.storage.database import connect
from cellkeep.storage.tables import Base


class Engines:
    """One engine for each kind of database, as long as the worker stands: a new one has all of its SQL made anew."""

    def __init__(self) -> None:
        self._known: dict[str, Engine] = {}
        self._file = ""

    def of(self, url: str) -> Engine:
        """The engine of that kind, which from now on goes to that file, or to the one database of PostgreSQL."""
        kind = url.partition(":")[0]
        if kind not in self._known:
            self._known[kind] = hurried(url)
            event.listen(self._known[kind], "do_connect", self._go)
        if kind == "sqlite":
            self._known[kind].dispose()
            self._file = url.removeprefix("sqlite:///")
        return self._known[kind]

    def _go(self, dialect: Dialect, _record: object, arguments: list[Any], _options: object) -> None:
        if dialect.name == "sqlite":
            arguments[0] = self._file

    def close(self) -> None:
        for engine in self._known.values():
            engine.dispose()


def hurried(url: str) -> Engine:
    """An engine that waits for no disk: tests end before the power fails."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    return engine


def empty(engine: Engine) -> None:
    """End what earlier tests still do in a database of PostgreSQL, and remove all rows."""
    busy = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    tables = "; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)  # noqa: S608  our own names
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {busy}")  # noqa: S608
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {tables}")  # in any order
