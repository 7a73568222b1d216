"""Signing in and out, as a browser does it."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from cellkeep.services import accounts, passwords, sessions
from cellkeep.web.sign_in import own_page
from conftest import Server

PASSWORD = "four plain old words"

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture
def browser(server: Server) -> Iterator[httpx2.Client]:
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": server.url}
    with httpx2.Client(base_url=server.url, headers=headers) as browser:
        yield browser


@pytest.fixture
def admin_id(server: Server) -> str:
    """The admin, who has a password."""
    user_id = accounts.ensure_first_admin(server.store).user_id
    passwords.change(server.store, user_id, PASSWORD)
    return user_id


def led_to(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_stranger_signs_in_and_lands_where_they_wanted(browser: httpx2.Client, admin_id: str) -> None:
    """By the password, after a wrong one, to the page with its query; and out, when that cookie lets nobody in."""
    wanted = "/ui/measurements/a%3Fb?steps=1&x=%2F"
    to_form = led_to(browser.get(wanted))
    assert to_form == "/ui/login?next=%2Fui%2Fmeasurements%2Fa%253Fb%3Fsteps%3D1%26x%3D%252F"
    form = browser.get(to_form)
    assert 'name="next" value="/ui/measurements/a%3Fb?steps=1&amp;x=%2F"' in form.text
    assert form.headers["referrer-policy"] == "same-origin"  # a browser would not tell the origin of a form otherwise
    sent = {"email": '"><b>admin@localhost', "password": PASSWORD, "next": wanted}
    refused = browser.post("/ui/login", data=sent)
    assert refused.status_code == 401
    assert "No active person has this e-mail address and this password." in refused.text
    assert 'value="&#34;&gt;&lt;b&gt;admin@localhost"' in refused.text
    assert PASSWORD not in refused.text
    answer = browser.post("/ui/login", data={**sent, "email": "Admin@localhost"})
    assert led_to(answer) == wanted
    said = answer.headers["set-cookie"]
    assert all(f"; {part}" in said for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=1209600"))
    assert "Secure" not in said
    assert led_to(browser.get("/ui/login", params={"next": wanted})) == wanted
    assert "Sign out" in browser.get("/ui/").text
    stolen = browser.cookies[sessions.COOKIE]
    assert led_to(browser.post("/ui/logout")) == "/ui/login"
    assert sessions.COOKIE not in browser.cookies
    assert led_to(browser.get("/ui/")) == "/ui/login?next=%2Fui%2F"
    browser.cookies.set(sessions.COOKIE, stolen)
    assert led_to(browser.get("/ui/")) == "/ui/login?next=%2Fui%2F"


def test_a_key_signs_in_until_it_is_revoked(server: Server, browser: httpx2.Client) -> None:
    """The key of the API is taken with space around it, and another text is not; a revoked key ends the session."""
    for wrong in ("ck_wrong", "", "\0", server.key.upper()):
        answer = browser.post("/ui/login", data={"key": wrong})
        assert (answer.status_code, "This API key is not known here." in answer.text) == (401, True)
    assert led_to(browser.post("/ui/login", data={"key": f" {server.key}\n"})) == "/ui/"
    assert browser.get("/ui/").status_code == 200
    admin = accounts.ensure_first_admin(server.store)
    with server.store.writing(admin) as work:
        for key in work.people.keys_of(admin.organization):
            work.people.remove_key(admin.organization, key.id)
    assert led_to(browser.get("/ui/")) == "/ui/login?next=%2Fui%2F"


def test_a_link_works_once(server: Server, browser: httpx2.Client, admin_id: str) -> None:
    """It leads where it says; used again, or forged, it shows the form with a word on how to get another.

    Who is signed in is led home instead, and told that.

    What was opened over https is sent over nothing else.
    """
    token = accounts.create_login_token(server.store, admin_id)
    for said in (token, "forged"):
        if said == token:
            assert led_to(browser.get("/ui/login", params={"token": said, "next": "/ui/lab"})) == "/ui/lab"
            again = led_to(browser.get("/ui/login", params={"token": said}))
            assert "used already, or has ended" in browser.get(again).text
            browser.cookies.clear()
        answer = browser.get("/ui/login", params={"token": said})
        why = "was used already, on 20" if said == token else "was used already or has expired"
        assert (answer.status_code, why in answer.text) == (401, True)
    token = accounts.create_login_token(server.store, admin_id)
    over_https = TestClient(server.app, base_url="https://lab", follow_redirects=False)
    assert "; Secure" in over_https.get("/ui/login", params={"token": token}).headers["set-cookie"]


def test_a_link_that_a_password_ended_says_so(server: Server, browser: httpx2.Client, admin_id: str) -> None:
    """Who holds it learns when that was, and that the password is the way in now."""
    token = accounts.create_login_token(server.store, admin_id)
    passwords.change(server.store, admin_id, PASSWORD)
    answer = browser.get("/ui/login", params={"token": token})
    assert answer.status_code == 401
    assert re.search(r"ended when a password was set, on 20\d\d-.* UTC: sign in with that\.", answer.text)


def test_somebody_sets_their_own_password(server: Server, browser: httpx2.Client, admin_id: str) -> None:
    """The present one has to be right and the new one typed twice; then all sessions but this one have ended.

    Without a password yet none is asked for, and other sessions can be ended by themselves.
    """
    passwords.clear(server.store, admin_id)
    token, other = accounts.create_login_token(server.store, admin_id), httpx2.Client(base_url=server.url)
    browser.get("/ui/login", params={"token": token})
    sent = {"password": PASSWORD, "again": PASSWORD}
    assert "Present password" not in browser.get("/ui/account").text
    assert led_to(browser.post("/ui/account/password", data=sent)) == "/ui/account?done=password"
    with other:
        other.post("/ui/login", data={"key": server.key}, headers={"Accept": "text/html"})
        assert browser.get("/ui/account").text.count("<li>since") == 2
        assert led_to(browser.post("/ui/account/sessions")) == "/ui/account?done=sessions"
        assert other.get("/ui/").status_code == 401
    for wrong, words in (
        ({**sent, "present": "another"}, "The present password is another."),
        ({**sent, "present": PASSWORD, "again": "x"}, "The two new passwords differ."),
        ({"present": PASSWORD, "password": "short", "again": "short"}, "at least 10 characters"),
    ):
        answer = browser.post("/ui/account/password", data=wrong)
        assert answer.status_code >= 400
        assert words in answer.text
    new = "five quite new plain words"
    changed = browser.post("/ui/account/password", data={"present": PASSWORD, "password": new, "again": new})
    assert "signed out everywhere but here" in browser.get(led_to(changed)).text
    assert passwords.sign_in(server.store, "admin@localhost", new).user_id == admin_id


def test_a_forged_cookie_signs_nobody_in(browser: httpx2.Client, admin_id: str) -> None:
    """A cookie that this server did not sign, or that it signed in an earlier way, is no session."""
    for cookie in (f"{admin_id}.9999999999.", f"{admin_id}.1.9999999999.{'0' * 64}", "x", "..", ""):
        browser.cookies.set(sessions.COOKIE, cookie)
        assert browser.get("/ui/").status_code == 303


def test_the_page_of_another_site_signs_nobody_in_or_out(browser: httpx2.Client, server: Server) -> None:
    """Neither into an account of its own choice, nor out of theirs: 403, as a page, and no cookie is touched."""
    for told in (
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.org"},
        {"Sec-Fetch-Site": "same-site", "Origin": server.url},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ):
        for path in ("/ui/login", "/ui/logout"):
            answer = browser.post(path, data={"key": server.key}, headers=told)
            assert answer.status_code == 403
            assert "a page of another site" in answer.text
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.org/ui/", "//evil.org/ui/", "/\\evil.org", "/ui/\\evil.org", "/ui/%5Cevil.org", "/ui//evil.org",
        "/ui/..//evil.org", "/ui/%2e%2e//evil.org", "/ui/..", "javascript:alert(1)", "/uix/", "/users/me", "ui/", "",
        "/ui/\r\nSet-Cookie: a=b", " /ui/", "\t//evil.org", "/ui/login?token=x", "/ui/logout", "/ui/%6cogin",
    ],
)  # fmt: skip
def test_nobody_is_led_away(server: Server, wanted: str) -> None:
    """What is no page of ours leads to the first one."""
    assert own_page(wanted) == "/ui/"


def test_a_form_is_small(browser: httpx2.Client) -> None:
    """A stranger's form is not read beyond 16 KiB, nor with more than a few fields."""
    assert browser.post("/ui/login", data={"password": "x" * 20_000}).status_code == 413
    assert browser.post("/ui/login", data={str(number): "" for number in range(30)}).status_code == 400


def test_who_guesses_has_to_wait(server: Server, browser: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """After five wrong passwords for an address, known or not, the page says for how long, and so does a header.

    On the page of one's own they have to wait, too.
    """
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._NOBODYS._replace(n=2))
    with server.store.writing(accounts.ensure_first_admin(server.store)) as work:
        user_id = work.members.add("guessed@lab.org", "Member")
    browser.get("/ui/login", params={"token": accounts.create_login_token(server.store, user_id)})
    sent = {"email": "guessed@lab.org", "password": "wrong"}
    assert {browser.post("/ui/login", data=sent).status_code for _ in range(5)} == {401}
    answer = browser.post("/ui/login", data=sent)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert f"Wait {answer.headers['retry-after']} seconds" in answer.text
    answer = browser.post("/ui/account/password", data={"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, "Too many tries" in answer.text) == (429, True)
