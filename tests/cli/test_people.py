"""People, their keys and their projects on the command line."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

import cellkeep
from cellkeep.app import open_store
from cellkeep.client.config import write_server
from cellkeep.services import accounts, passwords
from cellkeep.settings import ServerSettings, config_path
from cli.running import Run

Told = Callable[..., str]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a server has been."""
    folder = tmp_path_factory.mktemp("lab")
    cellkeep.open(folder).close()
    return folder


class Terminal(StringIO):
    """Standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def ran(lab: Path, command: Run) -> Run:
    """Status, result and words of a command in the lab."""
    return lambda *words: command(*words, "--data", lab)


@pytest.fixture
def told(ran: Run) -> Told:
    """What a command that succeeds says: its result, or with `words=True` its words about the work."""

    def told_by(*command: str, words: bool = False) -> str:
        status, result, said = ran(*command)
        assert status == 0, said
        return said if words else result

    return told_by


@pytest.fixture
def refused(ran: Run) -> Told:
    """The sentence with which a command fails."""

    def refused_by(*command: str) -> str:
        status, result, said = ran(*command)
        assert (status > 0, result) == (True, "")
        return " ".join(said.split())

    return refused_by


def test_a_person_comes_works_and_goes(told: Told, refused: Told, lab: Path) -> None:
    """Invited, given a key and a role, shut out, let in, removed: each command does what it says."""
    said = told("user", "invite", "Jane@Lab.org", words=True)
    assert "No mail was sent" in said
    assert "cellkeep key create --email jane@lab.org" in said
    assert "was here before" in told("user", "invite", "jane@lab.org", "--role", "Admin", words=True)
    key = told("key", "create", "--email", "JANE@lab.org", "--label", "[red]laptop").strip()
    assert key.startswith("ck_")
    told("project", "add-member", "My project", "jane@lab.org", "--role", "viewer")
    assert "jane@lab.org  Project Viewer  active" in told("project", "members", "My project")
    with cellkeep.open(lab) as client:
        jane = client.organization.get_member("jane@lab.org")
        assert [place.project_role_id for place in jane.projects] == ["project-viewer"]
    told("project", "add-member", "My project", "jane@lab.org", "--role", "Project Admin")
    assert "Project Admin" in told("project", "members", "My project")
    told("project", "remove-member", "My project", "jane@lab.org")
    assert "jane" not in told("project", "members", "My project")
    told("user", "deactivate", "jane@lab.org")
    assert "deactivated" in told("user", "list")
    assert "no active user" in refused("key", "create", "--email", "jane@lab.org")
    told("user", "reactivate", "jane@lab.org")
    told("user", "role", "jane@lab.org", "Admin")
    line = next(line for line in told("user", "list").splitlines() if "jane" in line)
    assert line.split()[:3] == ["jane@lab.org", "Admin", "active"]
    told("user", "remove", "jane@lab.org")
    assert "jane" not in told("user", "list")
    assert "jane" not in told("key", "list")


def test_keys_are_listed_and_revoked_by_id(told: Told, refused: Told, lab: Path) -> None:
    """A list tells id, owner, label and time and never a key; a key that is revoked is gone from it."""
    key = told("key", "create", "--label", "[red]old laptop").strip()
    listed = told("key", "list")
    assert key not in listed
    assert key.removeprefix("ck_") not in listed
    (line,) = [line for line in listed.splitlines() if "[red]old laptop" in line]
    key_id = line.split()[0]
    assert "admin@localhost" in line
    told("key", "revoke", key_id)
    assert key_id not in told("key", "list")
    assert "no key with the id" in refused("key", "revoke", key_id)


def test_a_password_and_a_link_sign_somebody_in(
    told: Told, refused: Told, lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password is typed twice, or is a line of input, and can be taken away; a link names the server's address."""
    told("user", "invite", "jane@lab.org")
    monkeypatch.setattr("sys.stdin", StringIO("four plain old words\nand no more\n"))
    assert "signed out everywhere" in told("user", "password", "jane@lab.org", words=True)
    settings = ServerSettings.from_environment(lab)
    store = open_store(settings)
    jane = passwords.sign_in(store, "jane@lab.org", "four plain old words")
    for typed, failing in ((["another, as good", "another; as good"], "differ"), (["short"] * 2, "at least 10")):
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("cellkeep.cli.users.getpass", lambda _, typed=typed: typed.pop(0))
        assert failing in refused("user", "password", "jane@lab.org")
    typed = ["another, as good"] * 2
    monkeypatch.setattr("cellkeep.cli.users.getpass", lambda _: typed.pop(0))
    told("user", "password", "jane@lab.org")
    assert passwords.sign_in(store, "jane@lab.org", "another, as good").epoch == jane.epoch + 1
    told("user", "password", "jane@lab.org", "--clear")
    with pytest.raises(cellkeep.UnauthorizedError):
        passwords.sign_in(store, "jane@lab.org", "another, as good")
    assert "no user 'x@y'" in refused("user", "password", "x@y")
    link = told("user", "link", "Jane@lab.org").strip()
    assert link.startswith("http://127.0.0.1:8780/ui/login?token=")
    assert accounts.use_login_token(store, link.partition("=")[2]).user_id == jane.user_id
    write_server(config_path(), api_url="http://lab:1234", api_key="ck", data=str(settings.data_dir))
    assert told("user", "link", "jane@lab.org").startswith("http://lab:1234/ui/login?token=")
    monkeypatch.setenv("CELLKEEP_PUBLIC_URL", "https://cells.example.org/")
    assert told("user", "link", "jane@lab.org").startswith("https://cells.example.org/ui/login?token=")
    told("user", "deactivate", "jane@lab.org")
    assert "no active user" in refused("user", "link", "jane@lab.org")
    told("user", "remove", "jane@lab.org")
    store.close()


def test_the_only_admin_is_kept(refused: Told) -> None:
    """The last active admin can not be taken away on the command line either."""
    for command in (
        ("role", "admin@localhost", "Member"),
        ("deactivate", "admin@localhost"),
        ("remove", "admin@localhost"),
    ):
        assert "last active admin" in refused("user", *command)


def test_what_is_not_there_is_told(refused: Told) -> None:
    """Unknown people, projects and roles are named in one sentence."""
    assert "no user 'x@y'" in refused("user", "role", "x@y", "Admin")
    assert "no e-mail address" in refused("user", "invite", "nobody")
    assert "no project 'Nowhere'" in refused("project", "members", "Nowhere")
    assert "no user 'x@y'" in refused("project", "add-member", "My project", "x@y")
    assert "no project role 'boss'" in refused("project", "add-member", "My project", "x@y", "--role", "boss")
    assert "Admin" in refused("user", "invite", "x@y", "--role", "boss")


def test_projects_are_listed(told: Told) -> None:
    """Each with its id and name, also one that was just made."""
    assert told("project", "create", "Second bench").strip() in told("project", "list")
    assert "My project" in told("project", "list")
