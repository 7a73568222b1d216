"""Who may come in."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from cellkeep.domain.errors import CellkeepError, UnauthorizedError
from cellkeep.domain.people import Caller, SignIn
from cellkeep.domain.records import now
from cellkeep.services import accounts
from cellkeep.services.projects import only_project
from cellkeep.storage.database import connect
from cellkeep.storage.store import Store
from services.bench import together


def dump(database_url: str) -> str:
    """Every value of every table."""
    engine = connect(database_url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        content = "\n".join(
            repr(tuple(row))
            for table in tables
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
        )
    engine.dispose()
    return content


def test_an_empty_store_gets_an_admin_and_a_project(store: Store) -> None:
    """The first start makes an organization, an admin and a project; the next ones find them."""
    admin = accounts.ensure_first_admin(store)
    assert admin.is_admin
    assert accounts.ensure_first_admin(store) == admin
    with store.reading(admin) as work:
        assert work.projects.get(only_project(work)).name == accounts.FIRST_PROJECT


def test_servers_that_start_at_once_find_the_same_admin(store: Store) -> None:
    """Six first starts at the same moment, with the same key given, end in one admin who has the key."""

    def start(_: int) -> Caller:
        admin = accounts.ensure_first_admin(store)
        accounts.ensure_key(store, admin, "ck_the_same_for_all")
        return admin

    admins = together(6, start)
    assert all(isinstance(admin, Caller) and admin == admins[0] for admin in admins), admins
    assert accounts.authenticate(store, "ck_the_same_for_all") == admins[0]


def test_keys_and_tokens_are_kept_only_as_hashes(store: Store, admin: Caller, database_url: str) -> None:
    """Nowhere in the database is the text of a key or of a login token."""
    key = accounts.create_key(store, admin.user_id, "laptop")
    token = accounts.create_login_token(store, admin.user_id)
    content = dump(database_url)
    assert "laptop" in content
    assert key not in content
    assert key.removeprefix("ck_") not in content
    assert token not in content


def test_a_key_lets_its_owner_in(store: Store, admin: Caller) -> None:
    """A key stands for the user it was made for, and no other text does."""
    key = accounts.create_key(store, admin.user_id, "laptop")
    assert key.startswith("ck_")
    assert accounts.authenticate(store, key) == admin
    assert accounts.is_known(store, key)
    for wrong in (None, "", "ck_", key[:-1], key.upper(), key + "\0", "ü", "' OR 1=1 --"):
        with pytest.raises(UnauthorizedError):
            accounts.authenticate(store, wrong)


def test_a_text_that_is_no_text_is_no_key(store: Store, admin: Caller) -> None:
    """Bytes of a header that are no text are an unknown key and no accident."""
    with pytest.raises(UnauthorizedError):
        accounts.authenticate(store, "\udcff")


def test_the_key_of_the_environment_is_taken(store: Store, admin: Caller) -> None:
    """A wanted key lets the admin in, is never told again, and keeps the keys before it; a short one is refused."""
    for key in ("ck_wanted_by_a_script", "ck_wanted_by_a_script", "ck_another_of_a_script"):
        assert accounts.ensure_key(store, admin, key) is None
        assert accounts.authenticate(store, key) == admin
    assert accounts.authenticate(store, "ck_wanted_by_a_script") == admin
    assert accounts.ensure_key(store, admin, None) is None
    with pytest.raises(CellkeepError, match="at least 16 characters"):
        accounts.ensure_key(store, admin, "short")


def test_the_first_start_makes_a_key(store: Store, admin: Caller) -> None:
    """Without a wanted key the first start gives one, which works, and the second none."""
    key = accounts.ensure_key(store, admin, None)
    assert accounts.authenticate(store, key) == admin
    assert accounts.ensure_key(store, admin, None) is None


def test_a_login_token_works_once(store: Store, admin: Caller) -> None:
    """A token signs in the first of eight who use it at once, and nobody later."""
    token = accounts.create_login_token(store, admin.user_id)
    answers = together(8, lambda _: accounts.use_login_token(store, token))
    assert [answer for answer in answers if isinstance(answer, SignIn)] == [SignIn(user_id=admin.user_id, epoch=0)]
    assert all(isinstance(answer, (SignIn, UnauthorizedError)) for answer in answers)
    for wrong in (token, "", "x"):
        with pytest.raises(UnauthorizedError):
            accounts.use_login_token(store, wrong)


def test_a_login_token_expires(store: Store, admin: Caller, database_url: str) -> None:
    """After its time a token signs nobody in, and nothing is kept of it."""
    with store.writing() as work:
        work.people.add_login_link(admin.user_id, "late", now() - timedelta(seconds=1))
    token = accounts.create_login_token(store, admin.user_id)
    with pytest.raises(UnauthorizedError):
        accounts.use_login_token(store, "late")
    assert accounts.use_login_token(store, token).user_id == admin.user_id


def test_a_person_who_left_is_not_let_in(store: Store, admin: Caller, database_url: str) -> None:
    """The keys of a user who is no longer active open nothing."""
    key = accounts.create_key(store, admin.user_id, "laptop")
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE users SET is_active = :no"), {"no": False})
    engine.dispose()
    with pytest.raises(UnauthorizedError):
        accounts.authenticate(store, key)
