"""People."""

import sys
from getpass import getpass

from cyclopts import App
from pydantic import ValidationError

from cellkeep.cli.opening import active, address, opened, person
from cellkeep.cli.output import columns, doing, plain
from cellkeep.domain.errors import InvalidError
from cellkeep.domain.people import Invitation, OrganizationRole

app = App(name="user", help="People of a server on this machine.")


@app.command(name="list")
def list_(*, data: str | None = None) -> None:
    """List everybody: e-mail address, role, whether they may come in, and since when they are there.

    Args:
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    with opened(data) as (store, admin, _), store.reading(admin) as work:
        found = work.members.list(admin)
    columns(
        ("email", "role", "state", "since"),
        [(each.email, each.role, "active" if each.is_active else "deactivated", each.created_at) for each in found],
    )


@app.command
def invite(email: str, /, *, role: OrganizationRole = "Member", data: str | None = None) -> None:
    """Take a person in. No mail is sent: a key or a login link is made, and handed over.

    Args:
        email: who.
        role: Admin, who may do everything, or Member, who sees the projects they have a role in.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import organization  # noqa: PLC0415  only where a server is installed

    try:
        asked = Invitation(email=email, role_name=role)
    except ValidationError:
        raise InvalidError(f"'{email}' is no e-mail address like jane@lab.org.") from None
    with opened(data) as (store, admin, _), store.writing(admin) as work:
        result = organization.invite(work, admin, admin.organization.id, asked.email, asked.role_name)
    if result.already_member:
        doing(f"{asked.email} was here before, as {result.role_name}, and still is.")
        return
    doing(f"{asked.email} is a {result.role_name} now. No mail was sent. Make a key or a link and hand it over:")
    doing(f"  cellkeep key create --email {asked.email}")
    doing(f"  cellkeep user link {asked.email}")


@app.command
def password(email: str, /, *, clear: bool = False, data: str | None = None) -> None:
    """Give somebody a password for the web pages, in place of any before it. They are signed out everywhere.

    It is asked for twice; where nobody sits at a terminal, it is the first line of standard input.

    Args:
        email: who.
        clear: let no password sign them in any more.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import passwords  # noqa: PLC0415  only where a server is installed

    with opened(data) as (store, admin, _):
        with store.reading(admin) as work:
            user_id = person(work, email).id
        if clear:
            passwords.clear(store, user_id)
        else:
            passwords.change(store, user_id, _asked_for_password())
    doing(f"{email} has {'no' if clear else 'a new'} password now, and is signed out everywhere.")


@app.command
def link(email: str, /, *, data: str | None = None) -> None:
    """Print a link that signs somebody in to the web pages once, within half an hour.

    Args:
        email: who.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import accounts  # noqa: PLC0415

    with opened(data) as (store, _, settings):
        token = accounts.create_login_token(store, active(store, email).user_id)
        doing(f"This link works once, for half an hour. Whoever opens it is {email}:")
        plain(f"{address(settings)}/ui/login?token={token}")


@app.command
def role(email: str, role: OrganizationRole, /, *, data: str | None = None) -> None:
    """Make somebody an admin, or a member again.

    Args:
        email: who.
        role: Admin or Member.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import organization  # noqa: PLC0415

    with opened(data) as (store, admin, _), store.writing(admin) as work:
        organization.set_role(work, admin, admin.organization.id, person(work, email).id, role)
    doing(f"{email} is a {role} now.")


@app.command
def deactivate(email: str, /, *, data: str | None = None) -> None:
    """Shut somebody out at once, with all their keys and sessions. What they made stays.

    Args:
        email: who.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    _set_active(email, data, active=False)
    doing(f"{email} is shut out. `cellkeep user reactivate` lets them in again, with the same keys.")


@app.command
def reactivate(email: str, /, *, data: str | None = None) -> None:
    """Let somebody in again, with the keys and roles they had.

    Args:
        email: who.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    _set_active(email, data, active=True)
    doing(f"{email} may come in again.")


@app.command
def remove(email: str, /, *, data: str | None = None) -> None:
    """Remove somebody with their keys and roles, for good. What they made stays.

    Args:
        email: who.
        data: folder of the server; else CELLKEEP_DATA, else that of the server started last on this machine.
    """
    from cellkeep.services import organization  # noqa: PLC0415

    with opened(data) as (store, admin, _), store.writing(admin) as work:
        organization.remove(work, admin, admin.organization.id, person(work, email).id)
    doing(f"{email} is removed. What they made is kept.")


def _asked_for_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("New password: ")
    if first != getpass("The same again: "):
        raise InvalidError("The two passwords differ. Nothing was changed.")
    return first


def _set_active(email: str, data: str | None, *, active: bool) -> None:
    from cellkeep.services import organization  # noqa: PLC0415

    with opened(data) as (store, admin, _), store.writing(admin) as work:
        user = person(work, email)
        organization.set_active(work, admin, admin.organization.id, user.id, active=active)
