"""Whole projects out and in, on the command line."""

from pathlib import Path

import pytest

import cellkeep
from cli.running import Run
from client.samples import series


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one project of one series, whose name looks like markup."""
    folder = tmp_path_factory.mktemp("lab")
    with cellkeep.open(folder) as client:
        project = client.project.create({"name": "Fast [bold] charge"}).id
        spec = client.cell_spec.create({"name": "LG M50", "project_id": project})
        cell = client.cell_instance.create(spec.id, {"name": "M50-001"})
        client.cell_measurement.create(cell.id, {"measurement": {"name": "one"}, "time_series": series()})
    return folder


@pytest.fixture
def ran(command: Run) -> Run:
    """Status, result and words of a command, the words in one line."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        status, result, said = command(*words)
        return status, result, said.replace("\n", " ")

    return run


def test_a_project_goes_out_and_comes_in(ran: Run, lab: Path, tmp_path: Path) -> None:
    """What was written, made and left out is told; a second time all is there."""
    crate = tmp_path / "x.crate.zip"
    status, result, said = ran("export", "--project", "Fast [bold] charge", "--to", crate, "--data", lab)
    assert status == 0
    assert ["cell_measurement", "1"] in [line.split() for line in result.splitlines()]
    assert "Left out: who watches which measurement." in said
    for columns in (["1", "0"], ["0", "1"]):
        status, result, said = ran("import", crate, "--data", tmp_path / "other")
        assert status == 0
        assert ["cell_measurement", *columns] in [line.split() for line in result.splitlines()]
        assert "It is the project 'Fast [bold] charge'" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "--to", "x", "--format", "ro-crate"), "say --project NAME, and nothing else"),
        (("export", "an-id", "--project", "a", "--to", "x.crate.zip"), "say --project NAME, and nothing else"),
        (("import", "."), "Say on which cell the files were measured"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    ran: Run, lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    """More than one project, single measurements, or a folder that is no crate and names no cell."""
    monkeypatch.chdir(tmp_path)
    status, result, said = ran(*words, "--data", lab)
    assert (status, result) == (1, "")
    assert told in said
