"""The code of the other pages runs, and prints what the pages say."""

import re
import shlex
import shutil
from collections.abc import Callable
from contextlib import suppress
from inspect import signature
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import cellkeep
from cellkeep.cli import main
from cellkeep.domain.people import Caller
from cellkeep.services import passwords
from cellkeep.settings import ServerSettings
from cellkeep.storage.store import Store
from client.samples import arbin_csv
from conftest import CYCLER_FILES, Server

LG_M50 = CYCLER_FILES / "pyprobe_parquet"


@pytest.fixture
def served(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that `cellkeep.Client()` finds by the environment."""
    monkeypatch.setenv("CELLKEEP_API_URL", server.url)
    monkeypatch.setenv("CELLKEEP_API_KEY", server.key)
    return server


def test_the_readme_runs(
    page: Callable[[str], Any],
    here: Path,
    closing: Callable[[dict[str, Any]], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    served: Server,
) -> None:
    """The blocks of the README run in order, on a folder and then on a server."""
    found = closing(page("README.md").run())
    assert found["client"].api_url == served.url
    printed = capsys.readouterr().out
    assert printed.startswith("2\n")
    assert "Constant current charge" in printed
    assert printed.endswith("admin@localhost\n")


def test_getting_started_runs_without_a_server(
    page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The laptop and the notebook of the page work on one folder, and cycle 500 of forty cells comes out."""
    started = page("docs/getting-started.md")
    found = started.run(last=-1)
    printed = capsys.readouterr().out
    assert started.blocks("text")[0] in printed
    assert "(800, 6) 40\n" in printed
    assert found["cycle_500"]["Cycle count"].unique().to_list() == [500]
    assert found["cycle_500"].group_by("cell").len()["len"].unique().to_list() == [20]
    assert found["ageing"].height == 40 * 520


def test_getting_started_runs_on_a_server(
    page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str], served: Server
) -> None:
    """The client of the lab finds its server by the environment."""
    found = page("docs/getting-started.md").run(first=-1, replace={"client =": "import cellkeep; client ="})
    assert found["client"].api_url == served.url
    assert capsys.readouterr().out == "{'status': 'ok'} admin@localhost\n"


def test_the_page_on_raw_files_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block runs in order, and each line that is printed stands in a comment beside its call."""
    page("docs/raw_data.md").run()
    shown = [line.rpartition("  # ")[2] for line in page("docs/raw_data.md").text.splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == shown
    assert len(shown) == 5
    assert (here / "copy.csv").read_bytes() == (here / "NCM622-GR-001 C10 #1.csv").read_bytes()


def test_the_page_on_provenance_runs(
    page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every block runs in order, and each line that is printed stands in a comment beside or below its call."""
    provenance = page("docs/provenance.md")
    provenance.run()
    code = "".join(provenance.blocks()).splitlines()
    assert capsys.readouterr().out.splitlines() == [line.partition("# ")[2] for line in code if "# " in line]


def test_the_page_on_exports_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block runs, and each line that is printed stands in a comment beside its call."""
    export = page("docs/export.md")
    export.run()
    shown = [line.rpartition("  # ")[2] for line in "".join(export.blocks()).splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == shown
    assert {path.name for path in (here / "out").iterdir()} == {
        "M50-001__Two steps.bdf.csv", "M50-001__Two steps.bdf.csv.metadata.json", "M50-001__Two steps.csv"
    }  # fmt: skip


def test_the_page_on_cycler_files_runs(
    page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every block runs, and each line that is printed stands in a comment beside or below its call."""
    files = page("docs/cycler-files.md")
    files.run()
    beside = re.findall(r"^(?:.*\)  )?# (.+)$", "".join(files.blocks()), re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == beside


def test_the_page_on_crates_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block runs, each line that is printed stands beside its call, and every argument has its row."""
    crates = page("docs/ro-crate.md")
    crates.run()
    shown = [line.rpartition("  # ")[2] for line in "".join(crates.blocks()).splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == shown
    for call in (cellkeep.Client.export_project, cellkeep.Client.import_project):
        assert all(f"| `{name}` |" in crates.text for name in signature(call).parameters if name != "self")


def test_the_page_on_imports_runs(
    page: Callable[[str], Any], here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder that it describes is looked at and imported as it says, and Python finds it there."""
    (paths, table), (look, run) = page("docs/import.md").blocks("text"), page("docs/import.md").blocks("sh")
    for number, path in enumerate(map(Path, paths.split())):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(arbin_csv(number, rows=40 if path.stem == "ageing" else 20))
    for command, ending in ((look, table), (run, "3 imported, 1 passed over.\n")):
        monkeypatch.setattr("sys.argv", [*shlex.split(command), "--jobs", "1"])
        with suppress(SystemExit):
            main()
        printed = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"
        assert printed.endswith(ending)
    page("docs/import.md").run()
    shown = [line.rpartition("  # ")[2] for line in page("docs/import.md").text.splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == shown


def test_the_laboratory_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line that the page prints stands in a comment beside or below the call."""
    lab = page("docs/lab.md")
    lab.run()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    assert printed == [line.partition("# ")[2] for line in "".join(lab.blocks()).splitlines() if "# " in line]


@pytest.mark.parametrize("path", ["docs/errors.md", "docs/data-format.md"])
def test_a_reference_page_runs(
    page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """The page runs, and what it prints stands in a comment beside the call."""
    page(path).run()
    assert f"  # {capsys.readouterr().out}" in page(path).text


def test_the_page_on_tables_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables of a frame are made without a server; rules are chosen, named in the table, and taken back."""
    found = page("docs/tables.md").run()
    assert found["table"]["Step type"].to_list() == ["Constant current charge", "Constant current discharge"]
    printed = capsys.readouterr().out
    assert "integrated; charge between steps included; gaps over 600 s not integrated\n" in printed
    with cellkeep.open("my-lab") as client:
        assert client.cell_measurement.get(found["bundle"].id).summary_rules is None
        assert set(client.cell_measurement.steps(found["bundle"].id)["Capacity rule"]) == {"integrated"}


def test_the_page_on_derived_quantities_runs(
    page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every block runs in order, and each line that is printed stands in a comment beside its call."""
    page("docs/derived.md").run()
    shown = [line.rpartition("  # ")[2] for line in page("docs/derived.md").text.splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == shown
    assert len(shown) > 20


def test_the_page_on_people_runs(
    page: Callable[[str], Any],
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    store: Store,
    admin: Caller,
    settings: ServerSettings,
) -> None:
    """Its Python prints what stands beside it, and its commands do their work on the data of a server, in order."""
    people = page("docs/people.md")
    people.run()
    printed = capsys.readouterr().out
    assert people.blocks("text")[0] in printed
    for line in set(printed.splitlines()) - set(people.blocks("text")[0].splitlines()):
        assert f"  # {line}" in people.text
    monkeypatch.setenv("CELLKEEP_DATA", str(settings.data_dir))
    monkeypatch.setenv("CELLKEEP_DATABASE_URL", settings.database_url)
    with store.writing() as work:
        work.people.add_user(admin.organization, "bob@lab.org", "Member")
    lines = [line for block in people.blocks("sh") for line in block.splitlines()]
    assert len(lines) == 13
    monkeypatch.setattr("sys.stdin", StringIO("four plain old words\n"))
    for line in lines:
        monkeypatch.setattr("sys.argv", shlex.split(line))
        with suppress(SystemExit):
            main()
        assert "error" not in capsys.readouterr().err, line
    with store.reading() as work:
        assert work.people.caller_of_email("jane@lab.org") is None
        assert [key.label for key in work.people.keys_of(admin.organization)] == ["cycler room"]
    assert passwords.sign_in(store, "bob@lab.org", "four plain old words").epoch == 1


def test_the_page_of_materials_runs(
    page: Callable[[str], Any],
    here: Path,
    closing: Callable[[dict[str, Any]], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The page runs in a folder, prints what it says, and finds what it looks for."""
    materials = page("docs/materials.md")
    found = closing(materials.run())
    printed = capsys.readouterr().out
    for shown in materials.blocks("text"):
        assert shown in printed
    assert "['NMC622/graphite coin cell']\n" in printed
    assert printed.endswith("1 Impedance at BOL\n")
    assert [each.name for each in found["found"]] == ["NMC 622"]
    assert {each.name for each in found["without_maker"]} == {"LP57", "NMC 622"}
    assert found["table"].columns == ["SOC", "R0 [Ohm]"]


def test_the_example_for_the_official_client_runs_on_ours(
    page: Callable[[str], Any],
    here: Path,
    closing: Callable[[dict[str, Any]], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    served: Server,
) -> None:
    """With another import, and nothing else changed, the block does the same."""
    example = page("docs/official_client.md")
    imported = "from cellkeep import Client as Ionworks"
    assert f"`{imported}`" in example.text
    closing(example.run(replace={"from ionworks import Ionworks": imported}))
    printed = capsys.readouterr().out.splitlines()
    assert printed
    assert all(f")  # {line}\n" in example.text for line in printed)


def test_the_lg_m50_example_runs(page: Callable[[str], Any], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The public test is stored whole, and its table shows the steps that the page describes."""
    files = sorted(LG_M50.glob("*RPT0_short_CA4.parquet"))
    if not files:
        pytest.skip("The sample data of PyProBE is not on this machine.")
    shutil.copyfile(files[0], here / "rpt0.parquet")
    example = page("docs/example-lgm50.md")
    found = example.run()
    printed = capsys.readouterr().out
    for shown in example.blocks("text"):
        assert shown in printed
    _check_steps(found["steps"])
    raw = pl.read_parquet(files[0])
    with cellkeep.open(here / "my-lab") as client:
        series = client.cell_measurement.time_series(found["bundle"].id)
    assert series.equals(found["series"])
    assert series["Time [s]"].equals(raw["Time [s]"])
    assert series["Current [A]"].equals(-raw["Current [A]"])
    assert series["Step count"].equals(raw["Event"].cast(pl.UInt32).alias("Step count"))


def _check_steps(steps: pl.DataFrame) -> None:
    kinds = dict(steps.group_by("Step type").len().iter_rows())
    assert kinds == {
        "Rest": 6,
        "Constant current charge": 2,
        "Constant voltage charge": 1,
        "Constant current discharge": 1,
    }
    rate = (pl.col("Mean current [A]").abs() / 5.0).round(2)
    steady = steps.filter(pl.col("Step type").str.starts_with("Constant current"))
    assert steady.select("Step count", rate).rows() == [(1, 0.3), (5, 0.1), (8, 0.1)]
    capacity = steps.filter(pl.col("Step count") == 5)["Discharge capacity [A.h]"].item()
    assert capacity == pytest.approx(4.814, abs=5e-4)
    pulses = steps.filter(~pl.col("Step type").is_in(["Rest"]) & (pl.col("Duration [s]") < 600))
    assert pulses.is_empty()
