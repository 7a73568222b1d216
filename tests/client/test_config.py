"""Which server and which key: argument, then environment, then the config file."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from cellkeep import CellkeepError, Client
from cellkeep.client.config import read_servers, resolve, write_server

ONE = {"api_url": "http://one:1", "api_key": "key-one", "data": "/one"}
TWO = {"api_url": "http://two:2", "api_key": "key-two", "data": "/two"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "config.json"


@pytest.fixture
def environ(path: Path) -> dict[str, str]:
    return {"CELLKEEP_CONFIG": str(path)}


def test_the_file_is_for_its_owner_alone(path: Path, environ: dict[str, str]) -> None:
    """What holds keys is readable by its owner only, also when it is written over."""
    write_server(path, **ONE)
    path.chmod(0o644)
    write_server(path, **TWO)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["config.json"]


def test_the_server_started_last_is_taken(path: Path, environ: dict[str, str]) -> None:
    """Of two known servers the last one started is the default, and the other keeps its key."""
    write_server(path, **ONE)
    write_server(path, **TWO)
    assert resolve(None, None, None, environ).api_url == "http://two:2"
    assert resolve("http://one:1/", None, None, environ).api_key == "key-one"
    write_server(path, **ONE)
    assert resolve(None, None, None, environ).api_key == "key-one"
    assert len(read_servers(path)) == 2


def test_a_server_that_moved_is_known_once(path: Path, environ: dict[str, str]) -> None:
    """Data under a new address replaces the old one; other data at the same address wins by being new."""
    write_server(path, **ONE)
    write_server(path, **{**ONE, "api_url": "http://one:9"})
    assert [each["api_url"] for each in read_servers(path)] == ["http://one:9"]
    write_server(path, api_url="http://one:9", api_key="newer", data="/other")
    assert resolve("http://one:9", None, None, environ).api_key == "newer"


def test_argument_beats_environment_beats_file(path: Path, environ: dict[str, str]) -> None:
    """Each source is asked only where the one before says nothing."""
    write_server(path, **ONE)
    environ |= {"CELLKEEP_API_URL": "http://env:3/", "CELLKEEP_API_KEY": "key-env", "CELLKEEP_PROJECT_ID": "p-env"}
    found = resolve(None, None, None, environ)
    assert (found.api_url, found.api_key, found.project_id) == ("http://env:3", "key-env", "p-env")
    found = resolve("http://arg:4", "key-arg", "p-arg", environ)
    assert (found.api_url, found.api_key, found.project_id) == ("http://arg:4", "key-arg", "p-arg")


def test_a_key_goes_only_to_its_server(path: Path, environ: dict[str, str]) -> None:
    """The key that the file has for one server is never sent to another."""
    write_server(path, **ONE)
    with pytest.raises(CellkeepError, match="No API key for http://elsewhere"):
        resolve("http://elsewhere", None, None, environ)


def test_a_key_is_not_shown() -> None:
    """Neither a client nor its connection shows the key when printed."""
    connection = resolve("http://x", "key-secret", None, {"CELLKEEP_CONFIG": "/nowhere"})
    with Client(api_url="http://x", api_key="key-secret") as client:
        assert "key-secret" not in repr(client) + str(client) + repr(connection)
        assert "http://x" in repr(client)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"servers": 5}', '{"servers": {"a": 1}}', '{"servers": ["x"]}', "\xff\xfe"]
)
def test_a_broken_file_is_named(path: Path, environ: dict[str, str], text: str) -> None:
    """The error says which file it is and what to do."""
    path.parent.mkdir()
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CellkeepError, match=r"config\.json.*Mend or remove"):
        resolve(None, None, None, environ)


def test_a_file_that_is_a_folder_is_named(path: Path, environ: dict[str, str]) -> None:
    """What can not be opened at all is an error of ours too."""
    path.mkdir(parents=True)
    with pytest.raises(CellkeepError, match=r"config\.json"):
        resolve(None, None, None, environ)


def test_a_broken_file_does_not_matter_to_who_needs_none(path: Path, environ: dict[str, str]) -> None:
    """Where address and key are given, the file is not asked."""
    path.parent.mkdir()
    path.write_text("{")
    assert resolve("http://arg", "key", None, environ).api_key == "key"


@pytest.mark.parametrize("entry", [{}, {"api_url": "http://x"}, {"api_url": None, "api_key": None}])
def test_half_an_entry_is_passed_over(path: Path, environ: dict[str, str], entry: dict[str, Any]) -> None:
    """An entry without address or key is no server."""
    path.parent.mkdir()
    path.write_text(json.dumps({"servers": [ONE, entry]}))
    assert resolve(None, None, None, environ).api_key == "key-one"
