"""The commands, run as a person runs them."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx2
import pytest

import cellkeep
from cellkeep.testing.servers import free_port
from cli.running import Run


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cellkeep", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


class Served:
    """`cellkeep serve` in a process of its own, and what it printed."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"serve-{self.port}.log"
        command = [sys.executable, "-m", "cellkeep", "serve", "--port", str(self.port), "--data", str(data)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx2.get(f"{self.url}/healthz")
                break
            except httpx2.TransportError:
                assert self.process.poll() is None, self.printed
                time.sleep(0.05)

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)


def test_the_demo_stores_three_measurements_and_prints_the_cycle_table(data: Path) -> None:
    """The demo ends by itself with status 0, prints what it stored, and leaves it for a client to read."""
    done = run("demo", "--data", str(data), "--cycles", "12")
    assert done.returncode == 0, done.stderr
    for words in ("every value equal", "Constant current discharge", "Cycle table", f"cellkeep serve --data {data}"):
        assert words in done.stdout
    assert "[s]" in done.stdout
    with cellkeep.open(data) as client:
        spec = client.cell_spec.list()[0]
        cell = client.cell_instance.list(spec.id)[0]
        types = {found.measurement_type.value for found in client.cell_measurement.list(cell.id)}
    assert types == {"time_series", "properties", "file"}


def test_the_demo_can_be_run_again(data: Path, command: Run) -> None:
    """Each run adds one cell to the same specification."""
    for _ in range(2):
        status, _, said = command("demo", "--data", data, "--cycles", 2)
        assert status == 0, said
    with cellkeep.open(data) as client:
        spec = client.cell_spec.list()[0]
        assert [cell.name for cell in client.cell_instance.list(spec.id, order="asc")] == ["DEMO-001", "DEMO-002"]


def test_the_first_start_tells_everything_and_a_client_needs_no_argument(data: Path) -> None:
    """A first start prints URL, key and login link and writes the config file; the next start prints no key."""
    config = Path(os.environ["CELLKEEP_CONFIG"])
    with Served(data) as served:
        key = re.search(r"ck_\S+", served.printed)
        assert key, served.printed
        assert served.url in served.printed
        assert f"{served.url}/ui/login?token=" in served.printed
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
        assert json.loads(config.read_text())["servers"][-1]["api_key"] == key[0]
        with cellkeep.Client() as client:
            assert client.api_url == served.url
            assert client.whoami().email == "admin@localhost"
    with Served(data) as served:
        assert "ck_" not in served.printed
        with cellkeep.Client() as client:
            assert client.api_url == served.url
            assert client.project.list().total == 1


def test_two_servers_keep_their_keys(tmp_path: Path) -> None:
    """Starting a second server leaves the key of the first one known; the one started last is the default."""
    with Served(tmp_path / "one") as first, Served(tmp_path / "two") as second:
        with cellkeep.Client() as client:
            assert client.api_url == second.url
            assert client.whoami().email == "admin@localhost"
        with cellkeep.Client(api_url=first.url) as client:
            assert client.whoami().email == "admin@localhost"


def test_the_admin_key_can_be_given(data: Path) -> None:
    """`CELLKEEP_ADMIN_KEY` is the key of the first admin, for set-ups by script."""
    with Served(data, CELLKEEP_ADMIN_KEY="ck_from_a_script") as served:
        assert "ck_from_a_script" not in served.printed
        with cellkeep.Client(api_key="ck_from_a_script", api_url=served.url) as client:
            assert client.whoami().email == "admin@localhost"


def test_a_key_can_be_made_on_the_command_line(data: Path, command: Run) -> None:
    """A new key is all that goes to stdout, and it works; an unknown user is a sentence."""
    status, _, said = command("key", "create", "--data", data)
    assert status == 1
    assert f"no data of a server in {data}" in " ".join(said.split())
    assert not data.exists()
    with Served(data) as served:
        status, key, said = command("key", "create")
        assert status == 0, said
        with cellkeep.Client(api_key=key.strip(), api_url=served.url) as client:
            assert client.whoami().email == "admin@localhost"
        status, key, said = command("key", "create", "--data", data, "--email", "nobody@lab.org")
    assert (status, key) == (1, "")
    assert "no active user 'nobody@lab.org'" in said


def test_a_failure_is_one_sentence_and_no_stack_trace(data: Path) -> None:
    """A setting that makes no sense says which one it is."""
    done = run("serve", "--data", str(data), CELLKEEP_BLOB_URL="ftp://somewhere")
    assert done.returncode == 1
    assert "CELLKEEP_BLOB_URL 'ftp://somewhere'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_refused_in_one_sentence(data: Path, command: Run) -> None:
    """A taken port says so, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, said = command("serve", "--data", data, "--port", port)
    assert status == 1
    assert f"port {port}" in " ".join(said.split())
    assert "--port takes another port" in " ".join(said.split())


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"CELLKEEP_DATABASE_URL": "postgresql://me:hidden@127.0.0.1:1/lab"}, "The database postgresql"),
        ({"CELLKEEP_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "The database sqlite:////nowhere/at/all.db"),
        ({"CELLKEEP_DATA": "/dev/null/data"}, "/dev/null"),
    ],
)
def test_a_place_that_can_not_be_used_is_named_in_one_sentence(
    environment: dict[str, str], words: str, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database or folder that can not be used is named, without its password."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    status, _, said = command("serve", "--port", free_port())
    assert status == 1
    assert words in said
    assert "hidden" not in said
