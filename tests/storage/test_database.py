"""Engines and migrations."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, func, inspect, select, table, text, types
from sqlalchemy.types import TypeEngine

from cellkeep.domain.errors import CellkeepError
from cellkeep.storage.database import connect, migrate
from cellkeep.storage.local_blobs import LocalBlobs
from cellkeep.storage.store import Store
from cellkeep.storage.tables import Base
from storage.world import populate


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"test_{uuid4().hex}"
    before, _, query = server.partition("?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        yield f"{before.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture
def engine(own_database_url: str) -> Iterator[Engine]:
    engine = connect(own_database_url)
    yield engine
    engine.dispose()


def test_sqlite_is_set_for_safety(tmp_path: Path) -> None:
    """Every connection keeps a write-ahead log, minds foreign keys and waits for the disk at each commit."""
    engine = connect(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            pragmas = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
            assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 30_000}
    engine.dispose()


def test_migrations_equal_the_models(engine: Engine) -> None:
    """A migrated database has the tables, columns, keys and indexes of the models, no more and no fewer."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []
        foreign_keys = {
            (table, key["constrained_columns"][0], key["options"].get("ondelete"))
            for table in inspect(connection).get_table_names()
            for key in inspect(connection).get_foreign_keys(table)
        }
    assert foreign_keys == {
        (table.name, key.parent.name, key.ondelete)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
    }


def test_migrating_again_is_harmless(engine: Engine, tmp_path: Path) -> None:
    """A database that is up to date stays as it is, with what is in it."""
    store = Store(engine, LocalBlobs(tmp_path, b"secret"))
    world = populate(store)
    migrate(engine)
    with store.reading() as work:
        assert work.measurements.get(world.first.measurement).name == "Test"


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"])
def test_an_upgrade_loses_no_row(empty_url: str, revision: str) -> None:
    """What an earlier version has stored is all there after every later change of the schema."""
    engine = connect(empty_url)
    migrate(engine, revision)
    before = fill(engine)
    assert len(before) >= 14
    migrate(engine)
    assert counts(engine, before) == before == dict.fromkeys(before, 1)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def test_an_upgrade_that_would_break_references_is_undone(tmp_path: Path) -> None:
    """A row that refers to nothing stops the change, and everything stays as it was."""
    engine = connect(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine, "0003")
    fill(engine)
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            connection.execute(text("DELETE FROM raw_data"))
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
    with pytest.raises(CellkeepError, match="1 rows of measurement_raw_data would refer to nothing"):
        migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0003"
    engine.dispose()


VALUES: dict[type[TypeEngine[Any]], Any] = {
    types.Boolean: False,
    types.Integer: 1,
    types.Float: 1.0,
    types.DateTime: datetime(2026, 1, 1, tzinfo=UTC),
    types.Date: date(2026, 1, 1),
    types.JSON: {},
    types.String: "x",
}
"""Something for a column of each type; all keys are the same text, so that rows refer to each other."""


def fill(engine: Engine) -> dict[str, int]:
    """Put one row into every table; how many each has then."""
    metadata = MetaData()
    metadata.reflect(engine)
    tables = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    with engine.execution_options(write=True).begin() as connection:
        for table in tables:
            row = {
                column.name: next(value for kind, value in VALUES.items() if isinstance(column.type, kind))
                for column in table.columns
            }
            connection.execute(table.insert(), row)
    return counts(engine, [table.name for table in tables])


def counts(engine: Engine, tables: Iterable[str]) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in tables}


def test_four_servers_may_migrate_at_once(empty_url: str) -> None:
    """Servers that start at once on an empty database all find it ready."""

    def start(_: int) -> set[str]:
        engine = connect(empty_url)
        migrate(engine)
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
        engine.dispose()
        return tables

    with ThreadPoolExecutor(4) as threads:
        for tables in threads.map(start, range(4)):
            assert tables == {*Base.metadata.tables, "alembic_version"}


def test_connections_wait_for_one_another_on_a_new_file(tmp_path: Path) -> None:
    """Of eight that change the journal of a new database at the same moment, none is turned away."""
    for attempt in range(20):
        url = f"sqlite:///{tmp_path}/{attempt}.db"
        at_once = threading.Barrier(8)

        def begin(_: int, url: str = url, at_once: threading.Barrier = at_once) -> str:
            engine = connect(url)
            at_once.wait()
            with engine.connect() as connection:
                journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            engine.dispose()
            return str(journal)

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(begin, range(8))) == ["wal"] * 8


def test_times_are_utc_whatever_the_server_thinks(database_url: str, store: Store) -> None:
    """A date at the end of all years is read back from a database that lives in another zone."""
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has no zone")
    end_of_time = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    world = populate(store)
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = connection.execute("SELECT current_database()").fetchone()
        assert name
        connection.execute(f"ALTER DATABASE {name[0]} SET timezone = 'Europe/Berlin'")
    store.close()
    engine = connect(database_url)
    again = Store(engine, store.blobs)
    with again.writing() as work:
        work.measurements.row(world.first.measurement).estimated_end_time = end_of_time
    with again.reading() as work:
        assert work.measurements.get(world.first.measurement).estimated_end_time == end_of_time
    engine.dispose()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name[0]} RESET timezone")
