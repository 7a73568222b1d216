"""Passwords: what is kept of them, and whom they let in."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from cellkeep.domain.errors import ForbiddenError, InvalidError, UnauthorizedError
from cellkeep.domain.people import Caller
from cellkeep.services import organization, passwords, sessions
from cellkeep.storage.store import Store
from services.bench import together
from services.test_accounts import dump

GOOD = "four plain old words"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that take no time, where it is not they that are looked at."""
    monkeypatch.setattr(passwords, "_N", 2)
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._NOBODYS._replace(n=2))


def test_a_password_is_kept_only_as_a_hash_with_its_parameters(store: Store, admin: Caller, database_url: str) -> None:
    """Nowhere in the database is its text, the same one is kept differently each time, and it lets its owner in."""
    assert passwords._NOBODYS[:3] == (2**15, 8, 3)
    kept = set()
    for _ in range(2):
        passwords.change(store, admin.user_id, GOOD)
        content = dump(database_url)
        assert GOOD not in content
        kept.add(content.partition("scrypt:32768:8:3:")[2][:97])
    assert len(kept) == 2
    assert passwords.sign_in(store, "ADMIN@localhost ", GOOD).user_id == admin.user_id


def test_a_hash_of_earlier_parameters_still_fits(store: Store, admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept is compared in the way in which it was made."""
    monkeypatch.setattr(passwords, "_N", 4)
    passwords.change(store, admin.user_id, GOOD)
    monkeypatch.setattr(passwords, "_N", 8)
    assert passwords.sign_in(store, admin.email, GOOD).user_id == admin.user_id


@pytest.mark.usefixtures("cheap")
def test_everybody_who_is_wrong_is_told_the_same_after_the_same_work(
    store: Store, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, an unknown address, no password and a deactivated person: one sentence, and one hash."""
    with store.writing(admin) as work:
        gone = work.members.add("gone@lab.org", "Member")
        work.members.add("keys@lab.org", "Member")
    for user_id in (admin.user_id, gone):
        passwords.change(store, user_id, GOOD)
    with store.writing(admin) as work:
        organization.set_active(work, admin, admin.organization.id, gone, active=False)
    done: list[Any] = []
    compute = passwords.hashlib.scrypt
    monkeypatch.setattr(passwords.hashlib, "scrypt", lambda *args, **how: (done.append(how), compute(*args, **how))[1])
    told = set()
    for email, password in (
        (admin.email, GOOD.upper()),
        ("nobody@lab.org", GOOD),
        ("keys@lab.org", ""),
        ("gone@lab.org", GOOD),
    ):
        with pytest.raises(UnauthorizedError) as refused:
            passwords.sign_in(store, email, password)
        told.add(refused.value.message)
    assert len(told) == 1
    assert {(how["n"], how["r"], how["p"]) for how in done} == {(2, 8, 3)}
    assert len(done) == 4


@pytest.mark.usefixtures("cheap")
def test_a_password_is_no_word(store: Store, admin: Caller) -> None:
    """A short one is refused with the number of characters; the same letters are the same however they are composed."""
    for wrong in ("", "short", "x" * 1025):
        with pytest.raises(InvalidError, match="at least 10 characters"):
            passwords.change(store, admin.user_id, wrong)
    passwords.change(store, admin.user_id, "Zürich 1845")
    assert passwords.sign_in(store, admin.email, "Zu\N{COMBINING DIAERESIS}rich 1845").user_id == admin.user_id


@pytest.mark.usefixtures("cheap")
def test_a_change_of_any_kind_ends_all_sessions(store: Store, admin: Caller) -> None:
    """Another password, the same again, none, a key revoked: who was signed in before is so no more."""
    with store.writing(admin) as work:
        work.people.add_key(admin.user_id, "ck_laptop", "laptop")
        (key,) = work.people.keys_of(admin.organization)

    def revoke() -> None:
        with store.writing(admin) as work:
            assert work.people.remove_key(admin.organization, key.id)

    changes: list[Callable[[], None]] = [
        lambda: passwords.change(store, admin.user_id, GOOD),
        revoke,
        lambda: passwords.clear(store, admin.user_id),
    ]
    passwords.change(store, admin.user_id, GOOD)
    for change in changes:
        cookie = sessions.begin(store, passwords.sign_in(store, admin.email, GOOD), b"secret", "password")
        assert sessions.caller(store, cookie, b"secret") == admin
        change()
        with pytest.raises(UnauthorizedError):
            sessions.caller(store, cookie, b"secret")
    with pytest.raises(UnauthorizedError):
        passwords.sign_in(store, admin.email, GOOD)


def test_few_hashes_are_computed_at_once(store: Store, admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twelve who come at once two are worked on, six wait, and four are sent away to come again."""
    lock, sent_away, pair = threading.Lock(), threading.Event(), threading.Barrier(2)
    inside = most = refused = 0

    def slow(*_: Any, **__: Any) -> bytes:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        sent_away.wait(30)
        pair.wait(30)
        with lock:
            inside -= 1
        return bytes(32)

    def come(_: int) -> None:
        nonlocal refused
        try:
            passwords.sign_in(store, admin.email, GOOD)
        except ForbiddenError:
            with lock:
                refused += 1
                if refused == 4:
                    sent_away.set()
            raise

    monkeypatch.setattr(passwords.hashlib, "scrypt", slow)
    answers = together(12, come)
    assert {answer.status_code for answer in answers} == {401, 503}
    assert sorted(type(answer).__name__ for answer in answers) == ["ForbiddenError"] * 4 + ["UnauthorizedError"] * 8
    assert most == 2
