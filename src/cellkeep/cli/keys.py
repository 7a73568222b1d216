"""API keys."""

from cyclopts import App

from cellkeep.cli.opening import active, opened
from cellkeep.cli.output import columns, doing, say
from cellkeep.domain.errors import NotFoundError

app = App(name="key", help="API keys of a server on this machine.")


@app.command
def create(*, data: str | None = None, email: str | None = None, label: str = "made on the command line") -> None:
    """Make a new API key and print it. It can not be shown again.

    Args:
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
        email: whose key it is; the first admin's unless given.
        label: what the key is for.
    """
    from cellkeep.services import accounts  # noqa: PLC0415  only where a server is installed

    with opened(data) as (store, admin, settings):
        caller = admin if email is None else active(store, email)
        doing(f"A new key for {caller.email} of the server in {settings.data_dir}:")
        say(accounts.create_key(store, caller.user_id, label))


@app.command(name="list")
def list_(*, data: str | None = None) -> None:
    """List the keys: id, owner, label and when they were made. The keys themselves are not kept.

    Args:
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    with opened(data) as (store, admin, _), store.reading(admin) as work:
        keys = work.people.keys_of(admin.organization)
    columns(("id", "owner", "label", "made"), [(key.id, key.email, key.label, key.created_at) for key in keys])


@app.command
def revoke(key_id: str, /, *, data: str | None = None) -> None:
    """Make a key worthless, at once and for ever. Its owner is signed out of the web pages.

    Args:
        key_id: its id, as `cellkeep key list` tells it.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    with opened(data) as (store, admin, _), store.writing(admin) as work:
        if not work.people.remove_key(admin.organization, key_id):
            raise NotFoundError(f"There is no key with the id '{key_id}'. `cellkeep key list` tells the ids.")
    doing("The key opens nothing any more.")
