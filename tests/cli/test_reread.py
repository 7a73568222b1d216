"""Measurements made anew, on the command line."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import cellkeep
from cli.running import Run
from client.acme import BETTER, FIRST, install, written
from client.samples import series


@dataclass(frozen=True)
class Lab:
    """A folder with a cell, on which two files were measured and a table; ids by name."""

    folder: Path
    ids: dict[str, str]

    def versions(self) -> dict[str, int]:
        """How many versions there are of each of the three."""
        with cellkeep.open(self.folder) as client:
            return {name: len(client.cell_measurement.versions(self.ids[name])) for name in ("one", "two", "table")}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    install(monkeypatch, FIRST)
    with cellkeep.open(tmp_path / "lab") as client:
        project = client.project.list()[0]
        spec = client.cell_spec.create({"name": "LG M50", "project_id": project.id})
        cell = client.cell_instance.create(spec.id, {"name": "M50-001"})
        ids = {"cell": cell.id, "project": project.name}
        for name in ("one", "two"):
            path = written(tmp_path / f"{name}.csv", more=f"Name: {name}\n")
            ids[name] = client.cell_measurement.create_from_file(cell.id, path, timezone="Europe/Berlin").id
        table = {"measurement": {"name": "table"}, "time_series": series()}
        ids["table"] = client.cell_measurement.create(cell.id, table).id
    return Lab(tmp_path / "lab", ids)


@pytest.fixture
def ran(lab: Lab, command: Run) -> Run:
    """Status, result and words of `cellkeep reread`, the words in one line."""

    def run(*words: str) -> tuple[int, str, str]:
        status, result, said = command("reread", *words, "--data", lab.folder)
        return status, result, " ".join(said.split())

    return run


def test_what_a_newer_reader_affects_is_made_anew(ran: Run, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line names the measurement, its version and what changed; called again, there is nothing to do."""
    assert ran() == (
        0,
        "",
        "Nothing is to be read again: no reader has become newer than what made its measurements.",
    )
    install(monkeypatch, BETTER)
    status, result, said = ran()
    assert (status, said) == (0, "2 made anew, 0 as before, 0 failed.")
    heading, *lines = result.splitlines()
    assert re.split(r"  +", heading) == ["id", "measurement", "outcome", "what changed"]
    assert [line.split()[1] for line in lines] == ["two", "one"]
    for line in lines:
        assert "done, version 2" in line
        assert "reader acme 1 → acme 2; columns added: 'Room temperature [degC]'; 'Voltage [V]' differs by" in line
    assert lab.versions() == {"one": 2, "two": 2, "table": 1}
    assert ran()[2].startswith("Nothing is to be read again")
    assert ran("--all")[2] == "0 made anew, 2 as before, 0 failed."


def test_a_dry_run_lists_and_changes_nothing(ran: Run, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what would change; the reader that is asked for, the cell and the project narrow it."""
    install(monkeypatch, BETTER)
    for words in (
        (),
        ("--cell", lab.ids["cell"]),
        ("--project", lab.ids["project"], "--reader", "acme", "--jobs", "1"),
        (lab.ids["one"], lab.ids["two"]),
    ):
        status, result, said = ran(*words, "--dry-run")
        assert (status, said) == (0, "2 would change, 0 as before, 0 failed.")
        assert result.splitlines()[0].endswith("what changes")
        assert "version" not in result
    assert ran("--reader", "maccor")[2].startswith("Nothing is to be read again")
    assert set(lab.versions().values()) == {1}


def test_what_fails_is_named_with_its_reason(ran: Run, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are made anew all the same, and the status is 1."""
    with cellkeep.open(lab.folder) as client:
        for raw in client.cell_measurement.list_raw_data(lab.ids["one"]):
            client.raw_data.delete(raw.id)
    install(monkeypatch, BETTER)
    status, result, said = ran()
    assert (status, said) == (1, "1 made anew, 0 as before, 1 failed.")
    (failed,) = [line for line in result.splitlines() if lab.ids["one"] in line]
    assert re.search(r"one +failed +The raw file 'one.csv' of 'one' is not kept", failed)
    assert lab.versions() == {"one": 1, "two": 2, "table": 1}
    status, result, _ = ran("nowhere", lab.ids["table"])
    assert status == 1
    assert "There is no cell measurement with the id 'nowhere'." in result
    assert "'table' came as a table" in result


def test_options_are_passed_on(ran: Run, lab: Lab) -> None:
    """A zone that is said takes the place of what was kept, and force replaces what a person did."""
    status, result, _ = ran(lab.ids["one"], "--timezone", "UTC")
    assert status == 0
    assert "set anew: 'start_time'" in result
    with cellkeep.open(lab.folder) as client:
        client.cell_measurement.attach_raw_data(
            lab.ids["table"], [each.id for each in client.cell_measurement.list_raw_data(lab.ids["two"])]
        )
    status, result, _ = ran(lab.ids["table"], "--force", "--timezone", "UTC")
    assert status == 0
    assert "reader a table → acme 1" in result


def test_a_wrong_call_is_told_in_a_sentence(ran: Run) -> None:
    """A project that is not there is named, and nothing is read."""
    status, result, said = ran("--project", "nowhere")
    assert (status, result) == (1, "")
    assert "You see no project 'nowhere'." in said


def test_what_its_reader_knows_no_more_stays(ran: Run, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that only the reader of any table still knows is not read worse than before without a word."""
    install(monkeypatch, replace(BETTER, needs=(("frequency",),)))
    status, result, said = ran("--jobs", "2")
    assert (status, said) == (1, "0 made anew, 0 as before, 2 failed.")
    assert result.count("failed") == 2
    assert result.count("The reader 'acme' does not know the file") == 2
    assert set(lab.versions().values()) == {1}
