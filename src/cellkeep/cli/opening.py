"""The store of a server on this machine, for commands that work on it directly."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cellkeep.client.config import read_servers
from cellkeep.domain.errors import CellkeepError, NotFoundError
from cellkeep.domain.people import Caller
from cellkeep.settings import DEFAULT_HOST, DEFAULT_PORT, ServerSettings, config_path

if TYPE_CHECKING:
    from cellkeep.storage.store import Store, UnitOfWork
    from cellkeep.storage.tables import UserRow


class Opened(NamedTuple):
    """A store, and the admin as whom the commands act."""

    store: "Store"
    admin: Caller
    settings: ServerSettings


@contextmanager
def opened(data: str | None) -> Iterator[Opened]:
    """The store in a folder; else in CELLKEEP_DATA, else that of the server started last on this machine.

    Raises:
        CellkeepError: no server has run there.
    """
    from cellkeep.app import open_store  # noqa: PLC0415  only where a server is installed
    from cellkeep.services import accounts  # noqa: PLC0415

    servers = read_servers(config_path())
    last = servers[-1].get("data") if servers else None
    settings = ServerSettings.from_environment(data or os.environ.get("CELLKEEP_DATA") or last)
    if not settings.is_set_up():
        raise CellkeepError(
            f"There is no data of a server in {settings.data_dir}. Say --data, with the folder `cellkeep serve` prints."
        )
    store = open_store(settings)
    try:
        yield Opened(store, accounts.ensure_first_admin(store), settings)
    finally:
        store.close()


def active(store: "Store", email: str) -> Caller:
    """The active person of that e-mail address."""
    with store.reading() as work:
        found = work.people.caller_of_email(email)
    if found is None:
        raise NotFoundError(
            f"There is no active user '{email}' on this server. "
            f"`cellkeep user invite` takes people in, `cellkeep user list` tells who is there."
        )
    return found


def address(settings: ServerSettings) -> str:
    """Where the server on these data is reached, as far as this machine knows."""
    started = [server for server in read_servers(config_path()) if server.get("data") == str(settings.data_dir)]
    known = started[-1]["api_url"] if started else f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"
    return settings.public_url or known


def person(work: "UnitOfWork", email: str) -> "UserRow":
    """The account of that e-mail address, active or not."""
    found = work.members.find(email)
    if found is None:
        raise NotFoundError(f"There is no user '{email}' on this server. `cellkeep user invite` takes people in.")
    return found
