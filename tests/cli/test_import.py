"""Files of cyclers in, on the command line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cellkeep
from cellkeep.client import Client
from cli.running import Run
from client.samples import arbin_csv


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with two files of each of two cells, and a picture."""
    folder = tmp_path / "exports"
    for number, name in enumerate(("A/1.csv", "A/2.csv", "B/1.csv", "B/[bold]2.csv")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(arbin_csv(number))
    (folder / "A" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    return folder


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return tmp_path / "my-lab"


@pytest.fixture
def ran(command: Run) -> Run:
    """Status, result and words of `cellkeep import`."""
    return lambda *words: command("import", *words, "--jobs", 1)


def names(client: Client) -> list[str]:
    project = client.project.list()[0]
    return sorted(each.name for each in client.cell_measurement.list_by_project(project.id, limit=1000))


def test_a_dry_run_prints_a_table_and_makes_not_even_the_folder(ran: Run, files: Path, lab: Path) -> None:
    """A line for each file, what told the readers, what would be made, and the sum."""
    words = (files, "--data", lab, "--pattern", "{cell}/{name}.csv", "--spec", "LG M50", "--dry-run")
    status, result, said = ran(*words)
    lines = [line.split() for line in result.splitlines()]
    assert (status, said, lab.exists()) == (0, "", False)
    assert lines[0] == [
        "file",
        "reader",
        "spec",
        "cell",
        "measurement",
        "rows",
        "steps",
        "duration",
        "start",
        "repairs",
    ]
    assert lines[1] == [str(files / "A" / "1.csv"), "arbin", "LG", "M50", "A", "1", "40", "2", "39", "s"]
    assert "arbin, 4 files: the headings in line 1 are 'Test_Time(s)'" in result
    assert "Would make the specification 'LG M50'.\nWould make the cell 'A' of 'LG M50'.\n" in result
    assert result.endswith("4 would be imported, 1 passed over.\n")


def test_what_was_imported_is_listed_and_known_again(ran: Run, files: Path, lab: Path) -> None:
    """The first run lists ids and what was made; the second finds everything there and fails nothing."""
    words = (files, "--data", lab, "--cell", "{folder}", "--spec", "LG M50")
    status, result, said = ran(*words)
    assert (status, said) == (0, "")
    assert "No reader knows these (name one on the command line to be told why):" in result
    assert f"  {files / 'A' / 'photo.png'}\n" in result
    assert "Made the cell 'B' of 'LG M50'.\n4 imported, 1 passed over.\n" in result
    with cellkeep.open(lab) as client:
        assert names(client) == ["1", "1", "2", "[bold]2"]
        listed = [line.split()[-1] for line in result.splitlines()[1:5]]
        assert [client.cell_measurement.get(each).name for each in listed] == ["1", "2", "1", "[bold]2"]
    status, result, _ = ran(*words)
    assert status == 0
    assert result.endswith("0 imported, 4 there already, 1 passed over.\n")


def test_a_file_that_fails_is_named_and_the_status_is_1(ran: Run, files: Path, lab: Path) -> None:
    """A reason that several share is told once, and what to do too; the others are imported."""
    (files / "A" / "empty.csv").touch()
    for name in ("A/8.csv", "A/9.csv"):
        (files / name).write_text(arbin_csv(int(name[2]), moments=True))
    status, result, _ = ran(files, "--data", lab, "--cell", "{folder}", "--spec", "S")
    assert status == 1
    assert "Failed:\n  2 files: It began at 2026-03-15 09:00:00, and does not say in which time zone.\n" in result
    assert f"    {files / 'A' / '8.csv'}\n    {files / 'A' / '9.csv'}\n" in result
    assert f"  {files / 'A' / 'empty.csv'}: 'empty.csv' is empty.\n" in result
    assert result.count("--timezone Europe/Berlin") == 1
    assert "4 imported, 1 passed over, 3 failed.\n" in result
    assert ran(files, "--data", lab, "--cell", "{folder}", "--timezone", "Europe/Berlin")[1].endswith(
        "2 imported, 4 there already, 1 passed over, 1 failed.\n"
    )


def test_a_run_that_begins_without_a_zone_says_so_before_anything_is_sent(ran: Run, files: Path, lab: Path) -> None:
    """Nobody waits for a thousand files to fail in the same way."""
    (files / "A" / "1.csv").write_text(arbin_csv(1, moments=True))
    status, result, _ = ran(files, "--data", lab, "--cell", "{folder}", "--spec", "S")
    assert status == 1
    assert "0 imported, 1 failed, 4 not looked at.\nStopped before the end: The first files name no" in result
    with cellkeep.open(lab) as client:
        assert names(client) == []


def test_columns_are_named_where_no_reader_knows_them(ran: Run, tmp_path: Path, lab: Path) -> None:
    """A heading may hold an equals sign; the column stands behind the last."""
    file = tmp_path / "odd.csv"
    file.write_text("a=t;U1;I1\n0;3.7;1\n1;3.6;1\n2;3.5;1\n")
    words = (file, "--data", lab, "--cell", "C", "--spec", "S", "--name", "Odd")
    assert "a=t" in ran(*words)[1]
    given = ("a=t=Time [s]", "U1=Voltage [V]", "I1=Current [A]")
    status, result, _ = ran(*words, *(word for each in given for word in ("--column", each)))
    assert (status, "1 imported." in result) == (0, True)
    with cellkeep.open(lab) as client:
        assert names(client) == ["Odd"]


def test_files_go_to_a_server_and_the_project_that_is_said(
    ran: Run, files: Path, client: Client, server: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is the one that `cellkeep.Client()` finds; one of several projects has to be said, by name or id."""
    monkeypatch.setenv("CELLKEEP_API_URL", server.url)  # type: ignore[attr-defined]
    monkeypatch.setenv("CELLKEEP_API_KEY", server.key)  # type: ignore[attr-defined]
    ageing = client.project.create({"name": "Ageing"})
    words = (files / "A", "--cell", "A", "--spec", "S")
    assert "You see 2 projects, so say which one: --project NAME." in ran(*words)[2]
    assert "You see no project 'Aging'." in ran(*words, "--project", "Aging")[2]
    assert ran(*words, "--project", "Ageing")[0] == 0
    assert ran(*words, "--project", ageing.id)[1].endswith("0 imported, 2 there already, 1 passed over.\n")
    monkeypatch.setenv("CELLKEEP_PROJECT_ID", ageing.id)
    assert ran(*words)[0] == 0
    assert client.cell_measurement.list_by_project(ageing.id).total == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "no file to import in no path at all"),
        (["nowhere", "--cell", "C"], "There is no file or folder 'nowhere'."),
        (["."], "Say on which cell the files were measured: --cell NCM622-GR-001"),
        ([".", "--cell", "C", "--column", "U1"], "--column 'U1': say a heading and the column"),
        ([".", "--cell", "C", "--timezone", "Berlin"], "There is no time zone 'Berlin'"),
        ([".", "--cell", "C", "--reader", "abacus"], "There is no reader 'abacus'"),
        ([".", "--cell", "C", "--despite", "all"], "despite names all"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(ran: Run, lab: Path, words: list[str], sentence: str) -> None:
    """The status is 1, and the sentence says what is wrong."""
    status, result, said = ran(*(words or ["--cell", "C"]), "--data", lab)
    assert (status, result) == (1, "")
    assert sentence in " ".join(said.split())


def test_without_a_server_the_folder_to_work_in_is_told(ran: Run, files: Path) -> None:
    """As one would say it on the command line."""
    status, _, said = ran(files, "--cell", "C")
    assert (status, "--data my-lab" in said) == (1, True)


def test_ctrl_c_ends_it_in_good_order(tmp_path: Path, lab: Path) -> None:
    """What was under way is stored, the status is 130, it is told how many were done, and no process stays behind."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number}.csv").write_text(arbin_csv(number))
    words = (str(folder), "--data", str(lab), "--cell", "C", "--spec", "S")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "cellkeep", "import", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 60
    while not list(lab.glob("blobs/measurements/*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    result, said = process.communicate(timeout=60)
    assert (process.returncode, "Stopping:" in said) == (130, True)
    assert "Run the same again to go on from here." in result
    assert list(temporary.iterdir()) == []
    with cellkeep.open(lab) as client:
        assert f"{len(names(client)):,} imported, " in result
