"""Measurements out, on the command line."""

from pathlib import Path

import polars as pl
import pytest

import cellkeep
from cli.running import Run
from client.samples import series


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with one cell of two series, and the ids of these, of the cell and of the project, by name."""
    folder = tmp_path_factory.mktemp("lab")
    with cellkeep.open(folder) as client:
        project = client.project.list()[0]
        spec = client.cell_spec.create({"name": "LG M50", "project_id": project.id})
        cell = client.cell_instance.create(spec.id, {"name": "M50-001"})
        ids = {"cell": cell.id, "project": project.id, "project name": project.name}
        for name in ("one", "two"):
            data = {"measurement": {"name": name}, "time_series": series()}
            ids[name] = client.cell_measurement.create(cell.id, data).id
    return folder, ids


@pytest.fixture
def ran(lab: tuple[Path, dict[str, str]], command: Run) -> Run:
    """Status, result and words of `cellkeep export`."""
    return lambda *words: command("export", *words, "--data", lab[0])


def test_what_was_written_is_listed(ran: Run, lab: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """A line for each file with its format, size and whole path, under headings."""
    status, result, said = ran(lab[1]["two"], lab[1]["one"], "--to", tmp_path, "--format", "csv")
    assert (status, said) == (0, "")
    written = [(name, tmp_path / f"M50-001__{name}.csv") for name in ("two", "one")]
    assert [line.split() for line in result.splitlines()] == [
        ["measurement", "format", "size", "file"],
        *([name, "csv", str(path.stat().st_size), "B", str(path)] for name, path in written),
    ]
    assert pl.read_csv(tmp_path / "M50-001__one.csv").equals(series())


@pytest.mark.parametrize(
    ("option", "named"), [("--cell", "cell"), ("--project", "project"), ("--project", "project name")]
)
def test_a_cell_or_a_project_is_written_whole(
    ran: Run, lab: tuple[Path, dict[str, str]], tmp_path: Path, option: str, named: str
) -> None:
    """All measurements of a cell by its id, or of a project by id or name, and each once."""
    status, result, _ = ran(option, lab[1][named], lab[1]["one"], "--to", tmp_path)
    assert status == 0
    assert len(result.splitlines()) == 3
    assert {path.name for path in tmp_path.glob("*.csv")} == {"M50-001__one.bdf.csv", "M50-001__two.bdf.csv"}


def test_what_is_not_ready_is_left_out_and_named(
    ran: Run, lab: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a cell the others are written."""
    listed = cellkeep.client.measurements.CellMeasurements.list

    def told(*args: object, **how: object) -> object:
        page = listed(*args, **how)  # type: ignore[arg-type]
        items = [
            each.model_copy(update={"processing_status": "failed"}) if each.name == "two" else each for each in page
        ]
        return page.model_copy(update={"items": items})

    monkeypatch.setattr("cellkeep.client.measurements.CellMeasurements.list", told)
    status, result, said = ran("--cell", lab[1]["cell"], "--to", tmp_path)
    assert status == 0
    assert f"Left out: two ({lab[1]['two']}), which is failed." in " ".join(said.split())
    assert "M50-001__one.bdf.csv" in result
    assert "two" not in result


def test_files_that_are_there_are_named_and_kept(ran: Run, lab: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """The command fails with one sentence, and `--overwrite` makes it do its work."""
    there = tmp_path / "one.csv"
    there.write_text("mine")
    status, result, said = ran(lab[1]["one"], "--to", there)
    assert (status, result) == (1, "")
    assert f"kept unless overwriting is allowed: {there}" in said
    assert there.read_text() == "mine"
    assert ran(lab[1]["one"], "--to", there, "--overwrite")[0] == 0
    assert pl.read_csv(there).equals(series())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say which measurements"),
        (["nowhere"], "no cell measurement with the id 'nowhere'"),
        (["--project", "nowhere"], "You see no project 'nowhere'."),
        (["x", "--format", "xlsx"], 'Invalid value "xlsx" for --format'),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(ran: Run, tmp_path: Path, words: list[str], sentence: str) -> None:
    """Nothing is written, and the sentence says what is wrong."""
    status, result, said = ran(*words, "--to", tmp_path / "out")
    assert (status > 0, result) == (True, "")
    assert sentence in said
    assert not (tmp_path / "out").exists()
