"""API keys."""

import os

from cyclopts import App

from cellkeep.cli.output import doing, say
from cellkeep.client.config import read_servers
from cellkeep.domain.errors import CellkeepError, NotFoundError
from cellkeep.settings import ServerSettings, config_path

app = App(name="key", help="API keys of a server on this machine.")


@app.command
def create(*, data: str | None = None, email: str | None = None, label: str = "made on the command line") -> None:
    """Make a new API key and print it. It can not be shown again.

    Args:
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
        email: whose key it is; the first admin's unless given.
        label: what the key is for.
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
    admin = accounts.ensure_first_admin(store)
    caller = admin
    if email is not None:
        with store.reading() as work:
            found = work.people.caller_of_email(email)
        if found is None:
            raise NotFoundError(f"There is no active user '{email}' on this server.")
        caller = found
    doing(f"A new key for {caller.email} of the server in {settings.data_dir}:")
    say(accounts.create_key(store, caller.user_id, label))
    store.close()
