"""The cookie of who is signed in, and where a request comes from."""

from contextlib import nullcontext

import pytest

from cellkeep.domain.errors import ForbiddenError, UnauthorizedError
from cellkeep.domain.people import Caller, SignIn
from cellkeep.services import accounts, organization, sessions
from cellkeep.storage.store import Store

SECRET = b"a secret"
JANE = SignIn(user_id="jane", epoch=3, session="one")


def test_only_what_was_sealed_here_is_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cookie of another secret, a changed, an old or a foreign one names nobody."""
    cookie = sessions.seal(JANE, SECRET)
    assert sessions.unseal(cookie, SECRET) == JANE
    said, _, signature = cookie.rpartition(".")
    wrong = [
        sessions.seal(JANE, b"another"), cookie.replace("jane.3", "jane.4"), cookie.replace("jane", "joan"),
        cookie[:-1], said, f"{said}.", f".{signature}", f"{cookie}.", "ü.3.9999999999.\udcff", "x", "", None,
    ]  # fmt: skip
    assert [sessions.unseal(each, SECRET) for each in wrong] == [None] * len(wrong)
    monkeypatch.setattr(sessions, "LIFETIME_S", -2)
    assert sessions.unseal(sessions.seal(JANE, SECRET), SECRET) is None


def test_a_session_ends_with_its_person(store: Store, admin: Caller) -> None:
    """Deactivating ends the sessions and the unused links of a person for good, and removing them does.

    Who showed before that who they are, and comes in after it, is neither signed in nor listed.
    """
    with store.writing(admin) as work:
        user_id = work.members.add("jane@lab.org", "Member")
    key = accounts.create_key(store, user_id, "laptop")

    def set_active(*, active: bool) -> None:
        with store.writing(admin) as work:
            organization.set_active(work, admin, admin.organization.id, user_id, active=active)

    before, link = accounts.sign_in_with_key(store, key), accounts.create_login_token(store, user_id)
    cookie = sessions.begin(store, before, SECRET, "key")
    assert sessions.caller(store, cookie, SECRET).email == "jane@lab.org"
    set_active(active=False)
    late = accounts.create_login_token(store, user_id)
    with pytest.raises(UnauthorizedError):
        accounts.sign_in_with_key(store, key)
    with pytest.raises(UnauthorizedError):
        accounts.use_login_token(store, late)
    set_active(active=True)
    with pytest.raises(UnauthorizedError):
        accounts.use_login_token(store, link)
    with pytest.raises(UnauthorizedError, match="sign in at /ui/login"):
        sessions.caller(store, cookie, SECRET)
    with pytest.raises(UnauthorizedError, match="sign in at /ui/login"):
        sessions.caller(store, sessions.begin(store, before, SECRET, "key"), SECRET)
    cookie = sessions.begin(store, accounts.sign_in_with_key(store, key), SECRET, "key")
    assert sessions.caller(store, cookie, SECRET).user_id == user_id
    assert [each.is_this for each in sessions.listed(store, cookie, SECRET)] == [True]
    with store.writing(admin) as work:
        organization.remove(work, admin, admin.organization.id, user_id)
    with pytest.raises(UnauthorizedError):
        sessions.caller(store, cookie, SECRET)


@pytest.mark.parametrize(
    ("site", "origin", "elsewhere"),
    [
        (None, None, False),
        ("same-origin", None, False),
        ("same-origin", "http://lab:8780", False),
        (None, "https://LAB:8780", False),
        (None, "https://cells.example.org", False),
        (None, "http://cells.example.org", True),
        (None, "http://lab", True),
        (None, "http://lab:3000", True),
        (None, "http://lab:8780.evil.org", True),
        (None, "null", True),
        ("same-origin", "http://evil.org", True),
        ("same-site", None, True),
        ("cross-site", "http://lab:8780", True),
        ("none", None, True),
    ],
)
def test_a_browser_tells_where_a_request_comes_from(site: str | None, origin: str | None, elsewhere: bool) -> None:
    """Only a page of this very server, by the address it was asked at or its public one, counts as ours."""
    said = {"host": "lab:8780", "sec-fetch-site": site, "origin": origin}
    headers = {name: value for name, value in said.items() if value is not None}
    with pytest.raises(ForbiddenError, match="CELLKEEP_PUBLIC_URL") if elsewhere else nullcontext():
        sessions.refuse_elsewhere(headers, "https://Cells.example.org/ui")
