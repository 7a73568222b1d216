"""The client as a whole: life in a folder, and ends."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import cellkeep
from cellkeep.client import Client
from client.samples import series


def test_health_and_identity(any_client: Client) -> None:
    """The server says that it is well, and who is asking."""
    assert any_client.health_check() == {"status": "ok"}
    me = any_client.whoami()
    assert me.email == "admin@localhost"
    assert [each.id for each in me.organizations] == [me.authorized_organization.id]


@pytest.mark.parametrize(
    "name", ["my lab", "Labor Ü 日本", "100%", "a%20b", "what?", "a#b", "a=b", "[x]", "star*", "quote'\"", "a&b;c"]
)
def test_a_folder_of_any_name_is_a_lab(tmp_path: Path, name: str) -> None:
    """What is stored in a folder lies in that folder and nowhere else, and is there when it is opened again."""
    with cellkeep.open(tmp_path / "in" / name) as client:
        cell = client.cell_instance.create(client.cell_spec.create({"name": "S"}).id, {"name": "C"})
        made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    with cellkeep.open(tmp_path / "in" / name) as client:
        assert_frame_equal(client.cell_measurement.time_series(made.id), series())
        assert client.cell_measurement.time_series(made.id, row_range=(1, 3)).height == 2
        assert client.cell_measurement.steps(made.id).height == 2
    assert [path.name for path in (tmp_path / "in").iterdir()] == [name]


def test_two_clients_of_one_folder_see_the_same(tmp_path: Path) -> None:
    """A folder may be opened twice at once; what one writes the other reads."""
    with cellkeep.open(tmp_path / "lab") as one, cellkeep.open(str(tmp_path / "lab")) as two:
        spec = one.cell_spec.create({"name": "S"})
        assert two.cell_spec.get(spec.id) == spec
        cell = two.cell_instance.create(spec.id, {"name": "C"})
        made = one.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
        assert_frame_equal(two.cell_measurement.time_series(made.id), series())


def test_an_embedded_client_asks_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is a folder, whatever the environment says about servers and databases."""
    monkeypatch.setenv("CELLKEEP_API_URL", "http://elsewhere")
    monkeypatch.setenv("CELLKEEP_DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("CELLKEEP_BLOB_URL", "s3://elsewhere")
    monkeypatch.setenv("CELLKEEP_DATA", "/nowhere")
    with cellkeep.open(tmp_path / "lab") as client:
        assert client.project.list().total == 1
    assert (tmp_path / "lab" / "cellkeep.db").exists()


def test_a_folder_and_its_secret_are_for_their_owner(tmp_path: Path) -> None:
    """Others on the machine can not read what is in a new folder, the secret least of all."""
    with cellkeep.open(tmp_path / "lab"):
        pass
    assert (tmp_path / "lab").stat().st_mode & 0o077 == 0
    assert (tmp_path / "lab" / "secret.key").stat().st_mode & 0o177 == 0


def test_a_closed_client_can_be_closed_again(tmp_path: Path) -> None:
    """Closing twice does no harm."""
    client = cellkeep.open(tmp_path / "lab")
    client.close()
    client.close()


def test_a_program_that_never_closes_ends_all_the_same(tmp_path: Path) -> None:
    """A script that forgets to close its folder ends at its last line, without a word."""
    program = f"import cellkeep; print(cellkeep.open({str(tmp_path / 'lab')!r}).project.list().total)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_a_link_outside_the_folder_is_refused_by_an_embedded_client_too(tmp_path: Path) -> None:
    """The embedded client reads and writes files of its own folder only."""
    series().write_parquet(tmp_path / "other.parquet")
    with cellkeep.open(tmp_path / "lab") as client:
        for link in (
            (tmp_path / "other.parquet").as_uri(),
            f"{(tmp_path / 'lab' / 'blobs').as_uri()}/../../other.parquet",
        ):
            with pytest.raises(cellkeep.TransportError), client._transport.fetched(link, "x") as path:
                pl.read_parquet(path)
