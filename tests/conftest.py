"""Fixtures: each test has a store of its own, or an emptied server, on SQLite and again on PostgreSQL."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpcore2
import psycopg
import pytest
from fastapi import FastAPI

from cellkeep import app
from cellkeep.app import open_store, served_app
from cellkeep.client import Client
from cellkeep.domain.people import Caller
from cellkeep.services import accounts
from cellkeep.settings import ServerSettings
from cellkeep.storage.database import connect, migrate
from cellkeep.storage.store import Store
from cellkeep.testing import servers
from engines import Engines, empty, hurried
from states import State

CYCLER_FILES = Path(__file__).parents[2] / "shared" / "cycler_files"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured, which is no part of whether they pass."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(f"measured: {value}")


def pytest_configure() -> None:
    """While tests are collected nothing becomes garbage, and to look for it again and again takes its time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was loaded until now stays."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("CELLKEEP_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CELLKEEP_CONFIG", str(tmp_path / "config" / "config.json"))


@pytest.fixture(scope="session", autouse=True)
def _hurry() -> Iterator[None]:
    """In this process nobody waits for a disk, or reads anew for each client whom this machine trusts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        patch.setattr(os, "fsync", lambda _file: None)
        patch.setattr(app, "connect", hurried)
        yield


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    engines = Engines()
    yield engines
    engines.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A running PostgreSQL, with a database `template_cellkeep` that is migrated."""
    with servers.postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_cellkeep")
        engine = connect(_database(url, "template_cellkeep"))
        migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.S3]:
    with servers.s3(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture(scope="session")
def standing_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of PostgreSQL that stands as long as the worker does; to make one takes longer than to empty it."""
    with new_database(request, "postgres", tmp_path_factory.mktemp("standing-database")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, engines: Engines) -> Iterator[str]:
    """A migrated database with nothing in it; every test that uses it runs on both kinds."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("standing_database")
        empty(engines.of(url))
        yield url
        return
    with new_database(request, request.param, tmp_path / "data") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def own_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database that no other test meets, for one that changes more than its rows."""
    with new_database(request, request.param, tmp_path / "data") as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> ServerSettings:
    data = tmp_path / "data"
    return ServerSettings(data_dir=data, database_url=database_url, blob_url=(data / "blobs").as_uri())


@pytest.fixture
def store(settings: ServerSettings, engines: Engines, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store on both databases, with blobs on local disk."""
    with monkeypatch.context() as patch:
        patch.setattr(app, "connect", engines.of)
        return app.open_store(settings)


@pytest.fixture
def admin(store: Store) -> Caller:
    """The first admin, in an organization with one project."""
    return accounts.ensure_first_admin(store)


@dataclass(frozen=True)
class Server:
    """A running server, and the key of its admin.

    Attributes:
        bare: what it held when it was started: an admin and a first project.
    """

    url: str
    key: str
    store: Store
    app: FastAPI
    bare: State


@pytest.fixture(scope="session")
def standing_server(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    postgres_server: str,
) -> Iterator[Callable[[str], Server]]:
    """The server on each kind of database that stands as long as the worker does; to start one takes its time."""
    with ExitStack() as stack:

        @cache
        def stand(kind: str) -> Server:
            data = tmp_path_factory.mktemp(f"standing-{kind}")
            database_url = stack.enter_context(new_database(request, kind, data))
            return stack.enter_context(serving(data, database_url))

        yield stand


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, standing_server: Callable[[str], Server]) -> Server:
    """A real server behind a real socket, on both databases, with nothing in it but an admin and a first project."""
    found = standing_server(request.param)
    found.bare.restore(found.store)
    return found


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """Our client of that server, as its admin."""
    with Client(api_url=server.url, api_key=server.key) as client:
        yield client


@contextmanager
def new_database(request: pytest.FixtureRequest, kind: str, data: Path) -> Iterator[str]:
    """The URL of a new database of that kind, whose file, if it is one, lies in `data`."""
    if kind == "sqlite":
        data.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(request.getfixturevalue("sqlite_template"), data / "cellkeep.db")
        yield f"sqlite:///{data / 'cellkeep.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_cellkeep")
        yield _database(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serving(data: Path, database_url: str, port: int | None = None) -> Iterator[Server]:
    """A server on that database, with its blobs in a folder of `data`."""
    settings = ServerSettings(data_dir=data, database_url=database_url, blob_url=(data / "blobs").as_uri())
    store = open_store(settings)
    app = served_app(settings, store)
    key = accounts.create_key(store, accounts.ensure_first_admin(store).user_id, "test")
    with servers.served(app, port) as url:
        yield Server(url, key, store, app, State.of(store))


def _database(url: str, name: str) -> str:
    """The same server's database of that name."""
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
