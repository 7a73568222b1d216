"""The composition root: the one place where a store, a worker and the API are put together."""

import atexit
import hmac
import os
import secrets
import stat
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
from fastapi import FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.testclient import TestClient

from cellkeep.client import Client
from cellkeep.client.config import Connection
from cellkeep.client.frames import Backend
from cellkeep.client.in_process import InProcess
from cellkeep.domain.errors import CellkeepError, UnauthorizedError
from cellkeep.domain.people import Caller
from cellkeep.server import Context, Known, create_api
from cellkeep.services import accounts, sessions
from cellkeep.services.trial_reading import TrialReader
from cellkeep.settings import SECRET_FILE, UPLOADS_FOLDER, ServerSettings, processing_bytes
from cellkeep.storage.database import connect, migrate
from cellkeep.storage.local_blobs import FolderBlobs
from cellkeep.storage.store import Store, open_blobs
from cellkeep.web import pages
from cellkeep.web.failures import FailuresAsPages
from cellkeep.web.site import ClientOf, Site
from cellkeep.web.upload.desk import Desk
from cellkeep.worker import ProcessingPool

_SECRET_BYTES = 32

_TRIAL = TrialReader()
"""One for all stores of a process: it keeps nothing of any of them, and its children take a moment to start."""
atexit.register(_TRIAL.close)


def open_store(settings: ServerSettings, *, embedded: bool = False) -> Store:
    """The store of these settings; folders, tables and the secret are made where they are missing."""
    try:
        processing_bytes()
    except ValueError as error:  # now, and not when the first series comes
        raise CellkeepError(str(error)) from None
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    except OSError as error:
        raise CellkeepError(f"'{settings.data_dir}' can not be used as a folder: {error.strerror}.") from error
    engine = connect(settings.database_url)
    migrate(engine)
    blobs = open_blobs(settings.blob_url, secret=_secret(settings.data_dir), embedded=embedded)
    return Store(engine, blobs, None if embedded else _TRIAL)


def create_app(settings: ServerSettings, store: Store, authenticate: Known, by_session: Known | None = None) -> FastAPI:
    """The application on a store; it owns the store, and closes it when it ends.

    It has pages where `by_session` tells whose session a cookie is.
    """
    pool = ProcessingPool(store)
    client_of = clients(settings, store, pool) if by_session else None
    desk = Desk(settings.data_dir / UPLOADS_FOLDER, client_of) if client_of else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pool.start()
        if desk is not None:
            desk.start()
        yield
        if desk is not None:
            desk.close()
        pool.close()
        store.close()

    app = create_api(Context(store, pool, authenticate, by_session, settings.public_url), lifespan)
    if client_of is not None and desk is not None:
        site = Site(store, pool, _secret(settings.data_dir), client_of, settings.public_url)
        app.include_router(pages(site, desk))
        app.add_middleware(FailuresAsPages)
    return app


def clients(settings: ServerSettings, store: Store, pool: ProcessingPool) -> ClientOf:
    """Makes clients that act for a person of the store, by the same rules as over a socket, and without one.

    Whose a request is, is said by the id of the user: nothing but such a client reaches the application behind it.
    What they may do is asked at each request, so that a role which is taken away counts at once.
    """
    blobs = open_blobs(settings.blob_url, secret=_secret(settings.data_dir), embedded=True)
    own = store.linking_by(blobs)
    files_below = blobs.root if isinstance(blobs, FolderBlobs) else None

    def caller(user_id: str | None) -> Caller:
        with own.reading() as work:
            found = work.people.caller_of_user(user_id) if user_id else None
        if found is None:
            raise UnauthorizedError("Whoever asked for this is not among the people of this server any more.")
        return found

    def client_of(user_id: str, heard: Callable[[httpx2.Request], None]) -> Client:
        way = InProcess(create_api(Context(own, pool, caller), _nothing))
        url = "http://server"
        asking = {"request": [heard]}
        http = httpx2.Client(transport=way, base_url=url, headers={"X-API-Key": user_id}, event_hooks=asking)
        return Client.over(http, Connection(api_url=url, api_key=user_id), files_below=files_below)

    return client_of


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    """An application that another one starts and ends."""
    yield


def served_app(settings: ServerSettings, store: Store) -> FastAPI:
    """The application a server runs: callers come with keys of the store, or are signed in to the pages."""
    # FastAPI keeps this from being told where it makes a route, but not among threads; each client of the pages has an
    # application of its own, and several are made at once.
    warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
    secret = _secret(settings.data_dir)
    return create_app(
        settings,
        store,
        lambda key: accounts.authenticate(store, key),
        lambda cookie: sessions.caller(store, cookie, secret),
    )


def open_embedded(folder: str | Path, dataframe_backend: Backend | None = None) -> Client:
    """A client over a folder, with the application it speaks to in this process."""
    settings = ServerSettings.embedded(folder)
    store = open_store(settings, embedded=True)
    admin = accounts.ensure_first_admin(store)
    own_key = accounts.new_key()

    def authenticate(key: str | None) -> Caller:
        if key and hmac.compare_digest(key, own_key):
            return admin
        return accounts.authenticate(store, key)

    http = _InProcess(create_app(settings, store, authenticate), own_key)
    connection = Connection(api_url=settings.data_dir.as_uri(), api_key=own_key)
    files_below = store.blobs.root if isinstance(store.blobs, FolderBlobs) else None
    return Client.over(http, connection, files_below=files_below, dataframe_backend=dataframe_backend)


class _InProcess(TestClient):
    """Requests that call the application directly; the application starts with it and ends with it."""

    def __init__(self, app: FastAPI, key: str) -> None:
        super().__init__(app, base_url="http://embedded", headers={"X-API-Key": key}, raise_server_exceptions=False)
        self.follow_redirects = False
        self.__enter__()

    def close(self) -> None:
        self.exit_stack.close()
        super().close()


def _secret(data_dir: Path) -> bytes:
    """The key of links and cookies, in a file that only its owner reads; links outlive a restart."""
    path = data_dir / SECRET_FILE
    if not path.exists():
        fresh = data_dir / f".{secrets.token_hex(8)}"
        descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first, and its secret is whole
            os.link(fresh, path)
        fresh.unlink()
    secret = path.read_bytes()
    if len(secret) < _SECRET_BYTES:
        raise CellkeepError(f"{path} is damaged. Remove it and start again; links and sign-ins begin anew.")
    return secret
