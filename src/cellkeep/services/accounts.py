"""Who may come in: the first admin, keys and one-time login links."""

import secrets
from datetime import timedelta

from cellkeep.domain.errors import CellkeepError, UnauthorizedError
from cellkeep.domain.people import Caller, EndedLink, SignIn
from cellkeep.domain.projects import ProjectDraft
from cellkeep.domain.records import now
from cellkeep.storage.store import Store

FIRST_ADMIN_EMAIL = "admin@localhost"
FIRST_PROJECT = "My project"
_SHORTEST_KEY = 16
_LOGIN_LINK_LIFETIME = timedelta(minutes=30)


def ensure_first_admin(store: Store) -> Caller:
    """The admin of this store. An empty store gets an organization, an admin and a first project."""
    with store.writing() as work:
        work.people.one_at_a_time()
        admin = work.people.first_admin()
        if admin is None:
            organization = work.people.add_organization("My lab")
            user_id = work.people.add_user(organization, FIRST_ADMIN_EMAIL, "Admin")
            admin = Caller(
                user_id=user_id, email=FIRST_ADMIN_EMAIL, organization=organization, organization_role="Admin"
            )
            work.projects.create(ProjectDraft(name=FIRST_PROJECT), admin)
        return admin


def ensure_key(store: Store, admin: Caller, wanted: str | None) -> str | None:
    """Give the admin the wanted key if that is new, or else a random one if there is none yet.

    Returns:
        The random key, which can not be told again; None where none was made.

    Raises:
        CellkeepError: the wanted key is short enough to be guessed.
    """
    if wanted and len(wanted) < _SHORTEST_KEY:
        raise CellkeepError(f"CELLKEEP_ADMIN_KEY needs at least {_SHORTEST_KEY} characters, chosen at random.")
    with store.writing() as work:
        work.people.one_at_a_time()
        if wanted and work.people.caller_of_key(wanted) is None:
            work.people.add_key(admin.user_id, wanted, "set by CELLKEEP_ADMIN_KEY")
            return None
        if not wanted and not work.people.has_key(admin.user_id):
            key = new_key()
            work.people.add_key(admin.user_id, key, "first start")
            return key
    return None


def create_key(store: Store, user_id: str, label: str) -> str:
    """A new key of the user. It is told once and kept only as a hash."""
    key = new_key()
    with store.writing() as work:
        work.people.add_key(user_id, key, label)
    return key


def new_key() -> str:
    return f"ck_{secrets.token_urlsafe(32)}"


def authenticate(store: Store, key: str | None) -> Caller:
    """The caller a key belongs to.

    Raises:
        UnauthorizedError: there is no key, or it is not one of ours.
    """
    if not key:
        raise UnauthorizedError("An API key is needed: send it as X-API-Key, or set CELLKEEP_API_KEY for the client.")
    with store.reading() as work:
        caller = work.people.caller_of_key(key)
    if caller is None:
        raise UnauthorizedError(
            "This API key is not known here. `cellkeep key create` on the server's machine makes one."
        )
    return caller


def is_known(store: Store, key: str) -> bool:
    """Whether the key lets anybody in."""
    with store.reading() as work:
        return work.people.caller_of_key(key) is not None


def create_login_token(store: Store, user_id: str) -> str:
    """A token that signs the user in to the web pages once, within half an hour."""
    token = secrets.token_urlsafe(24)
    with store.writing() as work:
        work.people.add_login_link(user_id, token, now() + _LOGIN_LINK_LIFETIME)
    return token


def use_login_token(store: Store, token: str) -> SignIn:
    """The active user whom the token signs in; it is used up.

    Raises:
        UnauthorizedError: it was used, has ended or expired, or never was.
    """
    with store.writing() as work:
        found = work.people.take_login_link(token)
        ended = work.people.ended_link(token) if found is None else None
    if found is None:
        raise UnauthorizedError(f"{_why_not(ended)} `cellkeep user link` on the server's machine makes another.")
    return found


def _why_not(ended: EndedLink | None) -> str:
    """Why a link signs nobody in. Who has one that was made here may know; of any other text nothing is told."""
    if ended is None:
        return "This login link was used already or has expired."
    moment = f"{ended.ended_at:%Y-%m-%d %H:%M} UTC"
    return {
        "use": f"This login link was used already, on {moment}: it works once.",
        "password": f"This login link ended when a password was set, on {moment}: sign in with that.",
        "safety": f"This login link was ended on {moment}.",
    }[ended.ended_by]


def sign_in_with_key(store: Store, key: str) -> SignIn:
    """The active user whom a key signs in to the web pages.

    Raises:
        UnauthorizedError: it is not one of ours.
    """
    with store.reading() as work:
        found = work.people.sign_in_of_key(key)
    if found is None:
        raise UnauthorizedError("This API key is not known here.")
    return found
